using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Operations;

namespace KubeDb.OpsManager;

/// <summary>Puts the parts of this process together for one engine.</summary>
internal static class OpsRoom
{
    /// <summary>The reconciler of the requests of one engine.</summary>
    public static OpsReconciler Compose(
        WorldSources sources, IKubernetesClient client, IEventRecorder events, IProvisionerPresence presence, TimeProvider time, ILoggerFactory logs)
    {
        var world = new World(sources, client);
        var requests = new Requests(client, sources.Engine.Kinds, sources.Requests, events, time);
        var hold = new DatabaseHold(client, world, requests, presence, time);
        var machine = new StepMachine(requests, time, logs.CreateLogger<StepMachine>());
        var lifecycle = new Lifecycle(world, Operations(client, requests), requests, hold, machine, logs.CreateLogger<Lifecycle>());
        return new OpsReconciler(world, new Intake(client, world, requests, lifecycle), hold, lifecycle);
    }

    /// <summary>Every operation that is carried out. A new one is a line here.</summary>
    public static IReadOnlyList<IOperation> Operations(IKubernetesClient client, Requests requests)
    {
        var roller = new Roller(client, requests, new CrashReader(client));
        return [new Restart(roller), new Reconfigure(roller, new ConfigurationChange(client, requests))];
    }
}
