using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Unit.Kinds;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Provisioner;

[TestFixture]
[Category("Machine")]
public sealed class LifecycleTests
{
    [Test]
    public void A_database_becomes_ready_with_the_documented_conditions_and_events() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();

        var conditions = world.RedisNow()!.At("status", "conditions").Objects().ToDictionary(c => c.Text("type"), c => (c.Text("status"), c.Text("reason"), c.Text("message")));
        Assert.That(conditions, Is.EquivalentTo(new Dictionary<string, (string, string, string)>
        {
            ["ProvisioningStarted"] = ("True", "DatabaseProvisioningStartedSuccessfully", "The KubeDB operator has started the provisioning of Redis: demo/cache"),
            ["ReplicaReady"] = ("True", "AllReplicasReady", "All desired replicas are ready."),
            ["AcceptingConnection"] = ("True", "DatabaseAcceptingConnectionRequest", "The Redis: demo/cache is accepting rdClient requests."),
            ["Ready"] = ("True", "ReadinessCheckSucceeded", "The Redis: demo/cache is ready."),
            ["Provisioned"] = ("True", "DatabaseSuccessfullyProvisioned", "The Redis: demo/cache is successfully provisioned."),
        }));
        Assert.That(world.Events(), Is.EqualTo(new[]
        {
            "Successfully created governing service", "Successfully created Service", "Successfully created PetSet", "Successfully created appbinding",
        }));
        Assert.That(world.RedisNow()!["metadata"]!["finalizers"].Texts(), Is.EqualTo(new[] { "kubedb.com" }));
        Assert.That(world.RedisNow()!["status"].Number("observedGeneration"), Is.EqualTo(world.RedisNow()!["metadata"].Number("generation")));
        Assert.That(world.Names(ResourceTypes.PersistentVolumeClaim), Is.EqualTo(new[] { "data-cache-0" }));
    });

    [Test]
    public void The_database_is_ready_within_a_second_of_its_pod() => Run(async world =>
    {
        world.CreateRedis();
        await world.UntilAsync(() => world.Get(ResourceTypes.Pod, "cache-0") is { } pod && FakeCluster.IsReady(pod), "the pod is Ready");
        var podReady = world.Time.GetTimestamp();
        await world.UntilAsync(() => world.Phase() == "Ready", "the database is Ready");

        Assert.That(world.Time.GetElapsedTime(podReady), Is.LessThan(TimeSpan.FromSeconds(1)));
    });

    [Test]
    public void At_rest_nothing_is_written_and_nothing_read() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        await world.PassAsync(TimeSpan.FromMinutes(1));
        var (rest, probes) = (world.Server.Now, world.Engine.Probes);
        await world.PassAsync(TimeSpan.FromMinutes(30));

        Assert.That(string.Join('\n', world.Busy(rest)), Is.Empty);
        Assert.That(world.Engine.Probes - probes, Is.GreaterThan(150), "health is still checked every ten seconds");
        Assert.That(world.Provisioner.Last.Runtime.IsAlive && world.Ops.Last.Runtime.IsAlive, Is.True, "neither is taken for hung");
    });

    [Test]
    public void A_process_whose_server_lacks_an_old_api_for_good_is_not_taken_for_hung() => Run(
        async world =>
        {
            await world.PassAsync(TimeSpan.FromMinutes(30));
            Assert.That(world.Provisioner.Last.Runtime.IsAlive, Is.True);
            Assert.That(world.Provisioner.Last.Journal.Reads.Count(r => r.Type.Version == "v1beta1"), Is.EqualTo(1), "what a server has given up does not come back");
        },
        world => world.Server.Unregister("policy", "poddisruptionbudgets"));

    [Test]
    public void A_restarted_process_writes_nothing() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        var writes = world.Provisioner.Writes.Count();
        world.Provisioner.Last.Kill();
        await world.PassAsync(TimeSpan.FromMinutes(2));
        Assert.That(world.Provisioner.Processes, Has.Count.EqualTo(2));
        Assert.That(string.Join('\n', world.Provisioner.Writes.Skip(writes)), Is.Empty);
    });

    [TestCase("services", "cache", """{"spec":{"ports":[{"name":"primary","port":6379,"protocol":"TCP","targetPort":"elsewhere"}]}}""")]
    [TestCase("services", "cache", """{"spec":{"ports":[{"name":"primary","port":1234,"protocol":"TCP","targetPort":"db"}]}}""")]
    [TestCase("petsets", "cache", """{"spec":{"replicas":3}}""")]
    [TestCase("statefulsets", "cache", """{"spec":{"replicas":3}}""")]
    [TestCase("roles", "cache", """{"rules":[]}""")]
    [TestCase("secrets", "", """{"data":{"default.conf":"aGFja2Vk"}}""")]
    public void What_is_changed_by_hand_is_put_back(string plural, string name, string change) => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        var type = world.Server.Kinds.Single(k => k.Plural == plural).Resource;
        name = name.Length > 0 ? name : world.ConfigSecret.Name();
        string Essence() => string.Concat(world.Get(type, name)!.Where(m => m.Key is "spec" or "rules" or "data").Select(m => m.Value!.ToJsonString()));
        var before = Essence();

        world.Patch(type, name, change);
        Assert.That(Essence(), Is.Not.EqualTo(before));
        await world.UntilAsync(() => Essence() == before, $"{plural} {name} is as before");
    });

    [TestCase("services", "cache")]
    [TestCase("petsets", "cache")]
    [TestCase("rolebindings", "cache")]
    [TestCase("poddisruptionbudgets", "cache")]
    [TestCase("appbindings", "cache")]
    public void What_is_deleted_by_hand_comes_back(string plural, string name) => Run(async world =>
    {
        await world.HaveRedisAsync(replicas: 2);
        var type = world.Server.Kinds.Single(k => k.Plural == plural).Resource;
        var uid = world.Get(type, name)!.Uid();

        world.Delete(type, name);
        await world.UntilAsync(() => world.Get(type, name) is { } again && again.Uid() != uid, $"{plural} {name} is there again");
        await world.ReadyAsync();
    });

    [Test]
    public void What_is_no_longer_described_is_deleted() => Run(async world =>
    {
        world.CreateRedis(more: ""","monitor":{"agent":"prometheus.io"}""");
        await world.ReadyAsync();
        Assert.That(world.Names(ResourceTypes.Service), Is.EqualTo(new[] { "cache", "cache-pods", "cache-stats" }));

        world.Patch(Redis.Resource, "cache", """{"spec":{"monitor":null}}""");
        await world.UntilAsync(() => world.Get(ResourceTypes.Service, "cache-stats") is null, "the stats service is gone");
        Assert.That(world.Names(ResourceTypes.Service), Is.EqualTo(new[] { "cache", "cache-pods" }));
    });

    [Test]
    public void A_named_secret_that_appears_later_lets_the_database_go_on() => Run(async world =>
    {
        world.CreateRedis(more: ""","configuration":{"secretName":"my-conf"}""");
        await world.UntilAsync(() => world.Condition("DependenciesReady") is not null, "the missing secret is told");
        var told = world.Condition("DependenciesReady")!;
        Assert.That((told.Text("status"), told.Text("reason")), Is.EqualTo(("False", "SecretNotFound")));
        Assert.That(told.Text("message"), Does.Contain("demo/my-conf").And.Contain("spec.configuration.secretName"));
        Assert.That(world.Events(), Has.Some.Contains("demo/my-conf"));
        Assert.That(world.Phase(), Is.EqualTo("Provisioning"));

        world.CreateSecret("my-conf", """{"other":"eA=="}""");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is { } refused && refused.Text("message").Contains("redis.conf"), "the missing key is told", 5);

        world.Patch(ResourceTypes.Secret, "my-conf", """{"data":{"redis.conf":"bWF4Y2xpZW50cyA1MDA="}}""");
        await world.ReadyAsync();
        Assert.That(world.Condition("DependenciesReady"), Is.Null);
    });

    [Test]
    public void A_change_in_the_users_secret_reaches_the_configuration() => Run(async world =>
    {
        world.CreateSecret("my-conf", """{"redis.conf":"bWF4Y2xpZW50cyA1MDA="}""");
        world.CreateRedis(more: ""","configuration":{"secretName":"my-conf"}""");
        await world.ReadyAsync();
        var before = world.ConfigSecret["data"].Text("default.conf");

        world.Patch(ResourceTypes.Secret, "my-conf", """{"data":{"redis.conf":"bWF4Y2xpZW50cyA2MDA="}}""");
        await world.UntilAsync(() => world.ConfigSecret["data"].Text("default.conf") != before, "the configuration changed", 5);
    });

    [Test]
    public void An_unknown_version_is_told_and_waited_for() => Run(async world =>
    {
        world.CreateRedis(version: "9.9.9");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is not null, "the unknown version is told");
        Assert.That(world.Condition("SpecAccepted").Text("reason"), Is.EqualTo("VersionNotFound"));
        Assert.That(world.Condition("SpecAccepted").Text("message"), Does.Contain("failed to get RedisVersion: 9.9.9"));

        world.CreateVersion("9.9.9");
        await world.ReadyAsync();
    });

    [Test]
    public void A_spec_that_can_not_be_is_told_and_goes_on_when_corrected() => Run(async world =>
    {
        world.CreateRedis(more: ""","replicas":2""");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is not null, "the violation is told");
        Assert.That(world.Condition("SpecAccepted").Text("message"), Does.Contain("invalid for standalone mode"));
        var writes = world.Provisioner.Writes.Count();
        await world.PassAsync(TimeSpan.FromMinutes(10));
        Assert.That(world.Provisioner.Writes.Skip(writes), Is.Empty, "nothing is tried blindly");

        world.Patch(Redis.Resource, "cache", """{"spec":{"replicas":1}}""");
        await world.ReadyAsync();
        Assert.That(world.Condition("SpecAccepted"), Is.Null);
    });

    [Test]
    public void A_service_that_a_person_made_is_left_alone() => Run(async world =>
    {
        world.Create(ResourceTypes.Service, """{"metadata":{"name":"cache"},"spec":{"ports":[{"port":80,"protocol":"TCP"}],"selector":{"app":"mine"}}}""");
        world.CreateRedis();
        await world.UntilAsync(() => world.Condition("SpecAccepted") is not null, "the taken name is told");

        Assert.That(world.Condition("SpecAccepted").Text("reason"), Is.EqualTo("NameTaken"));
        Assert.That(world.Get(ResourceTypes.Service, "cache")!.At("spec", "selector").Text("app"), Is.EqualTo("mine"));
        await world.PassAsync(TimeSpan.FromMinutes(10));
        Assert.That(world.Events().Count(e => e.Contains("was left alone", StringComparison.Ordinal)), Is.EqualTo(1), "it is told once");

        world.Delete(ResourceTypes.Service, "cache");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is null, "it goes on", 10);
        await world.ReadyAsync();
    });

    [Test]
    public void A_workload_that_a_person_made_is_left_alone_and_made_way_for() => Run(async world =>
    {
        const string Theirs = """{"selector":{"matchLabels":{"app":"mine"}},"serviceName":"x","template":{"metadata":{"labels":{"app":"mine"}},"spec":{"containers":[{"name":"c","image":"i"}]}},"replicas":0}""";
        world.Create(ResourceTypes.StatefulSet, $$"""{"metadata":{"name":"cache"},"spec":{{Theirs}}}""");
        world.CreateRedis();
        await world.UntilAsync(() => world.Condition("DependenciesReady") is not null, "the taken name is told");
        Assert.That(world.Condition("DependenciesReady").Text("reason"), Is.EqualTo("NameTaken"));

        await world.PassAsync(TimeSpan.FromMinutes(10));
        world.Delete(ResourceTypes.StatefulSet, "cache");
        await world.UntilAsync(() => world.Condition("DependenciesReady") is null, "it goes on", 10);
        await world.ReadyAsync();
    });

    [Test]
    public void A_service_account_of_the_user_is_used_without_a_role() => Run(async world =>
    {
        world.Create(ResourceTypes.ServiceAccount, """{"metadata":{"name":"mine"}}""");
        world.CreateRedis(more: ""","podTemplate":{"spec":{"serviceAccountName":"mine"}}""");
        await world.ReadyAsync();

        Assert.That(world.Names(ResourceTypes.Role).Concat(world.Names(ResourceTypes.RoleBinding)), Is.Empty);
        Assert.That(world.Names(ResourceTypes.ServiceAccount), Is.EqualTo(new[] { "mine" }));
    });

    [Test]
    public void A_database_whose_servers_fail_and_recover_says_so_quickly() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        world.Engine.Health = static _ => new(new HealthFailure("ping", "no answer", false));
        await world.UntilAsync(() => world.Phase() == "NotReady", "the failure shows", 12);
        Assert.That(world.Condition("AcceptingConnection").Text("message"), Is.EqualTo("no answer"));

        await world.PassAsync(TimeSpan.FromMinutes(5));
        world.Engine.Health = static _ => new(new HealthFailure("write", "disk full", true));
        await world.UntilAsync(() => world.Phase() == "Critical", "it answers, but does not work", 12);

        world.Engine.Health = null;
        world.Cluster.Kubelet.SetReady(Ns, "cache-0", false);
        await world.PassAsync(TimeSpan.FromSeconds(2));
        world.Cluster.Kubelet.SetReady(Ns, "cache-0", true);
        await world.UntilAsync(() => world.Phase() == "Ready", "the recovery shows", 1);
    });

    [Test]
    public void A_petset_of_the_user_alone_works() => Run(async world =>
    {
        world.Create(
            PetSet.Resource,
            """
            {"metadata":{"name":"mine"},"spec":{"replicas":2,"serviceName":"x","podPlacementPolicy":{"name":"absent"},"selector":{"matchLabels":{"app":"mine"}},
            "template":{"metadata":{"labels":{"app":"mine"}},"spec":{"containers":[{"name":"c","image":"i"}]}},
            "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}
            """);
        await world.UntilAsync(() => world.PetSetNow("mine")!["status"].Number("readyReplicas") == 2, "both pods are ready");

        var petSet = world.PetSetNow("mine")!;
        Assert.That(petSet["status"].Text("selector"), Is.EqualTo("app=mine"));
        Assert.That(petSet.At("status", "conditions").Objects().Single().Text("type"), Is.EqualTo("PlacementPolicyMissing"));
        Assert.That(petSet["status"].Number("observedGeneration"), Is.EqualTo(petSet["metadata"].Number("generation")));

        world.Delete(PetSet.Resource, "mine");
        await world.UntilAsync(() => world.SetNow("mine") is null && world.Names(ResourceTypes.Pod).Count == 0, "StatefulSet and pods went with it");
    });

    [Test]
    public void A_field_that_the_server_does_not_know_costs_only_that_field() => Run(async world =>
    {
        world.Create(
            PetSet.Resource,
            """
            {"metadata":{"name":"mine"},"spec":{"replicas":1,"serviceName":"x","selector":{"matchLabels":{"app":"mine"}},
            "template":{"metadata":{"labels":{"app":"mine"}},"spec":{"containers":[{"name":"c","image":"i","fieldOfTheFuture":{"a":1}}]}}}}
            """);
        await world.UntilAsync(() => world.PetSetNow("mine")!["status"].Number("readyReplicas") == 1, "the pod is ready");

        Assert.That(world.PetSetNow("mine")!.At("spec", "template", "spec")!["containers"]![0]!["fieldOfTheFuture"], Is.Not.Null, "the user's word is kept");
    });

    [Test]
    public void An_optional_api_that_comes_later_is_used() => Run(async world =>
    {
        world.CreateRedis(more: ""","monitor":{"agent":"prometheus.io/operator"}""");
        await world.ReadyAsync();
        var told = world.Condition("MonitoringReady");
        Assert.That((told.Text("status"), told.Text("reason")), Is.EqualTo(("False", "ApiAbsent")));
        Assert.That(told.Text("message"), Does.Contain("ServiceMonitor (monitoring.coreos.com/v1)").And.Contain("Install the Prometheus operator"));
        Assert.That(world.EventsOf("cache", "Redis").Count(e => e.Text("reason") == "ApiAbsent"), Is.EqualTo(1));
        world.Server.Register(CustomKinds.Loose("monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor"));
        await world.UntilAsync(() => world.Get(ResourceTypes.ServiceMonitor, "cache-stats") is not null, "the ServiceMonitor is there", 150);
        await world.UntilAsync(() => world.Condition("MonitoringReady") is null, "nothing is awaited any more");
    });

    [Test]
    public void The_shipped_placement_policy_is_what_applies_without_one() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        var before = world.SetNow()!["spec"]!["template"]!.ToJsonString();
        Assert.That(world.PetSetNow()!.At("status", "conditions").Objects().Select(c => c.Text("type")), Is.EqualTo(new[] { "PlacementPolicyMissing" }));

        var shipped = File.ReadLines(Path.Combine(RepositoryFiles.Root, "charts/kubedb-catalog/templates/placementpolicy.yaml")).Where(l => !l.Contains("{{", StringComparison.Ordinal));
        world.Create(PlacementPolicy.Resource, CustomKinds.ObjectOf(string.Join('\n', shipped)));
        await world.UntilAsync(() => !world.PetSetNow()!.At("status", "conditions").Objects().Any(), "nothing is missing");
        Assert.That(world.SetNow()!["spec"]!["template"]!.ToJsonString(), Is.EqualTo(before));
    });

    [Test]
    public void New_claim_templates_make_the_set_anew_around_its_pods() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        var set = world.SetNow()!.Uid();
        var pod = world.Get(ResourceTypes.Pod, "cache-0")!.Uid();

        world.Patch(Redis.Resource, "cache", """{"spec":{"storage":{"resources":{"requests":{"storage":"2Gi"}}}}}""");
        await world.UntilAsync(() => world.SetNow() is { } now && now.Uid() != set, "the StatefulSet is another");
        await world.ReadyAsync();

        Assert.That(world.SetNow()!["spec"]!["volumeClaimTemplates"]![0].At("spec", "resources", "requests").Text("storage"), Is.EqualTo("2Gi"));
        Assert.That(world.Get(ResourceTypes.Pod, "cache-0")!.Uid(), Is.EqualTo(pod), "the pod was not restarted");
        Assert.That(FakeCluster.ControllerOf(world.Get(ResourceTypes.Pod, "cache-0")!).Text("uid"), Is.EqualTo(world.SetNow()!.Uid()));
    });
}
