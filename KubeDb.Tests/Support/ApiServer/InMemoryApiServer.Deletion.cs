using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <content>Deletion with preconditions, grace, finalizers and propagation; eviction.</content>
public sealed partial class InMemoryApiServer
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphan = "orphan";

    private Answer Delete(Call call)
    {
        var options = call.Request.Body as JsonObject ?? [];
        if (call.Request.Name is null)
            return DeleteCollection(call, options);
        if (Store.Find(call.Kind, call.Namespace, call.Name) is not { } live)
            return Answer.Of(Errors.NotFound(call.Kind, call.Name));
        if (PreconditionFails(call, live, options["preconditions"] as JsonObject) is { } failed)
            return Answer.Of(failed);
        return DeleteLive(call, live, options);
    }

    private Answer DeleteLive(Call call, Stored live, JsonObject options)
    {
        var value = live.Object.Copy();
        var metadata = value.Meta();
        var finalizers = Finalizers(live.Object, options.Text("propagationPolicy"));
        var grace = Grace(call.Kind, live.Object, options);
        var first = !live.Object.IsDeleting();
        if (first || grace < live.Object["metadata"].Number("deletionGracePeriodSeconds"))
        {
            metadata["deletionTimestamp"] = Json.Stamp(Time.GetUtcNow() + TimeSpan.FromSeconds(grace));
            metadata["deletionGracePeriodSeconds"] = grace;
            if (first && metadata.Number("generation") is { } generation)
                metadata["generation"] = generation + 1;
        }

        metadata.Remove("finalizers");
        if (finalizers.Count > 0)
            metadata["finalizers"] = new JsonArray(finalizers.Select(f => (JsonNode)f).ToArray());
        if (call.Kind is { Name: "Namespace", Group: "" })
            value.Child("status")["phase"] = "Terminating";
        if (IsReadyToGo(value))
        {
            Commit(Store.Remove(live, Now));
            return Answer.Of(Gone(call, live));
        }

        if (JsonNode.DeepEquals(value, live.Object))
            return Sent(live, call.Request.Type);
        return Sent(Commit(Store.Put(call.Kind, value, Now)).Now, call.Request.Type);
    }

    private Answer DeleteCollection(Call call, JsonObject options)
    {
        foreach (var one in Matching(call.Kind, Store.Version, call.Request).ToList())
        {
            var name = one.Object.Name();
            var each = call with { Request = call.Request with { Name = name, Namespace = one.Object.Namespace() } };
            DeleteLive(each, one, options);
        }

        return List(call with { Request = call.Request with { Verb = ApiVerb.List } });
    }

    private Answer Evict(Call call)
    {
        if (call.Kind is not { Name: "Pod", Group: "" } || Store.Find(call.Kind, call.Namespace, call.Name) is not { } pod)
            return Answer.Of(Errors.NotFound(call.Kind, call.Name));
        var options = (call.Request.Body as JsonObject)?["deleteOptions"] as JsonObject ?? [];
        if (PreconditionFails(call, pod, options["preconditions"] as JsonObject) is { } failed)
            return Answer.Of(failed);
        var phase = pod.Object["status"].Text("phase");
        var free = pod.Object.IsDeleting() || phase is "Pending" or "Succeeded" or "Failed" or "";
        if (!free && Budget(pod) is { } refusal)
            return Answer.Of(refusal);
        var answer = DeleteLive(call, pod, options);
        return answer.Error is null ? Answer.Of(new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Success", ["code"] = 201 }) : answer;
    }

    private ApiError? Budget(Stored pod)
    {
        if (!_kinds.TryGetValue(("policy", "poddisruptionbudgets"), out var kind))
            return null;
        var budgets = Store.All(kind)
            .Where(b => b.Object.Namespace() == pod.Object.Namespace()
                && Selectors.Matches(b.Object.At("spec", "selector") as JsonObject, pod.Object.At("metadata", "labels") as JsonObject))
            .ToList();
        if (budgets.Count == 0)
            return null;
        if (budgets.Count > 1)
            return Errors.Internal("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        var budget = budgets[0].Object.Copy();
        var status = budget.Child("status");
        var ready = pod.Object.At("status", "conditions").Objects().Any(c => c.Text("type") == "Ready" && c.Text("status") == "True");
        var healthy = status.Number("currentHealthy") ?? 0;
        var desired = status.Number("desiredHealthy") ?? 0;
        var always = budget["spec"].Text("unhealthyPodEvictionPolicy") == "AlwaysAllow";
        if (!ready && (always || (healthy >= desired && desired > 0)))
            return null;
        if ((status.Number("observedGeneration") ?? 0) < budget["metadata"].Number("generation"))
            return Errors.Budget("Cannot evict pod as it would violate the pod's disruption budget. The disruption budget " + budget.Name() + " is still being processed by the server.", TimeSpan.FromSeconds(10));
        var allowed = status.Number("disruptionsAllowed") ?? 0;
        if (allowed <= 0)
            return Errors.Budget("Cannot evict pod as it would violate the pod's disruption budget.", null);
        status["disruptionsAllowed"] = allowed - 1;
        status.Child("disruptedPods")[pod.Object.Name()] = Stamp;
        Commit(Store.Put(kind, budget, Now));
        return null;
    }

    /// <summary>Nothing holds the object any more once its deletion was asked for.</summary>
    internal static bool IsReadyToGo(JsonObject value) =>
        value.IsDeleting()
        && value["metadata"]!["finalizers"].Texts().Count == 0
        && (value["metadata"].Number("deletionGracePeriodSeconds") ?? 0) == 0
        && !(value.Text("kind") == "Namespace" && value.At("spec", "finalizers").Texts().Count > 0);

    /// <summary>Removes the namespace's own finalizer; the namespace controller's last act.</summary>
    internal void Finalize(Stored ns)
    {
        var value = ns.Object.Copy();
        value.Child("spec").Remove("finalizers");
        if (IsReadyToGo(value))
            Commit(Store.Remove(ns, Now));
        else
            Commit(Store.Put(ns.Kind, value, Now));
    }

    private static List<string> Finalizers(JsonObject live, string policy)
    {
        var finalizers = live["metadata"]?["finalizers"].Texts().ToList() ?? [];
        if (policy.Length == 0)
            return finalizers;
        finalizers.RemoveAll(f => f is Foreground or Orphan);
        if (policy == "Foreground")
            finalizers.Add(Foreground);
        if (policy == "Orphan")
            finalizers.Add(Orphan);
        return finalizers;
    }

    private static long Grace(Kind kind, JsonObject live, JsonObject options)
    {
        if (!kind.Graceful)
            return 0;
        if (live["spec"].Text("nodeName").Length == 0 || live["status"].Text("phase") is "Succeeded" or "Failed")
            return 0;
        return options.Number("gracePeriodSeconds")
            ?? live["metadata"].Number("deletionGracePeriodSeconds")
            ?? live["spec"].Number("terminationGracePeriodSeconds")
            ?? 30;
    }

    private static ApiError? PreconditionFails(Call call, Stored live, JsonObject? preconditions)
    {
        if (preconditions.Text("uid") is { Length: > 0 } uid && uid != live.Object.Uid())
            return Errors.Precondition(call.Kind, call.Name, "UID", uid, live.Object.Uid(), "deleted and then recreated");
        var version = live.Version.ToString(CultureInfo.InvariantCulture);
        return preconditions.Text("resourceVersion") is { Length: > 0 } asked && asked != version
            ? Errors.Precondition(call.Kind, call.Name, "ResourceVersion", asked, version, "modified")
            : null;
    }

    private static JsonObject Gone(Call call, Stored live) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["details"] = new JsonObject { ["name"] = call.Name, ["group"] = call.Kind.Group, ["kind"] = call.Kind.Plural, ["uid"] = live.Object.Uid() },
    };
}
