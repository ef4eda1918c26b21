using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>What is known of the certificates of a database. Pure.</summary>
public static class DatabaseCertificates
{
    /// <summary>Name of the secret with the <see cref="TrustBundle"/>.</summary>
    public static string BundleName(string database) => ObjectNames.WithSuffix(database, "ca-bundle");

    /// <summary>The secrets of the certificates, and the bundle: none of them need exist yet.</summary>
    public static IEnumerable<SecretReference> References(IEngine engine, IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(database);
        var wishes = engine.Certificates(database);
        return wishes.Count == 0
            ? []
            : [.. wishes.Select(w => w.Reference), new SecretReference(BundleName(database.Metadata.Name), "spec.tls", []) { IsOptional = true }];
    }

    /// <summary>The authorities of the certificates that are issued.</summary>
    public static TrustBundle Issued(DatabaseFacts facts, IEnumerable<CertificateWish> wishes)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return TrustBundle.Of(wishes.Select(w => facts.Secrets.GetValueOrDefault(w.SecretName)?.Text(CertificateWish.CaKey)));
    }

    /// <summary>
    /// The authorities that the servers are to trust: those of the issued certificates, and those that they trust already. An authority leaves the
    /// bundle only when nobody shows a certificate of it any more, which the facts do not tell.
    /// </summary>
    public static TrustBundle Trusted(DatabaseFacts facts, IEnumerable<CertificateWish> wishes)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return TrustBundle.Of([Issued(facts, wishes).Text, Present(facts).Text]);
    }

    /// <summary>The bundle as it is; empty before there is one.</summary>
    public static TrustBundle Present(DatabaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return TrustBundle.Of([facts.Secrets.GetValueOrDefault(BundleName(facts.Database.Metadata.Name))?.Text(CertificateWish.CaKey)]);
    }

    /// <summary>Annotation of a pod: which certificates and authorities its kubelet was made to bring.</summary>
    public const string PodAnnotation = "kubedb.com/certificates";

    /// <summary>The annotation's value while the secrets are as the facts say.</summary>
    public static string PodMark(DatabaseFacts facts, IReadOnlyList<CertificateWish> wishes)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(wishes);
        return string.Join('-', wishes.Select(w => (Thumbprint(facts, w) ?? "none")[..4]).Prepend(Trusted(facts, wishes).Fingerprint));
    }

    /// <summary>SHA-256 of an issued certificate, hexadecimal; null while there is none.</summary>
    public static string? Thumbprint(DatabaseFacts facts, CertificateWish wish)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(wish);
        return ServedCertificate.OfPem(facts.Secrets.GetValueOrDefault(wish.SecretName)?.Text(CertificateWish.CertificateKey))?.Thumbprint;
    }

    /// <summary>True for a secret that cert-manager keeps this certificate in; it would overwrite another one.</summary>
    public static bool IsOf(Secret secret, CertificateWish wish)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(wish);
        return CertManager.Keeps(secret.Metadata, wish.Name);
    }
}
