using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Describes every object of a Standalone. Pure.</summary>
internal static class RedisBlueprint
{
    /// <summary>The objects in the order in which they are created: what others need comes first, and users see the contract's events in order.</summary>
    public static Blueprint Describe(DatabaseFacts facts)
    {
        var d = new RedisDescription(facts);
        var warnings = new List<SpecWarning>();
        var primary = ServiceObjects.Client(d, ServiceAliases.Primary, d.Name, [ServiceObjects.Port("primary", RedisConnector.Port, "db")]);
        var objects = new List<DesiredObject>
        {
            new(ResourceTypes.Service, ServiceObjects.Governing(d, ServiceObjects.Port("db", RedisConnector.Port, "db")))
            {
                CreatedEvent = "Successfully created governing service",
            },
            new(ResourceTypes.Service, primary) { CreatedEvent = "Successfully created Service" },
        };
        if (d.Monitor is not null)
            objects.Add(new(ResourceTypes.Service, ServiceObjects.Stats(d)) { CreatedEvent = "Successfully created stats service" });
        objects.AddRange(AccessObjects.Describe(
            d,
            [AccessObjects.May(RedisDatabase.Resource, "get"), AccessObjects.May(PetSet.Resource, "get"), AccessObjects.May(ResourceTypes.Pod, "get")]));
        objects.Add(BindingObjects.ConfigSecret(d, Files(d)));
        objects.Add(RedisPods.PetSet(d, warnings));
        objects.Add(AppBinding(d, primary));
        if (MonitoringObjects.ServiceMonitor(d) is { } monitor)
            objects.Add(monitor);
        return new(objects) { Warnings = warnings };
    }

    /// <summary>The user's configuration. Lines that can not be read are left out here; they are named by the checks.</summary>
    public static UserConf UserConfiguration(DatabaseFacts facts)
    {
        var file = RedisConfigurationEngine.File(RedisFlavour.Of(facts.Version));
        var user = Engines.Configuration.UserConfiguration.Of([file], facts);
        return new UserConf((RedisConf)user.Secret(file), (RedisConf)user.Inline(file));
    }

    private static Dictionary<string, string> Files(RedisDescription d)
    {
        var conf = RedisConfigurationEngine.File(d.Flavour).Render(
            OperatorConf.Defaults(d.IsDurable), UserConfiguration(d.Facts).Effective, OperatorConf.Owned(d.Flavour, d.Facts.Credential));
        var files = new Dictionary<string, string>
        {
            ["default.conf"] = conf,
            [RedisScripts.ReadyKey] = RedisScripts.Ready,
            [RedisScripts.StartKey] = RedisScripts.Start,
        };
        if (d.Spec.Init is { Initialized: true })
            files[RedisScripts.InitializedKey] = "true";
        return files;
    }

    private static DesiredObject AppBinding(RedisDescription d, JsonObject primary)
    {
        var parameters = new JsonObject { ["apiVersion"] = "config.kubedb.com/v1alpha1", ["kind"] = "RedisConfiguration" };
        if (BindingObjects.StashParameters(d.Version.Spec.Stash) is { } stash)
            parameters["stash"] = stash;
        var service = new AppService { Name = d.Name, Port = primary["spec"]!["ports"]![0]!["port"]!.GetValue<int>(), Scheme = "redis" };
        return BindingObjects.AppBinding(d, "kubedb.com/redis", new AppClientConfig { Service = service }, parameters);
    }
}
