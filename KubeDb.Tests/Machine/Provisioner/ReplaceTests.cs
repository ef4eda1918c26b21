using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>Pods that never ran, of a template that is no longer wanted.</summary>
[TestFixture]
[Category("Machine")]
public sealed class ReplaceTests
{
    private const string Wrong = """{"podTemplate":{"spec":{"nodeSelector":{"disk":"none-such"}}}}""";
    private const string Right = """{"podTemplate":{"spec":{"nodeSelector":null}}}""";

    [Test]
    public void A_pod_that_no_node_took_is_made_anew_from_the_corrected_template() => Run(async world =>
    {
        Select(world);
        world.CreateRedis(more: "," + Wrong[1..^1]);
        await world.UntilAsync(() => world.Condition("PodsRunning").Text("reason") == "PodUnschedulable", "it is told", 20);
        var before = world.Pods["cache-0"];

        world.PatchSpec(Right);
        await world.ReadyAsync();
        Assert.That(world.Pods["cache-0"], Is.Not.EqualTo(before));
        Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(2));
        Assert.That(world.Events(), Has.One.Contains("Pod cache-0 never started"));
    });

    [Test]
    public void A_pod_that_ran_stays_whatever_the_template_says() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        var before = world.Pods["cache-0"];
        world.Cluster.Kubelet.SetReady(Ns, "cache-0", false);
        world.PatchSpec("""{"podTemplate":{"metadata":{"labels":{"team":"a"}}}}""");
        await world.PassAsync(TimeSpan.FromMinutes(10));

        Assert.That(world.Pods["cache-0"], Is.EqualTo(before));
    });

    [Test]
    public void A_pod_that_waits_for_room_with_the_wanted_template_stays() => Run(async world =>
    {
        Select(world);
        world.CreateRedis(more: "," + Wrong[1..^1]);
        await world.UntilAsync(() => world.Pods.Count == 1, "the pod is there");
        var before = world.Pods["cache-0"];
        await world.PassAsync(TimeSpan.FromMinutes(10));

        Assert.That(world.Pods["cache-0"], Is.EqualTo(before));
    });

    [Test]
    public void While_a_request_holds_the_database_the_pod_is_left_to_it() => Run(async world =>
    {
        await world.Ops.StopAsync();
        Select(world);
        world.CreateRedis(more: "," + Wrong[1..^1]);
        await world.UntilAsync(() => world.Pods.Count == 1, "the pod is there");
        world.Create(RedisOpsRequest.Resource, """{"metadata":{"name":"restart"},"spec":{"type":"Restart","databaseRef":{"name":"cache"}}}""");
        using var ops = world.Server.Connect("ops");
        var holder = new PauseHolder("RedisOpsRequest", new(Ns, "restart"), world.Get(RedisOpsRequest.Resource, "restart")!.Uid());
        Assert.That(await Pause.AcquireAsync(ops, world.Stored(), holder, world.Time.GetUtcNow(), default), Is.EqualTo(PauseEnd.Done));
        await world.UntilAsync(() => Pause.IsAcknowledged(world.Stored().Status, holder.Uid), "the pause is acknowledged", 5);
        var before = world.Pods["cache-0"];

        // The holder changes the workload by itself.
        world.Patch(ResourceTypes.StatefulSet, "cache", """{"spec":{"template":{"spec":{"nodeSelector":null}}}}""");
        await world.PassAsync(30);
        Assert.That(world.Pods["cache-0"], Is.EqualTo(before));
        Assert.That(world.Guard.Wrongs, Is.Empty);
    });

    // No node has the label.
    private static void Select(TestWorld world)
    {
        var healthy = world.Cluster.Behaviour;
        world.Cluster.Behaviour = pod => pod["spec"]!["nodeSelector"] is null ? healthy(pod) : healthy(pod) with { ScheduledAfter = null };
    }
}
