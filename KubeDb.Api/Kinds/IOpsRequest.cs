using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds;

/// <summary>A request to change a running database, of any engine.</summary>
public interface IOpsRequest : IKubernetesObject
{
    /// <summary>Its kind.</summary>
    ResourceType ResourceType { get; }

    /// <summary>Name of the database, in the request's namespace.</summary>
    string DatabaseName { get; }

    /// <summary>What to do (<see cref="OpsRequestTypes"/>).</summary>
    string Type { get; }

    /// <summary>Bound of each step; null when absent or not a duration (which validation refuses).</summary>
    TimeSpan? Timeout { get; }

    /// <summary>When to run (<see cref="ApplyOptions"/>).</summary>
    string Apply { get; }

    /// <summary>Attempts before the request fails; at least 1.</summary>
    int MaxRetries { get; }

    /// <summary>The block of an UpdateVersion request.</summary>
    UpdateVersionSpec? UpdateVersion { get; }

    /// <summary>The block of a Reconfigure request that all engines share.</summary>
    IReconfigureSpec? Configuration { get; }

    /// <summary>The block of a ReconfigureTLS request that all engines share.</summary>
    ITlsChangeSpec? Tls { get; }

    /// <summary>The block of a RotateAuth request; null to generate a new password.</summary>
    AuthenticationSpec? Authentication { get; }

    /// <summary>What was observed; never null.</summary>
    OpsRequestStatus Status { get; }
}

/// <summary>How a Reconfigure request changes the configuration, as far as all engines agree.</summary>
public interface IReconfigureSpec
{
    /// <summary>Secret that becomes the user's configuration.</summary>
    LocalReference? ConfigSecret { get; }

    /// <summary>Configuration files by name, merged over what is there; null when absent.</summary>
    IReadOnlyDictionary<string, string>? ApplyConfig { get; }

    /// <summary>Drop the user's configuration first.</summary>
    bool RemoveCustomConfig { get; }

    /// <summary>Whether pods restart (<see cref="RestartModes"/>).</summary>
    string Restart { get; }
}

/// <summary>How a ReconfigureTLS request changes TLS, as far as all engines agree.</summary>
public interface ITlsChangeSpec
{
    /// <summary>The new issuer; null to keep it.</summary>
    IssuerReference? IssuerRef { get; }

    /// <summary>Changes of certificates, by alias.</summary>
    IReadOnlyList<CertificateSpec> Certificates { get; }

    /// <summary>Issue new certificates from the same issuer.</summary>
    bool RotateCertificates { get; }

    /// <summary>Turn TLS off.</summary>
    bool Remove { get; }
}
