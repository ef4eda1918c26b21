using System.Text;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Tests.Machine.ZooKeeper;

/// <summary>Both operators with ZooKeepers: members that vote, whose settings change only when they start.</summary>
[TestFixture]
[Category("Machine")]
public sealed class ZooKeeperTests
{
    private static readonly string[] Members = ["cache-0", "cache-1", "cache-2"];

    [Test]
    public void An_ensemble_is_provisioned_and_looks_as_documented() => Run(async world =>
    {
        await world.HaveZooKeeperAsync();

        var conditions = world.Get(ZooKeeperDatabase.Resource, Database).At("status", "conditions").Objects().ToDictionary(c => c.Text("type"), c => c.Text("message"));
        Assert.Multiple(() =>
        {
            Assert.That(world.Names(PetSet.Resource), Is.EqualTo(new[] { "cache" }));
            Assert.That(world.Names(ResourceTypes.Service), Is.EqualTo(new[] { "cache", "cache-admin-server", "cache-pods" }));
            Assert.That(world.Names(ResourceTypes.PodDisruptionBudget), Is.EqualTo(new[] { "cache" }));
            Assert.That(world.Names(PersistentVolumeClaim.Resource), Is.EqualTo(Members.Select(m => $"data-{m}")));
            Assert.That(world.Pods.Keys, Is.EquivalentTo(Members));
            Assert.That(conditions["ProvisioningStarted"], Is.EqualTo("The KubeDB operator has started the provisioning of ZooKeeper: demo/cache"));
            Assert.That(conditions["ReplicaReady"], Is.EqualTo("All replicas are ready for ZooKeeper demo/cache"));
            Assert.That(conditions["AcceptingConnection"], Is.EqualTo("The ZooKeeper: demo/cache is accepting connection requests."));
            Assert.That(conditions["Ready"], Is.EqualTo("The ZooKeeper: demo/cache is ready."));
            Assert.That(conditions["Provisioned"], Is.EqualTo("ZooKeeper: demo/cache is successfully provisioned."));
            Assert.That(Text(world.Get(ResourceTypes.Secret, "cache-auth")!["data"].Text("username")), Is.EqualTo("super"));
            Assert.That(world.ZooKeepers.Running.Select(m => m.Nodes.ContainsKey("/kubedb_health_checker_node")), Is.All.True, "health was checked by a write");
        });
        await world.RestAsync();
        var writes = world.Provisioner.Writes.Count();
        await world.PassAsync(TimeSpan.FromMinutes(10));
        Assert.That(world.Provisioner.Writes.Skip(writes), Is.Empty, "at rest nothing is written");
    });

