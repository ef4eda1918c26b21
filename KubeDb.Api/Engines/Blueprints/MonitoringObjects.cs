using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>The exporter beside a server, and who is told to scrape it. Pure.</summary>
internal static class MonitoringObjects
{
    /// <summary>Name of the exporter's port, in the pod and in the stats service.</summary>
    public const string Port = "metrics";

    /// <summary>Path under which metrics are served.</summary>
    public const string Path = "/metrics";

    /// <summary>Name of the exporter's container.</summary>
    public const string Container = "exporter";

    /// <summary>The label that tells the stats service from the others.</summary>
    public static IReadOnlyDictionary<string, string> StatsRole { get; } = new Dictionary<string, string> { [PodRoles.Label] = "stats" };

    /// <summary>
    /// The exporter's container with the user's wishes. Variables that the operator sets keep their values; for each that the user sets too
    /// there is a warning.
    /// </summary>
    /// <param name="d">The database, monitored.</param>
    /// <param name="env">The operator's variables.</param>
    /// <param name="warnings">Takes the warnings.</param>
    public static JsonObject Exporter(DatabaseDescription d, IReadOnlyList<V1EnvVar> env, ICollection<SpecWarning> warnings)
    {
        const string Field = "spec.monitor.prometheus.exporter";
        var wish = d.Monitor!.Prometheus?.Exporter;
        var container = Manifests.ToJson(new V1Container
        {
            Name = Container,
            Image = d.Facts.Version.ExporterImage,
            Env = [.. env],
            Ports = [PodParts.Port(Port, d.ExporterPort)],
            Args = wish is { Args.Count: > 0 } ? [.. wish.Args] : null,
        });
        PodSpecMerge.Variables(container, wish?.Env.Select(PodParts.Variable), $"{Field}.env", Container, warnings);
        if (wish?.Resources is { } resources)
            container["resources"] = resources.ToNode();
        if (wish?.SecurityContext is { } context)
            container["securityContext"] = context.ToNode();
        return container;
    }

    /// <summary>Tells the Prometheus operator to scrape the stats service, which owns it; null where nobody is to be told.</summary>
    public static DesiredObject? ServiceMonitor(DatabaseDescription d)
    {
        if (d.Monitor is not { Agent: MonitorAgents.PrometheusOperator } monitor || !d.Facts.Offers.ServiceMonitors)
            return null;
        var wish = monitor.Prometheus?.ServiceMonitor;
        var spec = new JsonObject
        {
            ["endpoints"] = new JsonArray(Endpoint(wish)),
            ["namespaceSelector"] = new JsonObject { ["matchNames"] = new JsonArray(d.Namespace) },
            ["selector"] = new JsonObject { ["matchLabels"] = OffshootMetadata.Node(d.Offshoot.SelectorWith(StatsRole)) },
        };
        AddTexts(spec, "podTargetLabels", wish?.PodTargetLabels);
        AddTexts(spec, "targetLabels", wish?.TargetLabels);
        var labels = d.Offshoot.Labels();
        foreach (var (key, value) in wish?.Labels ?? new Dictionary<string, string>())
            labels[key] = value;
        return new(ResourceTypes.ServiceMonitor, new()
        {
            ["apiVersion"] = ResourceTypes.ServiceMonitor.ApiVersion,
            ["kind"] = ResourceTypes.ServiceMonitor.Kind,
            ["metadata"] = Manifests.ToJson(d.Offshoot.Metadata(d.StatsService, labels)),
            ["spec"] = spec,
        }) { Owner = (ResourceTypes.Service, d.StatsService) };
    }

    private static JsonObject Endpoint(ServiceMonitorSpec? wish)
    {
        var extra = wish?.Endpoints.FirstOrDefault(e => e.Port is null or "" or Port);
        var endpoint = new JsonObject
        {
            ["honorLabels"] = true,
            ["path"] = Path,
            ["port"] = Port,
            ["relabelings"] = new JsonArray(
            [
                new JsonObject
                {
                    ["action"] = "replace",
                    ["sourceLabels"] = new JsonArray("__meta_kubernetes_endpoint_address_target_name"),
                    ["targetLabel"] = "pod",
                },
                .. extra?.Relabelings.Select(r => r.ToNode()) ?? [],
            ]),
            ["scheme"] = "http",
        };
        if (!string.IsNullOrEmpty(wish?.Interval))
            endpoint["interval"] = wish.Interval;
        if (extra is { MetricRelabelings.Count: > 0 })
            endpoint["metricRelabelings"] = new JsonArray([.. extra.MetricRelabelings.Select(r => r.ToNode())]);
        return endpoint;
    }

    private static void AddTexts(JsonObject spec, string name, IReadOnlyList<string>? texts)
    {
        if (texts is { Count: > 0 })
            spec[name] = new JsonArray([.. texts.Select(t => (JsonNode)t)]);
    }
}
