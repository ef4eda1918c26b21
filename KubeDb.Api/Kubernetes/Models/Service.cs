using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>A Service as observed.</summary>
public sealed record Service : IKubernetesObject<Service>
{
    /// <inheritdoc/>
    public static ResourceType Resource => ResourceTypes.Service;

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What it should be.</summary>
    public ServiceSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What it is.</summary>
    public ServiceStatus Status { get; init => field = value ?? new(); } = new();

    /// <inheritdoc/>
    public static Service Decode(ReadOnlySpan<byte> utf8) => ModelJson.Read(utf8, ModelJson.Default.Service);
}

/// <summary>What a Service should be.</summary>
public sealed record ServiceSpec
{
    /// <summary>Address; <c>None</c> for a headless one.</summary>
    [JsonPropertyName("clusterIP")]
    public string ClusterIP { get; init => field = value ?? ""; } = "";

    /// <summary><c>ClusterIP</c>, <c>NodePort</c>, <c>LoadBalancer</c> or <c>ExternalName</c>.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>Ports.</summary>
    public IReadOnlyList<ServicePort> Ports { get; init => field = value ?? []; } = [];
}

/// <summary>A port of a Service.</summary>
public sealed record ServicePort
{
    /// <summary>Name.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Port of the Service.</summary>
    public int Port { get; init; }

    /// <summary>Port of the pods: a number or a name.</summary>
    [JsonConverter(typeof(IntOrTextConverter))]
    public string TargetPort { get; init => field = value ?? ""; } = "";

    /// <summary>Port of the nodes; 0 without one.</summary>
    public int NodePort { get; init; }
}

/// <summary>What a Service is.</summary>
public sealed record ServiceStatus
{
    /// <summary>State of the load balancer.</summary>
    public LoadBalancerStatus LoadBalancer { get; init => field = value ?? new(); } = new();
}

/// <summary>State of a load balancer.</summary>
public sealed record LoadBalancerStatus
{
    /// <summary>Where it listens.</summary>
    public IReadOnlyList<LoadBalancerIngress> Ingress { get; init => field = value ?? []; } = [];
}

/// <summary>Where a load balancer listens.</summary>
public sealed record LoadBalancerIngress
{
    /// <summary>Address; empty when there is only a name.</summary>
    public string Ip { get; init => field = value ?? ""; } = "";

    /// <summary>Name; empty when there is only an address.</summary>
    public string Hostname { get; init => field = value ?? ""; } = "";
}

/// <summary>Reads a value that may be a number or a text, as text.</summary>
public sealed class IntOrTextConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.GetInt64().ToString(CultureInfo.InvariantCulture),
        JsonTokenType.String => StringPool.Read(ref reader),
        JsonTokenType.Null => "",
        _ => throw new JsonException("Expected a number or a text."),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            writer.WriteNumberValue(number);
        else
            writer.WriteStringValue(value);
    }
}
