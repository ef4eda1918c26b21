using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Has kubelets bring a certificate that cert-manager renewed by itself, for the servers to load, and reports one that was not renewed in time, in a
/// condition and an event. While a request holds the database, the request sees to its certificates.
/// </summary>
internal sealed class CertificateStep(DatabaseParts parts)
{
    /// <summary>Sets or removes the condition by what the servers show; it stays while that is not known.</summary>
    public async Task RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (pass.Stored.Spec.Tls?.IssuerRef is null)
            pass.Status.Remove(ConditionTypes.CertificateExpiring);
        else if (parts.Health.Certificates(parts.Engine, pass.Key, pass.Stored.Metadata.Uid) is { } report)
            await RunAsync(pass, report, cancel);
    }

    private async Task RunAsync(DatabasePass pass, CertificateReport report, CancellationToken cancel)
    {
        if (report.Warning is null)
            pass.Status.Remove(ConditionTypes.CertificateExpiring);
        else if (pass.Status.Set(DatabaseConditions.Make(ConditionTypes.CertificateExpiring, true, Reasons.CertificateNotRenewed, report.Warning)))
            parts.Events.Warning(pass.Target, Reasons.CertificateNotRenewed, report.Warning);
        if (!report.IsBehind || pass.Facts is not { } facts)
            return;
        var mark = DatabaseCertificates.PodMark(facts, parts.Engine.Certificates(facts.Database));
        try
        {
            foreach (var pod in await PodVolumes.RefreshAsync(parts.Client, parts.Caches.PodsOf(parts.Engine, pass.Stored), mark, FieldManagers.Provisioner, cancel))
                parts.Caches.Pods.Observe(pod);
        }
        catch (ApiException e)
        {
            PodWrites.RetryLater(parts, pass, e.Error);
        }
    }
}
