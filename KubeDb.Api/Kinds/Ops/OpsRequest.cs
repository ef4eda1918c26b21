using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>What requests have in common, whichever kind of database they change.</summary>
/// <typeparam name="TSpec">What the kind can be asked for.</typeparam>
public abstract record OpsRequest<TSpec> : IOpsRequest
    where TSpec : OpsRequestSpec, new()
{
    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What to do; never changes.</summary>
    [Immutable("the spec of a request never changes; create another request")]
    public TSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was observed.</summary>
    public OpsRequestStatus Status { get; init => field = value ?? OpsRequestStatus.None; } = OpsRequestStatus.None;

    ResourceType IOpsRequest.ResourceType => Kind;

    string IOpsRequest.DatabaseName => Spec.DatabaseRef?.Name ?? "";

    string IOpsRequest.Type => Spec.Type;

    TimeSpan? IOpsRequest.Timeout => GoDuration.Parse(Spec.Timeout);

    string IOpsRequest.Apply => Spec.Apply ?? ApplyOptions.IfReady;

    int IOpsRequest.MaxRetries => Math.Max(1, Spec.MaxRetries ?? 1);

    UpdateVersionSpec? IOpsRequest.UpdateVersion => Spec.UpdateVersion;

    IReconfigureSpec? IOpsRequest.Configuration => Spec.Reconfiguration;

    ITlsChangeSpec? IOpsRequest.Tls => Spec.TlsChange;

    AuthenticationSpec? IOpsRequest.Authentication => Spec.Authentication;

    /// <summary>The kind.</summary>
    private protected abstract ResourceType Kind { get; }
}

/// <summary>What requests can be asked for, whichever kind of database they change; the block that belongs to the type is the one that counts.</summary>
public abstract record OpsRequestSpec
{
    /// <summary>IfReady waits until the database is Ready; Always runs in any phase.</summary>
    [OneOf(ApplyOptions.IfReady, ApplyOptions.Always)]
    [SchemaDefault("\"IfReady\"")]
    public string? Apply { get; init; }

    /// <summary>The new credential, for RotateAuth.</summary>
    public AuthenticationSpec? Authentication { get; init; }

    /// <summary>The database, in the request's namespace.</summary>
    [RequiredField]
    public LocalReference? DatabaseRef { get; init; }

    /// <summary>Attempts before the request fails.</summary>
    [SchemaDefault("1")]
    public int? MaxRetries { get; init; }

    /// <summary>For Restart.</summary>
    public EmptyBlock? Restart { get; init; }

    /// <summary>Bound of each step, such as 5m.</summary>
    public string? Timeout { get; init; }

    /// <summary>What to do; the types that the kind has.</summary>
    public abstract string Type { get; init; }

    /// <summary>The version to move to, for UpdateVersion.</summary>
    public UpdateVersionSpec? UpdateVersion { get; init; }

    /// <summary>The block of a Reconfigure request.</summary>
    internal abstract IReconfigureSpec? Reconfiguration { get; }

    /// <summary>The block of a ReconfigureTLS request.</summary>
    internal abstract ITlsChangeSpec? TlsChange { get; }
}

/// <summary>A change of the configuration of a database.</summary>
public record ReconfigureBlock : IReconfigureSpec
{
    /// <summary>Text by name of the file, merged over the configuration by key.</summary>
    public IReadOnlyDictionary<string, string>? ApplyConfig { get; init; }

    /// <summary>Secret that becomes the user's configuration.</summary>
    public LocalReference? ConfigSecret { get; init; }

    /// <summary>Drop the user's configuration first.</summary>
    public bool RemoveCustomConfig { get; init; }

    /// <summary>auto restarts when needed, true always, false never.</summary>
    [OneOf(RestartModes.Auto, RestartModes.Always, RestartModes.Never)]
    [SchemaDefault("\"auto\"")]
    public string Restart { get; init => field = value ?? RestartModes.Auto; } = RestartModes.Auto;
}

/// <summary>A change of the TLS of a database: exactly one of remove, rotateCertificates, and issuerRef or certificates.</summary>
public record TlsBlock : ITlsChangeSpec
{
    /// <summary>Changes of certificates, by alias.</summary>
    public IReadOnlyList<CertificateSpec> Certificates { get; init => field = value ?? []; } = [];

    /// <summary>The new issuer.</summary>
    public IssuerReference? IssuerRef { get; init; }

    /// <summary>Turn TLS off.</summary>
    public bool Remove { get; init; }

    /// <summary>Issue new certificates from the same issuer.</summary>
    public bool RotateCertificates { get; init; }
}
