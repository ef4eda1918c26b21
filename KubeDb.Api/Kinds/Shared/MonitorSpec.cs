using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>Monitoring of a database.</summary>
public sealed record MonitorSpec
{
    /// <summary>Who scrapes.</summary>
    [OneOf(MonitorAgents.PrometheusOperator, MonitorAgents.Prometheus, MonitorAgents.PrometheusBuiltin)]
    public string? Agent { get; init; }

    /// <summary>Settings of the exporter and of scraping.</summary>
    public PrometheusSpec? Prometheus { get; init; }
}

/// <summary>Settings of the exporter and of scraping.</summary>
public sealed record PrometheusSpec
{
    /// <summary>The exporter container.</summary>
    public ExporterSpec? Exporter { get; init; }

    /// <summary>The ServiceMonitor, for the agent prometheus.io/operator.</summary>
    public ServiceMonitorSpec? ServiceMonitor { get; init; }
}

/// <summary>The exporter container.</summary>
public sealed record ExporterSpec
{
    /// <summary>Port when none is given.</summary>
    public const int DefaultPort = 56790;

    /// <summary>Arguments to add.</summary>
    public IReadOnlyList<string> Args { get; init => field = value ?? []; } = [];

    /// <summary>Environment variables to add.</summary>
    public IReadOnlyList<EnvironmentVariable> Env { get; init => field = value ?? []; } = [];

    /// <summary>Port that serves the metrics.</summary>
    [SchemaDefault("56790")]
    public int? Port { get; init; }

    /// <summary>Resources of the container.</summary>
    [Shape(FragmentShape.Resources)]
    public JsonFragment? Resources { get; init; }

    /// <summary>Security context of the container.</summary>
    [Shape(FragmentShape.ContainerSecurityContext)]
    public JsonFragment? SecurityContext { get; init; }
}

/// <summary>An environment variable.</summary>
public sealed record EnvironmentVariable
{
    /// <summary>Name.</summary>
    [RequiredField]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Value.</summary>
    public string? Value { get; init; }

    /// <summary>Where the value comes from.</summary>
    [Shape(FragmentShape.AnyObject)]
    public JsonFragment? ValueFrom { get; init; }
}

/// <summary>Settings of the ServiceMonitor.</summary>
public sealed record ServiceMonitorSpec
{
    /// <summary>Endpoints whose relabelings are added.</summary>
    public IReadOnlyList<ServiceMonitorEndpoint> Endpoints { get; init => field = value ?? []; } = [];

    /// <summary>Time between scrapes, such as 10s.</summary>
    public string? Interval { get; init; }

    /// <summary>Labels of the ServiceMonitor.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Labels of pods that are copied to metrics.</summary>
    public IReadOnlyList<string> PodTargetLabels { get; init => field = value ?? []; } = [];

    /// <summary>Labels of the service that are copied to metrics.</summary>
    public IReadOnlyList<string> TargetLabels { get; init => field = value ?? []; } = [];
}

/// <summary>Relabelings of one scraped port.</summary>
public sealed record ServiceMonitorEndpoint
{
    /// <summary>Relabelings of samples.</summary>
    [Shape(FragmentShape.AnyObject)]
    public IReadOnlyList<JsonFragment> MetricRelabelings { get; init => field = value ?? []; } = [];

    /// <summary>Name of the port.</summary>
    public string? Port { get; init; }

    /// <summary>Relabelings of targets.</summary>
    [Shape(FragmentShape.AnyObject)]
    public IReadOnlyList<JsonFragment> Relabelings { get; init => field = value ?? []; } = [];
}
