using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Queue;

namespace KubeDb.Tests.Unit.OpsManager;

/// <summary>Facts for the tests of the queue.</summary>
internal static class QueueCases
{
    /// <summary>When second 0 of the requests is.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>A database on which every request can start.</summary>
    public static readonly DatabaseState Ready = new() { Kind = "Redis", Key = new("demo", "db"), Exists = true, Phase = "Ready" };

    public static QueueFacts Facts(DatabaseState database, params IOpsRequest[] requests) => new()
    {
        Kind = "RedisOpsRequest",
        Requests = requests,
        Database = database,
        Merge = static _ => new JsonObject(),
    };

    /// <summary>Decides with every request sound.</summary>
    public static Decision Decide(DatabaseState database, params IOpsRequest[] requests) => Settle(Facts(database, requests));

    /// <summary>Decides until nothing is to be checked any more; what is not found otherwise is sound.</summary>
    public static Decision Settle(QueueFacts facts, Func<IOpsRequest, Finding?>? find = null)
    {
        var findings = new Dictionary<string, Finding>(facts.Findings);
        while (true)
        {
            var decision = Arbitration.Decide(facts with { Findings = findings });
            if (decision.Checks.Count == 0)
                return decision;
            foreach (var request in decision.Checks)
                findings.Add(request.Metadata.Uid, find?.Invoke(request) ?? new Finding(FindingKind.Sound));
        }
    }

    public static Condition Done(string type) => new() { Type = type, Status = Condition.True };

    public static RedisOpsRequest Request(
        string name, string type, int second, string phase = "Pending", string? apply = null, string? annotation = null, params Condition[] conditions) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = "demo",
            Name = name,
            Uid = $"uid-{name}",
            CreationTimestamp = Start.AddSeconds(second),
            Annotations = annotation is null ? new Dictionary<string, string>() : new() { [MergeRecord.Annotation] = annotation },
        },
        Spec = new RedisOpsRequestSpec { Type = type, Apply = apply, DatabaseRef = new LocalReference { Name = "db" } },
        Status = new OpsRequestStatus { Phase = phase, Conditions = conditions },
    };
}
