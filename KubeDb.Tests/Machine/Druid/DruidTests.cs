using System.Text;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Tests.Machine.Druid;

/// <summary>Both operators with Druids: servers of several roles, each with files of its own, that depend on databases of others.</summary>
[TestFixture]
[Category("Machine")]
public sealed class DruidTests
{
    private static readonly string[] Pods = ["cache-brokers-0", "cache-coordinators-0", "cache-historicals-0", "cache-middlemanagers-0"];

    // The documented order of roles.
    private static readonly string[] Order = ["cache-historicals-0", "cache-middlemanagers-0", "cache-brokers-0", "cache-coordinators-0"];

    [Test]
    public void A_cluster_is_provisioned_and_looks_as_documented() => Run(async world =>
    {
        await world.HaveDruidAsync();

        var conditions = world.Get(DruidDatabase.Resource, Database).At("status", "conditions").Objects().ToList();
        var messages = conditions.ToDictionary(c => c.Text("type"), c => c.Text("message"));
        Assert.Multiple(() =>
        {
            Assert.That(world.Names(PetSet.Resource), Is.EqualTo(new[] { "cache-brokers", "cache-coordinators", "cache-historicals", "cache-middlemanagers" }));
            Assert.That(world.Names(ResourceTypes.Service), Is.EqualTo(new[] { "cache-brokers", "cache-coordinators", "cache-pods" }));
            Assert.That(world.Names(PersistentVolumeClaim.Resource), Is.EqualTo(new[] { "data-cache-historicals-0", "data-cache-middlemanagers-0" }));
            Assert.That(world.Pods.Keys, Is.EquivalentTo(Pods));
            Assert.That(
                conditions.Select(c => c.Text("type")), Is.EqualTo(new[] { "ProvisioningStarted", "DatabaseDependencyReady", "ReplicaReady", "Ready", "AcceptingConnection", "Provisioned" }).Or.EqualTo(
                    new[] { "ProvisioningStarted", "DatabaseDependencyReady", "ReplicaReady", "AcceptingConnection", "Ready", "Provisioned" }));
            Assert.That(messages["ProvisioningStarted"], Is.EqualTo("The KubeDB operator has started the provisioning of Druid: demo/cache"));
            Assert.That(messages["DatabaseDependencyReady"], Is.EqualTo("Database dependency is ready"));
            Assert.That(messages["ReplicaReady"], Is.EqualTo("All desired replicas are ready."));
            Assert.That(messages["AcceptingConnection"], Is.EqualTo("The Druid: demo/cache is accepting client requests and nodes formed a cluster"));
            Assert.That(messages["Ready"], Is.EqualTo("The Druid: demo/cache is ready."));
            Assert.That(messages["Provisioned"], Is.EqualTo("The Druid: demo/cache is successfully provisioned."));
            Assert.That(Text(world.Get(ResourceTypes.Secret, "cache-auth")!["data"].Text("username")), Is.EqualTo("admin"));
            Assert.That(Setting(world, "brokers", "druid.metadata.storage.connector.connectURI"), Is.EqualTo("jdbc:postgresql://pg.demo.svc:5432/druid"));
        });
        await world.RestAsync();
        var writes = world.Provisioner.Writes.Count();
        await world.PassAsync(TimeSpan.FromMinutes(5));
        Assert.That(world.Provisioner.Writes.Skip(writes), Is.Empty, "at rest nothing is written");
    });

