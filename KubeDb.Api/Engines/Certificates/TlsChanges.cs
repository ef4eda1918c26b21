using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>The ways in which a request changes TLS.</summary>
public enum TlsChangeKind
{
    /// <summary>From plain connections to TLS.</summary>
    Add,

    /// <summary>New certificates of the same authority and content.</summary>
    Rotate,

    /// <summary>Another issuer, or other content of certificates.</summary>
    Change,

    /// <summary>From TLS to plain connections.</summary>
    Remove,
}

/// <summary>What a ReconfigureTLS request makes of a spec. Pure.</summary>
public static class TlsChanges
{
    /// <summary>Field of the spec that holds TLS.</summary>
    public const string Field = "tls";

    /// <summary>Which way the request goes, from the database as it was before.</summary>
    public static TlsChangeKind KindOf(ITlsChangeSpec change, IDatabase before)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(before);
        if (change.Remove)
            return TlsChangeKind.Remove;
        if (change.RotateCertificates)
            return TlsChangeKind.Rotate;
        return before.Spec.Tls?.IssuerRef is null ? TlsChangeKind.Add : TlsChangeKind.Change;
    }

    /// <summary>The change of the spec, or why there is none.</summary>
    /// <param name="change">The block of the request.</param>
    /// <param name="before">The (defaulted) database.</param>
    /// <param name="aliases">The certificates that the engine knows.</param>
    /// <param name="switch">Field of the spec that is true exactly while there is TLS; null where the issuer alone turns it on.</param>
    public static SpecChange Of(ITlsChangeSpec change, IDatabase before, IReadOnlyList<string> aliases, string? @switch = null)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(before);
        var tls = before.Spec.Tls;
        if (tls?.IssuerRef is null && (change.Remove || change.RotateCertificates || change.IssuerRef is null))
        {
            return Refused(
                change.Remove ? "the database has no TLS that could be removed"
                : change.RotateCertificates ? "the database has no TLS, so there is no certificate to rotate"
                : "the database has no TLS: name the issuer of its certificates in spec.tls.issuerRef");
        }

        if (change.Certificates.FirstOrDefault(c => !aliases.Contains(c.Alias)) is { } unknown)
            return Refused($"spec.tls.certificates names alias \"{unknown.Alias}\"; there are {string.Join(", ", aliases)}");
        if (change.Certificates.GroupBy(c => c.Alias, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            return Refused($"spec.tls.certificates names alias {twice.Key} twice");
        if (change.Certificates.FirstOrDefault(c => !string.IsNullOrEmpty(c.SecretName) && tls?.Certificates.FirstOrDefault(o => o.Alias == c.Alias)?.SecretName is { } name && name != c.SecretName) is { } moved)
            return Refused($"spec.tls.certificates moves alias {moved.Alias} to another secret, which the running pods do not mount. Leave secretName out");
        if (change.RotateCertificates)
            return SpecChange.None;
        var fields = new Dictionary<string, JsonNode?> { [Field] = change.Remove ? null : KindsJson.ToObject(Merge(tls, change)) };
        if (@switch is not null)
            fields[@switch] = change.Remove ? null : true;
        return new SpecChange { Fields = fields };
    }

    private static TlsSpec Merge(TlsSpec? before, ITlsChangeSpec change)
    {
        var certificates = (before?.Certificates ?? []).ToList();
        foreach (var wish in change.Certificates)
        {
            var at = certificates.FindIndex(c => c.Alias == wish.Alias);
            if (at < 0)
                certificates.Add(wish);
            else
                certificates[at] = Merge(certificates[at], wish);
        }

        return new() { IssuerRef = change.IssuerRef ?? before?.IssuerRef, Certificates = certificates };
    }

    // What the request says takes the place of what was; what it does not mention stays.
    private static CertificateSpec Merge(CertificateSpec before, CertificateSpec wish) => before with
    {
        DnsNames = Either(wish.DnsNames, before.DnsNames),
        Duration = Either(wish.Duration, before.Duration),
        EmailAddresses = Either(wish.EmailAddresses, before.EmailAddresses),
        IpAddresses = Either(wish.IpAddresses, before.IpAddresses),
        IssuerRef = wish.IssuerRef ?? before.IssuerRef,
        PrivateKey = wish.PrivateKey ?? before.PrivateKey,
        RenewBefore = Either(wish.RenewBefore, before.RenewBefore),
        SecretName = Either(wish.SecretName, before.SecretName),
        Subject = wish.Subject ?? before.Subject,
        Uris = Either(wish.Uris, before.Uris),
    };

    private static IReadOnlyList<string> Either(IReadOnlyList<string> first, IReadOnlyList<string> second) => first.Count > 0 ? first : second;

    private static string? Either(string? first, string? second) => string.IsNullOrEmpty(first) ? second : first;

    private static SpecChange Refused(string why) => SpecChange.Refused(new Violation("spec.tls", Reasons.ReconfigureTlsInvalid, $"spec.tls: {why}."));
}
