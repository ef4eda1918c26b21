using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Rolling;

namespace KubeDb.OpsManager.Operations;

/// <summary>Adds TLS to a database, rotates or changes its certificates, or removes TLS. Knows no engine.</summary>
/// <remarks>
/// <list type="number">
/// <item>Add: the certificates are issued and mounted by a roll, in which every server accepts plain connections and TLS; then clients and peers
/// move to TLS on all servers at once. Servers that take their protocol from their start (<see cref="ITlsEngine.SwitchesByRestart"/>) move in two more
/// rolls: in one they open TLS connections to each other, in the other they stop accepting plain ones.</item>
/// <item>Remove is the same the other way: clients and peers move first, then a roll takes the certificates away.</item>
/// <item>Rotate and change: every server trusts the authority to come before any certificate of it is issued, loads its certificate without a
/// restart where it can, and the authority that is no longer used is dropped last. Servers of which it can not be seen that they trust an authority are
/// restarted for it (<see cref="ITlsEngine.LoadsAuthorities"/>).</item>
/// <item>What a request that was taken away by force left on its way is first brought to where every server is as far, and then ended: by rotate and
/// change with TLS alone, by remove with plain connections.</item>
/// </list>
/// </remarks>
internal sealed partial class ReconfigureTls : IOperation
{
    /// <summary>Annotation of a request that restarts the pods also where certificates could be loaded without.</summary>
    public const string RestartAnnotation = Journal.Prefix + "restart";

    /// <summary>Step and condition: servers accept plain connections and TLS.</summary>
    public const string Begun = "TLSTransitionBegun";

    /// <summary>Step and condition: the spec says what TLS is to be.</summary>
    public const string Written = "TLSSpecUpdated";

    /// <summary>Step and condition: the authority to come is trusted.</summary>
    public const string Trusted = "AuthorityTrusted";

    /// <summary>Step and condition: certificates were loaded without a restart.</summary>
    public const string Reloaded = "CertificatesReloaded";

    /// <summary>Step and condition: the pods were restarted with the certificates, and their servers accept plain connections and TLS.</summary>
    public const string Mounted = "CertificatesMounted";

    /// <summary>Step and condition: peers open TLS connections, and accept both.</summary>
    public const string PeersToTls = "PeersUseTLS";

    /// <summary>Step and condition: peers open TLS connections, and accept plain ones again.</summary>
    public const string PeersAcceptPlain = "PeersAcceptPlain";

    /// <summary>Step and condition: clients and peers use TLS.</summary>
    public const string ToTls = "SwitchedToTLS";

    /// <summary>Step and condition: clients and peers use plain connections.</summary>
    public const string ToPlain = "SwitchedToPlain";

    /// <summary>Step and condition: there is another database for the servers to belong to.</summary>
    public const string PeerReady = "PeerReady";

    /// <summary>Step and condition: nothing is left of the transition.</summary>
    public const string Ended = "TLSTransitionEnded";

