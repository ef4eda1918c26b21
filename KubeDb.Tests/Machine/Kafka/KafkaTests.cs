using System.Text;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using static KubeDb.Tests.Support.World.TestWorld;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Tests.Machine.Kafka;

/// <summary>Both operators with Kafkas: controllers that vote, brokers that hold replicas.</summary>
[TestFixture]
[Category("Machine")]
public sealed class KafkaTests
{
    private static readonly string[] Nodes = ["cache-0", "cache-1", "cache-2"];
    private static readonly string[] Controllers = ["cache-controller-0", "cache-controller-1", "cache-controller-2"];
    private static readonly string[] Brokers = ["cache-broker-0", "cache-broker-1", "cache-broker-2"];

    [Test]
    public void A_cluster_is_provisioned_and_looks_as_documented() => Run(async world =>
    {
        await world.HaveKafkaAsync();

        var conditions = world.Get(KafkaDatabase.Resource, Database).At("status", "conditions").Objects().ToDictionary(c => c.Text("type"), c => c.Text("message"));
        Assert.Multiple(() =>
        {
            Assert.That(world.Names(PetSet.Resource), Is.EqualTo(new[] { "cache" }));
            Assert.That(world.Names(ResourceTypes.Service), Is.EqualTo(new[] { "cache-pods" }));
            Assert.That(world.Names(ResourceTypes.PodDisruptionBudget), Is.EqualTo(new[] { "cache" }));
            Assert.That(world.Names(PersistentVolumeClaim.Resource), Is.EqualTo(Nodes.Select(n => $"cache-data-{n}")));
            Assert.That(world.Names(ResourceTypes.Secret), Is.SupersetOf(new[] { "cache-auth", "cache-config" }));
            Assert.That(world.Get(ResourceTypes.Secret, "cache-config")!["data"]!.AsObject().Select(d => d.Key), Is.EqualTo(new[] { "clientauth.properties", "config.properties" }));
            Assert.That(world.Pods.Keys, Is.EquivalentTo(Nodes));
            Assert.That(conditions["ProvisioningStarted"], Is.EqualTo("The KubeDB operator has started the provisioning of Kafka: demo/cache"));
            Assert.That(conditions["ReplicaReady"], Is.EqualTo("All desired replicas are ready."));
            Assert.That(conditions["AcceptingConnection"], Is.EqualTo("The Kafka: demo/cache is accepting client requests."));
            Assert.That(conditions["Ready"], Is.EqualTo("The Kafka: demo/cache is ready."));
            Assert.That(conditions["Provisioned"], Is.EqualTo("The Kafka: demo/cache is successfully provisioned."));
            Assert.That(Decoded(world.Get(ResourceTypes.Secret, "cache-auth")!["data"].Text("username")), Is.EqualTo("admin"));
            Assert.That(world.Kafkas.ClusterOf(Database).Topics, Does.ContainKey("kafka-health"), "health was checked by a record");
            Assert.That(world.Kafkas.ClusterOf(Database).Leader!.Voters, Is.EqualTo(new[] { 0, 1, 2 }));
        });
        await world.RestAsync();
        var writes = world.Provisioner.Writes.Count();
        await world.PassAsync(TimeSpan.FromMinutes(10));
        Assert.That(world.Provisioner.Writes.Skip(writes), Is.Empty, "at rest nothing is written");
    });

    [Test]
    public void A_topology_has_a_workload_of_each_role() => Run(async world =>
    {
        await world.HaveKafkaAsync(topology: true);

        var cluster = world.Kafkas.ClusterOf(Database);
        Assert.Multiple(() =>
        {
            Assert.That(world.Names(PetSet.Resource), Is.EqualTo(new[] { "cache-broker", "cache-controller" }));
            Assert.That(world.Names(ResourceTypes.PodDisruptionBudget), Is.EqualTo(new[] { "cache-broker", "cache-controller" }));
            Assert.That(world.Names(ResourceTypes.Secret), Is.SupersetOf(new[] { "cache-auth", "cache-broker-config", "cache-controller-config" }));
            Assert.That(world.Pods.Keys, Is.EquivalentTo(Controllers.Concat(Brokers)));
            Assert.That(cluster.Leader!.Voters, Is.EqualTo(new[] { 1000, 1001, 1002 }));
            Assert.That(cluster.Registered.Select(b => b.Id), Is.EqualTo(new[] { 0, 1, 2 }));
            Assert.That(world.Get(ResourceTypes.Pod, "cache-broker-0")!["metadata"]!["labels"].Text("kubedb.com/role"), Is.EqualTo("broker"));
        });
    });

