using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Rolling;

namespace KubeDb.OpsManager.Operations;

/// <summary>The way back: what servers speak first, then the spec, then the pods.</summary>
internal sealed partial class ReconfigureTls
{
    private readonly Roll _backAccept = Roll.Back(RestartReason.CertificatesChanged) with { Id = "undo-accept" };
    private readonly Roll _backPeers = Roll.Back(RestartReason.CertificatesChanged) with { Id = "undo-peers" };

    private IReadOnlyList<Step> UndoSteps() =>
    [
        new Step
        {
            Name = RestoredAcceptance,
            Message = "Peers accept plain connections again.",
            Deadline = Restart.RollingDeadline,
            Describe = static _ => "restart the pods so that peers accept plain connections",
            IsNeeded = static run => HasSwitched(run, PeersToTls),
            DoAsync = (run, cancel) => SwitchByRestartAsync(run, TlsWay.TlsPeers, _backAccept with { KeepsChange = true }, cancel),
        },
        new Step
        {
            Name = RestoredPeers,
            Message = "Peers open plain connections again.",
            Deadline = Restart.RollingDeadline,
            Describe = static _ => "restart the pods so that peers open plain connections",
            IsNeeded = static run => HasSwitched(run, Mounted),
            DoAsync = (run, cancel) => SwitchByRestartAsync(run, TlsWay.PlainPeers, _backPeers with { KeepsChange = true }, cancel),
        },
        new Step
        {
            Name = RestoredPlain,
            Message = "Clients and peers use plain connections again.",
            Describe = static _ => "move clients and peers back to plain connections",
            IsNeeded = static run => WasBegun(run) && !Tls(run).SwitchesByRestart && KindOf(run) == TlsChangeKind.Add && run.IsSettled(run.StepOf(OpsConditionTypes.RestartPods)),
            DoAsync = (run, cancel) => SwitchBackAsync(run, toTls: false, cancel),
        },
        new Step
        {
            Name = "RestoredTLS",
            Message = "The spec says again what TLS was.",
            Describe = static _ => "write TLS back as it was",
            IsNeeded = static run => run.Record?.Change is not null,
            DoAsync = RestoreAsync,
        },
        new Step
        {
            Name = "RestoredPods",
            Message = "All pods run as before.",
            Deadline = Restart.RollingDeadline,
            Describe = static _ => "restart the pods that started on the change",
            IsNeeded = static run => WasBegun(run),
            DoAsync = RestorePodsAsync,
        },
        new Step
        {
            Name = RestoredEncryptionOfPeers,
            Message = "Peers open TLS connections again.",
            Deadline = Restart.RollingDeadline,
            Describe = static _ => "restart the pods so that peers open TLS connections",
            IsNeeded = static run => WasBegun(run) && Tls(run).SwitchesByRestart && KindOf(run) == TlsChangeKind.Remove && run.IsRecorded(run.StepOf(ToPlain))
                && LeftOnItsWay(run) != TlsWay.PlainPeers,
            DoAsync = (run, cancel) => SwitchByRestartAsync(run, TlsWay.TlsPeers, _backPeers, cancel),
        },
        new Step
        {
            Name = "RestoredEncryption",
            Message = "Clients and peers use TLS again.",
            Deadline = Restart.RollingDeadline,
            Describe = static _ => "move clients and peers back to TLS",
            IsNeeded = static run => WasBegun(run) && KindOf(run) == TlsChangeKind.Remove
                && (!Tls(run).SwitchesByRestart || (run.IsRecorded(run.StepOf(PeersAcceptPlain)) && LeftOnItsWay(run) == TlsWay.None)),
            DoAsync = (run, cancel) => Tls(run).SwitchesByRestart
                ? SwitchByRestartAsync(run, TlsWay.None, _backAccept, cancel)
                : SwitchBackAsync(run, toTls: true, cancel),
        },
        new Step
        {
            Name = "UndoneTransition",
            Message = "Nothing of the change is left.",
            Describe = static _ => "remove what is left of the change",
            DoAsync = EndBackAsync,
        },
    ];

    /// <summary>True when servers may have taken on the protocol of the step after the given one, which adds TLS.</summary>
    private static bool HasSwitched(OperationRun run, string after) =>
        WasBegun(run) && Tls(run).SwitchesByRestart && KindOf(run) == TlsChangeKind.Add && run.IsRecorded(run.StepOf(after));

    private async Task<StepResult> SwitchBackAsync(OperationRun run, bool toTls, CancellationToken cancel)
    {
        // The servers still have certificates, whatever the spec says by now.
        await _parts.Certificates.MarkAsync(run, TlsWay.PlainPeers, cancel);
        if (await _parts.Peers.BackAsync(run, cancel) is { End: not StepEnd.Done } peers)
            return peers;
        var facts = await run.FactsAsync(changed: !toTls, cancel);
        return await Tls(run).SwitchAsync(run.View.Instances(facts), toTls, cancel) is { IsReady: false } notYet
            ? StepResult.Wait(Reasons.NotSwitched, notYet.Reason, Poll)
            : StepResult.Done;
    }

    private async Task<StepResult> RestoreAsync(OperationRun run, CancellationToken cancel)
    {
        // What the pods that go back speak first has to be understood by those that stay for a while.
        if (WasBegun(run) && Tls(run).SwitchesByRestart && KindOf(run) == TlsChangeKind.Remove)
        {
            var way = run.IsRecorded(run.StepOf(ToPlain)) ? TlsWay.PlainPeers : run.IsRecorded(run.StepOf(PeersAcceptPlain)) ? TlsWay.TlsPeers : LeftOnItsWay(run);
            await _parts.Certificates.MarkAsync(run, way, cancel);
        }

        var restored = await _parts.Spec.RestoreAsync(run, cancel);
        return restored.End == StepEnd.Wait && (await run.FactsAsync(changed: false, cancel)).PendingCertificates?.Reason == restored.Reason ? StepResult.Done : restored;
    }

    private async Task<StepResult> RestorePodsAsync(OperationRun run, CancellationToken cancel)
    {
        var rolled = await _parts.Roller.RollAsync(run, Roll.Back(RestartReason.CertificatesChanged) with { Affects = p => !run.Record!.RanBefore(p) }, cancel);
        if (rolled.End != StepEnd.Done)
            return rolled;
        return await Roller.AllBackAsync(run, cancel) is { IsReady: false } missing ? StepResult.Wait(Reasons.PodNotReady, missing.Reason, Poll) : StepResult.Done;
    }

    private async Task<StepResult> EndBackAsync(OperationRun run, CancellationToken cancel)
    {
        if (await _parts.Peers.EndBackAsync(run, cancel) is { End: not StepEnd.Done } peers)
            return peers;

        // What this request found on its way stays so, as far as it has come.
        var left = LeftOnItsWay(run);
        await _parts.Certificates.MarkAsync(run, left != TlsWay.None && IsRenewal(run) && run.IsRecorded(run.StepOf(Mounted)) ? TlsWay.TlsPeers : left, cancel);
        await _parts.Certificates.ForgetAuthorityAsync(run, cancel);
        return await run.View.ApplyAsync(await run.FreshFactsAsync(cancel), cancel);
    }
}
