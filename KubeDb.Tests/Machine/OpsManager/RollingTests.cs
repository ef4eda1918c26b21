using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Operations;
using KubeDb.OpsManager.Rolling;
using KubeDb.Tests.Support.ApiServer;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.OpsManager;

/// <summary>What the roller asks before it takes a pod down, and what it waits for afterwards.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.All)]
public sealed class RollingTests
{
    [TestCase(true)]
    [TestCase(false)]
    public void A_pod_that_the_engine_can_not_spare_is_left_alone_whether_it_is_Ready_or_not(bool ready) => Run(async world =>
    {
        await world.HaveRedisAsync();
        var before = world.Pods["cache-0"];
        world.Engine.Prepare = static pod => Readiness.NotYet($"{pod.Metadata.Name} could not write its last snapshot");
        world.Cluster.Kubelet.SetReady(Ns, "cache-0", ready);
        world.Ask("restart", "Restart", "\"apply\":\"Always\"");
        await world.PassAsync(60);
        var waiting = world.Request("restart").Status.Conditions.Single(c => c.Type == "Waiting");
        Assert.Multiple(() =>
        {
            Assert.That((waiting.Reason, waiting.Message), Is.EqualTo(("HandoverPending", "To restart the pods one after the other: cache-0 could not write its last snapshot")));
            Assert.That(world.Pods["cache-0"], Is.EqualTo(before));
        });

        world.Engine.Prepare = null;
        await world.EndedAsync();
        Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
    });

