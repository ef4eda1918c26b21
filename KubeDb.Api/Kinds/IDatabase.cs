using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds;

/// <summary>A database of any engine, as code that knows no engine sees it.</summary>
public interface IDatabase : IKubernetesObject
{
    /// <summary>Its kind.</summary>
    ResourceType Type { get; }

    /// <summary>What the user wants.</summary>
    IDatabaseSpec Spec { get; }

    /// <summary>What was observed; never null.</summary>
    DatabaseStatus Status { get; }
}

/// <summary>The part of a database's spec that every engine has.</summary>
public interface IDatabaseSpec
{
    /// <summary>Name of the catalog version.</summary>
    string Version { get; }

    /// <summary>The user's switch: workloads removed, data kept.</summary>
    bool Halted { get; }

    /// <summary>What becomes of the data when the database is deleted (<see cref="DeletionPolicies"/>); null before defaulting.</summary>
    string? DeletionPolicy { get; }

    /// <summary>The secret with the credential; null before defaulting and when authentication is off.</summary>
    AuthSecret? AuthSecret { get; }

    /// <summary>No authentication.</summary>
    bool DisableAuth { get; }

    /// <summary>Health check settings; null before defaulting.</summary>
    HealthChecker? HealthChecker { get; }

    /// <summary>Monitoring; null for none.</summary>
    MonitorSpec? Monitor { get; }

    /// <summary>Pod template of the database's only, or default, group of pods.</summary>
    PodTemplate? PodTemplate { get; }

    /// <summary>Overrides of services; empty when absent.</summary>
    IReadOnlyList<ServiceTemplate> ServiceTemplates { get; }

    /// <summary>Durable or Ephemeral (<see cref="StorageTypes"/>); null before defaulting.</summary>
    string? StorageType { get; }

    /// <summary>Claim spec of the data volume; null for ephemeral storage and for engines that keep storage elsewhere.</summary>
    JsonFragment? Storage { get; }

    /// <summary>TLS; null for plain connections.</summary>
    TlsSpec? Tls { get; }

    /// <summary>Initialisation; null for an empty database.</summary>
    InitSpec? Init { get; }

    /// <summary>The user's configuration; null for none.</summary>
    ICustomConfiguration? Configuration { get; }

    /// <summary>Automatic recommendations; null for the default.</summary>
    AutoOps? AutoOps { get; }
}

/// <summary>The user's configuration of a database: a secret, and text that overrides it.</summary>
public interface ICustomConfiguration
{
    /// <summary>Secret with configuration files; null for none.</summary>
    string? SecretName { get; }

    /// <summary>Configuration files by name; null when absent, which is not the same as empty.</summary>
    IReadOnlyDictionary<string, string>? Inline { get; }
}

/// <summary>A version in the catalog, of any engine.</summary>
public interface ICatalogVersion : IKubernetesObject
{
    /// <summary>Its kind.</summary>
    ResourceType Type { get; }

    /// <summary>Version of the server, such as <c>8.2.2</c>; not the name of the object.</summary>
    string Version { get; }

    /// <summary>Who makes the server, such as <c>Official</c>; empty where the engine has one.</summary>
    string Distribution { get; }

    /// <summary>Image of the server.</summary>
    string DatabaseImage { get; }

    /// <summary>Image of the metrics exporter; empty where the engine has none.</summary>
    string ExporterImage { get; }

    /// <summary>New databases should take another version.</summary>
    bool Deprecated { get; }

    /// <summary>User the containers run as; null when the catalog names none.</summary>
    long? RunAsUser { get; }

    /// <summary>Which versions a database may move to; null for no constraint.</summary>
    UpdateConstraints? UpdateConstraints { get; }
}
