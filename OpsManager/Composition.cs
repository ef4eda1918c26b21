using KubeDb.Api.Controllers;
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
        DatabaseView view, IKubernetesClient client, IEventRecorder events, ProvisionerPresence presence, TimeProvider time, ILoggerFactory logs)
    {
        var records = new OperationRecords(client, view.Engine.Kinds);
        var requests = new RequestWriter(client, view.Engine.Kinds, view.Caches.Of(view.Engine).OpsRequests, records, events, time);
        var pause = new PauseLock(client, view, requests, presence, time);
        var machine = new StepMachine(requests, time, logs.CreateLogger<StepMachine>());
        var acceptance = new RequestAcceptance(view, records);
        var execution = new RequestExecution(new ExecutionParts
        {
            View = view,
            Operations = Operations(view, client, requests, acceptance, time),
            Requests = requests,
            Records = records,
            Acceptance = acceptance,
            Credential = new CredentialKeeper(client, view, time),
            Pause = pause,
            Machine = machine,
        }, logs.CreateLogger<RequestExecution>());
        return new RequestReconciler(view, new RequestQueue(client, view, requests, execution), pause, execution);
    }

    /// <summary>Every operation that is carried out. A new one is a line here.</summary>
    public static IReadOnlyList<IOperation> Operations(
        DatabaseView view, IKubernetesClient client, RequestWriter requests, RequestAcceptance acceptance, TimeProvider time)
    {
        var roller = new Roller(client, requests, new CrashReader(client), time);
        var spec = new SpecWriter(client, view);
        return [new Restart(acceptance, roller), new Reconfigure(acceptance, spec, roller)];
    }
}
