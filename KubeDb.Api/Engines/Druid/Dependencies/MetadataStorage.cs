using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Api.Engines.Druid.Dependencies;

/// <summary>Who keeps the metadata of a Druid.</summary>
internal enum MetadataKeeper
{
    /// <summary>A database of the user's.</summary>
    User,

    /// <summary>A database of another operator's kinds, which is made.</summary>
    Made,

    /// <summary>One PostgreSQL server that this operator runs.</summary>
    BuiltIn,

    /// <summary>Nobody can: what the spec asks for is not installed.</summary>
    Nobody,
}

/// <summary>Where the metadata of a Druid is stored, and how its servers get there. Pure.</summary>
internal sealed record MetadataStorage
{
    /// <summary>Who keeps it.</summary>
    public required MetadataKeeper Keeper { get; init; }

    /// <summary>MySQL or PostgreSQL (<see cref="MetadataStorageTypes"/>); empty while that is not known.</summary>
    public required string Type { get; init; }

    /// <summary>Its AppBinding.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>How to get there; null while that is not known.</summary>
    public MetadataConnection? Connection { get; init; }

    /// <summary>What is wrong with its AppBinding; null when nothing is, or there is none yet.</summary>
    public Violation? Problem { get; init; }

    /// <summary>Why servers can not be started yet; null when they can.</summary>
    public Outcome? Pending { get; init; }

    /// <summary>The storage of the facts.</summary>
    public static MetadataStorage Of(DatabaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var druid = (DruidDatabase)facts.Database;
        var references = DruidApplications.Of(druid).Where(a => a.Role != DruidApplications.ZooKeeper).ToList();
        var storage = druid.Spec.MetadataStorage ?? new();
        if (storage.ExternallyManaged)
            return Connected(new() { Keeper = MetadataKeeper.User, Type = storage.Type ?? "", Key = references[0].Key }, storage, facts, DruidApplications.Metadata);
        var (keeper, type) = Decide(storage, facts);
        var role = type == MetadataStorageTypes.MySql ? DruidApplications.MySqlMetadata : DruidApplications.PostgreSqlMetadata;
        var key = references.First(r => r.Role == role).Key;
        return Connected(new() { Keeper = keeper, Type = type, Key = key, Pending = keeper == MetadataKeeper.Nobody ? NotInstalled(type) : null }, storage, facts, role);
    }

    // Data that is there decides before anything else: what was installed later must not take the place of what holds it.
    private static (MetadataKeeper Keeper, string Type) Decide(DruidMetadataStorage storage, DatabaseFacts facts)
    {
        var druid = facts.Database.Metadata;
        var mayBeMySql = storage.Type is null or "" or MetadataStorageTypes.MySql;
        var mayBePostgres = storage.Type is null or "" or MetadataStorageTypes.PostgreSql;
        if (mayBePostgres && facts.Applications.GetValueOrDefault(DruidApplications.PostgreSqlMetadata)?.Binding is { } own && own.Metadata.Controller?.Uid == druid.Uid)
            return (MetadataKeeper.BuiltIn, MetadataStorageTypes.PostgreSql);
        if (mayBeMySql && (facts.OfferedKinds.Contains(DruidApplications.MySql) || facts.Applications.ContainsKey(DruidApplications.MySqlMetadata)))
            return (MetadataKeeper.Made, MetadataStorageTypes.MySql);
        if (mayBePostgres && (facts.OfferedKinds.Contains(DruidApplications.Postgres) || facts.Applications.ContainsKey(DruidApplications.PostgreSqlMetadata)))
            return (MetadataKeeper.Made, MetadataStorageTypes.PostgreSql);
        if (!mayBePostgres)
            return (MetadataKeeper.Nobody, MetadataStorageTypes.MySql);

        // The one that runs here is part of the cluster, and not of another namespace.
        return storage.Namespace is { Length: > 0 } ns && ns != druid.Namespace
            ? (MetadataKeeper.Nobody, MetadataStorageTypes.PostgreSql)
            : (MetadataKeeper.BuiltIn, MetadataStorageTypes.PostgreSql);
    }

    private static MetadataStorage Connected(MetadataStorage storage, DruidMetadataStorage spec, DatabaseFacts facts, string role)
    {
        if (storage.Pending is not null)
            return storage;
        if (facts.Applications.GetValueOrDefault(role) is not { } application)
            return storage with { Pending = NotThere(storage) };
        var database = string.IsNullOrEmpty(spec.LinkedDb) ? DruidDefaults.LinkedDb : spec.LinkedDb;
        var type = storage.Type.Length > 0 ? storage.Type : TypeOf(application.Binding);
        if (type is null)
        {
            return storage with
            {
                Problem = Unusable(storage.Key, $"is of type \"{application.Binding.Spec.AppRef?.Kind ?? application.Binding.Spec.Type}\", and neither of MySQL nor of PostgreSQL. Set spec.metadataStorage.type, or name the AppBinding of such a database"),
            };
        }

        storage = storage with { Type = type };
        var (connection, problem) = MetadataConnection.Of(type, database, application, storage.Key);
        return storage with
        {
            Connection = connection,
            Problem = problem is null ? null : Unusable(storage.Key, problem),
            Pending = storage.Keeper == MetadataKeeper.Made && application.Phase is not (null or DatabasePhases.Ready) ? NotThere(storage) : null,
        };
    }

    private static string? TypeOf(AppBinding binding) => (binding.Spec.AppRef?.Kind ?? binding.Spec.Type?.Split('/')[^1])?.ToUpperInvariant() switch
    {
        "MYSQL" => MetadataStorageTypes.MySql,
        "POSTGRES" or "POSTGRESQL" => MetadataStorageTypes.PostgreSql,
        _ => null,
    };

    private static Violation Unusable(ObjectKey key, string what) =>
        new("spec.metadataStorage", DruidReasons.MetadataStorageUnusable, $"AppBinding {key}, named by spec.metadataStorage, {what}.");

    private static Outcome NotThere(MetadataStorage storage) => Outcome.Wait(
        DruidReasons.MetadataStorageNotThere,
        $"{(storage.Keeper == MetadataKeeper.BuiltIn ? "PetSet" : storage.Type)} {storage.Key}, the metadata storage that was made for this Druid, is not Ready yet. The servers are started once it is.",
        TimeSpan.FromSeconds(5));

    private static Outcome NotInstalled(string type) => Outcome.Wait(
        Reasons.ApiAbsent,
        $"The API server does not serve {type}, which spec.metadataStorage asks for{(type == MetadataStorageTypes.MySql ? "" : " in another namespace")}. "
        + "Install its operator; or name a database of your own (externallyManaged); or leave spec.metadataStorage out, and one PostgreSQL server is run here. This goes on by itself once it is there.",
        TimeSpan.FromMinutes(1));
}
