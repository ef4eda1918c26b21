using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>What the parts of a blueprint share: the facts, and the names that follow from them.</summary>
internal sealed class RedisDescription
{
    /// <summary>Takes the facts of a Redis.</summary>
    public RedisDescription(DatabaseFacts facts)
    {
        Facts = facts;
        Database = (RedisDatabase)facts.Database;
        Version = (RedisVersion)facts.Version;
        Flavour = RedisFlavour.Of(facts.Version);
        Offshoot = new(Database, $"{RedisDatabase.Resource.Plural}.{RedisDatabase.Resource.Group}");
        PodSpec = Database.Spec.PodTemplate?.Spec?.ToNode() as JsonObject ?? [];
    }

    /// <summary>The facts.</summary>
    public DatabaseFacts Facts { get; }

    /// <summary>The database.</summary>
    public RedisDatabase Database { get; }

    /// <summary>Its catalog version.</summary>
    public RedisVersion Version { get; }

    /// <summary>What differs between servers.</summary>
    public RedisFlavour Flavour { get; }

    /// <summary>Labels and annotations.</summary>
    public OffshootMetadata Offshoot { get; }

    /// <summary>The user's pod spec, empty when there is none; not to be changed.</summary>
    public JsonObject PodSpec { get; }

    /// <summary>The spec.</summary>
    public RedisSpec Spec => Database.Spec;

    /// <summary>Name of the database.</summary>
    public string Name => Database.Metadata.Name;

    /// <summary>Namespace of everything.</summary>
    public string Namespace => Database.Metadata.Namespace;

    /// <summary>Name of the headless service.</summary>
    public string GoverningService => ObjectNames.WithSuffix(Name, "pods");

    /// <summary>Name of the stats service and of the ServiceMonitor.</summary>
    public string StatsService => ObjectNames.WithSuffix(Name, "stats");

    /// <summary>Name of the config secret.</summary>
    public string ConfigSecret
    {
        get
        {
            var uid = Database.Metadata.Uid;
            return ObjectNames.WithSuffix(Name, uid.Length <= 6 ? uid : uid[^6..]);
        }
    }

    /// <summary>Name of the secret with the credential; null when authentication is off.</summary>
    public string? AuthSecret => CredentialSecret(Database);

    /// <summary>Name of the pods' service account.</summary>
    public string ServiceAccount => PodSpec["serviceAccountName"].AsText() is { Length: > 0 } name ? name : Name;

    /// <summary>The monitoring, when there is an agent.</summary>
    public MonitorSpec? Monitor => string.IsNullOrEmpty(Spec.Monitor?.Agent) ? null : Spec.Monitor;

    /// <summary>Port of the exporter.</summary>
    public int ExporterPort => Monitor?.Prometheus?.Exporter?.Port ?? ExporterSpec.DefaultPort;

    /// <summary>Name of the secret with the credential; null when authentication is off.</summary>
    public static string? CredentialSecret(RedisDatabase database) => database.Spec.DisableAuth
        ? null
        : database.Spec.AuthSecret?.Name is { Length: > 0 } name ? name : ObjectNames.AuthSecret(database.Metadata.Name);
}
