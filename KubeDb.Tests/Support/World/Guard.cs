using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Unit.Engines.Redis;

namespace KubeDb.Tests.Support.World;

/// <summary>
/// Watches each write as the API server takes it up, and notes those that must not be: of a process that another one has replaced; of the
/// Provisioner to what it has handed over; of the ops-manager to what it does not hold; a pod taken down more often than its request may.
/// </summary>
internal sealed class Guard(TestWorld world)
{
    private static readonly HashSet<string> Described =
    [
        PetSet.Resource.Plural, ResourceTypes.Service.Plural, ResourceTypes.Secret.Plural, ResourceTypes.Role.Plural, ResourceTypes.RoleBinding.Plural,
        ResourceTypes.ServiceAccount.Plural, ResourceTypes.PodDisruptionBudget.Plural, AppBinding.Resource.Plural,
    ];

    private readonly Dictionary<string, HashSet<string>> _takenDown = [];

    /// <summary>What must not have been, a sentence each.</summary>
    public List<string> Wrongs { get; } = [];

    internal void Arrived(Operator of, OperatorProcess process, JournalEntry entry)
    {
        if (entry.Does is not RequestKind.Write || !TestWorld.IsNoLease(entry))
            return;
        if (of.Holder is { Length: > 0 } leader && leader != process.Identity)
            Wrongs.Add($"{process.Identity} wrote while {leader} led: {entry}");
        var target = entry.Request!.Name ?? entry.Request.Body?["metadata"].Text("name") ?? "";
        if (entry.Key.Namespace != TestWorld.Ns || DatabaseOf(entry, target) is not { } json || json.IsDeleting())
            return;
        var status = json["status"] is JsonObject node ? KindsJson.Decode<Api.Kinds.Shared.DatabaseStatus>(node) : Api.Kinds.Shared.DatabaseStatus.None;
        var holder = Pause.Holder(status);

        // The record of an operation is the request's own; no blueprint describes it.
        var describes = Described.Contains(entry.Type.Plural) && entry.Subresource != "status" && !target.Contains("-record-", StringComparison.Ordinal);
        if (of == world.Provisioner && (describes || entry.Type == ResourceTypes.Pod) && holder is not null && Pause.IsAcknowledged(status, holder.Uid))
            Wrongs.Add($"The Provisioner changed what {holder.Request} holds: {entry} {target}");
        if (of == world.Ops && (describes || entry.Type == ResourceTypes.Pod) && holder is null)
            Wrongs.Add($"The ops-manager changed what no request holds: {entry} {target}");
        if (of == world.Ops && entry.Type == ResourceTypes.Pod && holder is not null)
            TakeDown(holder, target);
    }

    /// <summary>The database that the object belongs to by its labels, as it is stored or as it is to be made; null for none.</summary>
    private JsonObject? DatabaseOf(JournalEntry entry, string target)
    {
        var labels = (world.Raw(entry.Type, target) ?? entry.Request!.Body)?["metadata"]?["labels"];
        return world.Engines.FirstOrDefault(e => e.Kinds.FullName == labels.Text(DatabaseLabels.Name)) is { } engine
            ? world.Raw(engine.Kinds.Database, labels.Text(DatabaseLabels.Instance))
            : null;
    }

    private void TakeDown(PauseHolder holder, string pod)
    {
        if (world.Raw(ResourceTypes.Pod, pod) is not { } now || now.IsDeleting())
            return;
        var key = $"{holder.Uid} {pod}";
        if (!_takenDown.TryGetValue(key, out var uids))
            _takenDown[key] = uids = [];
        uids.Add(now.Uid());

        if (uids.Count > MostOf(holder))
            Wrongs.Add($"{holder.Request} took pod {pod} down {uids.Count} times.");
    }

    // A Restart takes a pod down once; others once on the way there and once on the way back; a change of TLS three times each way where servers take
    // from their start what they speak to each other.
    private int MostOf(PauseHolder holder)
    {
        if (world.Engines.FirstOrDefault(e => e.Kinds.OpsRequest.Kind == holder.Kind) is not { } engine)
            return 2;
        return world.Raw(engine.Kinds.OpsRequest, holder.Request.Name)?["spec"].Text("type") switch
        {
            "Restart" => 1,
            "ReconfigureTLS" when engine.Make(new FakeServers(), world.Time).Tls is { SwitchesByRestart: true } => 6,
            _ => 2,
        };
    }
}
