using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Provisioner.PetSets;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Brings one database to what its spec says: gathers, lets the engine describe, applies, observes, and writes the status last and once.
/// Knows no engine. Everything it does can be repeated; at rest it sends no request.
/// </summary>
internal sealed class DatabaseReconciler : IReconciler
{
    private readonly DatabaseParts _parts;
    private readonly DeletionStep _deletion;
    private readonly Orphaning _orphaning;
    private readonly PauseStep _pause;
    private readonly HaltStep _halt;
    private readonly CredentialStep _credential;
    private readonly DiagnoseStep _diagnose;
    private readonly ReplaceStep _replace;
    private readonly ObserveStep _observe;
    private readonly SpecStep _spec;
    private readonly SpecWarningStep _warnings;
    private readonly CertificateStep _certificates;
    private readonly UpToDateStep _upToDate;
    private readonly SettledDatabases _settled;
    private readonly ServerTrouble _trouble = new();
    private readonly StatusWriter _status;

    /// <summary>A reconciler of the databases of one engine.</summary>
    public DatabaseReconciler(DatabaseParts parts)
    {
        _parts = parts;
        _orphaning = new Orphaning(parts);
        _deletion = new DeletionStep(parts, _orphaning);
        _pause = new PauseStep(parts);
        _halt = new HaltStep(parts);
        _credential = new CredentialStep(parts);
        _diagnose = new DiagnoseStep(parts);
        _replace = new ReplaceStep(parts);
        _observe = new ObserveStep(parts, _diagnose, new RoleStep(parts), new MachineStep(parts));
        _spec = new SpecStep(parts);
        _warnings = new SpecWarningStep(parts);
        _certificates = new CertificateStep(parts);
        _upToDate = new UpToDateStep(parts);
        _settled = new SettledDatabases(parts.Engine, parts.Caches);
        _status = new StatusWriter(parts.Client, FieldManagers.Provisioner, ProvisionerConditions.Scope, parts.Time);
    }

    /// <inheritdoc/>
    public string Name => _parts.Engine.Kinds.Database.Kind.ToLowerInvariant();

