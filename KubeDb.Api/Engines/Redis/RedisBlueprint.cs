using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Describes every object of a Standalone. Pure.</summary>
internal static class RedisBlueprint
{
    /// <summary>The objects in the order in which they are created: what others need comes first, and users see the contract's events in order.</summary>
    public static Blueprint Describe(DatabaseFacts facts)
    {
        var d = new RedisDescription(facts);
        var objects = new List<DesiredObject>
        {
            new(ResourceTypes.Service, RedisServices.Governing(d)) { CreatedEvent = "Successfully created governing service" },
            new(ResourceTypes.Service, RedisServices.Primary(d)) { CreatedEvent = "Successfully created Service" },
        };
        if (d.Monitor is not null)
            objects.Add(new(ResourceTypes.Service, RedisServices.Stats(d)) { CreatedEvent = "Successfully created stats service" });
        if (!facts.ForeignServiceAccount)
            objects.AddRange(Access(d));
        objects.Add(new(ResourceTypes.Secret, ConfigSecret(d)) { KeptWhileHalted = true });
        objects.Add(new(PetSet.Resource, RedisPods.PetSet(d)) { CreatedEvent = "Successfully created PetSet" });
        objects.Add(new(RedisServices.AppBindingType, RedisServices.AppBinding(d)) { CreatedEvent = "Successfully created appbinding" });
        if (d.Monitor?.Agent == MonitorAgents.PrometheusOperator && facts.Offers.ServiceMonitors)
        {
            objects.Add(new(ResourceTypes.ServiceMonitor, RedisServices.ServiceMonitor(d))
            {
                Owner = (ResourceTypes.Service, d.StatsService),
            });
        }

        return new(objects);
    }

    private static JsonObject ConfigSecret(RedisDescription d)
    {
        var durable = d.Spec.StorageType != StorageTypes.Ephemeral;
        var conf = OperatorConf.Render(OperatorConf.Defaults(durable), UserConfiguration(d.Facts).Effective, OperatorConf.Owned(d.Flavour, d.Facts.Credential));
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["default.conf"] = conf,
            [RedisScripts.ReadyKey] = RedisScripts.Ready,
            [RedisScripts.StartKey] = RedisScripts.Start,
        };
        if (d.Spec.Init is { Initialized: true })
            data[RedisScripts.InitializedKey] = "true";

        // In base64 as the server stores it: stringData would leave a second field to own.
        return new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = d.Offshoot.Metadata(d.ConfigSecret, d.Offshoot.Labels()),
            ["type"] = "Opaque",
            ["data"] = OffshootMetadata.Node(data.Select(p =>
                KeyValuePair.Create(p.Key, Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(p.Value))))),
        };
    }

    /// <summary>The user's configuration. Lines that can not be read are left out here; they are named by the checks.</summary>
    public static UserConf UserConfiguration(DatabaseFacts facts)
    {
        var key = RedisFlavour.Of(facts.Version).ConfigKey;
        var configuration = facts.Database.Spec.Configuration;
        var secret = configuration?.SecretName is { Length: > 0 } name && facts.Secrets.TryGetValue(name, out var found)
            ? RedisConf.Parse(found.Text(key) ?? "").Conf
            : RedisConf.Empty;
        return new UserConf(secret, RedisConf.Parse(configuration?.Inline?.GetValueOrDefault(key) ?? "").Conf);
    }

    private static IEnumerable<DesiredObject> Access(RedisDescription d)
    {
        yield return new(ResourceTypes.ServiceAccount, new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ServiceAccount",
            ["metadata"] = d.Offshoot.Metadata(d.ServiceAccount, d.Offshoot.Labels()),
        });
        yield return new(ResourceTypes.Role, new()
        {
            ["apiVersion"] = ResourceTypes.Role.ApiVersion,
            ["kind"] = "Role",
            ["metadata"] = d.Offshoot.Metadata(d.Name, d.Offshoot.Labels()),
            ["rules"] = new JsonArray(
                Rule("kubedb.com", "redises"),
                Rule(PetSet.Resource.Group, PetSet.Resource.Plural),
                Rule("", "pods")),
        });
        yield return new(ResourceTypes.RoleBinding, new()
        {
            ["apiVersion"] = ResourceTypes.RoleBinding.ApiVersion,
            ["kind"] = "RoleBinding",
            ["metadata"] = d.Offshoot.Metadata(d.Name, d.Offshoot.Labels()),
            ["roleRef"] = new JsonObject { ["apiGroup"] = ResourceTypes.Role.Group, ["kind"] = "Role", ["name"] = d.Name },
            ["subjects"] = new JsonArray(
                new JsonObject { ["kind"] = "ServiceAccount", ["name"] = d.ServiceAccount, ["namespace"] = d.Namespace }),
        });
    }

    private static JsonObject Rule(string group, string resource) => new()
    {
        ["apiGroups"] = new JsonArray(group),
        ["resources"] = new JsonArray(resource),
        ["verbs"] = new JsonArray("get"),
    };
}
