using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>A certificate that a database needs: what the engine computes, and what the user adds to it. Pure.</summary>
public sealed record CertificateWish
{
    /// <summary>Keys that the secret of an issued certificate has.</summary>
    public static IReadOnlyList<string> Keys { get; } = [CaKey, CertificateKey, PrivateKey];

    /// <summary>Key of the certificate of the authority that issued it, PEM.</summary>
    public const string CaKey = "ca.crt";

    /// <summary>Key of the certificate and the authorities between, PEM.</summary>
    public const string CertificateKey = "tls.crt";

    /// <summary>Key of the private key, PEM.</summary>
    public const string PrivateKey = "tls.key";

    private const int CommonNameLength = 64;

    /// <summary>Which one, such as server or client.</summary>
    public required string Alias { get; init; }

    /// <summary>Name of the Certificate object.</summary>
    public required string Name { get; init; }

    /// <summary>Common name of the subject.</summary>
    public required string CommonName { get; init; }

    /// <summary>Names that the servers are reached by; the user's are added.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>Addresses that the servers are reached by; the user's are added.</summary>
    public IReadOnlyList<string> IpAddresses { get; init; } = [];

    /// <summary>What the user says of it, with the name of the secret.</summary>
    public required CertificateSpec Spec { get; init; }

    /// <summary>Who issues it.</summary>
    public required IssuerReference Issuer { get; init; }

    /// <summary>
    /// Secret and key of the password of its keystore, which its secret then has as <c>keystore.jks</c> beside a <c>truststore.jks</c>; null for none.
    /// </summary>
    public (string Secret, string Key)? KeyStorePassword { get; init; }

    /// <summary>Name of the secret that it is kept in.</summary>
    public string SecretName => Spec.SecretName!;

    /// <summary>
    /// The certificate of an alias of the (defaulted) database.
    /// </summary>
    /// <param name="database">The database; its spec names an issuer.</param>
    /// <param name="alias">Which certificate.</param>
    /// <param name="commonName">Common name of the subject; one that is longer than X.509 allows is replaced by the name of the database.</param>
    public static CertificateWish Of(IDatabase database, string alias, string commonName)
    {
        ArgumentNullException.ThrowIfNull(database);
        var tls = database.Spec.Tls!;
        var name = ObjectNames.Certificate(database.Metadata.Name, alias);
        var spec = tls.Certificates.FirstOrDefault(c => c.Alias == alias) ?? new CertificateSpec { Alias = alias };
        return new()
        {
            Alias = alias,
            Name = name,
            CommonName = commonName.Length <= CommonNameLength ? commonName : database.Metadata.Name,
            Spec = string.IsNullOrEmpty(spec.SecretName) ? spec with { SecretName = name } : spec,
            Issuer = spec.IssuerRef ?? tls.IssuerRef!,
        };
    }

    /// <summary>The secret, which need not exist yet, nor hold anything yet.</summary>
    public SecretReference Reference => new(SecretName, $"spec.tls.certificates[{Alias}].secretName", []) { IsOptional = true };
}
