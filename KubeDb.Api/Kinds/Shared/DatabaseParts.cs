using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>How a database's health is checked.</summary>
public sealed record HealthChecker
{
    /// <summary>Skip the check that writes a probe key.</summary>
    public bool DisableWriteCheck { get; init; }

    /// <summary>Failures in a row of the same kind before a condition flips.</summary>
    [SchemaDefault("1")]
    public int? FailureThreshold { get; init; }

    /// <summary>Seconds between checks.</summary>
    [SchemaDefault("10")]
    public int? PeriodSeconds { get; init; }

    /// <summary>Seconds a check may take.</summary>
    [SchemaDefault("10")]
    public int? TimeoutSeconds { get; init; }
}

/// <summary>Automatic recommendations.</summary>
public sealed record AutoOps
{
    /// <summary>Make no recommendations for this database.</summary>
    public bool Disabled { get; init; }
}

/// <summary>Which schema objects may refer to the database.</summary>
public sealed record AllowedSchemas
{
    /// <summary>Namespaces of the objects.</summary>
    [SchemaDefault("""{"from":"Same"}""")]
    public AllowedNamespaces? Namespaces { get; init; }

    /// <summary>Labels of the objects.</summary>
    [Shape(FragmentShape.LabelSelector)]
    public JsonFragment? Selector { get; init; }
}

/// <summary>Namespaces from which a reference is allowed.</summary>
public sealed record AllowedNamespaces
{
    /// <summary>All, Same (the database's own) or Selector.</summary>
    [OneOf("All", "Selector", "Same")]
    [SchemaDefault("\"Same\"")]
    [JsonConverter(typeof(PooledStringConverter))]
    public string? From { get; init; }

    /// <summary>Labels of the namespaces, for Selector.</summary>
    [Shape(FragmentShape.LabelSelector)]
    public JsonFragment? Selector { get; init; }
}

/// <summary>Overrides of a database's pods and workloads.</summary>
public sealed record PodTemplate
{
    /// <summary>Labels and annotations of the workloads.</summary>
    public MetadataTemplate? Controller { get; init; }

    /// <summary>Labels and annotations of the pods.</summary>
    public MetadataTemplate? Metadata { get; init; }

    /// <summary>Overrides of the pod spec.</summary>
    [Shape(FragmentShape.PodSpec)]
    public JsonFragment? Spec { get; init; }
}

/// <summary>Overrides of one of a database's services.</summary>
public sealed record ServiceTemplate
{
    /// <summary>The service to override.</summary>
    [RequiredField]
    public string Alias { get; init => field = value ?? ""; } = "";

    /// <summary>Labels and annotations of the service.</summary>
    public MetadataTemplate? Metadata { get; init; }

    /// <summary>Overrides of the service's spec; ports are matched by name.</summary>
    [Shape(FragmentShape.ServiceSpec)]
    public JsonFragment? Spec { get; init; }
}

/// <summary>Values of <c>spec.serviceTemplates[].alias</c>.</summary>
public static class ServiceAliases
{
    /// <summary>Where clients write.</summary>
    public const string Primary = "primary";

    /// <summary>Where clients read from replicas.</summary>
    public const string Standby = "standby";

    /// <summary>Where metrics are scraped.</summary>
    public const string Stats = "stats";
}
