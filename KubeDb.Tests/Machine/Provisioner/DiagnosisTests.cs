using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>The database says why its pods do not run, in the words of Kubernetes or of the server.</summary>
[TestFixture]
[Category("Machine")]
public sealed class DiagnosisTests
{
    private const string Damaged =
        """
        1:C 28 Nov 2026 17:00:00.001 # WARNING Memory overcommit must be enabled! Without it, a background save or replication may fail.
        1:C 28 Nov 2026 17:00:00.002 * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo
        1:M 28 Nov 2026 17:00:00.003 * Running mode=standalone, port=6379.
        1:M 28 Nov 2026 17:00:00.004 * Server initialized
        1:M 28 Nov 2026 17:00:00.005 * Reading RDB base file on AOF loading...
        1:M 28 Nov 2026 17:00:00.006 # Bad file format reading the append only file appendonly.aof.1.incr.aof: make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>
        """;

    private static string Reason(TestWorld world) => world.Condition("PodsRunning").Text("reason");

    private static string Message(TestWorld world) => world.Condition("PodsRunning").Text("message");

    private static IEnumerable<JsonObject> Warnings(TestWorld world) => world.EventsOf("cache", "Redis").Where(e => e.Text("type") == "Warning");

    [Test]
    public void A_quota_that_refuses_pods_is_told_in_its_words() => Run(async world =>
    {
        world.Cluster.StatefulSets.Refusal = static _ => "failed quota: few: must specify limits.cpu for: redis-init";
        world.CreateRedis();
        await world.UntilAsync(() => world.Condition("PodsRunning") is not null, "the refusal is told", 20);
        Assert.That((Reason(world), world.Condition("PodsRunning").Text("status")), Is.EqualTo(("PodsRefused", "False")));
        Assert.That(Message(world), Does.Contain("must specify limits.cpu for: redis-init").And.Contain("StatefulSet demo/cache"));

        await world.PassAsync(TimeSpan.FromMinutes(30));
        Assert.That(Warnings(world).Count(), Is.EqualTo(1), "it is told once");
        var since = world.Now;
        await world.PassAsync(TimeSpan.FromMinutes(30));
        Assert.That(world.Busy(since).Select(e => $"{e.Verb} {e.Type.Plural}"), Is.All.EqualTo("list events").And.Exactly(6).Items, "looked at less and less often");

        world.Cluster.StatefulSets.Refusal = static _ => null;
        await world.ReadyAsync();
        Assert.That(world.Condition("PodsRunning"), Is.Null);
    });

    [Test]
    public void A_refusal_of_the_past_is_not_told() => Run(async world =>
    {
        world.Cluster.StatefulSets.Refusal = static _ => "failed quota";
        world.CreateRedis();
        await world.PassAsync(20);
        world.Cluster.StatefulSets.Refusal = static _ => null;
        await world.ReadyAsync();

        world.Redis.Healthy = PodBehaviour.Healthy with { StoppedAfter = TimeSpan.FromSeconds(25) };
        world.Delete(ResourceTypes.Pod, "cache-0");
        await world.PassAsync(20);
        Assert.That(world.Condition("PodsRunning"), Is.Null);
    });

    [Test]
    public void A_pod_that_no_node_takes_is_told_and_costs_nothing() => Run(async world =>
    {
        world.Redis.Healthy = PodBehaviour.Healthy with { ScheduledAfter = null };
        world.CreateRedis();
        await world.UntilAsync(() => world.Condition("PodsRunning") is not null, "it is told", 20);
        Assert.That(Reason(world), Is.EqualTo("PodUnschedulable"));
        Assert.That(Message(world), Does.Contain("pod demo/cache-0").IgnoreCase.And.Contain("0/1 nodes are available."));

        await world.PassAsync(TimeSpan.FromMinutes(1));
        var since = world.Now;
        await world.PassAsync(TimeSpan.FromMinutes(30));
        Assert.That(string.Join('\n', world.Busy(since)), Is.Empty);
    });

    [Test]
    public void A_missing_storage_class_is_told() => Run(async world =>
    {
        world.Cluster.Volumes.CanBind = static _ => false;
        world.Redis.Healthy = PodBehaviour.Healthy with { ScheduledAfter = null };
        world.CreateRedis();
        await world.UntilAsync(() => world.Get(ResourceTypes.PersistentVolumeClaim, "data-cache-0") is not null, "the claim is there");
        Tell(world, world.Get(ResourceTypes.PersistentVolumeClaim, "data-cache-0")!, "ProvisioningFailed", "storageclass.storage.k8s.io \"fast\" not found");
        await world.UntilAsync(() => world.Condition("PodsRunning") is not null, "it is told", 20);

        Assert.That(Reason(world), Is.EqualTo("VolumeMissing"));
        Assert.That(Message(world), Does.Contain("demo/data-cache-0").And.Contain("storageclass.storage.k8s.io \"fast\" not found"));
    });

