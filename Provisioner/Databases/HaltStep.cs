using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Carries out <c>spec.halted</c>: deletes workloads and everything that leads to them, and keeps claims and secrets. Set back to false, the
/// same blueprint recreates everything around the same data.
/// </summary>
internal sealed class HaltStep(DatabaseParts parts)
{
    /// <summary>Reason of the outcome while the database is being halted.</summary>
    public const string Halting = "Halting";

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    /// <summary>Continues when the database is not to be halted; done when it is.</summary>
    public async Task<Outcome> RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        // Halting what must not terminate is refused where the spec is checked.
        if (!pass.Stored.Spec.Halted || pass.Stored.Spec.DeletionPolicy == DeletionPolicies.DoNotTerminate)
        {
            pass.Status.Remove(ConditionTypes.Halted);
            return Outcome.Continue;
        }

        await KeepDataAsync(pass, cancel);
        parts.Health.Stop(parts.Engine, pass.Key);
        ReportNotServing(pass);
        await ServersFirst.DeletePetSetsAsync(parts, parts.Caches.PetSetsOf(pass.Stored), pass, cancel);
        foreach (var kind in parts.Caches.OwnedKinds.Where(k => !k.KeptOnHalt && !k.IsDatabase))
            await DeleteChildrenAsync(kind.Type, pass, cancel);
        if (ServersFirst.Remains(parts, pass) is { Length: > 0 } servers)
            return Outcome.Wait(Halting, $"The database is being halted; {servers} is still there.", Again);
        await ServersFirst.DeletePetSetsAsync(parts, parts.Caches.AllPetSetsOf(pass.Stored), pass, cancel);
        await MadeDatabases.FollowAsync(parts, pass.Stored, new JsonObject { ["halted"] = true }, cancel);
        if (parts.Caches.AllPetSetsOf(pass.Stored) is [{ } companion, ..])
            return Outcome.Wait(Halting, $"The database is being halted; PetSet {companion.Metadata.Name} is still there.", Again);
        if (pass.Status.Set(DatabaseConditions.Halted(pass.Kind, pass.Key, pass.Generation)))
            parts.Events.Normal(pass.Target, "Successful", "Successfully halted; volumes and secrets are kept. Set spec.halted to false to go on.");
        return Outcome.Done;
    }

    /// <summary>A halted database that is deleted keeps its data, whatever its policy was. Where nothing is stored there is nothing to keep.</summary>
    private async Task KeepDataAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (pass.Stored.Spec.DeletionPolicy != DeletionPolicies.Halt && pass.Stored.Spec.StorageType != StorageTypes.Ephemeral)
            pass.Stored = await DatabaseWrites.PatchSpecAsync(parts, pass.Stored, new JsonObject { ["deletionPolicy"] = DeletionPolicies.Halt }, cancel);
    }

    private static void ReportNotServing(DatabasePass pass)
    {
        var message = $"The {pass.Kind}: {pass.Key} is halted.";
        pass.Status.Remove(ConditionTypes.ReplicaReady);
        if (pass.Status.Has(ConditionTypes.AcceptingConnection))
            pass.Status.Set(DatabaseConditions.NotAcceptingConnection(message, pass.Generation));
        if (pass.Status.Has(ConditionTypes.Ready))
            pass.Status.Set(DatabaseConditions.NotReady(message, pass.Generation));
    }

    private async Task DeleteChildrenAsync(ResourceType type, DatabasePass pass, CancellationToken cancel)
    {
        foreach (var child in parts.Caches.OwnedBy(type, parts.Engine, pass.Stored))
        {
            if (!child.Metadata.IsDeleting && !IsKept(child))
                await parts.Blueprints.DeleteAsync(type, child, cancel);
        }
    }

    private static bool IsKept(OwnedObject child) => child.Metadata.Annotations.GetValueOrDefault(DatabaseLabels.KeepOn) == DatabaseLabels.OnHalt;
}
