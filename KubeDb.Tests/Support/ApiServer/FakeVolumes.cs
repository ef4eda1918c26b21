using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>Binds claims and, where their storage class allows it, expands them. A test double.</summary>
public sealed class FakeVolumes(FakeCluster cluster)
{
    /// <summary>Time to bind or to expand.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether claims of a class can be bound; a test sets it to keep one Pending.</summary>
    public Func<JsonObject, bool> CanBind { get; set; } = _ => true;

    internal void Changed(Change change)
    {
        var claim = change.Now.Object;
        if (change.Deleted || claim.IsDeleting())
            return;
        var bound = claim["status"].Text("phase") == "Bound";
        var grown = bound && Asked(claim) != claim.At("status", "capacity").Text("storage");
        if ((!bound && CanBind(claim.Copy())) || (grown && Expands(claim)))
            cluster.Server.After(Delay, () => Serve(claim.Namespace(), claim.Name(), claim.Uid()));
    }

    private void Serve(string ns, string name, string uid)
    {
        if (cluster.Find("", "persistentvolumeclaims", ns, name) is not { } claim || claim.Uid() != uid || claim.IsDeleting())
            return;
        if (claim["spec"].Text("volumeName").Length == 0)
        {
            var spec = new JsonObject { ["spec"] = new JsonObject { ["volumeName"] = "pvc-" + uid } };
            cluster.Send(ApiVerb.MergePatch, "", "persistentvolumeclaims", ns, name, spec);
        }

        var status = new JsonObject
        {
            ["phase"] = "Bound",
            ["accessModes"] = claim.At("spec", "accessModes")?.DeepClone(),
            ["capacity"] = new JsonObject { ["storage"] = Asked(claim) },
        };
        cluster.Send(ApiVerb.MergePatch, "", "persistentvolumeclaims", ns, name, new JsonObject { ["status"] = status }, "status");
    }

    private bool Expands(JsonObject claim) =>
        cluster.Find("storage.k8s.io", "storageclasses", "", claim["spec"].Text("storageClassName"))?["allowVolumeExpansion"]?.GetValue<bool>() ?? false;

    private static string Asked(JsonObject claim) => claim.At("spec", "resources", "requests").Text("storage");
}
