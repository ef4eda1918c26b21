using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Provisioner.Health;

namespace KubeDb.Provisioner.Databases;

/// <summary>Sets the conditions from the state of the workloads and from the health checks, also while the database is paused or blocked.</summary>
internal sealed class ObserveStep(DatabaseParts parts, DiagnoseStep diagnose, RoleStep roles, MachineStep machines)
{
    /// <summary>Observes.</summary>
    public async Task RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (pass.Stored.Spec.Halted && !pass.Status.Has(ConditionTypes.ReplicaReady))
        {
            await diagnose.RunAsync(pass, areUp: true, cancel);
            return;
        }

        var petSets = parts.Caches.PetSetsOf(pass.Stored);
        SetReplicas(pass, petSets);
        await machines.RunAsync(pass, cancel);
        await diagnose.RunAsync(pass, pass.Status.Is(ConditionTypes.ReplicaReady), cancel);
        if (pass.Status.Is(ConditionTypes.HealthCheckPaused))
            parts.Health.Stop(parts.Engine, pass.Key);
        else
        {
            CheckHealth(pass, petSets);
            await roles.RunAsync(pass, cancel);
        }
        if (SetProvisioned(pass) && pass.Stored.Spec.Init is { Initialized: false })
            pass.Stored = await DatabaseWrites.PatchSpecAsync(parts, pass.Stored, new JsonObject { ["init"] = new JsonObject { ["initialized"] = true } }, cancel);
    }

    private static void SetReplicas(DatabasePass pass, IReadOnlyList<PetSet> petSets)
    {
        var wanted = pass.WantedPetSets ?? Math.Max(1, petSets.Count);
        if (petSets.Count < wanted)
            pass.Status.Set(DatabaseConditions.PetSetsMissing(wanted, petSets.Count));
        else if (petSets.FirstOrDefault(p => !AreUp(p)) is { } down)
            pass.Status.Set(DatabaseConditions.SomeReplicasNotReady(down.Metadata.Key, down.Spec.Replicas ?? 1, down.Status.ReadyReplicas ?? 0));
        else
            pass.Status.Set(DatabaseConditions.AllReplicasReady(pass.Engine.Sentences.AllReplicasReady?.Invoke(pass.Key)));
    }

    private static bool AreUp(PetSet petSet) => (petSet.Spec.Replicas ?? 1) == (petSet.Status.ReadyReplicas ?? 0);

    /// <summary>Starts the checks when the servers are up for the first time, and reports their verdict.</summary>
    private void CheckHealth(DatabasePass pass, IReadOnlyList<PetSet> petSets)
    {
        var uid = pass.Stored.Metadata.Uid;
        var ready = parts.Caches.PodsOf(parts.Engine, pass.Stored).Where(p => p.IsReady).Select(p => p.Metadata.Uid).ToList();

        // Pods become Ready a moment before their PetSets do.
        var up = petSets.Count > 0 && (ready.Count >= petSets.Sum(p => p.Spec.Replicas ?? 1) || petSets.All(AreUp));
        if (up || pass.Status.Is(ConditionTypes.Provisioned) || parts.Health.Watches(parts.Engine, pass.Key, uid))
            parts.Health.Watch(Target(pass));
        if (parts.Health.Verdict(parts.Engine, pass.Key, uid) is { } verdict)
            ReportHealth(pass, verdict);
        else if (up && pass.Status.Conditions.IsFalse(ConditionTypes.AcceptingConnection) && Instances(pass.Key, uid) is null)
            ReportUncheckable(pass);
    }

    private DatabaseInstances? Instances(ObjectKey key, string uid) => parts.Gatherer.Instances(parts.Engine, key, uid, parts.LastGood.Of);

    // The last verdict may be about servers that no longer exist.
    private static void ReportUncheckable(DatabasePass pass)
    {
        const string message = "The pods are Ready, but the servers can not be asked whether they work while the spec can not be carried out; the condition SpecAccepted or DependenciesReady says why.";
        pass.Status.Set(DatabaseConditions.NotAcceptingConnection(message, pass.Generation));
        pass.Status.Set(DatabaseConditions.NotReady(message, pass.Generation));
    }

    private HealthTarget Target(DatabasePass pass)
    {
        // Kept for as long as the database is checked: what the cache holds anyway, and no text of its own.
        var (key, database, engine) = (pass.Key, pass.Stored.Metadata, parts.Engine);
        var settings = pass.Stored.Spec.HealthChecker;
        return new HealthTarget
        {
            Key = key,
            Uid = database.UidKey,
            Engine = engine,
            Instances = () => Instances(key, database.Uid),
            Servers = parts.Caches.MembershipOf(engine, pass.Stored),
            Changed = () => parts.HealthChanged(key),
            Acted = action =>
            {
                var target = EventTarget.Of(engine.Kinds.Database, database);
                if (action.IsWarning)
                    parts.Events.Warning(target, action.Reason, action.Message);
                else
                    parts.Events.Normal(target, action.Reason, action.Message);
            },
            Period = TimeSpan.FromSeconds(settings?.PeriodSeconds is > 0 and var period ? period : 10),
            Timeout = TimeSpan.FromSeconds(settings?.TimeoutSeconds is > 0 and var timeout ? timeout : 10),
            FailureThreshold = settings?.FailureThreshold is > 0 and var threshold ? threshold : 1,
        };
    }

    private static void ReportHealth(DatabasePass pass, HealthVerdict verdict)
    {
        // For a pod that does not run, why it does not run explains more than "no connection".
        var failure = pass.Status.Conditions.Of(ConditionTypes.PodsRunning) is { IsFalse: true } pods ? pods.Message : verdict.Message;
        pass.Status.Set(verdict.IsReady
            ? DatabaseConditions.Ready(pass.CheckedKind, pass.Key, pass.Generation)
            : DatabaseConditions.NotReady(failure, pass.Generation));
        pass.Status.Set(verdict.AcceptsConnections
            ? DatabaseConditions.AcceptingConnection(
                pass.CheckedKind, pass.Key, pass.Engine.Sentences.ClientTerm, pass.Generation, pass.Engine.Sentences.AcceptingConnection?.Invoke(pass.Key))
            : DatabaseConditions.NotAcceptingConnection(failure, pass.Generation));
    }

    private static bool SetProvisioned(DatabasePass pass)
    {
        if (pass.Status.Is(ConditionTypes.Provisioned))
            return true;
        var restored = pass.Stored.Spec.Init is not { WaitForInitialRestore: true } || pass.Status.Is(ConditionTypes.DataRestored);
        if (!restored || !pass.Status.Is(ConditionTypes.Ready) || !pass.Status.Is(ConditionTypes.AcceptingConnection) || !pass.Status.Is(ConditionTypes.ReplicaReady))
            return false;
        pass.Status.Set(DatabaseConditions.Provisioned(
            pass.ProvisionedKind, pass.Key, pass.Generation, pass.Engine.Sentences.Provisioned?.Invoke(pass.Key)));
        return true;
    }
}
