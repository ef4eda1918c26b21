using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Operations;

/// <summary>Certificates of servers that stay with TLS: the authority to come is trusted, then certificates are issued, then they are loaded.</summary>
internal sealed partial class ReconfigureTls
{
    private async Task<StepResult> TrustAsync(OperationRun run, CancellationToken cancel)
    {
        var facts = await run.FactsAsync(cancel);
        var changed = await run.FactsAsync(changed: true, cancel);
        await _parts.Certificates.RecordAsync(run, facts, cancel);
        var (authority, waiting) = await _parts.Certificates.AuthorityAsync(run, Tls(run).ServerCertificate(changed.Database), cancel);
        if (authority is null)
            return waiting;
        if (Tls(run).LoadsAuthorities)
            return await DeliverAsync(run, facts, [authority], cancel) ?? StepResult.Done;

        // What the servers had from their start is what the secret had before the first of them was restarted.
        if (Journal.Map(run.Request, Journal.PodsBefore(_trust.Id)) is null && DatabaseCertificates.Present(facts).Covers(TrustBundle.Of([authority])))
            return StepResult.DoneWith("The servers trust that authority already.");
        var kept = TrustBundle.Of([authority, DatabaseCertificates.Present(facts).Text]).Text;
        var delivered = await _parts.Certificates.DeliverAsync(run, facts, kept, cancel);
        return delivered.End == StepEnd.Done ? await _parts.Roller.RollAsync(run, _trust, cancel) : delivered;
    }

    /// <summary>
    /// Null once every server that can load authorities trusts them: those of the certificates, those that it trusts already, and the given ones.
    /// </summary>
    private async Task<StepResult?> DeliverAsync(OperationRun run, DatabaseFacts facts, IReadOnlyList<string>? more, CancellationToken cancel)
    {
        var kept = more is null ? null : TrustBundle.Of([.. more, DatabaseCertificates.Present(facts).Text]).Text;
        var delivered = await _parts.Certificates.DeliverAsync(run, facts, kept, cancel);
        if (delivered.End != StepEnd.Done)
            return delivered;
        if (!Tls(run).LoadsAuthorities)
            return null;

        // What was written is read back: the bundle that the servers are asked for is the one that the secret holds.
        var instances = run.View.Instances(await run.FreshFactsAsync(cancel));
        if (Waiting(run) is { } waiting)
            return waiting;
        return await Tls(run).TrustAsync(instances, cancel) is { IsReady: false } notYet ? StepResult.Wait(Reasons.CertificateNotLoaded, notYet.Reason, Poll) : null;
    }

    private async Task<StepResult> IssueAsync(OperationRun run, CancellationToken cancel)
    {
        var facts = await run.FactsAsync(cancel);
        await _parts.Certificates.RecordAsync(run, facts, cancel);
        return await _parts.Certificates.IssueAsync(run, facts, cancel);
    }

    private async Task<StepResult> ReloadAsync(OperationRun run, CancellationToken cancel)
    {
        if (!Tls(run).CanReload(run.Live, run.Version!))
            return StepResult.Passed(RestartNeeded, "The pods are restarted: servers load certificates only when they start.");
        if (Waiting(run) is { } waiting)
            return waiting;
        var facts = await run.FactsAsync(cancel);
        if (await DeliverAsync(run, facts, [], cancel) is { } notTrusted)
            return notTrusted;
        return await Tls(run).ReloadAsync(run.View.Instances(await run.FreshFactsAsync(cancel)), cancel) is { IsReady: false } notYet
            ? StepResult.Wait(Reasons.CertificateNotLoaded, notYet.Reason, Poll)
            : StepResult.Done;
    }
}
