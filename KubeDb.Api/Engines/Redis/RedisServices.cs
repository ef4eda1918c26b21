using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>How a Redis is reached: services, the AppBinding, and the ServiceMonitor. Pure.</summary>
internal static class RedisServices
{
    private static readonly string[] Overridable =
    [
        "type", "clusterIP", "externalIPs", "loadBalancerIP", "loadBalancerSourceRanges", "externalTrafficPolicy", "healthCheckNodePort",
        "sessionAffinity", "sessionAffinityConfig", "loadBalancerClass", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy",
        "allocateLoadBalancerNodePorts",
    ];

    /// <summary>The kind AppBinding.</summary>
    public static ResourceType AppBindingType => Kinds.AppCatalog.AppBinding.Resource;

    /// <summary>The headless service: it gives pods their names, before they are ready.</summary>
    public static JsonObject Governing(RedisDescription d) => Service(d.Offshoot.Metadata(d.GoverningService, d.Offshoot.Labels()), new()
    {
        ["clusterIP"] = "None",
        ["ports"] = new JsonArray(Port("db", RedisConnector.Port, "db")),
        ["publishNotReadyAddresses"] = true,
        ["selector"] = d.Offshoot.SelectorNode(),
        ["type"] = "ClusterIP",
    });

    /// <summary>Where clients write.</summary>
    public static JsonObject Primary(RedisDescription d)
    {
        var template = d.Offshoot.Service(ServiceAliases.Primary);
        var metadata = d.Offshoot.Metadata(d.Name, d.Offshoot.Labels(template?.Metadata?.Labels), template?.Metadata?.Annotations);
        return Service(metadata, Overridden(template, d, Port("primary", RedisConnector.Port, "db")));
    }

    /// <summary>Where metrics are scraped.</summary>
    public static JsonObject Stats(RedisDescription d)
    {
        var template = d.Offshoot.Service(ServiceAliases.Stats);
        var annotations = new Dictionary<string, string> { ["monitoring.appscode.com/agent"] = d.Monitor!.Agent! };
        if (d.Monitor.Agent == MonitorAgents.PrometheusBuiltin)
        {
            annotations["prometheus.io/scrape"] = "true";
            annotations["prometheus.io/scheme"] = "http";
            annotations["prometheus.io/path"] = "/metrics";
            annotations["prometheus.io/port"] = d.ExporterPort.ToString(CultureInfo.InvariantCulture);
        }

        var labels = d.Offshoot.Labels(template?.Metadata?.Labels, StatsRole);
        return Service(
            d.Offshoot.Metadata(d.StatsService, labels, template?.Metadata?.Annotations, annotations),
            Overridden(template, d, Port("metrics", d.ExporterPort, "metrics")));
    }

    /// <summary>How programs find and reach the database.</summary>
    public static JsonObject AppBinding(RedisDescription d)
    {
        var port = Primary(d)["spec"]!["ports"]![0]!["port"]!.DeepClone();
        var parameters = new JsonObject { ["apiVersion"] = "config.kubedb.com/v1alpha1", ["kind"] = "RedisConfiguration" };
        if (d.Version.Spec.Stash?.Addon is { BackupTask.Name: { Length: > 0 } backup, RestoreTask.Name: { Length: > 0 } restore })
        {
            parameters["stash"] = new JsonObject
            {
                ["addon"] = new JsonObject
                {
                    ["backupTask"] = new JsonObject { ["name"] = backup },
                    ["restoreTask"] = new JsonObject { ["name"] = restore },
                },
            };
        }

        var spec = new JsonObject
        {
            ["appRef"] = new JsonObject
            {
                ["apiGroup"] = RedisDatabase.Resource.Group,
                ["kind"] = RedisDatabase.Resource.Kind,
                ["name"] = d.Name,
                ["namespace"] = d.Namespace,
            },
            ["clientConfig"] = new JsonObject
            {
                ["service"] = new JsonObject { ["name"] = d.Name, ["port"] = port, ["scheme"] = "redis" },
            },
            ["parameters"] = parameters,
        };
        if (d.AuthSecret is { } secret)
        {
            spec["secret"] = new JsonObject { ["kind"] = "Secret", ["name"] = secret };

            // An empty text is left out: Kubernetes 1.20 turns it into null in a server-side apply, and refuses that.
            if (d.Spec.AuthSecret?.ApiGroup is { Length: > 0 } group)
                spec["secret"]!["apiGroup"] = group;
        }

        spec["type"] = "kubedb.com/redis";
        spec["version"] = d.Version.Spec.Version;
        return new()
        {
            ["apiVersion"] = AppBindingType.ApiVersion,
            ["kind"] = AppBindingType.Kind,
            ["metadata"] = d.Offshoot.Metadata(d.Name, d.Offshoot.Labels(), d.Offshoot.Annotations()),
            ["spec"] = spec,
        };
    }

