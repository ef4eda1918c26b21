using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Provisioner;

[TestFixture]
[Category("Machine")]
public sealed class PauseTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static async Task<PauseHolder> HoldAsync(TestWorld world, IKubernetesClient client)
    {
        world.Create(RedisOpsRequest.Resource, """{"metadata":{"name":"restart"},"spec":{"type":"Restart","databaseRef":{"name":"cache"}}}""");
        var request = world.Get(RedisOpsRequest.Resource, "restart")!;
        var holder = new PauseHolder("RedisOpsRequest", new(Ns, "restart"), request.Uid());
        Assert.That(await Pause.AcquireAsync(client, world.Stored(), holder, world.Time.GetUtcNow(), None), Is.EqualTo(PauseEnd.Done));
        await world.UntilAsync(() => Pause.IsAcknowledged(world.Stored().Status, holder.Uid), "the pause is acknowledged", 1);
        return holder;
    }

    [Test]
    public void A_held_database_is_left_alone_and_taken_up_again() => Run(async world =>
    {
        // Nobody but the test takes the pause.
        await world.Ops.StopAsync();
        world.CreateRedis();
        await world.ReadyAsync();
        using var ops = world.Server.Connect("ops");
        var holder = await HoldAsync(world, ops);

        world.Delete(ResourceTypes.Service, "cache");
        world.Patch(Redis.Resource, "cache", """{"spec":{"monitor":{"agent":"prometheus.io"}}}""");
        await world.PassAsync(TimeSpan.FromMinutes(3));
        Assert.That(world.Names(ResourceTypes.Service), Is.EqualTo(new[] { "cache-pods" }), "nothing is applied");
        world.Engine.Health = static _ => new(new HealthFailure("ping", "no answer", false));
        await world.UntilAsync(() => world.Phase() == "NotReady", "health is still looked at", 15);

        Assert.That(await Pause.AcquireAsync(ops, world.Stored(), holder with { Uid = "another" }, world.Time.GetUtcNow(), None), Is.EqualTo(PauseEnd.HeldByAnother));
        Assert.That(await Pause.ReleaseAsync(ops, world.Stored(), "another", "x", None), Is.EqualTo(PauseEnd.Done), "another's release does nothing");
        Assert.That(Pause.Holder(world.Stored().Status), Is.EqualTo(holder));

        Assert.That(await Pause.ReleaseAsync(ops, world.Stored(), holder.Uid, "kubedb-ops-manager", None), Is.EqualTo(PauseEnd.Done));
        await world.UntilAsync(() => world.Names(ResourceTypes.Service).Count == 3, "the database is looked after again", 5);
        Assert.That(world.Condition("PauseAcknowledged"), Is.Null);
    });

    [Test]
    public void A_new_process_can_talk_to_the_servers_of_a_held_database() => Run(async world =>
    {
        world.CertManager.Install("ca");
        await world.PassAsync(70);
        await world.Ops.StopAsync();
        world.CreateRedis(more: """,   "tls":{"issuerRef":{"kind":"Issuer","name":"ca"}}""");
        await world.ReadyAsync();
        using var ops = world.Server.Connect("ops");
        await HoldAsync(world, ops);

        // The second reads certificates only for this: while the database is held it describes nothing.
        world.Provisioner.Last.Kill();
        await world.PassAsync(TimeSpan.FromMinutes(3));
        Assert.That(world.Phase(), Is.EqualTo("Ready"), () => world.Get(Redis.Resource, "cache")!["status"]!.ToJsonString());
    });

    [Test]
    public void A_pause_whose_request_is_deleted_is_removed() => Run(async world =>
    {
        // Nobody but the test takes the pause.
        await world.Ops.StopAsync();
        world.CreateRedis();
        await world.ReadyAsync();
        using var ops = world.Server.Connect("ops");
        await HoldAsync(world, ops);

        world.Delete(RedisOpsRequest.Resource, "restart");
        await world.UntilAsync(() => world.Condition("Paused") is null && world.Condition("PauseAcknowledged") is null, "the pause is removed", 5);
        await world.ReadyAsync();
    });

    [Test]
    public void A_request_made_anew_does_not_keep_the_pause_of_the_earlier_one() => Run(async world =>
    {
        // Nobody but the test takes the pause.
        await world.Ops.StopAsync();
        world.CreateRedis();
        await world.ReadyAsync();
        using var ops = world.Server.Connect("ops");
        var holder = new PauseHolder("RedisOpsRequest", new(Ns, "restart"), "uid-of-the-earlier-one");
        world.Create(RedisOpsRequest.Resource, """{"metadata":{"name":"restart"},"spec":{"type":"Restart","databaseRef":{"name":"cache"}}}""");
        Assert.That(await Pause.AcquireAsync(ops, world.Stored(), holder, world.Time.GetUtcNow(), None), Is.EqualTo(PauseEnd.Done));

        await world.UntilAsync(() => world.Condition("Paused") is null && world.Condition("PauseAcknowledged") is null, "the pause is removed", 5);
    });

    [Test]
    public void A_pause_held_by_a_kind_that_no_engine_has_stays() => Run(async world =>
    {
        // Nobody but the test takes the pause.
        await world.Ops.StopAsync();
        world.CreateRedis();
        await world.ReadyAsync();
        using var ops = world.Server.Connect("ops");
        var holder = new PauseHolder("RequestOfTheFuture", new(Ns, "restart"), "uid");
        Assert.That(await Pause.AcquireAsync(ops, world.Stored(), holder, world.Time.GetUtcNow(), None), Is.EqualTo(PauseEnd.Done));

        await world.PassAsync(TimeSpan.FromMinutes(5));
        Assert.That(Pause.Holder(world.Stored().Status), Is.EqualTo(holder));
        Assert.That(Pause.IsAcknowledged(world.Stored().Status, "uid"), Is.True);
    });

    [Test]
    public void A_pause_whose_request_has_ended_is_removed() => Run(async world =>
    {
        // Nobody but the test takes the pause.
        await world.Ops.StopAsync();
        world.CreateRedis();
        await world.ReadyAsync();
        using var ops = world.Server.Connect("ops");
        await HoldAsync(world, ops);

        world.Patch(RedisOpsRequest.Resource, "restart", """{"status":{"phase":"Failed"}}""", "status");
        await world.UntilAsync(() => world.Condition("Paused") is null, "the pause is removed", 5);
    });

    [Test]
    public void A_database_can_be_deleted_while_it_is_held() => Run(async world =>
    {
        // Nobody but the test takes the pause.
        await world.Ops.StopAsync();
        world.CreateRedis();
        await world.ReadyAsync();
        using var ops = world.Server.Connect("ops");
        await HoldAsync(world, ops);

        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone", 5);
    });
}