    private const string RestoredAcceptance = "RestoredAcceptance";
    private const string RestoredPeers = "RestoredPeers";
    private const string RestoredPlain = "RestoredPlain";
    private const string RestoredEncryptionOfPeers = "RestoredEncryptionOfPeers";
    private const string RestartNeeded = Reconfigure.RestartNeeded;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);
    private readonly OperationParts _parts;
    private readonly Roll _roll = Roll.Forward(RestartReason.CertificatesChanged);

    // One for each protocol that servers come to, so that each waits for its own pods.
    private readonly Roll _trust = Roll.Forward(RestartReason.CertificatesChanged) with { Id = "trust" };
    private readonly Roll _accept = Roll.Forward(RestartReason.CertificatesChanged) with { Id = "accept" };
    private readonly Roll _peers = Roll.Forward(RestartReason.CertificatesChanged) with { Id = "peers" };

    public ReconfigureTls(OperationParts parts)
    {
        _parts = parts;
        Steps =
        [
            new Step { Name = OpsConditionTypes.ReconfigureTls, Describe = static _ => "begin", DoAsync = parts.Acceptance.RecordAsync },
            new Step
            {
                Name = PeerReady,
                Message = "The database that takes over is Ready.",
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "have a database that takes over",
                IsNeeded = static run => PeerOf(run) is not null,
                DoAsync = parts.Peers.PrepareAsync,
            },
            new Step
            {
                Name = Trusted,
                Message = "Every server trusts the authority of the certificates to come.",
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "have every server trust the authority of the certificates to come",
                IsNeeded = static run => IsRenewal(run),
                DoAsync = TrustAsync,
            },
            new Step
            {
                Name = Begun,
                Message = "The servers accept plain connections and TLS while they change over.",
                Describe = static _ => "have the servers accept plain connections and TLS",
                IsNeeded = static run => IsTransition(run),
                DoAsync = BeginAsync,
            },
            new Step
            {
                Name = PeersAcceptPlain,
                Message = "Peers accept plain connections again.",
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "restart the pods so that peers accept plain connections",
                IsNeeded = static run => KindOf(run) == TlsChangeKind.Remove && Tls(run).SwitchesByRestart && LeftOnItsWay(run) != TlsWay.PlainPeers,
                DoAsync = (run, cancel) => SwitchByRestartAsync(run, TlsWay.TlsPeers, _accept, cancel),
            },
            new Step
            {
                Name = ToPlain,
                Message = "Clients and peers use plain connections.",
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "move clients and peers to plain connections",
                IsNeeded = static run => KindOf(run) == TlsChangeKind.Remove,
                DoAsync = (run, cancel) => Tls(run).SwitchesByRestart
                    ? SwitchByRestartAsync(run, TlsWay.PlainPeers, _peers, cancel)
                    : SwitchAsync(run, toTls: false, cancel),
            },
            new Step
            {
                Name = Written,
                Message = "The spec says what TLS is to be.",
                Describe = static _ => "write the change of TLS",
                IsNeeded = static run => KindOf(run) != TlsChangeKind.Rotate,
                WritesSpec = true,
                DoAsync = WriteAsync,
            },
            new Step
            {
                Name = OpsConditionTypes.IssueCertificatesSucceeded,
                Describe = static _ => "ask for new certificates",
                IsNeeded = static run => IsRenewal(run),
                DoAsync = IssueAsync,
            },
            new Step
            {
                Name = OpsConditionTypes.CertificateSynced,
                Describe = static _ => "wait for the certificates",
                IsNeeded = static run => KindOf(run) != TlsChangeKind.Remove,
                DoAsync = async (run, cancel) => await parts.Certificates.IssuedAsync(run, await run.FactsAsync(cancel), cancel),
            },
            new Step
            {
                Name = OpsConditionTypes.UpdatePetSets,
                Describe = static _ => "update the PetSets",
                DoAsync = UpdateAsync,
            },
            new Step
            {
                Name = Reloaded,
                Message = "Every server shows its new certificate.",
                Describe = static _ => "have every server load its new certificate",
                IsNeeded = static run => IsRenewal(run) && !RestartsAll(run),
                DoAsync = ReloadAsync,
            },
            new Step
            {
                Name = Mounted,
                Message = "Every pod has the certificates, and its server accepts plain connections and TLS.",
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "restart the pods so that they have the certificates",
                IsNeeded = static run => MovesByRestarts(run),
                DoAsync = RestartAsync,
            },
            new Step
            {
                Name = PeersToTls,
                Message = "Peers open TLS connections.",
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "restart the pods so that peers open TLS connections",
                IsNeeded = static run => MovesByRestarts(run),
                DoAsync = (run, cancel) => SwitchByRestartAsync(run, TlsWay.TlsPeers, _peers, cancel),
            },

            // Whoever waits for the documented condition finds every restart behind him.
            new Step
            {
                Name = OpsConditionTypes.RestartPods,
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "restart the pods",
                DoAsync = (run, cancel) => MovesByRestarts(run) ? SwitchByRestartAsync(run, TlsWay.None, _accept, cancel) : RestartAsync(run, cancel),
            },
            new Step
            {
                Name = ToTls,
                Message = "Clients and peers use TLS.",
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "move clients and peers to TLS",
                IsNeeded = static run => EndsInTls(run),
                DoAsync = SwitchToTlsAsync,
            },
            new Step
            {
                Name = Ended,
                Message = "Nothing that the change no longer needs is left.",
                Describe = static _ => "remove what the change no longer needs",
                DoAsync = EndAsync,
            },
        ];
        Undo = UndoSteps();
    }

    /// <inheritdoc/>
    public string Type => OpsRequestTypes.ReconfigureTls;

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Undo { get; }

    /// <summary>False for a step that servers of this kind never take: they switch while they run, or by restarts.</summary>
    public static bool IsFor(string step, ITlsEngine engine) => step switch
    {
        Mounted or PeersToTls or PeersAcceptPlain or RestoredAcceptance or RestoredPeers or RestoredEncryptionOfPeers => engine.SwitchesByRestart,
        RestoredPlain => !engine.SwitchesByRestart,
        _ => true,
    };

    /// <inheritdoc/>
    public async Task<StepResult?> PreCheckAsync(OperationRun run, CancellationToken cancel)
    {
        if (run.Engine.Tls is null)
            return StepResult.FailForGood(Reasons.TypeNotSupported, $"TLS of a {run.Engine.Kinds.Name} can not be changed by a request.");
        if (run.Request.Tls is { Remove: false } && OptionalApi.Require(run.View.Caches.Owned(ResourceTypes.Certificate), "cert-manager", "ReconfigureTLS") is { Kind: not OutcomeKind.Continue } absent)
            return StepResult.Of(absent);
        return Tls(run).Objection(KindOf(run), run.Request.Tls!, await run.InstancesAsync(cancel)) is { } objection
            ? StepResult.FailForGood(objection.Reason, objection.Message)
            : null;
    }

    /// <inheritdoc/>
    public string Epilogue(OperationRun run) => "";

    private static TlsChangeKind KindOf(OperationRun run) =>
        TlsChanges.KindOf(run.Request.Tls!, run.Record is null ? run.Live : run.Accepted(false));

    private static bool IsRenewal(OperationRun run) => KindOf(run) is TlsChangeKind.Rotate or TlsChangeKind.Change;

    private static bool IsTransition(OperationRun run) => KindOf(run) is TlsChangeKind.Add or TlsChangeKind.Remove;

    private static bool WasBegun(OperationRun run) => IsTransition(run) && run.IsSettled(run.StepOf(Begun));

    /// <summary>
    /// How far another request, which is gone, had brought a database that has TLS by its spec: which servers have come as far is not known, but that they
    /// understand each other, and what they start with from now on.
    /// </summary>
    private static TlsWay LeftOnItsWay(OperationRun run) => KindOf(run) == TlsChangeKind.Add
        ? TlsWay.None
        : TlsTransition.WayOf(run.Record?.Database["metadata"]?["annotations"]?[TlsTransition.Annotation]?.GetValue<string>());

    private static bool EndsInTls(OperationRun run) => KindOf(run) == TlsChangeKind.Add || (IsRenewal(run) && LeftOnItsWay(run) != TlsWay.None);

    // The first of three rolls brings the certificates, the second one has peers open TLS connections, and the last one has them accept no others.
    private static bool MovesByRestarts(OperationRun run) => EndsInTls(run) && Tls(run).SwitchesByRestart;

    private static bool RestartsAll(OperationRun run) => IsRestartForced(run) || LeftOnItsWay(run) != TlsWay.None;

    private static bool IsRestartForced(OperationRun run) => run.Request.Metadata.Annotations.GetValueOrDefault(RestartAnnotation) == "always";

    private static ITlsEngine Tls(OperationRun run) => run.Engine.Tls!;

    private static StepResult? Waiting(OperationRun run) => run.Pods.FirstOrDefault(p => !p.IsReady) is { } down
        ? StepResult.Wait(Reasons.PodNotReady, $"Pod {down.Metadata.Name} is not Ready.", Poll)
        : run.Groups.Any(g => run.Pods.Count(p => g.Has(p.Metadata.Name)) < g.Replicas) ? StepResult.Wait(Reasons.PodNotReady, "Not all pods are there yet.", Poll) : null;

    private static TlsPeer? PeerOf(OperationRun run) => Tls(run).PeerOf(run.Request.Tls!, run.Record is null ? run.Live : run.Accepted(false));

    private async Task<StepResult> BeginAsync(OperationRun run, CancellationToken cancel)
    {
        var way = KindOf(run) == TlsChangeKind.Remove && Tls(run).SwitchesByRestart && LeftOnItsWay(run) != TlsWay.PlainPeers ? TlsWay.TlsPeers : TlsWay.PlainPeers;
        await _parts.Certificates.MarkAsync(run, way, cancel);
        return await run.View.ApplyAsync(await run.FreshFactsAsync(cancel), cancel);
    }

    /// <summary>Restarts every pod, so that its server takes on what it speaks and accepts from then on.</summary>
    private async Task<StepResult> SwitchByRestartAsync(OperationRun run, TlsWay way, Roll roll, CancellationToken cancel)
    {
        await _parts.Certificates.MarkAsync(run, way, cancel);
        var facts = roll.KeepsChange ? await run.FactsAsync(changed: true, cancel) : await run.FreshFactsAsync(cancel);
        var applied = await run.View.ApplyAsync(facts, cancel);
        if (applied.End != StepEnd.Done)
            return applied;
        var observed = run.View.PetSetsObserved(run.Live);
        return observed.End == StepEnd.Done ? await _parts.Roller.RollAsync(run, roll, cancel) : observed;
    }

    private async Task<StepResult> SwitchToTlsAsync(OperationRun run, CancellationToken cancel)
    {
        if (!Tls(run).SwitchesByRestart)
            return await SwitchAsync(run, toTls: true, cancel);
        return await WhyNotServedAsync(run, await run.InstancesAsync(cancel), cancel) ?? StepResult.Done;
    }

    private async Task<StepResult> SwitchAsync(OperationRun run, bool toTls, CancellationToken cancel)
    {
        if (Waiting(run) is { } waiting)
            return waiting;
        if (await _parts.Peers.LeaveAsync(run, cancel) is { End: not StepEnd.Done } left)
            return left;
        var instances = await run.InstancesAsync(cancel);
        if (await Tls(run).SwitchAsync(instances, toTls, cancel) is { IsReady: false } notYet)
            return StepResult.Wait(Reasons.NotSwitched, notYet.Reason, Poll);
        if (await PeerDatabases.JoinedAsync(run, cancel) is { End: not StepEnd.Done } joining)
            return joining;
        return toTls ? await WhyNotServedAsync(run, instances, cancel) ?? StepResult.Done : StepResult.Done;
    }

    private static async Task<StepResult?> WhyNotServedAsync(OperationRun run, DatabaseInstances instances, CancellationToken cancel)
    {
        foreach (var pod in instances.Pods)
        {
            if (await Tls(run).ServedAsync(instances, pod, cancel) is { Served: null, Failure: var failure })
                return StepResult.Wait(Reasons.NotSwitched, $"Pod {pod.Metadata.Name} accepts no TLS: {failure}", Poll);
        }

        return null;
    }

    private async Task<StepResult> WriteAsync(OperationRun run, CancellationToken cancel)
    {
        var written = await _parts.Spec.WriteAsync(run, cancel);

        // PetSets wait for certificates; so does a later step, which says it.
        return written.End == StepEnd.Wait && (await run.FactsAsync(changed: true, cancel)).PendingCertificates?.Reason == written.Reason ? StepResult.Done : written;
    }

    private async Task<StepResult> UpdateAsync(OperationRun run, CancellationToken cancel)
    {
        var applied = await run.View.ApplyAsync(await run.FactsAsync(cancel), cancel);
        return applied.End == StepEnd.Done ? run.View.PetSetsObserved(run.Live) : applied;
    }

    /// <summary>Scripts wait for the documented condition, so it is recorded also when nothing has to be restarted, and says so.</summary>
    private async Task<StepResult> RestartAsync(OperationRun run, CancellationToken cancel)
    {
        if (IsRenewal(run) && !RestartsAll(run) && run.ConditionOf(run.StepOf(Reloaded))?.Reason != RestartNeeded)
        {
            var wanted = Tls(run).Wanted(await run.FactsAsync(cancel));
            if (Journal.Map(run.Request, Journal.PodsBefore(_trust.Id)) is { Count: > 0 })
                return StepResult.Done;
            return StepResult.DoneWith($"No restart was needed: {run.Pods.Count} of {run.Pods.Count} pods serve serial {wanted?.SerialNumber}.");
        }

        var rolled = await _parts.Roller.RollAsync(run, _roll, cancel);
        return rolled.End == StepEnd.Done && IsRenewal(run) && await Tls(run).ShownAsync(await run.InstancesAsync(cancel), cancel) is { IsReady: false } notShown
            ? StepResult.Wait(Reasons.CertificateNotLoaded, notShown.Reason, Poll)
            : rolled;
    }

    private async Task<StepResult> EndAsync(OperationRun run, CancellationToken cancel)
    {
        await _parts.Certificates.MarkAsync(run, TlsWay.None, cancel);
        if (await _parts.Peers.SettleAsync(run, cancel) is { End: not StepEnd.Done } peers)
            return peers;
        if (IsRenewal(run))
        {
            await _parts.Certificates.ForgetAuthorityAsync(run, cancel);
            return await DeliverAsync(run, await run.FreshFactsAsync(cancel), null, cancel) ?? await _parts.Peers.RemoveUnusedAsync(run, cancel);
        }

        if (KindOf(run) == TlsChangeKind.Remove)
            await _parts.Certificates.DeleteSecretsAsync(run, run.Engine.Certificates(run.Accepted(false)), cancel);
        return await run.View.ApplyAsync(await run.FreshFactsAsync(cancel), cancel) is { End: not StepEnd.Done } notYet ? notYet : await _parts.Peers.RemoveUnusedAsync(run, cancel);
    }
}
