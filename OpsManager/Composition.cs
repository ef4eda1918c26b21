using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Queue;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Rolling;
using KubeDb.OpsManager.Operations;

namespace KubeDb.OpsManager;

/// <summary>Puts the parts of this process together for one engine.</summary>
internal static class Composition
{
    /// <summary>The reconciler of the requests of one engine.</summary>
    public static RequestReconciler Compose(
        WorldSources sources, IKubernetesClient client, IEventRecorder events, IProvisionerPresence presence, TimeProvider time, ILoggerFactory logs)
    {
        var view = new DatabaseView(sources, client);
        var requests = new RequestWriter(client, sources.Engine.Kinds, sources.Requests, events, time);
        var pause = new PauseLock(client, view, requests, presence, time);
        var machine = new StepMachine(requests, time, logs.CreateLogger<StepMachine>());
        var execution = new RequestExecution(view, Operations(client, requests), requests, pause, machine, logs.CreateLogger<RequestExecution>());
        return new RequestReconciler(view, new RequestQueue(client, view, requests, execution), pause, execution);
    }

    /// <summary>Every operation that is carried out. A new one is a line here.</summary>
    public static IReadOnlyList<IOperation> Operations(IKubernetesClient client, RequestWriter requests)
    {
        var roller = new Roller(client, requests, new CrashReader(client));
        return [new Restart(roller), new Reconfigure(roller, new ConfigurationChange(client, requests))];
    }
}
