using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Api.Engines.Druid.Dependencies;

/// <summary>The databases that are made for a Druid: they are of other kinds, and their own operators see to them. Pure.</summary>
internal static class MadeDependencies
{
    private const int Replicas = 3;

    /// <summary>The ZooKeeper, and the metadata storage where it is of another operator's kinds.</summary>
    public static IEnumerable<DesiredObject> Describe(DruidDescription d)
    {
        if (d.Spec.ZooKeeperRef is { ExternallyManaged: false } reference)
        {
            var key = DruidApplications.Of(d.Druid).First(a => a.Role == DruidApplications.ZooKeeper).Key;
            yield return Make(d, ZooKeeperDatabase.Resource, key, new JsonObject
            {
                ["replicas"] = Replicas,
                ["storage"] = Claim(d),
                ["version"] = reference.Version,
            });
        }

        if (d.Metadata.Keeper != MetadataKeeper.Made || !d.Facts.OfferedKinds.Contains(KindOf(d.Metadata)))
            yield break;
        yield return InitScript(d);
        yield return Make(d, KindOf(d.Metadata), d.Metadata.Key, MetadataSpec(d));
    }

    private static ResourceType KindOf(MetadataStorage storage) => storage.Type == MetadataStorageTypes.MySql ? DruidApplications.MySql : DruidApplications.Postgres;

    private static JsonObject MetadataSpec(DruidDescription d)
    {
        var spec = new JsonObject
        {
            ["init"] = new JsonObject { ["script"] = new JsonObject { ["secret"] = new JsonObject { ["secretName"] = InitScriptName(d) } } },
            ["replicas"] = Replicas,
            ["storage"] = Claim(d),
            ["storageType"] = "Durable",
            ["version"] = d.Spec.MetadataStorage?.Version is { Length: > 0 } version ? version : DruidDefaults.MetadataStorageVersion(d.Metadata.Type),
        };
        if (d.Metadata.Type == MetadataStorageTypes.MySql)
            spec["topology"] = new JsonObject { ["mode"] = "GroupReplication" };
        return spec;
    }

    // Created in the storage's namespace, where it is mounted.
    private static DesiredObject InitScript(DruidDescription d)
    {
        var isMySql = d.Metadata.Type == MetadataStorageTypes.MySql;
        var database = d.Spec.MetadataStorage?.LinkedDb is { Length: > 0 } name ? name : DruidDefaults.LinkedDb;
        var text = isMySql ? $"CREATE DATABASE IF NOT EXISTS `{database}` DEFAULT CHARACTER SET utf8mb4;\n" : $"CREATE DATABASE \"{database}\";\n";
        var secret = BindingObjects.ConfigSecret(d, new Dictionary<string, string> { ["init.sql"] = text }, InitScriptName(d));
        secret.Manifest["metadata"]!["namespace"] = d.Metadata.Key.Namespace;
        return secret;
    }

    private static string InitScriptName(DruidDescription d) => Kinds.Shared.ObjectNames.WithSuffix(d.Name, "init-script");

    // Labelled by nobody: it is an instance of its own. What becomes of its data is what becomes of the Druid's.
    private static DesiredObject Make(DruidDescription d, ResourceType type, ObjectKey key, JsonObject spec)
    {
        spec["deletionPolicy"] = d.Spec.DeletionPolicy;
        spec["halted"] = false;
        return new(type, new()
        {
            ["apiVersion"] = type.ApiVersion,
            ["kind"] = type.Kind,
            ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace },
            ["spec"] = spec,
        }) { CreatedEvent = $"Successfully created {type.Kind} {key}" };
    }

    /// <summary>A claim of the size that volumes have by default, of the class that the user names for those of historicals.</summary>
    public static JsonObject Claim(DruidDescription d)
    {
        var claim = new JsonObject
        {
            ["accessModes"] = new JsonArray("ReadWriteOnce"),
            ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = DruidDefaults.StorageSize } },
        };
        if (Kinds.Shared.VolumeClaims.StorageClass(d.Spec.Topology?.Historicals?.Storage) is { Length: > 0 } name)
            claim["storageClassName"] = name;
        return claim;
    }
}
