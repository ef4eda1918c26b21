using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Provisioner.Health;
using static KubeDb.Provisioner.Databases.ProvisionerConditions;

namespace KubeDb.Provisioner.Databases;

/// <summary>Turns what is seen of the workloads and of the health checks into conditions. Goes on while the database is paused or stalled.</summary>
internal sealed class ObserveStep(DatabaseParts parts)
{
    /// <summary>Observes.</summary>
    public async Task RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (pass.Stored.Spec.Halted && pass.Status.Find(ReplicaReady) is null)
            return;
        var petSets = parts.Caches.PetSetsOf(pass.Stored);
        SetReplicas(pass, petSets);
        if (pass.Status.Is(HealthCheckPaused))
            parts.Health.Stop(pass.Key);
        else
            CheckHealth(pass, petSets);
        if (SetProvisioned(pass) && pass.Stored.Spec.Init is { Initialized: false })
            pass.Stored = await DatabaseWrites.PatchSpecAsync(parts, pass.Stored, new JsonObject { ["init"] = new JsonObject { ["initialized"] = true } }, cancel);
    }

    private static void SetReplicas(DatabasePass pass, IReadOnlyList<PetSet> petSets)
    {
        var wanted = pass.WantedPetSets ?? Math.Max(1, petSets.Count);
        var problem = petSets.Count < wanted
            ? $"All PetSets are not available. Desire number of PetSet: {wanted}, Available: {petSets.Count}"
            : petSets.Where(p => !AreUp(p)).Select(NotUp).FirstOrDefault();
        if (problem is null)
            pass.Status.Set(ReplicaReady, true, "AllReplicasReady", "All desired replicas are ready.");
        else
            pass.Status.Set(ReplicaReady, false, "SomeReplicasNotReady", problem);
    }

    private static bool AreUp(PetSet petSet) => (petSet.Spec.Replicas ?? 1) == (petSet.Status.ReadyReplicas ?? 0);

    private static string NotUp(PetSet petSet) =>
        $"All desired replicas are not ready. For PetSet: {petSet.Metadata.Key} desired replicas: {petSet.Spec.Replicas ?? 1}, ready replicas: {petSet.Status.ReadyReplicas ?? 0}.";

    /// <summary>Starts the checks when the servers are up for the first time, and says what they came to.</summary>
    private void CheckHealth(DatabasePass pass, IReadOnlyList<PetSet> petSets)
    {
        var uid = pass.Stored.Metadata.Uid;
        var ready = parts.Caches.PodsOf(parts.Engine, pass.Stored).Where(p => p.IsReady).Select(p => p.Metadata.Uid).ToList();

        // The pods say so a moment before the PetSets do.
        var up = petSets.Count > 0 && (ready.Count >= petSets.Sum(p => p.Spec.Replicas ?? 1) || petSets.All(AreUp));
        if (up || pass.Status.Is(Provisioned) || parts.Health.Watches(pass.Key, uid))
            parts.Health.Watch(Target(pass, string.Join(',', ready)));
        if (parts.Health.Verdict(pass.Key, uid) is { } verdict)
            Tell(pass, verdict);
    }

    private HealthTarget Target(DatabasePass pass, string servers)
    {
        var (key, uid, engine) = (pass.Key, pass.Stored.Metadata.Uid, parts.Engine);
        var settings = pass.Stored.Spec.HealthChecker;
        return new HealthTarget
        {
            Key = key,
            Uid = uid,
            Engine = engine,
            Instances = () => parts.Gatherer.Instances(engine, key, uid),
            Servers = servers,
            Period = TimeSpan.FromSeconds(settings?.PeriodSeconds is > 0 and var period ? period : 10),
            Timeout = TimeSpan.FromSeconds(settings?.TimeoutSeconds is > 0 and var timeout ? timeout : 10),
            FailureThreshold = settings?.FailureThreshold is > 0 and var threshold ? threshold : 1,
        };
    }

    private static void Tell(DatabasePass pass, HealthVerdict verdict)
    {
        var generation = pass.Stored.Metadata.Generation;
        if (verdict.AcceptsConnections)
        {
            pass.Status.Set(
                AcceptingConnection, true, "DatabaseAcceptingConnectionRequest",
                $"The {pass.Title} is accepting {pass.Engine.Kinds.ClientTerm} requests.", generation);
        }
        else
        {
            pass.Status.Set(AcceptingConnection, false, "DatabaseNotAcceptingConnectionRequest", verdict.Message, generation);
        }

        if (verdict.IsReady)
            pass.Status.Set(Ready, true, "ReadinessCheckSucceeded", $"The {pass.Title} is ready.", generation);
        else
            pass.Status.Set(Ready, false, "ReadinessCheckFailed", verdict.Message, generation);
    }

    private static bool SetProvisioned(DatabasePass pass)
    {
        if (pass.Status.Is(Provisioned))
            return true;
        var restored = pass.Stored.Spec.Init is not { WaitForInitialRestore: true } || pass.Status.Is(DataRestored);
        if (!restored || !pass.Status.Is(Ready) || !pass.Status.Is(AcceptingConnection) || !pass.Status.Is(ReplicaReady))
            return false;
        pass.Status.Set(
            Provisioned, true, "DatabaseSuccessfullyProvisioned", $"The {pass.Title} is successfully provisioned.", pass.Stored.Metadata.Generation);
        return true;
    }
}