    [Test]
    public void An_image_that_can_not_be_pulled_is_told_with_the_registrys_word() => Run(async world =>
    {
        world.Redis.Healthy = PodBehaviour.Healthy with { ImageProblem = "Back-off pulling image" };
        world.CreateRedis();
        await world.UntilAsync(() => world.Get(ResourceTypes.Pod, "cache-0") is not null, "the pod is there");
        Tell(world, world.Get(ResourceTypes.Pod, "cache-0")!, "Failed", "Failed to pull image \"redis:8.2.2\": manifest unknown");
        await world.UntilAsync(() => world.Condition("PodsRunning") is not null, "it is told", 20);

        Assert.That(Reason(world), Is.EqualTo("ImageNotPulled"));
        Assert.That(Message(world), Does.Contain("manifest unknown").And.Contain("ImagePullBackOff"));
    });

    [Test]
    public void A_server_that_ends_again_and_again_is_quoted_without_its_banner_and_its_secrets() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        Break(world, log => $"{Damaged}\nThe credential is {world.Password}\n");
        world.Delete(ResourceTypes.Pod, "cache-0");
        await world.UntilAsync(() => Reason(world) == "ContainerCrashes", "it is told", 120);

        Assert.That(Message(world), Does.Contain("Bad file format reading the append only file").And.Contain("exit code 1"));
        Assert.That(Message(world), Does.Not.Contain("oO0Oo").And.Not.Contain("overcommit").And.Not.Contain(world.Password));
        await world.UntilAsync(() => world.Condition("AcceptingConnection").Text("message") == Message(world), "the health check says the same");
        Assert.That(world.Condition("Ready").Text("message"), Is.EqualTo(Message(world)));
    });

    [Test]
    public void A_log_is_read_once_for_each_end_and_the_same_words_are_told_once() => Run(async world =>
    {
        var reads = 0;
        Break(world, log => Damaged.Replace(".006", $".{++reads:000}", StringComparison.Ordinal));
        world.CreateRedis();
        await world.PassAsync(TimeSpan.FromHours(1));

        var crashes = world.Get(ResourceTypes.Pod, "cache-0")!.At("status", "containerStatuses")![0].Number("restartCount")!.Value + 1;
        Assert.That(reads, Is.GreaterThan(0).And.LessThanOrEqualTo(2 * crashes), "the present log and the previous one");
        Assert.That(Warnings(world).Count(e => e.Text("reason") == "ContainerCrashes"), Is.EqualTo(1));
        Assert.That(world.Busy().Where(e => e.At > TimeSpan.FromMinutes(30) && e.Does is RequestKind.Write), Is.Empty);
    });

    [Test]
    public void What_may_not_be_read_hinders_nothing() => Run(async world =>
    {
        world.Provisioner.Last.Connection.Faults.On(
            static e => e.Verb == "log" || (e.Verb == "list" && e.Type.Plural == "events"),
            Fault.Refused(new(Api.Kubernetes.ApiErrorKind.Forbidden, 403, "Forbidden", "events is forbidden: User \"x\" cannot list resource")),
            times: int.MaxValue);
        Break(world, static _ => Damaged);
        world.CreateRedis();
        await world.UntilAsync(() => world.Condition("PodsRunning") is not null, "it is told", 120);

        Assert.That(Message(world), Does.Contain("kubectl logs -n demo cache-0 -c redis --previous"));
    });

    [Test]
    public void A_claim_that_is_being_deleted_is_told_while_all_is_well() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        world.Patch(ResourceTypes.PersistentVolumeClaim, "data-cache-0", """{"metadata":{"finalizers":["kubernetes.io/pvc-protection"]}}""");
        world.Delete(ResourceTypes.PersistentVolumeClaim, "data-cache-0");
        await world.UntilAsync(() => world.Condition("DataAtRisk") is not null, "it is told", 5);

        Assert.That((world.Condition("DataAtRisk").Text("status"), world.Condition("DataAtRisk").Text("reason")), Is.EqualTo(("True", "ClaimBeingDeleted")));
        Assert.That(world.Condition("DataAtRisk").Text("message"), Does.Contain("data-cache-0"));
        Assert.That(world.Phase(), Is.EqualTo("Ready"));
        await world.PassAsync(2);
        Assert.That(Warnings(world).Select(e => e.Text("reason")), Is.EqualTo(new[] { "ClaimBeingDeleted" }));
    });

    private static void Break(TestWorld world, Func<Api.Kubernetes.LogRequest, string> log)
    {
        var healthy = world.Cluster.Behaviour;
        world.Cluster.Behaviour = pod => healthy(pod) with { CrashMessage = "damaged" };
        world.Server.OnLogs = log;
    }

    private static void Tell(TestWorld world, JsonObject about, string reason, string message) => world.Create(
        KubernetesEvent.Resource,
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"{about.Name()}.{reason}" },
            ["involvedObject"] = new JsonObject { ["kind"] = about.Text("kind"), ["name"] = about.Name(), ["namespace"] = Ns, ["uid"] = about.Uid() },
            ["type"] = "Warning",
            ["reason"] = reason,
            ["message"] = message,
            ["lastTimestamp"] = "2026-01-02T03:04:10Z",
        });
}
