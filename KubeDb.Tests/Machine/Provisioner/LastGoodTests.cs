using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>Servers go on running whatever becomes of their spec, and so do their health checks.</summary>
[TestFixture]
[Category("Machine")]
public sealed class LastGoodTests
{
    private static readonly Dictionary<string, Action<TestWorld>> Spoils = new()
    {
        ["unknown version"] = static world => world.PatchSpec("""{"version":"nope"}"""),
        ["impossible number"] = static world => world.PatchSpec("""{"replicas":2}"""),
        ["version deleted"] = static world => world.Delete(RedisVersion.Resource, TestWorld.Version),
        ["other secret, which is missing"] = static world => world.PatchSpec("""{"authSecret":{"name":"elsewhere","externallyManaged":true}}"""),
        ["two in a row"] = static world =>
        {
            world.PatchSpec("""{"version":"nope"}""");
            world.PatchSpec("""{"replicas":2}""");
        },
    };

    private static IEnumerable<string> Names => Spoils.Keys;

    [TestCaseSource(nameof(Names))]
    public void Health_checks_go_on_when_the_spec_can_not_be_carried_out(string spoil) => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        Spoils[spoil](world);
        await world.PassAsync(5);

        // The pod is made anew meanwhile, as a request or a person does it.
        world.Delete(ResourceTypes.Pod, "cache-0");
        await world.UntilAsync(() => world.Condition("AcceptingConnection").Text("status") == "False", "the loss shows", 30);
        await world.UntilAsync(() => world.Condition("AcceptingConnection").Text("status") == "True", "the recovery shows", 30);
        Assert.That(world.Phase(), Is.EqualTo("Ready"));

        world.Engine.Health = static _ => new(new Api.Engines.HealthFailure("write", "disk full", true));
        await world.UntilAsync(() => world.Condition("Ready").Text("message") == "disk full", "a failure shows", 15);
    });

    [Test]
    public void After_a_restart_nothing_is_claimed_that_nobody_can_know() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        world.Redis.Healthy = PodBehaviour.Healthy with { RunningAfter = TimeSpan.FromSeconds(20) };
        world.Delete(ResourceTypes.Pod, "cache-0");
        await world.UntilAsync(() => world.Condition("AcceptingConnection").Text("status") == "False", "the loss shows", 30);
        world.PatchSpec("""{"version":"nope"}""");
        world.Provisioner.Last.Kill();
        await world.UntilAsync(() => world.Get(ResourceTypes.Pod, "cache-0") is { } pod && FakeCluster.IsReady(pod), "the pod is Ready");
        await world.PassAsync(20);

        Assert.That(world.Condition("AcceptingConnection").Text("message"), Does.Contain("can not be asked").And.Not.Contain("No pod"));
        world.PatchSpec($$"""{"version":"{{TestWorld.Version}}"}""");
        await world.ReadyAsync();
    });

    [Test]
    public void A_correction_is_what_health_is_checked_by() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        world.PatchSpec("""{"replicas":2}""");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is not null, "the violation is told");
        world.PatchSpec("""{"replicas":1,"healthChecker":{"periodSeconds":1000}}""");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is null, "it is accepted");
        await world.PassAsync(30);
        var probes = world.Engine.Probes;
        await world.PassAsync(600);

        Assert.That(world.Engine.Probes, Is.EqualTo(probes), "as often as the spec says now");
    });
}
