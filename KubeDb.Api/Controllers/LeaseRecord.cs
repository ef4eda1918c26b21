using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

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
    public static ResourceType Type => ResourceTypes.Lease;

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

    public JsonObject Write(ObjectKey key) => Manifests.ToJson(Type, new V1Lease
    {
        Metadata = new() { Name = key.Name, NamespaceProperty = key.Namespace, ResourceVersion = Version.Length > 0 ? Version : null },
        Spec = new()
        {
            HolderIdentity = Holder,
            LeaseDurationSeconds = (int)Duration.TotalSeconds,
            LeaseTransitions = Transitions,
            AcquireTime = Time(AcquireTime),
            RenewTime = Time(RenewTime),
        },
    });

    // A text that is no time can not be sent back: the server would refuse the lease.
    private static DateTime? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.UtcDateTime : null;

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static int Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int number) ? number : 0;
}
