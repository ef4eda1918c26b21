using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>The disruption controller: how many pods of each budget may go. A test double.</summary>
public sealed class FakeBudgets(FakeCluster cluster)
{
    private readonly HashSet<(string Namespace, string Name)> _queued = [];

    internal void PodChanged(JsonObject pod)
    {
        foreach (var budget in cluster.All("policy", "poddisruptionbudgets", pod.Namespace()))
            Enqueue(budget.Namespace(), budget.Name());
    }

    internal void Enqueue(string ns, string name)
    {
        if (!_queued.Add((ns, name)))
            return;
        cluster.Server.After(cluster.ControllerDelay, () =>
        {
            _queued.Remove((ns, name));
            if (cluster.Find("policy", "poddisruptionbudgets", ns, name) is { } budget)
                Report(budget);
        });
    }

    private void Report(JsonObject budget)
    {
        var pods = cluster.All("", "pods", budget.Namespace())
            .Where(p => Selectors.Matches(budget.At("spec", "selector") as JsonObject, p.At("metadata", "labels") as JsonObject))
            .ToList();
        var gone = (budget.At("status", "disruptedPods") as JsonObject ?? []).Select(d => d.Key)
            .Where(n => pods.Any(p => p.Name() == n && !p.IsDeleting())).ToList();
        var healthy = pods.Count(p => FakeCluster.IsReady(p) && !p.IsDeleting() && !gone.Contains(p.Name()));
        var expected = Expected(pods);
        var desired = budget["spec"]?["maxUnavailable"] is { } most
            ? Math.Max(0, expected - Share(most, expected))
            : Share(budget["spec"]?["minAvailable"], budget["spec"]?["minAvailable"] is JsonValue v && v.TryGetValue(out string? _) ? expected : pods.Count);
        var disrupted = new JsonObject();
        foreach (var name in (budget.At("status", "disruptedPods") as JsonObject ?? []).Select(d => d.Key).Except(gone))
            disrupted[name] = null;
        var status = new JsonObject
        {
            ["observedGeneration"] = budget["metadata"].Number("generation"),
            ["currentHealthy"] = healthy,
            ["desiredHealthy"] = desired,
            ["expectedPods"] = budget["spec"]?["minAvailable"] is JsonValue && pods.Count < expected ? pods.Count : expected,
            ["disruptionsAllowed"] = Math.Max(0, healthy - desired),
        };
        if (disrupted.Count > 0)
            status["disruptedPods"] = disrupted;
        var patch = new JsonObject { ["status"] = status };
        cluster.Send(ApiVerb.MergePatch, "policy", "poddisruptionbudgets", budget.Namespace(), budget.Name(), patch, "status");
    }

    // What the pods' controllers mean to run, so that a missing pod counts as unhealthy.
    private int Expected(List<JsonObject> pods)
    {
        var owners = pods.Select(p => (p.Namespace(), Owner: FakeCluster.ControllerOf(p))).Where(o => o.Owner is not null)
            .Select(o => (o.Item1, o.Owner.Text("kind"), o.Owner.Text("name"))).Distinct();
        var sum = 0;
        foreach (var (ns, kind, name) in owners.Where(o => o.Item2 == "StatefulSet"))
            sum += (int)(cluster.Find("apps", "statefulsets", ns, name)?["spec"].Number("replicas") ?? 0);
        return sum + pods.Count(p => FakeCluster.ControllerOf(p) is null);
    }

    private static int Share(JsonNode? value, int of)
    {
        var text = value?.ToString() ?? "0";
        return text.EndsWith('%')
            ? (int)Math.Ceiling(of * double.Parse(text[..^1], CultureInfo.InvariantCulture) / 100)
            : int.Parse(text, CultureInfo.InvariantCulture);
    }
}