    [Test]
    public void The_older_version_of_the_kind_is_served_and_loses_nothing_of_the_newer() => Run(async world =>
    {
        await world.HaveKafkaAsync(replicas: 1, more: ",\"configuration\":{\"inline\":{\"server.properties\":\"log.retention.hours=100\"}}");
        var older = KafkaDatabase.Resource with { Version = "v1alpha2" };

        world.Patch(older, Database, """{"metadata":{"labels":{"seen":"by-older-tools"}}}""");
        await world.RestAsync();

        Assert.That(world.Get(KafkaDatabase.Resource, Database)!["spec"]!["configuration"].At("inline").Text("server.properties"), Is.EqualTo("log.retention.hours=100"));
        Assert.That(world.PhaseOf(KafkaDatabase.Resource, Database), Is.EqualTo("Ready"));
    });

    [Test]
    public void A_cluster_made_again_takes_up_the_data_under_its_id() => Run(async world =>
    {
        await world.HaveKafkaAsync(more: ",\"deletionPolicy\":\"Halt\"");
        var id = world.Kafkas.ClusterOf(Database).Id;
        world.Seen.CountsDown = false;
        world.Delete(KafkaDatabase.Resource, Database);
        await world.UntilAsync(() => world.Get(KafkaDatabase.Resource, Database) is null && world.Pods.Count == 0, "it is gone", 300);
        await world.RestAsync();

        world.CreateKafka();
        await world.ReadyAsync(KafkaDatabase.Resource, Database);
        Assert.That(world.Kafkas.ClusterOf(Database).Id, Is.EqualTo(id));
        Assert.That(world.Kafkas.ClusterOf(Database).Topics, Does.ContainKey("precious"));
    });

    [Test]
    public void A_controller_added_by_hand_is_refused_and_the_cluster_goes_on() => Run(async world =>
    {
        await world.HaveKafkaAsync();
        await world.RestAsync();
        var before = world.Pods;
        world.Patch(KafkaDatabase.Resource, Database, """{"spec":{"replicas":4}}""");
        await world.UntilAsync(() => ConditionOf(world.Get(KafkaDatabase.Resource, Database), "SpecAccepted") is not null, "it is refused");

        Assert.That(ConditionOf(world.Get(KafkaDatabase.Resource, Database), "SpecAccepted").Text("message"), Does.Contain("Set it back to 3"));
        Assert.That(world.Pods, Is.EqualTo(before));
    });

    [Test]
    public void Brokers_are_told_where_they_stand_by_the_operator() => Run(async world =>
    {
        world.Patch(ResourceTypes.Node, FakeCluster.Node, """{"metadata":{"labels":{"zone":"a"}}}""");
        world.CreateKafkaTopology(controllers: 1, brokers: 1, more: ",\"brokerRack\":{\"topologyKey\":\"zone\"}");
        await world.ReadyAsync(KafkaDatabase.Resource, Database);

        Assert.That(world.Get(ResourceTypes.Pod, "cache-broker-0")!["metadata"]!["annotations"].Text("kubedb.com/machine"), Is.EqualTo("zone=a"));
        Assert.That(world.Get(ResourceTypes.Pod, "cache-controller-0")!["metadata"]!["annotations"].Text("kubedb.com/machine"), Is.Empty);
    });

    [Test]
    public void A_broker_on_a_machine_without_the_label_is_told_so_and_starts() => Run(async world =>
    {
        world.CreateKafkaTopology(controllers: 1, brokers: 1, more: ",\"brokerRack\":{\"topologyKey\":\"zone\"}");
        await world.ReadyAsync(KafkaDatabase.Resource, Database);

        Assert.That(world.Get(ResourceTypes.Pod, "cache-broker-0")!["metadata"]!["annotations"].Text("kubedb.com/machine"), Is.EqualTo("zone="));
        Assert.That(world.EventsOf(Database, "Kafka").Select(e => e.Text("reason")), Does.Contain("MachineLabelMissing"));
    });

