namespace KubeDb.Api.Kinds.Shared;

/// <summary>Rules for the certificates that a spec lists.</summary>
public static class CertificateRules
{
    /// <summary>What is wrong with the certificates; <paramref name="path"/> is the field that lists them.</summary>
    public static IEnumerable<Violation> Check(IReadOnlyList<CertificateSpec> certificates, string path)
    {
        for (var i = 0; i < certificates.Count; i++)
        {
            foreach (var (name, text) in ((string, string?)[])[("duration", certificates[i].Duration), ("renewBefore", certificates[i].RenewBefore)])
            {
                if (!string.IsNullOrEmpty(text) && GoDuration.Parse(text) is null)
                    yield return new($"{path}[{i}].{name}", Reasons.DurationInvalid, $"{path}[{i}].{name} \"{text}\" is no duration such as 2160h");
            }
        }
    }
}
