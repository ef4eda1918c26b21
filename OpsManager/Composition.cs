using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Operations;
using KubeDb.OpsManager.Queue;
using KubeDb.OpsManager.Rolling;

namespace KubeDb.OpsManager;

/// <summary>Puts the parts of this process together for one engine.</summary>
internal static class Composition
{
    /// <summary>The reconciler of the requests of one engine.</summary>
    public static RequestReconciler Compose(
        DatabaseView view, IReadOnlyList<Func<OperationParts, IOperation>> operations, IKubernetesClient client, IEventRecorder events, ProvisionerPresence presence, PodNames names, TimeProvider time, ILoggerFactory logs)
    {
        var records = new OperationRecords(client, view.Engine.Kinds);
        var requests = new RequestWriter(client, view.Engine.Kinds, view.Caches.Of(view.Engine).OpsRequests, records, events, time);
        var pause = new PauseLock(client, view, new PauseLeaks(client, view.Caches), requests, presence, time);
        var machine = new StepMachine(requests, time, logs.CreateLogger<StepMachine>());
        var acceptance = new RequestAcceptance(view, records);
        var certificates = new CertificateWriter(client, view, new CertificateReader(client, view.Caches), requests, time);
        var roller = new Roller(client, requests, new CrashReader(client), names, time);
        var parts = new OperationParts(acceptance, new SpecWriter(client, view), roller, certificates, new PeerDatabases(client, view, certificates));
        var execution = new RequestExecution(new ExecutionParts
        {
            View = view,
            Operations = [.. operations.Select(make => make(parts))],
            Requests = requests,
            Records = records,
            Acceptance = acceptance,
            Credential = new CredentialKeeper(client, view, time),
            Pause = pause,
            Machine = machine,
        }, logs.CreateLogger<RequestExecution>());
        var queue = new RequestQueue(view, requests, execution);
        var merger = new RequestMerger(client, view, requests, queue, logs.CreateLogger<RequestMerger>());
        return new RequestReconciler(view, queue, merger, pause, execution, new MissingDatabases(time));
    }
}