    [Test]
    public void A_restart_takes_the_active_controller_last_and_no_partition_its_records() => Run(async world =>
    {
        await world.HaveKafkaAsync();
        var (before, made, starved, leader) = (world.Pods, world.Seen.PodsMade.Count, world.Kafkas.ClusterOf(Database).Starved, world.Kafkas.ClusterOf(Database).Leader!.Pod);
        world.AskKafka("op", "Restart");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(KafkaOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(world.Pods.Values.Intersect(before.Values), Is.Empty);
            Assert.That(world.Seen.PodsMade.Skip(made).Select(p => p.Name), Is.EqualTo((string[])[.. Nodes.Where(n => n != leader), leader]));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
            Assert.That(world.Kafkas.ClusterOf(Database).Starved, Is.EqualTo(starved));
        });
    });

    [Test]
    public void A_restart_of_a_topology_takes_controllers_before_brokers() => Run(async world =>
    {
        await world.HaveKafkaAsync(topology: true);
        var (made, leader) = (world.Seen.PodsMade.Count, world.Kafkas.ClusterOf(Database).Leader!.Pod);
        world.AskKafka("op", "Restart");
        await world.EndedAsync();

        var order = world.Seen.PodsMade.Skip(made).Select(p => p.Name).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(KafkaOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(order, Has.Count.EqualTo(6));
            Assert.That(order.Take(3), Is.EqualTo((string[])[.. Controllers.Where(n => n != leader), leader]));
            Assert.That(order.Skip(3), Is.EqualTo(Brokers));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
        });
    });

    [Test]
    public void Conditions_of_a_restart_are_those_of_the_documentation() => Run(async world =>
    {
        await world.HaveKafkaAsync(replicas: 1);
        world.AskKafka("op", "Restart");
        await world.EndedAsync();

        var conditions = world.Get(KafkaOpsRequest.Resource, "op").At("status", "conditions").Objects().Select(c => $"{c.Text("type")}: {c.Text("message")}").ToList();
        Assert.That(conditions, Is.EqualTo(new[]
        {
            "Restart: Kafka ops-request has started to restart kafka nodes",
            "EvictPod--cache-0: evict pod; ConditionStatus:True; PodName:cache-0",
            "CheckPodRunning--cache-0: check pod running; ConditionStatus:True; PodName:cache-0",
            "RestartNodes: Successfully Restarted Kafka nodes",
            "Successful: Controller has successfully restart the Kafka replicas",
        }));
    });

    [Test]
    public void A_partition_that_is_short_of_replicas_holds_up_a_restart_by_name() => Run(async world =>
    {
        await world.HaveKafkaAsync();
        world.Kafkas.Running[2].KeepsUp = false;
        world.AskKafka("op", "Restart", "\"apply\":\"Always\"");
        await world.UntilAsync(() => ConditionOf(world.Get(KafkaOpsRequest.Resource, "op"), "Waiting").Text("message").Contains("precious", StringComparison.Ordinal), "it says which", 300);

        Assert.That(world.Seen.MostDown, Is.Zero);
        world.Kafkas.Running[2].KeepsUp = true;
        await world.EndedAsync();
        Assert.That(world.PhaseOf(KafkaOpsRequest.Resource, "op"), Is.EqualTo("Successful"));
    });

    [Test]
    public void Controllers_that_lose_their_majority_in_the_middle_are_brought_back_before_brokers_go() => Run(async world =>
    {
        await world.HaveKafkaAsync(topology: true);
        var made = world.Seen.PodsMade.Count;
        world.AskKafka("op", "Restart", "\"timeout\":\"30m\"");
        await world.UntilAsync(() => world.Seen.PodsMade.Count > made, "the first controller was replaced");
        var hung = world.Kafkas.Running.Where(n => n.IsController && n.Pod != world.Seen.PodsMade[^1].Name).ToList();
        foreach (var node in hung)
            node.Answers = false;
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(KafkaOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(world.Seen.PodsMade.Skip(made).Take(3).Select(p => p.Name), Is.EquivalentTo(Controllers), "controllers first, also those that hang");
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
        });
    });

    [Test]
    public void A_setting_that_servers_take_while_they_run_needs_no_restart() => Run(async world =>
    {
        await world.HaveKafkaAsync(more: ",\"configuration\":{\"inline\":{\"server.properties\":\"log.retention.hours=100\"}}");
        var before = world.Pods;
        world.AskKafkaFor("op", "message.max.bytes=2097152");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(KafkaOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(world.Pods, Is.EqualTo(before));
            Assert.That(world.Kafkas.ClusterOf(Database).Dynamic.Values.SelectMany(d => d), Does.Contain(KeyValuePair.Create("message.max.bytes", "2097152")));
            Assert.That(world.Kafkas.Running[0].Settings["log.retention.hours"], Is.EqualTo("100"));
        });
    });

    [Test]
    public void A_setting_of_the_start_is_in_effect_on_every_node_after_a_roll() => Run(async world =>
    {
        world.CreateSecret("mine", $$"""{"server.properties":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes("log.retention.hours=100"))}}"}""");
        await world.HaveKafkaAsync(more: ",\"configuration\":{\"secretName\":\"mine\"}");
        world.AskKafkaFor("op", "background.threads=6");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(KafkaOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(world.Kafkas.Running.Select(n => n.Settings.GetValueOrDefault("log.retention.hours")), Is.All.EqualTo("100"));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
        });
    });

    [TestCase("process.roles=broker", "process.roles")]
    [TestCase("node.id=7", "node.id")]
    [TestCase("controller.quorum.voters=9@elsewhere:9093", "controller.quorum.voters")]
    public void A_configuration_that_can_not_be_is_refused_before_anything_is_touched(string line, string said) => Run(async world =>
    {
        await world.HaveKafkaAsync(replicas: 1);
        var before = world.Pods;
        world.AskKafkaFor("op", line);
        await world.EndedAsync();

        Assert.That(world.PhaseOf(KafkaOpsRequest.Resource, "op"), Is.EqualTo("Failed"));
        Assert.That(ConditionOf(world.Get(KafkaOpsRequest.Resource, "op"), "Failed").Text("message"), Does.Contain(said));
        Assert.That(world.Pods, Is.EqualTo(before));
    });

    [Test]
    public void A_configuration_that_no_node_starts_on_is_taken_back_while_the_others_serve() => Run(async world =>
    {
        await world.HaveKafkaAsync();
        var starved = world.Kafkas.ClusterOf(Database).Starved;
        world.Kafkas.HangsWith = "background.threads=6";
        world.AskKafkaFor("op", "background.threads=6", "\"timeout\":\"1m\"");
        await world.EndedAsync();
        await world.ReadyAsync(KafkaDatabase.Resource, Database);

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(KafkaOpsRequest.Resource, "op"), Is.EqualTo("Failed"));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1), "never a second node");
            Assert.That(world.Kafkas.ClusterOf(Database).Starved, Is.EqualTo(starved));
            Assert.That(ConditionOf(world.Get(KafkaDatabase.Resource, Database), "Paused"), Is.Null);
        });
    });

    [Test]
    public void A_node_that_hangs_is_told_by_name() => Run(async world =>
    {
        await world.HaveKafkaAsync();
        world.Kafkas.Running[1].Answers = false;
        await world.UntilAsync(() => world.PhaseOf(KafkaDatabase.Resource, Database) != "Ready", "it is noticed", 300);

        // A round that it began to hang in may end by its time alone.
        await world.UntilAsync(
            () => ConditionOf(world.Get(KafkaDatabase.Resource, Database), "Ready").Text("message").Contains("cache-1", StringComparison.Ordinal), "it is named", 60);
    });

    [Test]
    public void Two_controllers_are_accepted_with_a_warning() => Run(async world =>
    {
        await world.HaveKafkaAsync(replicas: 2);

        Assert.That(world.EventsOf(Database, "Kafka").Select(e => e.Text("reason")), Does.Contain("EvenQuorum"));
    });

    [TestCase("Halt", 1, true)]
    [TestCase("Delete", 0, true)]
    [TestCase("WipeOut", 0, false)]
    public void A_deletion_keeps_what_its_policy_says(string policy, int claims, bool secret) => Run(async world =>
    {
        await world.HaveKafkaAsync(replicas: 1, more: $",\"deletionPolicy\":\"{policy}\"");
        world.Seen.CountsDown = false;
        world.Delete(KafkaDatabase.Resource, Database);
        await world.UntilAsync(() => world.Get(KafkaDatabase.Resource, Database) is null && world.Pods.Count == 0, "it is gone", 300);
        await world.RestAsync();

        Assert.That(world.Names(PersistentVolumeClaim.Resource), Has.Count.EqualTo(claims));
        Assert.That(world.Get(ResourceTypes.Secret, "cache-auth") is not null, Is.EqualTo(secret));
    });

    [Test]
    public void A_halted_cluster_keeps_its_data_and_comes_back() => Run(async world =>
    {
        await world.HaveKafkaAsync(replicas: 1);
        world.Seen.CountsDown = false;
        world.Patch(KafkaDatabase.Resource, Database, """{"spec":{"halted":true}}""");
        await world.UntilAsync(() => world.PhaseOf(KafkaDatabase.Resource, Database) == "Halted", "it is halted", 300);
        Assert.That(world.Names(PersistentVolumeClaim.Resource), Has.Count.EqualTo(1));
        world.Patch(KafkaDatabase.Resource, Database, """{"spec":{"halted":false}}""");
        await world.ReadyAsync(KafkaDatabase.Resource, Database);

        Assert.That(world.Kafkas.ClusterOf(Database).Topics, Does.ContainKey("precious"));
    });

    [Test]
    public void Without_security_there_is_no_secret_and_health_is_checked_all_the_same() => Run(async world =>
    {
        await world.HaveKafkaAsync(replicas: 1, more: ",\"disableSecurity\":true");

        Assert.That(world.Get(ResourceTypes.Secret, "cache-auth"), Is.Null);
        Assert.That(world.Kafkas.ClusterOf(Database).Topics, Does.ContainKey("kafka-health"));
    });

    private static string Decoded(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
