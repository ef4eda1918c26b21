namespace KubeDb.Api.Kinds.Shared;

/// <summary>Rules for the issuer and the certificates that a spec names in <c>spec.tls</c>.</summary>
public static class CertificateRules
{
    private const string Group = "cert-manager.io";

    /// <summary>What is wrong with them.</summary>
    public static IEnumerable<Violation> Check(IssuerReference? issuer, IReadOnlyList<CertificateSpec> certificates)
    {
        if (IssuerTrouble(issuer, "spec.tls.issuerRef") is { } trouble)
            yield return trouble;
        for (var i = 0; i < certificates.Count; i++)
        {
            var path = $"spec.tls.certificates[{i}]";
            if (IssuerTrouble(certificates[i].IssuerRef, $"{path}.issuerRef") is { } other)
                yield return other;
            foreach (var (name, text) in ((string, string?)[])[("duration", certificates[i].Duration), ("renewBefore", certificates[i].RenewBefore)])
            {
                if (!string.IsNullOrEmpty(text) && GoDuration.Parse(text) is null)
                    yield return new($"{path}.{name}", Reasons.DurationInvalid, $"{path}.{name} \"{text}\" is no duration such as 2160h");
            }
        }
    }

    // Other groups have kinds of their own, which cert-manager knows by the issuers that are installed beside it.
    private static Violation? IssuerTrouble(IssuerReference? issuer, string path) =>
        issuer is { ApiGroup: null or "" or Group, Kind: not ("" or "Issuer" or "ClusterIssuer") }
            ? new($"{path}.kind", Reasons.IssuerKindInvalid, $"{path}.kind \"{issuer.Kind}\" is no issuer of {Group}. Write Issuer or ClusterIssuer")
            : null;
}
