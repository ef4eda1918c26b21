using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>The StatefulSet controller: ordinal pods with their claims, both management policies and update strategies, status. A test double.</summary>
public sealed class FakeStatefulSets(FakeCluster cluster)
{
    private static readonly TimeSpan RetryAfterRefusal = TimeSpan.FromSeconds(10);
    private readonly HashSet<(string Namespace, string Name)> _queued = [];

    /// <summary>Why admission refuses a pod, as a quota does; null for none. The controller tells so in an event and tries again.</summary>
    public Func<JsonObject, string?> Refusal { get; set; } = static _ => null;

    /// <summary>The revision that a template makes, as the label <c>controller-revision-hash</c> and the status name it.</summary>
    public static string RevisionOf(JsonObject set)
    {
        var template = set.At("spec", "template")?.ToJsonString() ?? "";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(template));
        return $"{set.Name()}-{Convert.ToHexStringLower(hash)[..10]}";
    }

    internal void PodChanged(JsonObject pod)
    {
        if (FakeCluster.ControllerOf(pod) is { } owner)
        {
            if (owner.Text("kind") == "StatefulSet")
                Enqueue(pod.Namespace(), owner.Text("name"));
        }
        else if (pod.Name().LastIndexOf('-') is var dash and > 0)
        {
            Enqueue(pod.Namespace(), pod.Name()[..dash]);
        }
    }

    internal void Enqueue(string ns, string name)
    {
        if (!_queued.Add((ns, name)))
            return;
        cluster.Server.After(cluster.ControllerDelay, () =>
        {
            _queued.Remove((ns, name));
            if (cluster.Find("apps", "statefulsets", ns, name) is { } set && !set.IsDeleting())
                Reconcile(set);
        });
    }

    private void Reconcile(JsonObject set)
    {
        var revision = RevisionOf(set);
        var first = (int)(set.At("spec", "ordinals").Number("start") ?? 0);
        var wanted = Enumerable.Range(first, (int)(set["spec"].Number("replicas") ?? 1)).ToList();
        var parallel = set["spec"].Text("podManagementPolicy") == "Parallel";
        Adopt(set);
        foreach (var ordinal in wanted)
        {
            var name = $"{set.Name()}-{ordinal}";
            var pod = cluster.Find("", "pods", set.Namespace(), name);
            if (pod is null)
                Create(set, ordinal, revision);
            else if (pod["status"].Text("phase") is "Failed" or "Succeeded" && !pod.IsDeleting())
                Delete(pod);
            if (!parallel && (pod is null || pod.IsDeleting() || !FakeCluster.IsReady(pod)))
                break;
        }

        var pods = Pods(set);
        var surplus = pods.Where(p => !wanted.Contains(Ordinal(p))).OrderByDescending(Ordinal).ToList();
        if (!parallel && surplus.Any(p => p.IsDeleting()))
            surplus.Clear();
        foreach (var pod in (parallel ? surplus : surplus.Take(1)).Where(p => !p.IsDeleting()))
            Delete(pod);
        if (set.At("spec", "updateStrategy").Text("type") == "RollingUpdate")
            Roll(pods, wanted.Count, revision);
        Report(set, revision, wanted.Count);
    }

    private void Roll(List<JsonObject> pods, int wanted, string revision)
    {
        if (pods.Count < wanted || pods.Any(p => p.IsDeleting() || (RevisionLabel(p) == revision && !FakeCluster.IsReady(p))))
            return;
        if (pods.Where(p => RevisionLabel(p) != revision).MaxBy(Ordinal) is { } oldest)
            Delete(oldest);
    }

    // Pods that an orphaning delete left behind are taken over by the set that is created in its place.
    private void Adopt(JsonObject set)
    {
        var selector = set.At("spec", "selector") as JsonObject;
        foreach (var pod in cluster.All("", "pods", set.Namespace()))
        {
            var fits = pod.Name().StartsWith(set.Name() + "-", StringComparison.Ordinal) && Ordinal(pod) >= 0
                && Selectors.Matches(selector, pod.At("metadata", "labels") as JsonObject);
            if (!fits || pod.IsDeleting() || FakeCluster.ControllerOf(pod) is not null)
                continue;
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["ownerReferences"] = new JsonArray(Reference(set)) } };
            cluster.Send(ApiVerb.MergePatch, "", "pods", pod.Namespace(), pod.Name(), patch);
        }
    }

    private void Create(JsonObject set, int ordinal, string revision)
    {
        var name = $"{set.Name()}-{ordinal}";
        var template = (JsonObject)set["spec"]!["template"]!;
        var pod = new JsonObject
        {
            ["metadata"] = template["metadata"]?.DeepClone() ?? new JsonObject(),
            ["spec"] = template["spec"]!.DeepClone(),
        };
        var metadata = pod.Meta();
        metadata["name"] = name;
        metadata["generateName"] = set.Name() + "-";
        metadata["namespace"] = set.Namespace();
        metadata["ownerReferences"] = new JsonArray(Reference(set));
        var labels = metadata.Child("labels");
        labels["controller-revision-hash"] = revision;
        labels["statefulset.kubernetes.io/pod-name"] = name;
        labels["apps.kubernetes.io/pod-index"] = ordinal.ToString(CultureInfo.InvariantCulture);
        var spec = pod.Child("spec");
        spec["hostname"] = name;
        spec["subdomain"] = set["spec"].Text("serviceName");
        foreach (var claim in set.At("spec", "volumeClaimTemplates").Objects())
            AddClaim(set, spec, claim, name);
        if (Refusal(pod.Copy()) is { } refusal)
        {
            Tell(set, "Warning", "FailedCreate", $"create Pod {name} in StatefulSet {set.Name()} failed error: pods \"{name}\" is forbidden: {refusal}");
            cluster.Server.After(RetryAfterRefusal, () => Enqueue(set.Namespace(), set.Name()));
            return;
        }

        Tell(set, "Normal", "SuccessfulCreate", $"create Pod {name} in StatefulSet {set.Name()} successful");
        cluster.Send(ApiVerb.Create, "", "pods", set.Namespace(), null, pod);
    }

    private void Tell(JsonObject set, string type, string reason, string message) => cluster.Send(
        ApiVerb.Create,
        "",
        "events",
        set.Namespace(),
        null,
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"{set.Name()}.{cluster.Server.Version:x16}", ["namespace"] = set.Namespace() },
            ["involvedObject"] = new JsonObject
            {
                ["kind"] = "StatefulSet", ["name"] = set.Name(), ["namespace"] = set.Namespace(), ["uid"] = set.Uid(), ["apiVersion"] = "apps/v1",
            },
            ["type"] = type,
            ["reason"] = reason,
            ["message"] = message,
            ["firstTimestamp"] = cluster.Server.Stamp,
            ["lastTimestamp"] = cluster.Server.Stamp,
            ["count"] = 1,
        });

    private void AddClaim(JsonObject set, JsonObject spec, JsonObject template, string pod)
    {
        var claim = template.Copy();
        claim.Remove("status");
        claim["apiVersion"] = "v1";
        claim["kind"] = "PersistentVolumeClaim";
        var volume = template.Name();
        var name = $"{volume}-{pod}";
        claim.Meta()["name"] = name;
        claim.Meta()["namespace"] = set.Namespace();
        foreach (var (key, value) in set.At("spec", "selector", "matchLabels") as JsonObject ?? [])
            claim.Meta().Child("labels")[key] = value?.DeepClone();
        if (cluster.Find("", "persistentvolumeclaims", set.Namespace(), name) is null)
            cluster.Send(ApiVerb.Create, "", "persistentvolumeclaims", set.Namespace(), null, claim);
        var volumes = spec["volumes"] as JsonArray ?? [];
        spec["volumes"] = new JsonArray(volumes.Objects().Where(v => v.Text("name") != volume).Select(v => v.DeepClone())
            .Append(new JsonObject { ["name"] = volume, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = name } }).ToArray());
    }

    private void Report(JsonObject set, string revision, int wanted)
    {
        var pods = Pods(set).Where(p => !p.IsDeleting() || p["spec"].Text("nodeName").Length > 0).ToList();
        var current = set["status"].Text("currentRevision") is { Length: > 0 } known ? known : revision;
        var ready = pods.Count(FakeCluster.IsReady);
        var updated = pods.Count(p => RevisionLabel(p) == revision && !p.IsDeleting());
        if (set.At("spec", "updateStrategy").Text("type") == "RollingUpdate" && updated == wanted && ready == wanted)
            current = revision;
        var status = new JsonObject
        {
            ["observedGeneration"] = set["metadata"].Number("generation"),
            ["replicas"] = pods.Count,
            ["readyReplicas"] = ready == 0 ? null : ready,
            ["availableReplicas"] = ready,
            ["updatedReplicas"] = updated == 0 ? null : updated,
            ["currentReplicas"] = pods.Count(p => RevisionLabel(p) == current && !p.IsDeleting()) is var c and > 0 ? c : null,
            ["currentRevision"] = current,
            ["updateRevision"] = revision,
            ["collisionCount"] = 0,
        };
        cluster.Send(ApiVerb.MergePatch, "apps", "statefulsets", set.Namespace(), set.Name(), new JsonObject { ["status"] = status }, "status");
    }

    private List<JsonObject> Pods(JsonObject set) =>
        cluster.All("", "pods", set.Namespace()).Where(p => FakeCluster.ControllerOf(p).Text("uid") == set.Uid()).ToList();

    private void Delete(JsonObject pod) =>
        cluster.Send(
            ApiVerb.Delete,
            "",
            "pods",
            pod.Namespace(),
            pod.Name(),
            new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = pod.Uid() } });

    private static JsonObject Reference(JsonObject set) => new()
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "StatefulSet",
        ["name"] = set.Name(),
        ["uid"] = set.Uid(),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    private static string RevisionLabel(JsonObject pod) => pod.At("metadata", "labels").Text("controller-revision-hash");

    private static int Ordinal(JsonObject pod) =>
        int.TryParse(pod.Name()[(pod.Name().LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture, out var ordinal) ? ordinal : -1;
}
