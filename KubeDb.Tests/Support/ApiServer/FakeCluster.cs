using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>How a pod behaves; asked anew each time its containers start.</summary>
public sealed record PodBehaviour
{
    /// <summary>Starts, becomes Ready and stops in good time.</summary>
    public static PodBehaviour Healthy { get; } = new();

    /// <summary>From the pod's creation to a node; null for a pod that no node can take.</summary>
    public TimeSpan? ScheduledAfter { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>From there to running containers.</summary>
    public TimeSpan RunningAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From there to Ready; null for never.</summary>
    public TimeSpan? ReadyAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From the deletion to the end of the last process; the grace period is the limit.</summary>
    public TimeSpan StoppedAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The container ends with this message soon after each start, and is restarted with growing pauses.</summary>
    public string? CrashMessage { get; init; }

    /// <summary>Name of the container that crashes; null for the first.</summary>
    public string? CrashingContainer { get; init; }

    /// <summary>The image can not be pulled, with this message.</summary>
    public string? ImageProblem { get; init; }

    /// <summary>A volume can not be mounted, with this message; tried again each second.</summary>
    public string? VolumeProblem { get; init; }
}

/// <summary>
/// The part of a cluster that makes pods live, as a TEST DOUBLE driven by virtual time: the StatefulSet controller, one kubelet for all
/// pods, the volume binder and the disruption controller. It acts on the in-memory server without faults of its own.
/// </summary>
public sealed class FakeCluster
{
    /// <summary>The node on which all pods run.</summary>
    public const string Node = "node-1";

    /// <summary>Starts the controllers and creates the node.</summary>
    public FakeCluster(InMemoryApiServer server)
    {
        Server = server;
        Kubelet = new FakeKubelet(this);
        StatefulSets = new FakeStatefulSets(this);
        Budgets = new FakeBudgets(this);
        Volumes = new FakeVolumes(this);
        Send(ApiVerb.Create, "", "nodes", "", null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = Node } });
        server.Observe(Changed);
    }

    /// <summary>The server.</summary>
    public InMemoryApiServer Server { get; }

    /// <summary>How pods behave; a test sets it to make one fail. Given a copy of the pod.</summary>
    public Func<JsonObject, PodBehaviour> Behaviour { get; set; } = _ => PodBehaviour.Healthy;

    /// <summary>Told when the containers of a pod start (and do not crash), with the pod and its address.</summary>
    public Action<JsonObject, string>? Started { get; set; }

    /// <summary>Told when the containers of a pod have ended, with its UID.</summary>
    public Action<string>? Ended { get; set; }

    /// <summary>How long the controllers take to react to a change.</summary>
    public TimeSpan ControllerDelay { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>False while the node is cut off: no pod starts, changes or ends.</summary>
    public bool NodeUp { get; set; } = true;

    /// <summary>Runs the pods.</summary>
    public FakeKubelet Kubelet { get; }

    /// <summary>Makes the pods of StatefulSets.</summary>
    public FakeStatefulSets StatefulSets { get; }

    /// <summary>Keeps the status of disruption budgets.</summary>
    public FakeBudgets Budgets { get; }

    /// <summary>Binds and expands claims.</summary>
    public FakeVolumes Volumes { get; }

    /// <summary>Sends a request of a cluster component; errors come back as null, for the next event to repair.</summary>
    internal JsonObject? Send(ApiVerb verb, string group, string plural, string ns, string? name, JsonNode? body = null, string? subresource = null)
    {
        var answer = Server.Handle(
            new ApiRequest
            {
                Verb = verb,
                Type = Server.KindOf(group, plural).Resource,
                Namespace = ns,
                Name = name,
                Body = body,
                Subresource = subresource,
                FieldManager = plural == "pods" && verb == ApiVerb.MergePatch ? "kubelet" : "kube-controller-manager",
            },
            "cluster");
        return answer.Utf8 is { } utf8 ? KubernetesVerbs.DecodeJson(utf8) : null;
    }

    /// <summary>One object, or null; not to be changed.</summary>
    internal JsonObject? Find(string group, string plural, string ns, string name) =>
        Server.Store.Find(Server.KindOf(group, plural), ns, name)?.Object;

    /// <summary>All objects of a kind in a namespace; not to be changed.</summary>
    internal List<JsonObject> All(string group, string plural, string ns) =>
        Server.Store.All(Server.KindOf(group, plural)).Where(s => s.Object.Namespace() == ns).Select(s => s.Object).ToList();

    /// <summary>True for a pod that answers its readiness probe.</summary>
    internal static bool IsReady(JsonObject pod) =>
        pod.At("status", "conditions").Objects().Any(c => c.Text("type") == "Ready" && c.Text("status") == "True");

    /// <summary>The reference to the owner that controls the object.</summary>
    internal static JsonObject? ControllerOf(JsonObject value) =>
        value.At("metadata", "ownerReferences").Objects().FirstOrDefault(o => o["controller"]?.GetValue<bool>() ?? false);

    private void Changed(Change change)
    {
        switch ((change.Now.Kind.Group, change.Now.Kind.Name))
        {
            case ("", "Pod"):
                Kubelet.Changed(change);
                StatefulSets.PodChanged(change.Now.Object);
                Budgets.PodChanged(change.Now.Object);
                break;
            case ("apps", "StatefulSet"):
                StatefulSets.Enqueue(change.Now.Object.Namespace(), change.Now.Object.Name());
                Budgets.PodChanged(change.Now.Object);
                break;
            case ("policy", "PodDisruptionBudget"):
                Budgets.Enqueue(change.Now.Object.Namespace(), change.Now.Object.Name());
                break;
            case ("", "PersistentVolumeClaim"):
                Volumes.Changed(change);
                break;
        }
    }
}