    /// <summary>Tells the Prometheus operator to scrape the stats service.</summary>
    public static JsonObject ServiceMonitor(RedisDescription d)
    {
        var wish = d.Monitor!.Prometheus?.ServiceMonitor;
        var extra = wish?.Endpoints.FirstOrDefault(e => e.Port is null or "" or "metrics");
        var relabelings = new JsonArray(new JsonObject
        {
            ["action"] = "replace",
            ["sourceLabels"] = new JsonArray("__meta_kubernetes_endpoint_address_target_name"),
            ["targetLabel"] = "pod",
        });
        foreach (var relabeling in extra?.Relabelings ?? [])
            relabelings.Add(relabeling.ToNode());
        var endpoint = new JsonObject
        {
            ["honorLabels"] = true,
            ["path"] = "/metrics",
            ["port"] = "metrics",
            ["relabelings"] = relabelings,
            ["scheme"] = "http",
        };
        if (!string.IsNullOrEmpty(wish?.Interval))
            endpoint["interval"] = wish.Interval;
        if (extra is { MetricRelabelings.Count: > 0 })
            endpoint["metricRelabelings"] = new JsonArray([.. extra.MetricRelabelings.Select(r => r.ToNode())]);
        var selector = d.Offshoot.SelectorNode();
        selector["kubedb.com/role"] = "stats";
        var spec = new JsonObject
        {
            ["endpoints"] = new JsonArray(endpoint),
            ["namespaceSelector"] = new JsonObject { ["matchNames"] = new JsonArray(d.Namespace) },
            ["selector"] = new JsonObject { ["matchLabels"] = selector },
        };
        AddTexts(spec, "podTargetLabels", wish?.PodTargetLabels);
        AddTexts(spec, "targetLabels", wish?.TargetLabels);
        var labels = d.Offshoot.Labels();
        foreach (var (key, value) in wish?.Labels ?? new Dictionary<string, string>())
            labels[key] = value;
        return new()
        {
            ["apiVersion"] = ResourceTypes.ServiceMonitor.ApiVersion,
            ["kind"] = ResourceTypes.ServiceMonitor.Kind,
            ["metadata"] = d.Offshoot.Metadata(d.StatsService, labels),
            ["spec"] = spec,
        };
    }

    private static IReadOnlyDictionary<string, string> StatsRole { get; } = new Dictionary<string, string> { ["kubedb.com/role"] = "stats" };

    private static JsonObject Service(JsonObject metadata, JsonObject spec) =>
        new() { ["apiVersion"] = "v1", ["kind"] = "Service", ["metadata"] = metadata, ["spec"] = spec };

    // The template overrides what it may; the operator's port stays, with the number and node port that the template gives to its name.
    private static JsonObject Overridden(ServiceTemplate? template, RedisDescription d, JsonObject port)
    {
        var spec = new JsonObject { ["selector"] = d.Offshoot.SelectorNode(), ["type"] = "ClusterIP" };
        var wish = template?.Spec?.ToNode() as JsonObject;
        foreach (var name in Overridable)
        {
            if (wish?[name] is { } value)
                spec[name] = value.DeepClone();
        }

        if (wish?["ports"].Objects().FirstOrDefault(p => p["name"].AsText() == port["name"].AsText()) is { } same)
        {
            foreach (var name in (ReadOnlySpan<string>)["port", "nodePort"])
            {
                if (same[name].AsScalar() is not (null or "0"))
                    port[name] = same[name]!.DeepClone();
            }
        }

        spec["ports"] = new JsonArray(port);
        return spec;
    }

    private static JsonObject Port(string name, int port, string target) =>
        new() { ["name"] = name, ["port"] = port, ["protocol"] = "TCP", ["targetPort"] = target };

    private static void AddTexts(JsonObject spec, string name, IReadOnlyList<string>? texts)
    {
        if (texts is { Count: > 0 })
            spec[name] = new JsonArray([.. texts.Select(t => (JsonNode)t)]);
    }
}
