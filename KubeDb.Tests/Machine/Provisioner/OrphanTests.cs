using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary><c>kubectl delete --cascade=orphan</c>: what the user wants left behind stays, whichever event comes first.</summary>
[TestFixture]
[Category("Machine")]
public sealed class OrphanTests
{
    private static readonly ResourceType[] LeftBehind =
        [PetSet.Resource, ResourceTypes.StatefulSet, ResourceTypes.Pod, ResourceTypes.PersistentVolumeClaim, ResourceTypes.Service, ResourceTypes.Secret];

    [Test]
    public void Nothing_is_deleted_that_was_to_be_left_behind(
        [Values("Delete", "WipeOut")] string policy,
        [Values("collector first", "collector last", "children's events first", "operator away", "halted")] string order) => Run(async world =>
    {
        world.CreateRedis(more: $$""","deletionPolicy":"{{policy}}" """);
        await world.ReadyAsync();
        if (order == "halted")
            await HaltAsync(world, policy);
        world.Server.Collector.Delay = order == "collector last" ? TimeSpan.FromSeconds(5) : TimeSpan.Zero;
        if (order == "children's events first")
            world.Provisioner.Last.Connection.Faults.OnEvent(static m => m.Type == Redis.Resource, WatchFaultKind.Delay, TimeSpan.FromSeconds(5), times: int.MaxValue);
        if (order == "operator away")
            world.Provisioner.Last.Kill();
        var before = Left(world);
        Assert.That(before, Is.Not.Empty);

        world.Delete(Redis.Resource, "cache", "Orphan");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        await world.PassAsync(TimeSpan.FromMinutes(2));

        Assert.That(Left(world), Is.EqualTo(before));
    });

    [Test]
    public void What_a_refused_deletion_was_to_leave_behind_is_left_once_it_is_allowed([Values] bool collectorFirst) => Run(async world =>
    {
        world.CreateRedis(more: ""","deletionPolicy":"DoNotTerminate" """);
        await world.ReadyAsync();
        world.Server.Collector.Delay = collectorFirst ? TimeSpan.Zero : TimeSpan.FromSeconds(5);
        var before = Left(world);
        world.Delete(Redis.Resource, "cache", "Orphan");
        await world.UntilAsync(() => world.Condition("DeletionBlocked") is not null, "the refusal is told");
        await world.PassAsync(TimeSpan.FromSeconds(30));
        Assert.That(FakeCluster.ControllerOf(world.PetSetNow()!).Text("kind"), Is.EqualTo("Redis"), "it is looked after again");

        world.PatchSpec("""{"deletionPolicy":"WipeOut"}""");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        await world.PassAsync(TimeSpan.FromMinutes(2));
        Assert.That(Left(world), Is.EqualTo(before));
    });

    [Test]
    public void Made_again_it_takes_everything_back_and_is_deleted_as_its_policy_says() => Run(async world =>
    {
        world.CreateRedis(more: ""","deletionPolicy":"WipeOut" """);
        await world.ReadyAsync();
        var pods = world.Pods;
        world.Delete(Redis.Resource, "cache", "Orphan");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        world.CreateRedis(more: ""","deletionPolicy":"WipeOut" """);
        await world.ReadyAsync();
        Assert.That(world.Pods, Is.EquivalentTo(pods), "the same pods serve");

        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        await world.PassAsync(TimeSpan.FromSeconds(10));
        foreach (var type in LeftBehind.Where(t => t != ResourceTypes.Secret))
            Assert.That(world.Names(type), Is.Empty, type.Kind);
        Assert.That(world.Names(ResourceTypes.Secret), Has.None.EqualTo("cache-auth"));
    });

    private static async Task HaltAsync(TestWorld world, string policy)
    {
        world.PatchSpec("""{"halted":true}""");
        await world.UntilAsync(() => world.Phase() == "Halted", "it is halted");
        world.PatchSpec($$"""{"deletionPolicy":"{{policy}}"}""");
        await world.PassAsync(5);
    }

    private static IReadOnlyList<string> Left(TestWorld world) =>
    [
        .. LeftBehind.Concat(OwnedKinds.Common.Select(k => k.Type)).Distinct()
            .SelectMany(type => world.Server.PeekAll(type).Where(o => o.Namespace() == Ns && !o.IsDeleting()).Select(o => $"{type.Kind} {o.Name()} {o.Uid()}"))
            .Order(StringComparer.Ordinal),
    ];
}
