using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>The services of a database, with the user's overrides. Pure.</summary>
internal static class ServiceObjects
{
    private static readonly string[] Overridable =
    [
        "type", "clusterIP", "externalIPs", "loadBalancerIP", "loadBalancerSourceRanges", "externalTrafficPolicy", "healthCheckNodePort",
        "sessionAffinity", "sessionAffinityConfig", "loadBalancerClass", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy",
        "allocateLoadBalancerNodePorts",
    ];

    /// <summary>The headless service: it gives all pods of the database their names, before they are ready.</summary>
    public static JsonObject Governing(DatabaseDescription d, params IReadOnlyList<V1ServicePort> ports) => Manifests.ToJson(ResourceTypes.Service, new V1Service
    {
        Metadata = d.Offshoot.Metadata(d.GoverningService),
        Spec = new()
        {
            ClusterIP = "None",
            Ports = [.. ports],
            PublishNotReadyAddresses = true,
            Selector = d.Offshoot.Selector.ToDictionary(),
            Type = "ClusterIP",
        },
    });

    /// <summary>A service that clients use. The template of the alias overrides what it may; labels and annotations it adds.</summary>
    /// <param name="d">The database.</param>
    /// <param name="alias">Alias of the service in <c>spec.serviceTemplates</c>.</param>
    /// <param name="name">Name of the service.</param>
    /// <param name="ports">The ports; the template may give another number and node port to the name of one.</param>
    /// <param name="more">Labels that the service has, and selects by, beside those of the database: those of a role.</param>
    public static JsonObject Client(
        DatabaseDescription d, string alias, string name, IReadOnlyList<V1ServicePort> ports, IReadOnlyDictionary<string, string>? more = null) =>
        Client(d, d.Offshoot.Service(alias), name, ports, more);

    /// <summary>The same with the given template; null for none.</summary>
    public static JsonObject Client(
        DatabaseDescription d, ServiceTemplate? template, string name, IReadOnlyList<V1ServicePort> ports, IReadOnlyDictionary<string, string>? more)
    {
        var metadata = d.Offshoot.Metadata(name, d.Offshoot.Labels(template?.Metadata?.Labels, more), template?.Metadata?.Annotations);
        return Overridden(template, metadata, d.Offshoot.SelectorWith(more), ports);
    }

    /// <summary>Where metrics are scraped, for any agent.</summary>
    public static JsonObject Stats(DatabaseDescription d)
    {
        var template = d.Offshoot.Service(ServiceAliases.Stats);
        var agent = d.Monitor!.Agent!;
        var annotations = new Dictionary<string, string> { ["monitoring.appscode.com/agent"] = agent };
        if (agent == MonitorAgents.PrometheusBuiltin)
        {
            annotations["prometheus.io/scrape"] = "true";
            annotations["prometheus.io/scheme"] = "http";
            annotations["prometheus.io/path"] = MonitoringObjects.Path;
            annotations["prometheus.io/port"] = d.ExporterPort.ToString(CultureInfo.InvariantCulture);
        }

        var labels = d.Offshoot.Labels(template?.Metadata?.Labels, MonitoringObjects.StatsRole);
        var metadata = d.Offshoot.Metadata(d.StatsService, labels, template?.Metadata?.Annotations, annotations);
        return Overridden(template, metadata, d.Offshoot.Selector, [Port(MonitoringObjects.Port, d.ExporterPort, MonitoringObjects.Port)]);
    }

    /// <summary>A port of a service.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="port">Its number.</param>
    /// <param name="target">Name of the container's port.</param>
    public static V1ServicePort Port(string name, int port, string target) => new() { Name = name, Port = port, Protocol = "TCP", TargetPort = target };

    private static JsonObject Overridden(
        ServiceTemplate? template, V1ObjectMeta metadata, IReadOnlyDictionary<string, string> selector, IReadOnlyList<V1ServicePort> ports)
    {
        var service = Manifests.ToJson(ResourceTypes.Service, new V1Service
        {
            Metadata = metadata,
            Spec = new() { Selector = selector.ToDictionary(), Type = "ClusterIP", Ports = [.. ports] },
        });
        if (template?.Spec?.ToNode() is not JsonObject wish)
            return service;
        var spec = service["spec"]!.AsObject();
        foreach (var name in Overridable)
        {
            if (wish[name] is { } value)
                spec[name] = value.DeepClone();
        }

        foreach (var port in spec["ports"].Objects())
            Renumber(port, wish["ports"].Objects().FirstOrDefault(p => p["name"].AsText() == port["name"].AsText()));
        return service;
    }

    // The operator's ports stay, with the number and node port that the template gives to their names.
    private static void Renumber(JsonObject port, JsonObject? wish)
    {
        foreach (var name in (ReadOnlySpan<string>)["port", "nodePort"])
        {
            if (wish?[name].AsScalar() is not (null or "0"))
                port[name] = wish![name]!.DeepClone();
        }
    }
}