    [Test]
    public void What_a_cluster_needs_and_nobody_gives_it_is_made_and_waited_for() => Run(async world =>
    {
        world.CreateDruid(",\"zookeeperRef\":{\"name\":\"\",\"version\":\"3.9.1\"}", "{\"routers\":{}}");
        await world.UntilAsync(() => ConditionOf(world.Get(DruidDatabase.Resource, Database), "DatabaseDependencyReady") is { } c && c.Text("status") == "False", "the condition says what is waited for");
        Assert.That(world.Pods.Keys.Where(p => p.Contains("broker", StringComparison.Ordinal)), Is.Empty, "no server before what it depends on");
        await world.UntilAsync(() => world.PhaseOf(DruidDatabase.Resource, Database) == "Ready", "it is Ready", 300);
        var keeper = world.Get(Api.Kinds.Kubedb.ZooKeeper.Resource, "cache-zk")!;
        var made = world.Get(PetSet.Resource, "cache-pg-metadata")!;
        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(Api.Kinds.Kubedb.ZooKeeper.Resource, "cache-zk"), Is.EqualTo("Ready"));
            Assert.That(keeper["spec"]!["replicas"]!.GetValue<int>(), Is.EqualTo(3));
            Assert.That(keeper.At("metadata", "ownerReferences").Objects().Single().Text("name"), Is.EqualTo("cache"));
            Assert.That(made["metadata"]!["labels"].Text("app.kubernetes.io/instance"), Is.EqualTo("cache-pg-metadata"), "an instance of its own");
            Assert.That(ConditionOf(world.Get(DruidDatabase.Resource, Database), "SpecWarnings").Text("reason"), Is.EqualTo("MetadataStorageBuiltIn"));
            Assert.That(ConditionOf(world.Get(DruidDatabase.Resource, Database), "DatabaseDependencyReady").Text("status"), Is.EqualTo("True"));
            Assert.That(Setting(world, "brokers", "druid.zk.service.user"), Is.EqualTo("super"));
            Assert.That(Setting(world, "brokers", "druid.zk.service.host"), Is.EqualTo("cache-zk.demo.svc:2181"));
        });

        world.AskDruid("op", "Restart");
        await world.EndedAsync();
        Assert.That(world.PhaseOf(DruidOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
        Assert.That(world.Seen.PodsMade.Count(p => p.Name == "cache-pg-metadata-0"), Is.EqualTo(1), "the metadata storage is none of the cluster's servers");

        world.Patch(DruidDatabase.Resource, Database, """{"spec":{"halted":true}}""");
        await world.UntilAsync(() => world.Get(Api.Kinds.Kubedb.ZooKeeper.Resource, "cache-zk")!["spec"]!["halted"]?.GetValue<bool>() is true, "the ensemble is to be halted", 200);
        Assert.That(ServersOf(world), Is.Empty, "servers that have lost their ensemble can not end in order");
        await world.UntilAsync(() => world.PhaseOf(DruidDatabase.Resource, Database) == "Halted" && world.PhaseOf(Api.Kinds.Kubedb.ZooKeeper.Resource, "cache-zk") == "Halted", "both are halted", 200);
        Assert.That(world.Pods, Is.Empty);
        world.Patch(DruidDatabase.Resource, Database, """{"spec":{"halted":false,"deletionPolicy":"WipeOut"}}""");
        await world.UntilAsync(() => world.PhaseOf(DruidDatabase.Resource, Database) == "Ready" && world.PhaseOf(Api.Kinds.Kubedb.ZooKeeper.Resource, "cache-zk") == "Ready", "both run again", 300);
        world.Delete(DruidDatabase.Resource, Database);
        await world.UntilAsync(() => world.Get(DruidDatabase.Resource, Database) is null, "it is gone", 200);
        Assert.That(ServersOf(world), Is.Empty, "its servers have ended before what they depend on");
        await world.UntilAsync(() => world.Names(PersistentVolumeClaim.Resource).Count == 0 && world.Get(Api.Kinds.Kubedb.ZooKeeper.Resource, "cache-zk") is null, "all of it is gone", 200);
    });

    private static IEnumerable<string> ServersOf(TestWorld world) =>
        world.Pods.Keys.Where(p => !p.StartsWith("cache-zk", StringComparison.Ordinal) && !p.StartsWith("cache-pg", StringComparison.Ordinal));

    [Test]
    public void A_database_of_that_name_that_somebody_else_made_is_left_alone() => Run(async world =>
    {
        await world.HaveZooKeeperAsync("cache-zk", replicas: 1);
        world.CreateDruid(",\"zookeeperRef\":{\"name\":\"\",\"version\":\"3.9.1\"}");
        await world.UntilAsync(() => ConditionOf(world.Get(DruidDatabase.Resource, Database), "SpecAccepted") is not null, "it is refused");
        Assert.That(ConditionOf(world.Get(DruidDatabase.Resource, Database), "SpecAccepted").Text("message"), Does.Contain("ZooKeeper demo/cache-zk exists already and was not made for this"));
        Assert.That(world.Get(Api.Kinds.Kubedb.ZooKeeper.Resource, "cache-zk")!["spec"]!["replicas"]!.GetValue<int>(), Is.EqualTo(1));
    });

    [TestCase("pg", "metadataStorage", "AppBinding demo/pg, named by spec.metadataStorage, does not exist.")]
    [TestCase("zk", "zookeeperRef", "AppBinding demo/zk, named by spec.zookeeperRef, does not exist.")]
    public void An_AppBinding_that_is_missing_is_named_and_waited_for(string name, string field, string said) => Run(async world =>
    {
        world.CreateDruidDependencies();
        world.Delete(AppBinding.Resource, name);
        world.CreateDruid(",\"metadataStorage\":{\"name\":\"pg\",\"externallyManaged\":true},\"zookeeperRef\":{\"name\":\"zk\",\"externallyManaged\":true}");
        await world.UntilAsync(() => ConditionOf(world.Get(DruidDatabase.Resource, Database), "DependenciesReady") is not null, $"{field} is waited for");
        Assert.That(ConditionOf(world.Get(DruidDatabase.Resource, Database), "DependenciesReady").Text("message"), Does.StartWith(said));
        Assert.That(ConditionOf(world.Get(DruidDatabase.Resource, Database), "DatabaseDependencyReady").Text("reason"), Is.EqualTo("FailedToEnsureDependency"));

        if (name == "pg")
            world.Create(AppBinding.Resource, """{"metadata":{"name":"pg"},"spec":{"type":"kubedb.com/postgres","clientConfig":{"service":{"name":"pg","port":5432,"scheme":"postgresql"}},"secret":{"name":"pg-auth"}}}""");
        else
            world.Create(AppBinding.Resource, """{"metadata":{"name":"zk"},"spec":{"clientConfig":{"url":"zk.demo.svc:2181"}}}""");
        await world.ReadyAsync(DruidDatabase.Resource, Database);
    });

    [Test]
    public void An_AppBinding_of_no_form_that_can_be_used_is_named() => Run(async world =>
    {
        world.CreateDruidDependencies();
        world.Patch(AppBinding.Resource, "pg", """{"spec":{"clientConfig":{"service":null,"url":"somewhere"}}}""");
        world.CreateDruid(",\"metadataStorage\":{\"name\":\"pg\",\"externallyManaged\":true},\"zookeeperRef\":{\"name\":\"zk\",\"externallyManaged\":true}");
        await world.UntilAsync(() => ConditionOf(world.Get(DruidDatabase.Resource, Database), "SpecAccepted") is not null, "it is refused");
        Assert.That(
            ConditionOf(world.Get(DruidDatabase.Resource, Database), "SpecAccepted").Text("message"),
            Is.EqualTo("AppBinding demo/pg, named by spec.metadataStorage, names neither a service nor a url of the form postgres://host:port/ in spec.clientConfig."));
        world.Patch(AppBinding.Resource, "pg", """{"spec":{"clientConfig":{"url":"postgres://pg.demo.svc:5432/?sslmode=disable"}}}""");
        await world.ReadyAsync(DruidDatabase.Resource, Database);
    });

    [Test]
    public void What_a_running_cluster_depends_on_is_named_when_it_is_down_and_goes_on_by_itself() => Run(async world =>
    {
        await world.HaveDruidAsync();
        world.Druids.Deaf.Add("zk.demo.svc");
        await world.UntilAsync(() => world.PhaseOf(DruidDatabase.Resource, Database) == "Critical", "it is Critical", 300);
        Assert.That(ConditionOf(world.Get(DruidDatabase.Resource, Database), "Ready").Text("message"), Does.StartWith("ZooKeeper demo/zk does not answer at zk.demo.svc:2181"));
        world.Druids.Deaf.Clear();
        await world.UntilAsync(() => world.PhaseOf(DruidDatabase.Resource, Database) == "Ready", "it is Ready again", 300);
    });

    [Test]
    public void A_restart_takes_the_documented_order_of_roles_one_pod_at_a_time() => Run(async world =>
    {
        await world.HaveDruidAsync();
        var made = world.Seen.PodsMade.Count;
        world.AskDruid("op", "Restart");
        await world.EndedAsync();

        var conditions = world.Get(DruidOpsRequest.Resource, "op").At("status", "conditions").Objects().Select(c => $"{c.Text("type")}: {c.Text("message")}").ToList();
        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(DruidOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(world.Seen.PodsMade.Skip(made).Select(p => p.Name), Is.EqualTo(Order));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
            Assert.That(conditions, Is.EquivalentTo((string[])[
                "Restart: Druid ops-request has started to restart druid nodes",
                .. Order.Select(p => $"EvictPod--{p}: evict pod; ConditionStatus:True; PodName:{p}"),
                .. Order.Select(p => $"CheckPodRunning--{p}: check pod running; ConditionStatus:True; PodName:{p}"),
                "RestartNodes: Successfully Restarted Druid nodes",
                "Successful: Controller has successfully restart the Druid replicas",
            ]));
        });
    });

    [Test]
    public void A_middle_manager_goes_once_its_tasks_have_ended_and_takes_none_meanwhile() => Run(async world =>
    {
        world.Druids.TasksAtStart = ["index_kafka_1"];
        await world.HaveDruidAsync();
        var worker = world.Druids.Running.Single(s => s.Role.Name == "middleManagers");
        world.AskDruid("op", "Restart", "\"timeout\":\"30m\"");
        await world.UntilAsync(
            () => ConditionOf(world.Get(DruidOpsRequest.Resource, "op"), "Waiting").Text("message") is { } said && said.Contains("index_kafka_1", StringComparison.Ordinal), "the task is waited for", 120);
        Assert.That(worker.IsEnabled, Is.False);
        await world.PassAsync(300);
        Assert.That(world.Pods["cache-middlemanagers-0"], Is.EqualTo(worker.Uid), "it runs while its task does");
        world.Druids.TasksAtStart = [];
        worker.Tasks.Clear();
        await world.EndedAsync();
        Assert.That(world.PhaseOf(DruidOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
        Assert.That(world.Druids.Running.Single(s => s.Role.Name == "middleManagers").IsEnabled, Is.True);
    });

    [Test]
    public void A_middle_manager_that_a_request_gave_up_on_takes_tasks_again() => Run(async world =>
    {
        world.Druids.TasksAtStart = ["index_kafka_1"];
        await world.HaveDruidAsync();
        world.AskDruid("op", "Restart", "\"timeout\":\"1m\"");
        await world.EndedAsync();
        Assert.That(world.PhaseOf(DruidOpsRequest.Resource, "op"), Is.EqualTo("Failed"));
        await world.UntilAsync(() => world.Druids.Running.All(s => s.IsEnabled), "it takes tasks again", 120);
    });

    [Test]
    public void A_change_of_one_role_s_file_restarts_that_role_alone() => Run(async world =>
    {
        world.CreateSecret("mine", $$"""{"middleManagers.properties":"{{Base64("druid.worker.capacity=5")}}","historicals.properties":"{{Base64("druid.processing.numThreads=3")}}"}""");
        await world.HaveDruidAsync(",\"configuration\":{\"secretName\":\"mine\"}");
        Assert.That((Setting(world, "middleManagers", "druid.worker.capacity"), Setting(world, "historicals", "druid.processing.numThreads")), Is.EqualTo(("5", "3")));
        var before = world.Pods;

        world.AskDruidFor("op", "historicals.properties", "druid.processing.numThreads=1");
        await world.EndedAsync();
        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(DruidOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That((Setting(world, "middleManagers", "druid.worker.capacity"), Setting(world, "historicals", "druid.processing.numThreads")), Is.EqualTo(("5", "1")));
            Assert.That(world.Pods.Where(p => before[p.Key] != p.Value).Select(p => p.Key), Is.EqualTo(new[] { "cache-historicals-0" }));
        });
    });

    [TestCase("historicals.properties", "druid.plaintextPort=1", "druid.plaintextPort")]
    [TestCase("brokers.properties", "druid.zk.service.host=elsewhere", "druid.zk.service.host")]
    [TestCase("middleManagers.properties", "druid.worker.capactiy=5", "druid.worker.capacity")]
    [TestCase("historicals.properties", "druid.processing.numThreads=many", "needs a whole number")]
    [TestCase("middleManager.properties", "druid.worker.capacity=5", "middleManagers.properties")]
    [TestCase("brokers.jvm.config", "Xmx1g", "is no option of a Java machine")]
    public void A_configuration_that_can_not_be_is_refused_before_anything_is_touched(string file, string line, string said) => Run(async world =>
    {
        await world.HaveDruidAsync();
        var before = world.Pods;
        world.AskDruidFor("op", file, line);
        await world.EndedAsync();
        Assert.That(world.PhaseOf(DruidOpsRequest.Resource, "op"), Is.EqualTo("Failed"));
        Assert.That(ConditionOf(world.Get(DruidOpsRequest.Resource, "op"), "Failed").Text("message"), Does.Contain(said));
        Assert.That(world.Pods, Is.EqualTo(before));
    });

    [TestCase("HorizontalScaling", "\"horizontalScaling\":{\"topology\":{\"brokers\":2}}")]
    [TestCase("UpdateVersion", "\"updateVersion\":{\"targetVersion\":\"33.0.0\"}")]
    [TestCase("RotateAuth", "")]
    public void A_type_that_is_not_offered_yet_is_refused(string type, string block) => Run(async world =>
    {
        await world.HaveDruidAsync();
        world.AskDruid("op", type, block);
        await world.EndedAsync();
        Assert.That(world.PhaseOf(DruidOpsRequest.Resource, "op"), Is.EqualTo("Failed"));
        Assert.That(ConditionOf(world.Get(DruidOpsRequest.Resource, "op"), "Failed").Text("message"), Does.Contain(type));
    });

    private static string? Setting(TestWorld world, string role, string key) => world.Druids.Running.First(s => s.Role.Name == role).Settings.GetValueOrDefault(key);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Text(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