    /// <inheritdoc/>
    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel)
    {
        if (_parts.Caches.Of(_parts.Engine).Databases.Get(key) is not { } stored)
            return Forget(key);
        var pass = new DatabasePass(_parts.Engine, stored, new DatabaseStatusDraft(stored.Status, _parts.Time.GetUtcNow()));
        var outcome = await RunAsync(pass, cancel);
        if (pass.IsOver)
            return outcome;
        ReportDependencies(pass, outcome);
        await _observe.RunAsync(pass, cancel);
        _warnings.Run(pass);
        await _certificates.RunAsync(pass, cancel);
        Settle(pass);
        SetBlockedCondition(pass, outcome);
        outcome = await _upToDate.RunAsync(pass, outcome, cancel);
        await WriteStatusAsync(pass, cancel);
        return pass.Again is { } again ? outcome.AtLatest(again) : outcome;
    }

    private async Task<Outcome> RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        try
        {
            var outcome = await pass.RunAsync(
                cancel, _deletion.RunAsync, AddFinalizerAsync, StartAsync, _pause.RunAsync, _halt.RunAsync, ResolveAsync, AwaitPredecessorAsync,
                _orphaning.RunAsync, _credential.RunAsync, GatherAsync, _spec.RunAsync, ApplyAsync, _replace.RunAsync, CheckPetSetsAsync);
            _trouble.Forget(pass.Key);
            return outcome;
        }
        catch (ApiException refused) when (refused.Error.IsRefusal)
        {
            return Refusal.Wait(refused.Error);
        }
        catch (ApiException failed) when (_trouble.Lasts(pass.Key, failed.Error))
        {
            return ServerTrouble.Wait(failed.Error);
        }
    }

    private Outcome Forget(ObjectKey key)
    {
        _parts.Health.Stop(_parts.Engine, key);
        _parts.ObjectUse.Remove(_parts.Engine, key);
        _credential.Forget(key);
        _upToDate.Forget(key);
        _settled.Forget(key);
        _trouble.Forget(key);
        _diagnose.Forget(key);
        return Outcome.Done;
    }

    private async Task<Outcome> AddFinalizerAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (!pass.Stored.Metadata.IsDeleting && !pass.Stored.Metadata.Finalizers.Contains(DatabaseWrites.Finalizer))
            pass.Stored = await DatabaseWrites.PatchFinalizersAsync(_parts, pass.Stored, [.. pass.Stored.Metadata.Finalizers, DatabaseWrites.Finalizer], cancel);
        return Outcome.Continue;
    }

    private async Task<Outcome> StartAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (!pass.Status.Is(ConditionTypes.ProvisioningStarted) && pass.Status.Set(DatabaseConditions.ProvisioningStarted(pass.ProvisionedKind, pass.Key)))
            await WriteStatusAsync(pass, cancel);
        return Outcome.Continue;
    }

    private Task<Outcome> ResolveAsync(DatabasePass pass, CancellationToken cancel)
    {
        var resolved = _parts.Gatherer.Resolve(_parts.Engine, pass.Stored);
        (pass.Resolved, pass.ResolvedFrom) = (resolved.Value, pass.Stored);
        return Task.FromResult(resolved.Outcome);
    }

    private Task<Outcome> AwaitPredecessorAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (pass.Status.Is(ConditionTypes.Provisioned))
            return Task.FromResult(Outcome.Continue);
        var remains = _parts.Caches.PetSets.WithLabel(pass.Key.Namespace, DatabaseLabels.Instance, pass.Key.Name).Select(p => ("PetSet", p.Metadata))
            .Concat(_parts.Caches.ClaimsOf(_parts.Engine, pass.Stored).Select(c => ("PersistentVolumeClaim", c.Metadata)))
            .Concat(_parts.Caches.OwnedKinds.SelectMany(k => _parts.Caches.Owned(k.Type)
                .WithLabel(pass.Key.Namespace, DatabaseLabels.Instance, pass.Key.Name).Select(o => (k.Type.Kind, o.Metadata))))
            .Where(o => pass.IsOfPredecessor(o.Metadata))
            .Select(o => $"{o.Item1} {o.Metadata.Name}")
            .ToList();
        return Task.FromResult(remains.Count == 0
            ? Outcome.Continue
            : Outcome.Wait(
                Reasons.PredecessorPresent,
                $"{string.Join(", ", remains)} of an earlier {_parts.Engine.Kinds.Name} of this name is still being deleted. The database goes on once it is gone.",
                TimeSpan.FromSeconds(2)));
    }

    private async Task<Outcome> GatherAsync(DatabasePass pass, CancellationToken cancel)
    {
        // A step between may have written to the database.
        var gathered = ReferenceEquals(pass.Stored, pass.ResolvedFrom)
            ? await _parts.Gatherer.GatherAsync(_parts.Engine, pass.Resolved!, cancel)
            : await _parts.Gatherer.GatherAsync(_parts.Engine, pass.Stored, cancel);
        pass.Facts = gathered.Value;
        if (gathered.Value is { Credential: { } credential })
            _credential.Remember(pass, credential);
        if (gathered.Value is { } facts)
            pass.State = _settled.StateOf(facts);
        pass.WantedPetSets = gathered.Value is null ? null : _settled.PetSets(pass.Key, pass.State);
        pass.IsSettled = pass.WantedPetSets is not null;
        return gathered.Outcome;
    }

    private void Settle(DatabasePass pass)
    {
        if (pass is { IsApplied: true, MaySettle: true, WantedPetSets: { } petSets })
            _settled.Remember(pass.Key, pass.State, petSets);
        else
            _settled.Forget(pass.Key);
    }

    private async Task<Outcome> ApplyAsync(DatabasePass pass, CancellationToken cancel)
    {
        var outcome = pass.IsSettled ? Outcome.Continue : await DescribeAsync(pass, cancel);
        pass.IsApplied = outcome.Kind is OutcomeKind.Continue;
        if (pass.IsApplied)
            _parts.LastGood.IsDescribed(pass.Key);
        ReportMonitoring(pass);
        return outcome;
    }

    private async Task<Outcome> DescribeAsync(DatabasePass pass, CancellationToken cancel)
    {
        var blueprint = pass.Blueprint = _parts.Engine.Describe(pass.Facts!);
        pass.WantedPetSets = blueprint.Objects.Count(o => o.Type == Api.Kinds.Apps.PetSet.Resource && !o.IsCompanion(pass.Stored.Metadata));
        var result = await ApplyAsync(pass, blueprint, cancel);
        pass.MaySettle &= result is { Changed.Count: 0, Pruned.Count: 0 };
        foreach (var applied in result.Changed)
        {
            if (applied is { Created: true, Object.CreatedEvent: { } message })
                _parts.Events.Normal(pass.Target, "Successful", message);
        }

        return result.Outcome;
    }

    private async Task<BlueprintResult> ApplyAsync(DatabasePass pass, Blueprint blueprint, CancellationToken cancel)
    {
        var ended = false;
        try
        {
            var result = await _parts.Blueprints.ApplyAsync(_parts.Engine, pass.Stored, blueprint, cancel);
            ended = result.Changed.Count == 0;
            return result;
        }
        finally
        {
            // Also after an exception: some objects may have been written.
            if (!ended)
                _upToDate.MayDiffer(pass);
        }
    }

    /// <summary>Sets MonitoringReady=False while the spec asks for ServiceMonitors and the API server does not serve them; the blueprint omits them meanwhile.</summary>
    private void ReportMonitoring(DatabasePass pass)
    {
        var outcome = pass.Facts!.Database.Spec.Monitor?.Agent == MonitorAgents.PrometheusOperator
            ? OptionalApi.Require(_parts.Caches.Owned(ResourceTypes.ServiceMonitor), "the Prometheus operator", "spec.monitor.agent prometheus.io/operator")
            : Outcome.Continue;
        if (outcome.Kind is OutcomeKind.Continue)
            pass.Status.Remove(ConditionTypes.MonitoringReady);
        else if (pass.Status.Set(DatabaseConditions.Make(ConditionTypes.MonitoringReady, false, outcome.Reason, outcome.Message, pass.Generation)))
            _parts.Events.Warning(pass.Target, outcome.Reason, outcome.Message);
    }

    /// <summary>A stalled PetSet blocks the database; its reason is reported on the database.</summary>
    private Task<Outcome> CheckPetSetsAsync(DatabasePass pass, CancellationToken cancel)
    {
        var stalled = _parts.Caches.AllPetSetsOf(pass.Stored).SelectMany(p => p.Status.Conditions).FirstOrDefault(c => c.Type == PetSetConditions.Stalled);
        return Task.FromResult(stalled is null ? Outcome.Continue : Outcome.Wait(stalled.Reason, stalled.Message, TimeSpan.FromMinutes(1)));
    }

    /// <summary>
    /// Reports what blocks the database, in a condition and one event: SpecAccepted=False when the user has to change something,
    /// DependenciesReady=False when something missing is waited for. Removes both conditions when nothing blocks it.
    /// </summary>
    private void SetBlockedCondition(DatabasePass pass, Outcome outcome)
    {
        var type = outcome switch
        {
            { Kind: OutcomeKind.Fail } => ConditionTypes.SpecAccepted,
            _ when IsDependencyMissing(outcome) => ConditionTypes.DependenciesReady,
            _ => null,
        };
        foreach (var other in new[] { ConditionTypes.SpecAccepted, ConditionTypes.DependenciesReady }.Where(t => t != type))
            pass.Status.Remove(other);
        if (type is not null && pass.Status.Set(DatabaseConditions.Make(type, false, outcome.Reason, outcome.Message, pass.Generation)))
            _parts.Events.Warning(pass.Target, outcome.Reason, outcome.Message);
    }

    /// <summary>
    /// Says whether what the database depends on is there, for engines whose documentation has a condition for it, beside DependenciesReady, which says
    /// what is waited for.
    /// </summary>
    private static void ReportDependencies(DatabasePass pass, Outcome outcome)
    {
        if (pass.Engine.Sentences.Dependencies is not { } words)
            return;
        if (pass.IsApplied)
            pass.Status.Set(DatabaseConditions.Make(ConditionTypes.DatabaseDependencyReady, true, words.ReadyReason, words.Ready, pass.Generation));
        else if (IsDependencyMissing(outcome))
            pass.Status.Set(DatabaseConditions.Make(ConditionTypes.DatabaseDependencyReady, false, words.FailedReason, outcome.Message, pass.Generation));
    }

    private static bool IsDependencyMissing(Outcome outcome) =>
        outcome is { Kind: OutcomeKind.Wait, Reason: not (HaltStep.Halting or PauseStep.Paused or "BeingDeleted" or "OwnerNotThere") };

    private async Task WriteStatusAsync(DatabasePass pass, CancellationToken cancel)
    {
        var kinds = _parts.Engine.Kinds;
        var written = await _status.WriteAsync(
            pass.Stored.Metadata,
            KindsJson.ToObject(pass.Stored.Status),
            pass.Status.ToJson(pass.Stored.Metadata.Generation),
            kinds.Database,
            kinds.DecodeDatabase,
            _parts.Caches.Of(_parts.Engine).Databases,
            cancel);
        if (written.Error is { Kind: not ApiErrorKind.NotFound } error)
            throw new ApiException(error);
        if (written.Value is { } now)
            pass.Stored = now;
    }
}
