using KubeDb.Api.Engines.Diagnosis;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.OpsManager.Rolling;

namespace KubeDb.Tests.Unit.OpsManager;

[TestFixture]
[Category("Unit")]
public sealed class PodJudgementTests
{
    private static readonly ContainerState Running = new() { Running = new ContainerRunning() };
    private static readonly ContainerState BackOff = new() { Waiting = new ContainerWaiting { Reason = "CrashLoopBackOff" } };
    private static readonly ContainerState Ended = new() { Terminated = new ContainerTerminated { ExitCode = 1 } };
    private static readonly ContainerState EndedWell = new() { Terminated = new ContainerTerminated { ExitCode = 0 } };

    private static IEnumerable<TestCaseData> States()
    {
        yield return new TestCaseData(Running, new ContainerState(), 0, false).SetName("Running for the first time");
        yield return new TestCaseData(Running, Ended, 3, false).SetName("Running again after ends");
        yield return new TestCaseData(Ended, new ContainerState(), 0, false).SetName("Ended once");
        yield return new TestCaseData(Ended, Ended, 1, true).SetName("Ended twice");
        yield return new TestCaseData(BackOff, Ended, 0, false).SetName("Backs off after the first end");
        yield return new TestCaseData(BackOff, Ended, 1, true).SetName("Backs off after the second end");
        yield return new TestCaseData(EndedWell, EndedWell, 5, false).SetName("Ends with success");
    }

    [TestCaseSource(nameof(States))]
    public void A_crash_is_certain_after_two_ends(ContainerState state, ContainerState last, int restarts, bool crash) =>
        Assert.That(CrashLoop.Of(Pod("uid", state, last, restarts)), crash ? Is.Not.Null : Is.Null);

    [Test]
    public void The_stage_follows_from_the_UID()
    {
        var pod = Pod("new", Running, new ContainerState(), 0);
        var going = pod with { Metadata = pod.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } };

        Assert.Multiple(() =>
        {
            Assert.That(PodJudgement.Stage(null, "old"), Is.EqualTo(PodStage.Gone));
            Assert.That(PodJudgement.Stage(pod, "old"), Is.EqualTo(PodStage.New));
            Assert.That(PodJudgement.Stage(pod, "new"), Is.EqualTo(PodStage.Old));
            Assert.That(PodJudgement.Stage(going, "new"), Is.EqualTo(PodStage.Gone));
        });
    }

    private static Pod Pod(string uid, ContainerState state, ContainerState last, int restarts) => new()
    {
        Metadata = new ObjectMeta { Name = "db-0", Uid = uid },
        Status = new PodStatus { ContainerStatuses = [new ContainerStatus { Name = "redis", State = state, LastState = last, RestartCount = restarts }] },
    };
}