    [Test]
    public void Members_are_told_that_the_ensemble_was_formed_and_its_pods_stay() => Run(async world =>
    {
        await world.HaveZooKeeperAsync();
        await world.RestAsync();
        var pods = world.Pods;
        Assert.That(ConfigOf(world)["initialized"], Is.Not.Null);

        world.AskZooKeeper("op", "Restart");
        await world.EndedAsync();
        Assert.That(ConfigOf(world)["initialized"], Is.Not.Null, "an operation does not take it away");
        Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(pods.Count * 2));
    });

    [Test]
    public void Claims_of_the_name_that_older_releases_gave_are_adopted() => Run(async world =>
    {
        const string Labels = "\"app.kubernetes.io/name\":\"zookeepers.kubedb.com\",\"app.kubernetes.io/instance\":\"cache\",\"app.kubernetes.io/managed-by\":\"kubedb.com\"";
        foreach (var member in Members)
        {
            world.Create(
                PersistentVolumeClaim.Resource,
                "{\"metadata\":{\"name\":\"cache-data-" + member + "\",\"labels\":{" + Labels + "}},\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}");
        }

        await world.HaveZooKeeperAsync();
        Assert.That(world.Names(PersistentVolumeClaim.Resource), Is.EqualTo(Members.Select(m => $"cache-data-{m}")));

        world.AskZooKeeper("op", "Restart");
        await world.EndedAsync();
        Assert.That(world.PhaseOf(ZooKeeperOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
        Assert.That(world.Names(PersistentVolumeClaim.Resource), Is.EqualTo(Members.Select(m => $"cache-data-{m}")));
    });

    [Test]
    public void A_restart_takes_followers_first_the_leader_last_and_one_at_a_time() => Run(async world =>
    {
        await world.HaveZooKeeperAsync();
        world.ZooKeepers.EnsembleOf(Database).Write("/precious", [1]);
        var (before, made, leader) = (world.Pods, world.Seen.PodsMade.Count, world.ZooKeepers.EnsembleOf(Database).Leader!.Pod);
        world.AskZooKeeper("op", "Restart");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(ZooKeeperOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(world.Pods.Values.Intersect(before.Values), Is.Empty);
            Assert.That(world.Seen.PodsMade.Skip(made).Select(p => p.Name), Is.EqualTo((string[])[.. Members.Where(m => m != leader), leader]));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
            Assert.That(world.ZooKeepers.Running.Select(m => m.Nodes.ContainsKey("/precious")), Is.All.True);
        });
    });

    [Test]
    public void Conditions_and_events_of_a_restart_are_those_of_the_documentation() => Run(async world =>
    {
        await world.HaveZooKeeperAsync();
        world.AskZooKeeper("op", "Restart");
        await world.EndedAsync();

        var conditions = world.Get(ZooKeeperOpsRequest.Resource, "op").At("status", "conditions").Objects().Select(c => $"{c.Text("type")}: {c.Text("message")}").ToList();
        var events = world.EventsOf("op", "ZooKeeperOpsRequest").Select(e => e.Text("message")).ToList();
        string[] documented =
        [
            "Restart: ZooKeeper ops-request has started to restart zookeeper nodes",
            .. Members.Select(m => $"EvictPod--{m}: evict pod; ConditionStatus:True; PodName:{m}"),
            "RunningPod: running pod; ConditionStatus:True",
            "RestartNodes: Successfully Restarted ZooKeeper nodes",
            "Successful: Controller has successfully restart the ZooKeeper replicas",
        ];
        Assert.Multiple(() =>
        {
            Assert.That(conditions, Is.EquivalentTo(documented));
            Assert.That(conditions[^2..], Is.EqualTo(documented[^2..]));
            Assert.That(events, Does.Contain("Pausing ZooKeeper demo/cache").And.Contain("Controller has successfully restart the ZooKeeper replicas"));
        });
    });

    [Test]
    public void A_change_of_configuration_is_in_effect_on_every_member() => Run(async world =>
    {
        world.CreateSecret("mine", $$"""{"zoo.cfg":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes("maxClientCnxns=70"))}}"}""");
        await world.HaveZooKeeperAsync(more: ",\"configuration\":{\"secretName\":\"mine\"}");
        Assert.That(Settings(world, "maxClientCnxns"), Is.All.EqualTo("70"));

        world.AskZooKeeperFor("op", "maxClientCnxns=90");
        await world.EndedAsync();
        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(ZooKeeperOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(Settings(world, "maxClientCnxns"), Is.All.EqualTo("90"));
            Assert.That(
                ConditionOf(world.Get(ZooKeeperOpsRequest.Resource, "op"), "ReconfigureLive").Text("message"),
                Is.EqualTo("The pods are restarted, for it can not be done in the running servers: maxClientCnxns takes effect only at start."));
        });
    });

    [TestCase("dataDir=/elsewhere", "dataDir")]
    [TestCase("server.4=intruder:2888:3888", "server.4")]
    [TestCase("maxClientCnxn=90", "maxClientCnxns")]
    [TestCase("tickTime=soon", "needs a whole number")]
    public void A_configuration_that_can_not_be_is_refused_before_anything_is_touched(string line, string said) => Run(async world =>
    {
        await world.HaveZooKeeperAsync();
        var before = world.Pods;
        world.AskZooKeeperFor("op", line);
        await world.EndedAsync();

        Assert.That(world.PhaseOf(ZooKeeperOpsRequest.Resource, "op"), Is.EqualTo("Failed"));
        Assert.That(ConditionOf(world.Get(ZooKeeperOpsRequest.Resource, "op"), "Failed").Text("message"), Does.Contain(said));
        Assert.That(world.Pods, Is.EqualTo(before));
    });

    [Test]
    public void A_configuration_that_no_member_starts_on_is_taken_back_while_the_others_serve() => Run(async world =>
    {
        await world.HaveZooKeeperAsync();
        world.ZooKeepers.EnsembleOf(Database).Write("/precious", [1]);
        world.AskZooKeeperFor("op", "minSessionTimeout=50000", "\"timeout\":\"1m\"");
        await world.EndedAsync();
        await world.ReadyAsync(ZooKeeperDatabase.Resource, Database);

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(ZooKeeperOpsRequest.Resource, "op"), Is.EqualTo("Failed"));
            Assert.That(Settings(world, "minSessionTimeout"), Is.All.EqualTo("4000"));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1), "never a second member");
            Assert.That(world.ZooKeepers.Running.Select(m => m.Nodes.ContainsKey("/precious")), Is.All.True);
            Assert.That(ConditionOf(world.Get(ZooKeeperDatabase.Resource, Database), "Paused"), Is.Null);
        });
    });

    [Test]
    public void A_member_that_hangs_is_told_and_the_rest_is_left_alone() => Run(async world =>
    {
        await world.HaveZooKeeperAsync();
        world.ZooKeepers.Running[1].Answers = false;
        await world.UntilAsync(() => world.PhaseOf(ZooKeeperDatabase.Resource, Database) != "Ready", "it is noticed", 300);

        Assert.That(ConditionOf(world.Get(ZooKeeperDatabase.Resource, Database), "Ready").Text("message"), Does.Contain("cache-1"));
    });

    [Test]
    public void A_request_for_a_ready_ensemble_waits_while_a_member_is_cut_off_and_says_so() => Run(async world =>
    {
        await world.HaveZooKeeperAsync();
        world.ZooKeepers.Running[1].Answers = false;
        await world.UntilAsync(() => world.PhaseOf(ZooKeeperDatabase.Resource, Database) != "Ready", "it is noticed", 300);
        var pods = world.Pods;
        world.AskZooKeeper("op", "Restart", "\"apply\":\"IfReady\"");
        await world.PassAsync(120);
        var waiting = world.Get(ZooKeeperOpsRequest.Resource, "op")!;
        Assert.Multiple(() =>
        {
            Assert.That(waiting["status"].Text("phase"), Is.EqualTo("Pending"));
            Assert.That(waiting.ToJsonString(), Does.Contain("Ready").And.Contain("cache"));
            Assert.That(world.Pods, Is.EqualTo(pods));
        });

        world.ZooKeepers.Running[1].Answers = true;
        await world.EndedAsync();
        Assert.That(world.Get(ZooKeeperOpsRequest.Resource, "op")!["status"].Text("phase"), Is.EqualTo("Successful"));
        Assert.That(world.Pods.Values.Intersect(pods.Values), Is.Empty);
    });

    [Test]
    public void A_spec_with_two_members_is_refused_in_the_words_of_the_public_kind() => Run(async world =>
    {
        world.CreateZooKeeper(replicas: 2);
        await world.UntilAsync(() => ConditionOf(world.Get(ZooKeeperDatabase.Resource, Database), "SpecAccepted") is not null, "it is refused");

        Assert.That(ConditionOf(world.Get(ZooKeeperDatabase.Resource, Database), "SpecAccepted").Text("message"), Does.Contain("zookeeper ensemble should have 3 or more replicas"));
        Assert.That(world.Names(PetSet.Resource), Is.Empty);
    });

    [TestCase("Halt", 3, true)]
    [TestCase("Delete", 0, true)]
    [TestCase("WipeOut", 0, false)]
    public void A_deletion_keeps_what_its_policy_says(string policy, int claims, bool secret) => Run(async world =>
    {
        await world.HaveZooKeeperAsync(more: $",\"deletionPolicy\":\"{policy}\"");
        world.Seen.CountsDown = false;
        world.Delete(ZooKeeperDatabase.Resource, Database);
        await world.UntilAsync(() => world.Get(ZooKeeperDatabase.Resource, Database) is null && world.Pods.Count == 0, "it is gone", 300);
        await world.RestAsync();

        Assert.That(world.Names(PersistentVolumeClaim.Resource), Has.Count.EqualTo(claims));
        Assert.That(world.Get(ResourceTypes.Secret, "cache-auth") is not null, Is.EqualTo(secret));
    });

    [Test]
    public void Without_authentication_there_is_no_secret_and_health_is_checked_all_the_same() => Run(async world =>
    {
        await world.HaveZooKeeperAsync(replicas: 1, more: ",\"disableAuth\":true");

        Assert.That(world.Get(ResourceTypes.Secret, "cache-auth"), Is.Null);
        Assert.That(world.ZooKeepers.Running.Single().Nodes, Does.ContainKey("/kubedb_health_checker_node"));
    });

    private static IEnumerable<string> Settings(TestWorld world, string key) => world.ZooKeepers.Running.Select(m => m.Settings[key]);

    private static System.Text.Json.Nodes.JsonNode ConfigOf(TestWorld world) =>
        world.Server.PeekAll(ResourceTypes.Secret).Single(s => s["data"]!["zoo.cfg"] is not null)["data"]!;

    private static string Text(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
