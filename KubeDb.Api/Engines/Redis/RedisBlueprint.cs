using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Describes every object of a Redis or Valkey. Pure.</summary>
internal static class RedisBlueprint
{
    /// <summary>The objects in the order in which they are created: what others need comes first, and users see the contract's events in order.</summary>
    public static Blueprint Describe(DatabaseFacts facts)
    {
        var d = new RedisDescription(facts);
        var warnings = new List<SpecWarning>();
        var primary = Service(d, ServiceAliases.Primary, d.Name);
        var objects = Services(d, primary).ToList();
        objects.AddRange(AccessObjects.Describe(
            d,
            [AccessObjects.May(RedisDatabase.Resource, "get"), AccessObjects.May(PetSet.Resource, "get"), AccessObjects.May(ResourceTypes.Pod, "get")]));
        objects.Add(BindingObjects.ConfigSecret(d, Files(d)));
        objects.AddRange(CertificateObjects.Describe(d, RedisTls.Certificates(d.Database)));
        if (d.AclSecret is { } rules)
            objects.Add(rules);
        objects.AddRange(d.Shards.SelectMany(shard => Shard(d, shard, warnings)));
        objects.Add(AppBinding(d, primary));
        if (MonitoringObjects.ServiceMonitor(d) is { } monitor)
            objects.Add(monitor);
        return new(objects) { Warnings = [.. warnings.Distinct()] };
    }

    /// <summary>The user's configuration. Lines that can not be read are left out here; they are named by the checks.</summary>
    public static UserConf UserConfiguration(DatabaseFacts facts)
    {
        var file = RedisConfigurationEngine.File(RedisFlavour.Of(facts.Version));
        var user = Engines.Configuration.UserConfiguration.Of([file], facts);
        return new UserConf((RedisConf)user.Secret(file), (RedisConf)user.Inline(file));
    }

    private static IEnumerable<DesiredObject> Services(RedisDescription d, JsonObject primary)
    {
        var db = ServiceObjects.Port("db", RedisConnector.Port, "db");
        var governing = d.IsCluster
            ? ServiceObjects.Governing(d, db, ServiceObjects.Port(RedisPods.BusPort, RedisEndpoint.OwnBusPort, RedisPods.BusPort))
            : ServiceObjects.Governing(d, db);
        yield return new(ResourceTypes.Service, governing) { CreatedEvent = "Successfully created governing service" };
        yield return new(ResourceTypes.Service, primary) { CreatedEvent = "Successfully created Service" };
        if (d.Sentinels is not null)
        {
            yield return new(ResourceTypes.Service, Service(d, ServiceAliases.Standby, ObjectNames.WithSuffix(d.Name, ServiceAliases.Standby)))
            {
                CreatedEvent = "Successfully created standby service",
            };
        }

        if (d.Monitor is not null)
            yield return new(ResourceTypes.Service, ServiceObjects.Stats(d)) { CreatedEvent = "Successfully created stats service" };
    }

    // Clients of a cluster find the right node themselves; of a master with replicas the label says which pod it is.
    private static JsonObject Service(RedisDescription d, string alias, string name) => ServiceObjects.Client(
        d, alias, name, [ServiceObjects.Port(alias, RedisConnector.Port, "db")], d.Sentinels is null ? null : new Dictionary<string, string> { [PodRoles.Label] = alias });

    private static IEnumerable<DesiredObject> Shard(RedisDescription d, RedisShard shard, ICollection<SpecWarning> warnings)
    {
        yield return RedisPods.PetSet(d, shard, warnings);
        if (PetSetObjects.DisruptionBudget(d, shard.PetSet, shard.Replicas, shard.Labels) is { } budget)
            yield return budget;
    }

    private static Dictionary<string, string> Files(RedisDescription d)
    {
        var conf = RedisConfigurationEngine.File(d.Flavour).Render(
            OperatorConf.Defaults(d.Spec), UserConfiguration(d.Facts).Effective, OperatorConf.Owned(d.Flavour, d.Facts.Credential, d.Database, d.Users));
        var files = new Dictionary<string, string>
        {
            ["default.conf"] = conf,
            [RedisScripts.ReadyKey] = RedisScripts.Ready,
            [RedisScripts.StartKey] = RedisScripts.Start,
        };
        if (d.Spec.Init is { Initialized: true })
            files[RedisScripts.InitializedKey] = "true";
        if (d.IsCluster)
            files[RedisScripts.EndpointsKey] = Lines(RedisEndpoint.Of(d.Database, d.GoverningService).Select(e => e.Line));
        if (d.Sentinels is { } sentinels)
            files[RedisScripts.SentinelsKey] = Lines(sentinels.Lines);
        return files;
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"{line}\n"));

    private static DesiredObject AppBinding(RedisDescription d, JsonObject primary)
    {
        var parameters = new JsonObject { ["apiVersion"] = "config.kubedb.com/v1alpha1", ["kind"] = "RedisConfiguration" };
        if (BindingObjects.StashParameters(d.Version.Spec.Stash) is { } stash)
            parameters["stash"] = stash;
        return RedisTls.AppBinding(d, "kubedb.com/redis", primary, parameters);
    }
}
