using KubeDb.Api.Engines.Diagnosis;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using Condition = KubeDb.Api.Kubernetes.Models.Condition;

namespace KubeDb.Tests.Unit.Engines.Diagnosis;

[TestFixture]
[Category("Unit")]
public sealed class PodDiagnosisTests
{
    private static readonly ContainerState Running = new() { Running = new ContainerRunning() };

    private static readonly StatefulSet Set = new()
    {
        Metadata = new ObjectMeta { Namespace = "demo", Name = "db", Uid = "set" },
        Spec = new StatefulSetSpec { Replicas = 1 },
    };

    private static WorkloadFacts Facts(Pod? pod, double seconds = 10, params KubernetesEvent[] told) => new()
    {
        Sets = [Set],
        Pods = pod is null ? [] : [pod],
        Claims = [],
        Lasts = TimeSpan.FromSeconds(seconds),
        Events = new Dictionary<string, IReadOnlyList<KubernetesEvent>> { [pod?.Metadata.Uid ?? "set"] = told },
    };

    private static Pod Pod(params ContainerStatus[] containers) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = "demo",
            Name = "db-0",
            Uid = "pod",
            OwnerReferences = [new OwnerReference { Kind = "StatefulSet", Name = "db", Uid = "set", Controller = true }],
        },
        Spec = new PodSpec { NodeName = "node-1" },
        Status = new PodStatus { ContainerStatuses = containers },
    };

    private static ContainerStatus Waits(string reason, string message = "") =>
        new() { Name = "db", Image = "db:1", State = new() { Waiting = new ContainerWaiting { Reason = reason, Message = message } } };

    private static KubernetesEvent Event(string reason, string message, int second = 0, string type = "Warning") =>
        new() { Type = type, Reason = reason, Message = message, LastTimestamp = DateTimeOffset.UnixEpoch.AddSeconds(second) };

    [Test]
    public void A_refused_pod_is_told_until_one_was_made_since()
    {
        var refused = Event("FailedCreate", "exceeded quota", 5);

        Assert.That(PodDiagnosis.Of(Facts(null, 10, refused))!.Reason, Is.EqualTo(Reasons.PodsRefused));
        Assert.That(PodDiagnosis.Of(Facts(null, 10, refused, Event("SuccessfulCreate", "made", 6, "Normal"))), Is.Null);
        Assert.That(PodDiagnosis.Of(Facts(null, 10, refused, Event("SuccessfulCreate", "made", 4, "Normal")))!.Message, Does.Contain("exceeded quota."));
    }

    [Test]
    public void A_container_that_the_node_can_not_start_is_told_at_once()
    {
        var finding = PodDiagnosis.Of(Facts(Pod(Waits("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"))));

        Assert.That(finding!.Reason, Is.EqualTo(Reasons.ContainerNotStarted));
        Assert.That(finding.Message, Does.Contain("runAsNonRoot").And.Contain("demo/db-0"));
    }

    [TestCase(10, null)]
    [TestCase(61, "ContainerNotStarted")]
    public void A_volume_gets_a_minute_to_be_mounted(int seconds, string? reason) => Assert.That(
        PodDiagnosis.Of(Facts(Pod(Waits("ContainerCreating")), seconds, Event("FailedMount", "secret \"x\" not found")))?.Reason, Is.EqualTo(reason));

    [TestCase(10, null)]
    [TestCase(61, "PodNotReady")]
    public void A_server_gets_a_minute_to_become_Ready(int seconds, string? reason) => Assert.That(
        PodDiagnosis.Of(Facts(Pod(new ContainerStatus { Name = "db", State = Running }), seconds, Event("Unhealthy", "Readiness probe failed: LOADING")))?.Reason,
        Is.EqualTo(reason));

    [Test]
    public void A_container_that_lacks_memory_is_told_what_to_raise()
    {
        var ended = new ContainerState { Terminated = new ContainerTerminated { ExitCode = 137, Reason = "OOMKilled" } };
        var finding = PodDiagnosis.Of(Facts(Pod(Waits("CrashLoopBackOff") with { LastState = ended, RestartCount = 3 })));

        Assert.That(finding!.Message, Does.Contain("(OOMKilled)").And.Contain("resources.limits.memory"));
    }

    [Test]
    public void Events_are_wanted_only_where_the_objects_do_not_tell()
    {
        var unscheduled = Pod() with { Status = new PodStatus { Conditions = [new Condition { Type = "PodScheduled", Status = "False", Message = "0/3 nodes" }] } };
        var ended = new ContainerState { Terminated = new ContainerTerminated { ExitCode = 1 } };
        var pending = new PersistentVolumeClaim { Metadata = new ObjectMeta { Name = "data-db-0", Uid = "claim" }, Status = new() { Phase = "Pending" } };

        Assert.Multiple(() =>
        {
            Assert.That(PodDiagnosis.EventsWanted(Facts(null)), Is.EqualTo(new[] { "set" }));
            Assert.That(PodDiagnosis.EventsWanted(Facts(Pod(Waits("ContainerCreating")))), Is.EqualTo(new[] { "pod" }));
            Assert.That(PodDiagnosis.EventsWanted(Facts(unscheduled)), Is.Empty);
            Assert.That(PodDiagnosis.EventsWanted(Facts(unscheduled) with { Claims = [pending] }), Is.EqualTo(new[] { "claim" }));
            Assert.That(PodDiagnosis.EventsWanted(Facts(Pod(Waits("CrashLoopBackOff") with { LastState = ended, RestartCount = 3 }))), Is.Empty);
        });
    }

    [Test]
    public void A_pod_that_does_not_end_names_its_node()
    {
        var pod = Pod();
        var going = pod with { Metadata = pod.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } };

        Assert.That(PodDiagnosis.Of(Facts(going)), Is.Null);
        Assert.That(PodDiagnosis.Of(Facts(going, 300))!.Message, Does.Contain("node-1"));
    }

    [Test]
    public void An_event_of_either_form_is_read()
    {
        var old = KubernetesEvent.Decode("""{"metadata":{"name":"a"},"type":"Warning","reason":"R","message":"m","lastTimestamp":"2026-01-02T03:04:05Z","eventTime":null,"series":null}"""u8);
        var recent = KubernetesEvent.Decode("""{"metadata":{"name":"a"},"type":"Warning","lastTimestamp":null,"eventTime":"2026-01-02T03:04:05.000000Z","series":{"count":3,"lastObservedTime":"2026-01-02T03:04:06.000000Z"}}"""u8);

        Assert.That(old.At, Is.EqualTo(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
        Assert.That(recent.At, Is.EqualTo(new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero)));
    }
}
