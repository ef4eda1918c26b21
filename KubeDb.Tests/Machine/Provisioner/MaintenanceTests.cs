using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>Rounds of maintenance of running servers: when they are due, and what becomes of what they find.</summary>
[TestFixture]
[Category("Machine")]
public sealed class MaintenanceTests
{
    private static MaintenanceReport Healthy(params (string Pod, string Role)[] roles) =>
        new() { Health = HealthReport.Healthy, Roles = roles.ToDictionary(r => r.Pod, r => r.Role) };

    private static string? RoleOf(TestWorld world, string pod) => world.Get(ResourceTypes.Pod, pod)?["metadata"]?["labels"].Text("kubedb.com/role");

    private static string PodNames(DatabaseInstances instances) => string.Join(' ', instances.Pods.Select(p => p.Metadata.Name));

    [Test]
    public void Pods_carry_the_roles_that_their_servers_play_and_a_change_needs_no_event() => Run(async world =>
    {
        var master = "cache-0";
        world.Engine.Plural = true;
        world.Engine.Maintenance = i => Healthy([.. i.Pods.Select(p => (p.Metadata.Name, p.Metadata.Name == master ? PodRoles.Primary : PodRoles.Standby))]);
        await world.HaveRedisAsync(replicas: 2);
        await world.UntilAsync(() => RoleOf(world, "cache-0") == "primary" && RoleOf(world, "cache-1") == "standby", "the roles are on the pods");
        var writes = world.Provisioner.Writes.Count(w => w.Type == Pod.Resource);
        await world.PassAsync(120);
        Assert.That(world.Provisioner.Writes.Count(w => w.Type == Pod.Resource), Is.EqualTo(writes), "nothing is sent while no role moves");

        master = "cache-1";
        await world.UntilAsync(() => RoleOf(world, "cache-0") == "standby" && RoleOf(world, "cache-1") == "primary", "the roles follow", 20);
    });

    [Test]
    public void A_pod_that_was_made_again_does_not_inherit_the_role() => Run(async world =>
    {
        var known = true;
        world.Engine.Maintenance = _ => known ? Healthy(("cache-0", PodRoles.Primary)) : new() { Health = HealthReport.Healthy };
        await world.HaveRedisAsync();
        await world.UntilAsync(() => RoleOf(world, "cache-0") == "primary", "the role is on the pod");
        var before = world.Pods["cache-0"];
        known = false;
        world.Delete(ResourceTypes.Pod, "cache-0");
        await world.UntilAsync(() => world.Pods.TryGetValue("cache-0", out var uid) && uid != before, "the pod is made again");
        await world.PassAsync(60);
        Assert.That(RoleOf(world, "cache-0"), Is.Null.Or.Empty);
    });

    [Test]
    public void What_was_done_becomes_events_and_the_next_round_comes_as_soon_as_it_is_asked_for() => Run(async world =>
    {
        var rounds = 0;
        world.Engine.Maintenance = _ => ++rounds switch
        {
            1 => Healthy() with { Actions = [new("Healed", "Pod cache-0 was connected again.")], Again = TimeSpan.FromSeconds(1) },
            2 => Healthy() with { Actions = [new("DataLost", "Keys were lost.", IsWarning: true)] },
            _ => Healthy(),
        };
        await world.HaveRedisAsync();
        await world.UntilAsync(() => world.EventsOf(Database, "Redis").Any(e => e.Text("reason") == "DataLost"), "the second round is told of", 5);
        var events = world.EventsOf(Database, "Redis").Where(e => e.Text("reason") is "Healed" or "DataLost").Select(e => $"{e.Text("type")} {e.Text("message")}");
        Assert.That(events, Is.EquivalentTo(new[] { "Normal Pod cache-0 was connected again.", "Warning Keys were lost." }));
    });

    [Test]
    public void Maintenance_goes_on_while_a_request_holds_the_database() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Engine.Prepare = _ => Readiness.NotYet("the data is not safe");
        world.Ask("again", "Restart");
        await world.UntilAsync(() => world.ConditionsOf("again").Count > 0, "the request runs");
        var rounds = 0;
        world.Engine.Maintenance = _ => Healthy(("cache-0", ++rounds < 2 ? PodRoles.Standby : PodRoles.Primary));
        await world.UntilAsync(() => RoleOf(world, "cache-0") == "primary", "roles are set meanwhile", 60);
        Assert.That(world.Condition("Paused"), Is.Not.Null);
        world.Engine.Prepare = null;
        await world.EndedAsync();
    });

    [Test]
    public void A_change_of_roles_that_a_server_announces_starts_a_round_at_once() => Run(async world =>
    {
        var feed = new Feed();
        world.Engine.RoleFeed = feed;
        var role = PodRoles.Standby;
        world.Engine.Maintenance = _ => Healthy(("cache-0", role));
        await world.HaveRedisAsync();
        await world.UntilAsync(() => RoleOf(world, "cache-0") == "standby" && feed.Changed is not null, "the server is listened to");
        role = PodRoles.Primary;
        feed.Changed!(RedisDatabase.Resource, new ObjectKey(Ns, Database));
        await world.UntilAsync(() => RoleOf(world, "cache-0") == "primary", "the role is on the pod", 1);
    });

    [Test]
    public void A_database_waits_for_the_one_that_it_names_and_sees_its_servers() => Run(async world =>
    {
        var seen = new Dictionary<string, (string Peers, string Users)>();
        world.Engine.DatabaseReferences = d => d.Metadata.Name == Database
            ? [new DatabaseReference(RedisDatabase.Resource, d.Metadata.Key with { Name = "other" }, "spec.other", "other")]
            : [];
        world.Engine.Maintenance = i =>
        {
            seen[i.Database.Metadata.Name] = (
                string.Join(' ', i.Peers.Select(p => $"{p.Key}:{PodNames(p.Value)}")), string.Join(' ', i.Users.Select(u => u.Metadata.Name)));
            return Healthy();
        };
        world.CreateRedis();
        await world.UntilAsync(() => world.Condition("DependenciesReady") is not null, "the database waits");
        Assert.That(world.Condition("DependenciesReady").Text("message"), Does.StartWith($"Redis {Ns}/other, named by spec.other, does not exist."));
        Assert.That(world.PetSetNow(), Is.Null);

        world.CreateRedis("other");
        await world.ReadyAsync();
        await world.UntilAsync(() => seen.GetValueOrDefault(Database).Peers == "other:other-0" && seen.GetValueOrDefault("other").Users == Database, "both know of each other", 30);

        world.Delete(RedisDatabase.Resource, Database);
        await world.UntilAsync(() => seen["other"].Users.Length == 0, "the other one is told that nobody names it any more", 5);
    });

    private sealed class Feed : IRoleFeed
    {
        public Action<ResourceType, ObjectKey>? Changed { get; private set; }

        public Task ListenAsync(DatabaseInstances instances, Action<ResourceType, ObjectKey> changed, CancellationToken cancel)
        {
            Changed = changed;
            return new Nito.AsyncEx.AsyncManualResetEvent().UntilSetAsync(cancel);
        }
    }
}
