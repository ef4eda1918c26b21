using System.Collections.Concurrent;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using Condition = KubeDb.Api.Kinds.Shared.Condition;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Reports what running pods lack of the current spec, and which request brings it. Templates and volumes are compared in memory on every pass.
/// Servers are asked about their configuration only when it may have become another than theirs: after a change, after an operation, and while
/// the condition stands. What they answer is all that is compared, so nothing has to be remembered and a live change is none.
/// </summary>
internal sealed class UpToDateStep(DatabaseParts parts)
{
    /// <summary>A server that could not be asked, or that lacks something, is asked again after this long: a CONFIG SET causes no event.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly PodLacks _lacks = new(parts.Engine.Kinds.OpsRequest.Kind);
    private readonly ConcurrentDictionary<ObjectKey, Known> _known = new();

    /// <summary>The database is gone.</summary>
    public void Forget(ObjectKey database) => _known.TryRemove(database, out _);

    /// <summary>What was applied may have changed the configuration: the servers are asked until they have answered.</summary>
    public void MayDiffer(DatabasePass pass) => _known[pass.Key] = new(pass.Stored.Metadata.UidKey, MustAsk: true, []);

    /// <summary>Sets or removes the condition. Returns the given outcome, or a wait when the database has to be requeued.</summary>
    public async Task<Outcome> RunAsync(DatabasePass pass, Outcome outcome, CancellationToken cancel)
    {
        if (pass.Stored.Spec.Halted)
            pass.Status.Remove(ConditionTypes.PodsUpToDate);

        // Pods can lack nothing of a spec that was not applied; and while an operation runs, it brings what they lack.
        if (!pass.IsApplied || pass.Stored.Spec.Halted || Pause.IsPaused(pass.Stored.Status))
            return outcome;
        var petSets = parts.Caches.PetSetsOf(pass.Stored);
        var pods = parts.Caches.PodsOf(parts.Engine, pass.Stored).Where(p => !p.Metadata.IsDeleting).ToList();
        var servers = await ConfigurationAsync(pass, pods, cancel);

        // The revision of the newest template arrives in a moment and requeues the database; until then the condition stays.
        if (outcome.Kind is OutcomeKind.Done && petSets.Any(p => p.Status.ObservedGeneration < p.Metadata.Generation))
            return outcome;
        IReadOnlyList<PodLack> lacks =
        [
            .. _lacks.Templates(petSets, pods),
            .. _lacks.Volumes(petSets, parts.Caches.ClaimsOf(parts.Engine, pass.Stored)),
            .. servers.Lacks,
        ];
        Report(pass, lacks);
        return outcome.Kind is OutcomeKind.Done && (servers.MustAsk || servers.Lacks.Count > 0)
            ? Outcome.Wait(Reasons.ConfigurationNotInEffect, "Whether the configuration is in effect is checked again.", Again)
            : outcome;
    }

    private void Report(DatabasePass pass, IReadOnlyList<PodLack> lacks)
    {
        if (lacks.Count == 0)
        {
            pass.Status.Remove(ConditionTypes.PodsUpToDate);
            return;
        }

        var message = string.Join(' ', lacks.Select(l => l.Message));
        if (pass.Status.Set(DatabaseConditions.Make(ConditionTypes.PodsUpToDate, false, lacks[0].Reason, message)))
            parts.Events.Warning(pass.Target, lacks[0].Reason, message);
    }

    private async Task<Known> ConfigurationAsync(DatabasePass pass, IReadOnlyList<Pod> pods, CancellationToken cancel)
    {
        var (uid, condition) = (pass.Stored.Metadata.UidKey, pass.Stored.Status.Conditions.Of(ConditionTypes.PodsUpToDate));
        var known = _known.TryGetValue(pass.Key, out var last) && last.Uid == uid ? last : null;
        var running = pods.Where(p => p.Status.PodIP.Length > 0 && !StartedAfter(p, known is { MustAsk: true } ? null : condition)).ToList();
        if (parts.Engine.Configuration is not { } configuration || running.Count == 0 || !MustAsk(pass, known, condition))
            return _known[pass.Key] = new(uid, false, []);
        var instances = parts.Gatherer.Instances(parts.Engine, pass.Key, pass.Stored.Metadata.Uid);
        var differences = instances is null ? null : await configuration.DifferencesAsync(pass.Facts!, instances with { Pods = running }, cancel);
        return _known[pass.Key] = differences is null
            ? new(uid, true, known?.Lacks ?? [])
            : new(uid, false, [.. _lacks.Configuration(differences)]);
    }

    /// <summary>
    /// True when the configuration may be another than that of the servers. After a start nothing is known; then the status shows whether the
    /// spec was reconciled. A user's secret can have changed without a trace in the spec.
    /// </summary>
    private static bool MustAsk(DatabasePass pass, Known? known, Condition? condition) =>
        known is { MustAsk: true } or { Lacks.Count: > 0 }
        || condition is not null
        || pass.Stored.Status.ObservedGeneration != pass.Generation
        || pass.Stored.Status.Conditions.Of(ConditionTypes.PauseAcknowledged) is not null
        || (known is null && !string.IsNullOrEmpty(pass.Facts!.Database.Spec.Configuration?.SecretName));

    // All its containers started after the condition was set, so with the current configuration.
    private static bool StartedAfter(Pod pod, Condition? condition) =>
        condition is not null && pod.Status.ContainerStatuses is { Count: > 0 } containers
        && containers.All(c => c.State.Running?.StartedAt > condition.LastTransitionTime);

    /// <summary>What is known of the servers of a database.</summary>
    /// <param name="Uid">UID of the database.</param>
    /// <param name="MustAsk">They could not be asked yet.</param>
    /// <param name="Lacks">What they lacked when they were asked last.</param>
    private sealed record Known(ObjectUid Uid, bool MustAsk, IReadOnlyList<PodLack> Lacks);
}
