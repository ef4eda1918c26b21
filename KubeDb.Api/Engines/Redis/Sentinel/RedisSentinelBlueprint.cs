using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>Describes every object of a RedisSentinel. Pure.</summary>
internal static class RedisSentinelBlueprint
{
    /// <summary>Name of the sentinels' port, in pods and services.</summary>
    public const string Port = "sentinel";

    /// <summary>The objects in the order in which they are created: what others need comes first.</summary>
    public static Blueprint Describe(DatabaseFacts facts)
    {
        var d = new RedisSentinelDescription(facts);
        var warnings = new List<SpecWarning>();
        var port = ServiceObjects.Port(Port, RedisConnector.SentinelPort, Port);
        var primary = ServiceObjects.Client(d, ServiceAliases.Primary, d.Name, [port]);
        var objects = new List<DesiredObject>
        {
            new(ResourceTypes.Service, ServiceObjects.Governing(d, port)) { CreatedEvent = "Successfully created governing service" },
            new(ResourceTypes.Service, primary) { CreatedEvent = "Successfully created Service" },
        };
        if (d.Monitor is not null)
            objects.Add(new(ResourceTypes.Service, ServiceObjects.Stats(d)) { CreatedEvent = "Successfully created stats service" });
        objects.AddRange(AccessObjects.Describe(
            d,
            [AccessObjects.May(RedisSentinel.Resource, "get"), AccessObjects.May(PetSet.Resource, "get"), AccessObjects.May(ResourceTypes.Pod, "get")]));
        objects.Add(BindingObjects.ConfigSecret(d, Files(d)));
        objects.AddRange(CertificateObjects.Describe(d, RedisTls.Certificates(d.Facts.Database)));
        objects.Add(RedisSentinelPods.PetSet(d, warnings));
        if (PetSetObjects.DisruptionBudget(d, d.Name, d.Replicas) is { } budget)
            objects.Add(budget);
        objects.Add(AppBinding(d, primary));
        if (MonitoringObjects.ServiceMonitor(d) is { } monitor)
            objects.Add(monitor);
        return new(objects) { Warnings = warnings };
    }

    private static Dictionary<string, string> Files(RedisSentinelDescription d) => new()
    {
        [RedisSentinelNames.ConfigKey] = SentinelSettings.Render(d.Facts),
        [RedisScripts.ReadyKey] = SentinelScripts.Ready,
        [RedisScripts.StartKey] = SentinelScripts.Start,
    };

    private static DesiredObject AppBinding(RedisSentinelDescription d, JsonObject primary)
    {
        var parameters = new JsonObject { ["apiVersion"] = "config.kubedb.com/v1alpha1", ["kind"] = "RedisConfiguration" };
        return RedisTls.AppBinding(d, "kubedb.com/redissentinel", primary, parameters);
    }
}