    [Test]
    public void The_next_pod_goes_only_once_the_engine_says_that_the_last_one_caught_up() => Run(async world =>
    {
        await world.HaveRedisAsync(replicas: 2);
        var behind = true;
        world.Engine.CaughtUp = pod => behind ? Readiness.NotYet($"{pod.Metadata.Name} is 512 bytes behind") : Readiness.Yes;
        world.Ask("restart", "Restart");
        await world.PassAsync(60);
        Assert.Multiple(() =>
        {
            Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(3));
            Assert.That(world.Request("restart").Status.Conditions.Single(c => c.Type == "Waiting").Message, Does.Contain("cache-1 is 512 bytes behind"));
        });

        behind = false;
        await world.EndedAsync();
        Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(4));
    });

    [Test]
    public void The_next_pod_goes_only_once_the_name_of_the_last_one_leads_to_it() => Run(async world =>
    {
        await world.HaveRedisAsync(replicas: 2);
        var asked = new List<string>();
        var told = "10.9.9.9";
        world.Resolve = name =>
        {
            asked.Add(name);
            return [told];
        };
        world.Ask("restart", "Restart");
        await world.PassAsync(30);
        Assert.Multiple(() =>
        {
            Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(3));
            Assert.That(asked, Does.Contain("cache-1.cache-pods.demo.svc"));
            Assert.That(world.Request("restart").Status.Conditions.Single(c => c.Type == "Waiting").Message, Does.Contain("DNS still says 10.9.9.9 for cache-1.cache-pods.demo.svc"));
        });

        await world.EndedAsync();
        Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(4), "an address that stays wrong is waited for a minute");
    });

    [TestCase("", "10.1.1.1", ExpectedResult = true, Description = "a name that is not known")]
    [TestCase("10.1.1.2", "10.1.1.1", ExpectedResult = false)]
    [TestCase("10.1.1.2,10.1.1.1", "10.1.1.1", ExpectedResult = true)]
    [TestCase("fd00:0:0::1", "fd00::1", ExpectedResult = true)]
    [TestCase("throws", "10.1.1.1", ExpectedResult = true)]
    [TestCase("10.1.1.2", "", ExpectedResult = true)]
    public async Task<bool> A_name_leads_to_its_pod_unless_it_leads_elsewhere(string told, string address)
    {
        var pod = new Pod
        {
            Metadata = new() { Name = "cache-1", Namespace = Ns },
            Spec = new() { Hostname = "cache-1", Subdomain = "cache-pods" },
            Status = new() { PodIP = address, Conditions = [new() { Type = "Ready", Status = "True", LastTransitionTime = TimeProvider.System.GetUtcNow() }] },
        };
        var names = new PodNames(
            (_, _) => told == "throws" ? throw new System.Net.Sockets.SocketException(11001) : Task.FromResult<IReadOnlyList<string>>(told.Split(',', StringSplitOptions.RemoveEmptyEntries)),
            TimeProvider.System);
        return (await names.LeadHereAsync(pod, CancellationToken.None)).IsReady;
    }

    [Test]
    public void Each_roll_of_a_request_waits_for_its_own_pods() => Run(
        async world =>
        {
            await world.HaveRedisAsync(replicas: 2);
            var first = world.Pods.Values.ToList();
            var asked = new HashSet<string>();
            world.Engine.CaughtUp = pod => Asked(pod.Metadata.Uid);
            world.Ask("op", "RotateAuth");
            await world.EndedAsync();

            Assert.Multiple(() =>
            {
                Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Successful"));
                Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(6), "two, and two for each of the two rolls");
                Assert.That(world.Seen.MostDown, Is.EqualTo(1));
                Assert.That(asked.Except(first).Count(), Is.EqualTo(4), "the engine has its word on each new pod of either roll");
            });

            Readiness Asked(string uid)
            {
                asked.Add(uid);
                return Readiness.Yes;
            }
        },
        static world => world.Operations.Add(static parts => new TwoRolls(parts)));

    [Test]
    public void A_pod_whose_claim_is_being_deleted_is_not_restarted() => Run(async world =>
    {
        await world.HaveRedisAsync();
        var before = world.Pods["cache-0"];
        world.Patch(PersistentVolumeClaim.Resource, "data-cache-0", """{"metadata":{"finalizers":["kubernetes.io/pvc-protection"]}}""");
        world.Delete(PersistentVolumeClaim.Resource, "data-cache-0");
        await world.PassAsync(2);
        world.Ask("restart", "Restart");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(world.Request("restart").Status.Conditions[^1].Message, Does.Contain("PersistentVolumeClaim demo/data-cache-0").And.Contains("would lose its data"));
            Assert.That(world.Pods["cache-0"], Is.EqualTo(before));
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
        });
    });

    [Test]
    public void Why_a_pod_was_evicted_is_told_on_the_pod() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.AskFor("op", "databases 12");
        await world.EndedAsync();

        Assert.That(
            world.EventsOf("cache-0", "Pod").Select(e => (e.Text("reason"), e.Text("message"))),
            Has.Some.EqualTo(("ConfigurationChanged", "Evicted for RedisOpsRequest demo/op, to be restarted.")));
    });

    [Test]
    public void What_is_deleted_while_pods_are_waited_for_is_put_back() => Run(async world =>
    {
        await world.HaveRedisAsync(more: ""","monitor":{"agent":"prometheus.io/builtin"}""");
        var password = world.Password;
        world.Ask("restart", "Restart");
        await world.UntilAsync(() => world.ConditionsOf("restart").Contains("EvictPod--cache-0=True"), "the pod is evicted");
        world.Delete(ResourceTypes.Secret, world.ConfigSecret.Name());
        world.Delete(ResourceTypes.Secret, "cache-auth");
        world.Delete(ResourceTypes.ServiceAccount, "cache");
        await world.EndedAsync(120);

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Password, Is.EqualTo(password));
            Assert.That(world.Get(ResourceTypes.ServiceAccount, "cache"), Is.Not.Null);
            Assert.That(world.Running("requirepass"), Is.EqualTo(password));
        });
    });

    /// <summary>An operation that restarts all pods twice, as adding and then using a certificate would.</summary>
    private sealed class TwoRolls(OperationParts parts) : IOperation
    {
        public string Type => OpsRequestTypes.RotateAuth;

        public IReadOnlyList<Step> Steps =>
        [
            new Step { Name = "RotateAuth", Describe = static _ => "begin", DoAsync = parts.Acceptance.RecordAsync },
            Roll("FirstRoll", new Roll("mount", RestartReason.CertificatesChanged)),
            Roll("SecondRoll", new Roll("use", RestartReason.CertificatesChanged)),
        ];

        public IReadOnlyList<Step> Undo => [];

        public Task<StepResult?> PreCheckAsync(OperationRun run, CancellationToken cancel) => Task.FromResult<StepResult?>(null);

        public string Epilogue(OperationRun run) => "";

        private Step Roll(string name, Roll roll) => new()
        {
            Name = name,
            Message = "All pods are restarted.",
            Deadline = TimeSpan.FromMinutes(10),
            Describe = static _ => "restart the pods",
            DoAsync = (run, cancel) => parts.Roller.RollAsync(run, roll, cancel),
        };
    }
}
