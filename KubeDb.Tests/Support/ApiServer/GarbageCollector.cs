using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>
/// What kube-controller-manager does about owners and namespaces, some virtual time after the change: collects objects whose owners are
/// gone, carries out foreground and orphaning deletions, and empties namespaces that are being deleted.
/// </summary>
public sealed class GarbageCollector(InMemoryApiServer server)
{
    private const string User = "kube-controller-manager";

    /// <summary>Time between a change and the reaction to it.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>False while the controllers stand still.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Looks at a change of the store.</summary>
    internal void Changed(Change change)
    {
        if (!Enabled)
            return;
        var value = change.Now.Object;
        var kind = change.Now.Kind;
        if (change.Deleted)
        {
            server.After(Delay, () => OwnerGone(value.Uid(), value.Namespace()));
            server.After(Delay, () => Release(value));
            return;
        }

        if (Owners(value).Any())
            server.After(Delay, () => Judge(kind, value.Namespace(), value.Name(), value.Uid()));
        if (!value.IsDeleting())
            return;
        if (kind is { Name: "Namespace", Group: "" })
            server.After(Delay, () => Empty(value.Name()));
        else if (Finalizers(value).Contains("foregroundDeletion") || Finalizers(value).Contains("orphan"))
            server.After(Delay, () => CarryOut(kind, value.Namespace(), value.Name(), value.Uid()));
    }

    private void OwnerGone(string uid, string ns)
    {
        foreach (var dependent in Dependents(uid).ToList())
            Judge(dependent.Kind, dependent.Object.Namespace(), dependent.Object.Name(), dependent.Object.Uid());
        if (ns.Length > 0 && server.Store.Find(server.KindOf("", "namespaces"), "", ns) is { } space && space.Object.IsDeleting())
            Empty(ns);
    }

    // An owner that waits in the foreground may have waited for this one.
    private void Release(JsonObject gone)
    {
        foreach (var owner in Owners(gone).Select(o => Owner(o, gone.Namespace())).OfType<Stored>())
            CarryOut(owner.Kind, owner.Object.Namespace(), owner.Object.Name(), owner.Object.Uid());
    }

    // An object goes when all its owners are gone; with one left, it loses the references to the others.
    private void Judge(Kind kind, string ns, string name, string uid)
    {
        if (server.Store.Find(kind, ns, name) is not { } found || found.Object.Uid() != uid)
            return;
        var owners = Owners(found.Object).ToList();
        if (owners.Count == 0)
            return;
        var states = owners.ToDictionary(o => o, o => Owner(o, ns));
        // An owner of a kind that is not served can not be judged: it counts as there.
        var solid = owners.Where(o => states[o] is { } s ? !Waits(s) : server.KindNamed(o.Text("apiVersion"), o.Text("kind")) is null).ToList();
        if (solid.Count == owners.Count)
            return;
        if (solid.Count > 0)
        {
            KeepOwners(found, solid);
            return;
        }

        var waiting = owners.Any(o => states[o] is not null);
        if (!found.Object.IsDeleting())
            Send(ApiVerb.Delete, found, DeleteOptions(found, waiting && Dependents(uid).Any() ? "Foreground" : "Background"));
        foreach (var owner in states.Values.OfType<Stored>())
            CarryOut(owner.Kind, owner.Object.Namespace(), owner.Object.Name(), owner.Object.Uid());
    }

    private void CarryOut(Kind kind, string ns, string name, string uid)
    {
        if (server.Store.Find(kind, ns, name) is not { } found || found.Object.Uid() != uid || !found.Object.IsDeleting())
            return;
        var dependents = Dependents(uid).ToList();
        if (Finalizers(found.Object).Contains("orphan"))
        {
            foreach (var dependent in dependents)
                KeepOwners(dependent, Owners(dependent.Object).Where(o => o.Text("uid") != uid).ToList());
            DropFinalizer(kind, ns, name, "orphan");
        }
        else if (Finalizers(found.Object).Contains("foregroundDeletion"))
        {
            if (!dependents.Any(d => Owners(d.Object).Any(o => o.Text("uid") == uid && (o["blockOwnerDeletion"]?.GetValue<bool>() ?? false))))
                DropFinalizer(kind, ns, name, "foregroundDeletion");
            foreach (var dependent in dependents.Where(d => !d.Object.IsDeleting()))
                Judge(dependent.Kind, dependent.Object.Namespace(), dependent.Object.Name(), dependent.Object.Uid());
        }
    }

    private void Empty(string ns)
    {
        if (server.Store.Find(server.KindOf("", "namespaces"), "", ns) is not { } space || !space.Object.IsDeleting())
            return;
        var content = server.Kinds.Where(k => k.Namespaced).SelectMany(k => server.Store.All(k)).Where(s => s.Object.Namespace() == ns).ToList();
        foreach (var one in content.Where(s => !s.Object.IsDeleting()))
            Send(ApiVerb.Delete, one, DeleteOptions(one, "Background"));
        var left = server.Kinds.Where(k => k.Namespaced).SelectMany(k => server.Store.All(k)).Any(s => s.Object.Namespace() == ns);
        if (!left && server.Store.Find(space.Kind, "", ns) is { } now && now.Object.At("spec", "finalizers") is not null)
            server.Finalize(now);
    }

    private IEnumerable<Stored> Dependents(string uid) =>
        server.Kinds.SelectMany(k => server.Store.All(k)).Where(s => Owners(s.Object).Any(o => o.Text("uid") == uid));

    private Stored? Owner(JsonObject reference, string ns)
    {
        if (server.KindNamed(reference.Text("apiVersion"), reference.Text("kind")) is not { } kind)
            return null;
        var found = server.Store.Find(kind, kind.Namespaced ? ns : "", reference.Text("name"));
        return found?.Object.Uid() == reference.Text("uid") ? found : null;
    }

    private void KeepOwners(Stored found, List<JsonObject> owners)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = found.Object.Uid(),
                ["ownerReferences"] = owners.Count == 0 ? null : new JsonArray(owners.Select(o => o.DeepClone()).ToArray()),
            },
        };
        Send(ApiVerb.MergePatch, found, patch);
    }

    private void DropFinalizer(Kind kind, string ns, string name, string finalizer)
    {
        if (server.Store.Find(kind, ns, name) is not { } found)
            return;
        var left = Finalizers(found.Object).Where(f => f != finalizer).Select(f => (JsonNode)f).ToArray();
        Send(ApiVerb.MergePatch, found, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = new JsonArray(left) } });
    }

    private void Send(ApiVerb verb, Stored target, JsonObject body) =>
        server.Handle(
            new ApiRequest
            {
                Verb = verb,
                Type = target.Kind.Resource,
                Namespace = target.Object.Namespace(),
                Name = target.Object.Name(),
                Body = body,
            },
            User);

    private static JsonObject DeleteOptions(Stored target, string propagation) => new()
    {
        ["propagationPolicy"] = propagation,
        ["preconditions"] = new JsonObject { ["uid"] = target.Object.Uid() },
    };

    private static bool Waits(Stored owner) => owner.Object.IsDeleting() && Finalizers(owner.Object).Contains("foregroundDeletion");

    private static IEnumerable<JsonObject> Owners(JsonObject value) => value["metadata"]?["ownerReferences"].Objects() ?? [];

    private static IReadOnlyList<string> Finalizers(JsonObject value) => value["metadata"]?["finalizers"].Texts() ?? [];
}
