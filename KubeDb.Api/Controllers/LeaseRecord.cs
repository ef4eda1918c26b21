using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>The part of a Lease that an election reads and writes.</summary>
/// <param name="Version">The lease's resourceVersion; empty when there is no lease yet.</param>
/// <param name="Holder">Identity of the leader; empty when it was released.</param>
/// <param name="Duration">How long it holds unrenewed.</param>
/// <param name="Transitions">Times it changed hands.</param>
/// <param name="AcquireTime">Wall clock of the holder when it began, as text; for people.</param>
/// <param name="RenewTime">Wall clock of the holder when it last renewed, as text; only ever compared for being the same.</param>
internal sealed record LeaseRecord(string Version, string Holder, TimeSpan Duration, int Transitions, string AcquireTime, string RenewTime)
{
    public static ResourceType Type { get; } = new("coordination.k8s.io", "v1", "leases", "Lease");

    public static LeaseRecord None { get; } = new("", "", TimeSpan.Zero, 0, "", "");

    public static LeaseRecord Read(JsonObject lease)
    {
        var spec = lease["spec"] as JsonObject;
        return new(
            Text(lease["metadata"]?["resourceVersion"]),
            Text(spec?["holderIdentity"]),
            TimeSpan.FromSeconds(Number(spec?["leaseDurationSeconds"])),
            Number(spec?["leaseTransitions"]),
            Text(spec?["acquireTime"]),
            Text(spec?["renewTime"]));
    }

    public static string Micro(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public JsonObject Write(ObjectKey key)
    {
        var metadata = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace };
        if (Version.Length > 0)
            metadata["resourceVersion"] = Version;
        return new JsonObject
        {
            ["apiVersion"] = Type.ApiVersion,
            ["kind"] = Type.Kind,
            ["metadata"] = metadata,
            ["spec"] = new JsonObject
            {
                ["holderIdentity"] = Holder,
                ["leaseDurationSeconds"] = (int)Duration.TotalSeconds,
                ["leaseTransitions"] = Transitions,
                ["acquireTime"] = AcquireTime,
                ["renewTime"] = RenewTime,
            },
        };
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static int Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int number) ? number : 0;
}
