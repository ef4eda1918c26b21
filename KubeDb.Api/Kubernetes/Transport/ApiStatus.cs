using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>The server's own account of a failure (<c>kind: Status</c>).</summary>
internal sealed record ApiStatus
{
    public string? Kind { get; init; }

    public string? Status { get; init; }

    public string? Message { get; init; }

    public string? Reason { get; init; }

    public int Code { get; init; }

    public ApiStatusDetails? Details { get; init; }

    /// <summary>Reads a Status; null when the bytes are something else.</summary>
    public static ApiStatus? TryRead(ReadOnlySpan<byte> utf8) => Read(utf8) is { Kind: "Status" } status ? status : null;

    /// <summary>Reads the closing Status of an exec, which a kubelet sends without its kind; null when the bytes are something else.</summary>
    public static ApiStatus? TryReadOutcome(ReadOnlySpan<byte> utf8) => Read(utf8) is { Status: not null } status ? status : null;

    private static ApiStatus? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, TransportJson.Default.ApiStatus);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record ApiStatusDetails
{
    public int RetryAfterSeconds { get; init; }

    public IReadOnlyList<ApiStatusCause>? Causes { get; init; }
}

internal sealed record ApiStatusCause
{
    public string? Reason { get; init; }

    public string? Message { get; init; }

    public string? Field { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(GroupsDocument))]
[JsonSerializable(typeof(ResourcesDocument))]
internal sealed partial class TransportJson : JsonSerializerContext;
