using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>What the parts of a blueprint share: the facts, and the names that follow from them. Engines add what only they have.</summary>
internal class DatabaseDescription
{
    /// <summary>Takes the facts.</summary>
    public DatabaseDescription(DatabaseFacts facts)
    {
        Facts = facts;
        var database = facts.Database;
        Offshoot = new(database, $"{database.Type.Plural}.{database.Type.Group}");
        PodSpec = database.Spec.PodTemplate?.Spec?.ToNode() as JsonObject ?? [];
    }

    /// <summary>The facts.</summary>
    public DatabaseFacts Facts { get; }

    /// <summary>Labels and annotations.</summary>
    public OffshootMetadata Offshoot { get; }

    /// <summary>The user's pod spec of the only, or default, group of pods; empty when there is none. Not to be changed.</summary>
    public JsonObject PodSpec { get; }

    /// <summary>What every engine's spec has.</summary>
    public IDatabaseSpec CommonSpec => Facts.Database.Spec;

    /// <summary>Name of the database.</summary>
    public string Name => Facts.Database.Metadata.Name;

    /// <summary>Namespace of everything.</summary>
    public string Namespace => Facts.Database.Metadata.Namespace;

    /// <summary>Name of the headless service.</summary>
    public virtual string GoverningService => ObjectNames.WithSuffix(Name, "pods");

    /// <summary>Name of the stats service and of the ServiceMonitor.</summary>
    public string StatsService => ObjectNames.WithSuffix(Name, "stats");

    /// <summary>Name of the config secret: by default with the end of the database's UID, so that one of another incarnation is never read.</summary>
    public virtual string ConfigSecret
    {
        get => ObjectNames.WithSuffix(Name, ShortUid(Facts.Database));
    }

    /// <summary>The end of the database's UID, as names carry it.</summary>
    public static string ShortUid(IDatabase database) => database.Metadata.Uid is { Length: > 6 } uid ? uid[^6..] : database.Metadata.Uid;

    /// <summary>Name of the secret with the credential; null when authentication is off.</summary>
    public string? AuthSecret => CredentialSecret(Facts.Database);

    /// <summary>Name of the service account of the pods.</summary>
    public string ServiceAccount => ServiceAccountOf(PodSpec);

    /// <summary>The monitoring, when there is an agent.</summary>
    public MonitorSpec? Monitor => string.IsNullOrEmpty(CommonSpec.Monitor?.Agent) ? null : CommonSpec.Monitor;

    /// <summary>Port of the exporter.</summary>
    public int ExporterPort => Monitor?.Prometheus?.Exporter?.Port ?? ExporterSpec.DefaultPort;

    /// <summary>Volumes are claims, not directories that go with their pod.</summary>
    public bool IsDurable => CommonSpec.StorageType != StorageTypes.Ephemeral;

    /// <summary>The service account that a pod template names; the database's own when it names none.</summary>
    public string ServiceAccountOf(JsonObject podSpec) => podSpec["serviceAccountName"].AsText() is { Length: > 0 } name ? name : Name;

    /// <summary>Name of the secret with the credential; null when authentication is off.</summary>
    public static string? CredentialSecret(IDatabase database) => database.Spec.DisableAuth
        ? null
        : database.Spec.AuthSecret?.Name is { Length: > 0 } name ? name : ObjectNames.AuthSecret(database.Metadata.Name);
}
