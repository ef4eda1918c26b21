using KubeDb.Api.Kinds.Schema;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>TLS of a database.</summary>
public sealed record TlsSpec
{
    /// <summary>The certificates, by alias.</summary>
    public IReadOnlyList<CertificateSpec> Certificates { get; init => field = value ?? []; } = [];

    /// <summary>Who issues the certificates.</summary>
    public IssuerReference? IssuerRef { get; init; }
}

/// <summary>Wishes for one certificate; names and addresses are added to the computed ones.</summary>
public sealed record CertificateSpec
{
    /// <summary>Which certificate, such as server or client.</summary>
    [RequiredField]
    public string Alias { get; init => field = value ?? ""; } = "";

    /// <summary>DNS names to add.</summary>
    public IReadOnlyList<string> DnsNames { get; init => field = value ?? []; } = [];

    /// <summary>Lifetime, such as 2160h.</summary>
    public string? Duration { get; init; }

    /// <summary>E-mail addresses to add.</summary>
    public IReadOnlyList<string> EmailAddresses { get; init => field = value ?? []; } = [];

    /// <summary>IP addresses to add.</summary>
    public IReadOnlyList<string> IpAddresses { get; init => field = value ?? []; } = [];

    /// <summary>Who issues this certificate, instead of the common issuer.</summary>
    public IssuerReference? IssuerRef { get; init; }

    /// <summary>The private key.</summary>
    public CertificatePrivateKey? PrivateKey { get; init; }

    /// <summary>How long before its end the certificate is renewed, such as 360h.</summary>
    public string? RenewBefore { get; init; }

    /// <summary>Secret that holds the certificate; filled in when empty.</summary>
    public string? SecretName { get; init; }

    /// <summary>Subject.</summary>
    public CertificateSubject? Subject { get; init; }

    /// <summary>URIs to add.</summary>
    public IReadOnlyList<string> Uris { get; init => field = value ?? []; } = [];
}

/// <summary>The private key of a certificate.</summary>
public sealed record CertificatePrivateKey
{
    /// <summary>PKCS1 or PKCS8.</summary>
    [OneOf("PKCS1", "PKCS8")]
    public string? Encoding { get; init; }
}

/// <summary>Subject of a certificate.</summary>
public sealed record CertificateSubject
{
    /// <summary>Countries.</summary>
    public IReadOnlyList<string> Countries { get; init => field = value ?? []; } = [];

    /// <summary>Localities.</summary>
    public IReadOnlyList<string> Localities { get; init => field = value ?? []; } = [];

    /// <summary>Organizational units.</summary>
    public IReadOnlyList<string> OrganizationalUnits { get; init => field = value ?? []; } = [];

    /// <summary>Organizations.</summary>
    public IReadOnlyList<string> Organizations { get; init => field = value ?? []; } = [];

    /// <summary>Postal codes.</summary>
    public IReadOnlyList<string> PostalCodes { get; init => field = value ?? []; } = [];

    /// <summary>Provinces.</summary>
    public IReadOnlyList<string> Provinces { get; init => field = value ?? []; } = [];

    /// <summary>Serial number.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>Street addresses.</summary>
    public IReadOnlyList<string> StreetAddresses { get; init => field = value ?? []; } = [];
}
