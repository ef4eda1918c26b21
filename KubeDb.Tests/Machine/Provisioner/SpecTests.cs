using System.Text;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>What a spec may not say is refused as a whole; what is not taken of it is told. On an API server that knows no CEL.</summary>
[TestFixture]
[Category("Machine")]
public sealed class SpecTests
{
    private const string Refused = "SpecAccepted";

    private static string File(TestWorld world) => Encoding.UTF8.GetString(Convert.FromBase64String(world.ConfigSecret["data"].Text("default.conf")));

    private static bool IsDurable(TestWorld world) => world.SetNow()!.At("spec", "volumeClaimTemplates").Objects().Any();

    private static Task RefusedAsync(TestWorld world, string reason) =>
        world.UntilAsync(() => world.Condition(Refused).Text("reason") == reason, $"the spec is refused: {reason}");

    private static void Configure(TestWorld world, string text) => world.PatchSpec(
        $$"""{"configuration":{"inline":{"{{ConfigFile}}":{{System.Text.Json.JsonSerializer.Serialize(text)}} } } }""");

    [Test]
    public void The_kind_of_storage_never_changes() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.PatchSpec("""{"storageType":"Ephemeral"}""");
        await RefusedAsync(world, "StorageTypeImmutable");
        Assert.That(world.Condition(Refused).Text("message"), Does.Contain("spec.storageType"));
        await world.RestAsync();
        world.Delete(ResourceTypes.Pod, "cache-0");
        await world.RestAsync();
        Assert.That(IsDurable(world), Is.True, "the pod that was made since has its volume");

        world.PatchSpec("""{"storageType":null}""");
        await world.UntilAsync(() => world.Condition(Refused) is null, "absent is the default, which it was");
        await world.ReadyAsync();
    });

    [Test]
    public void The_kind_of_storage_does_not_change_by_way_of_a_request() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.PatchSpec("""{"storageType":"Ephemeral"}""");
        world.AskFor("more", "maxclients 3000", "\"restart\":\"true\"");
        await world.EndedAsync();

        Assert.That(world.PhaseOf("more"), Is.EqualTo("Failed"));
        Assert.That(IsDurable(world), Is.True);
        Assert.That(world.Phase(), Is.EqualTo("Ready"));
    });

    [Test]
    public void The_kind_of_storage_does_not_change_while_halted() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.PatchSpec("""{"halted":true}""");
        await world.UntilAsync(() => world.Phase() == "Halted", "it is halted");
        world.PatchSpec("""{"storageType":"Ephemeral","halted":false}""");
        await RefusedAsync(world, "StorageTypeImmutable");
        Assert.That(world.PetSetNow(), Is.Null);

        world.PatchSpec("""{"storageType":"Durable"}""");
        await world.ReadyAsync();
        Assert.That(IsDurable(world), Is.True);
    });

    [Test]
    public void What_filled_a_database_never_changes_once_it_is_filled() => Run(async world =>
    {
        await world.HaveRedisAsync(more: ""","init":{"script":{"scriptPath":"a","configMap":{"name":"fill"}}}""");
        await world.UntilAsync(() => world.Stored().Spec.Init is { Initialized: true }, "it is initialised");
        await world.RestAsync();
        world.PatchSpec("""{"init":{"script":{"scriptPath":"b"}}}""");
        await RefusedAsync(world, "InitImmutable");
        Assert.That(world.PetSetNow()!.ToJsonString(), Does.Contain("\"value\":\"a\""), "nothing of the new spec is applied");

        world.PatchSpec("""{"init":{"script":{"scriptPath":"a"}}}""");
        await world.UntilAsync(() => world.Condition(Refused) is null, "it is as it was");
    });

    [TestCase("maxclients 3000\nmaxmemroy 20mb", "UnknownDirective", "inline[redis.conf]: line 2 sets \"maxmemroy\"", "Did you mean \"maxmemory\"?")]
    [TestCase("maxclients 3000\n\nsomething-of-tomorrow 1", "UnknownDirective", "line 3 sets \"something-of-tomorrow\"", "Correct or remove the line")]
    [TestCase("maxclients 3000\nhz \"10", "ConfigurationInvalid", "line 2 (hz): unbalanced quotes", "correct the line")]
    [TestCase("maxclients 3000 4000", "ConfigurationInvalid", "line 1: \"maxclients\" has a wrong number", "Correct the line")]
    public void A_configuration_that_no_pod_could_start_on_is_refused(string text, string reason, string place, string advice) => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 2000");
        Configure(world, text);
        await RefusedAsync(world, reason);
        Assert.That(world.Condition(Refused).Text("message"), Does.Contain(place).And.Contain(advice));

        var pod = world.Pods["cache-0"];
        world.Delete(ResourceTypes.Pod, "cache-0");
        await world.UntilAsync(() => world.Pods.GetValueOrDefault("cache-0") is { } uid && uid != pod && world.Phase() == "Ready", "the new pod runs");
        await world.RestAsync();
        Assert.That(world.Running("maxclients"), Is.EqualTo("2000"), "on the last good configuration");
        Assert.That(world.Condition(Refused).Text("reason"), Is.EqualTo(reason), "also while no server could be asked");

        Configure(world, "maxclients 3000");
        await world.UntilAsync(() => world.Condition(Refused) is null && File(world).Contains("maxclients 3000", StringComparison.Ordinal), "it goes on");
    });

    [Test]
    public void A_users_secret_that_becomes_wrong_is_refused() => Run(async world =>
    {
        world.CreateConfig("conf", "maxclients 2000");
        world.CreateRedis(more: ""","configuration":{"secretName":"conf"}""");
        await world.ReadyAsync();
        world.Patch(ResourceTypes.Secret, "conf", $$"""{"data":{"{{ConfigFile}}":"{{Convert.ToBase64String("timout 5"u8)}}"} }""");
        await RefusedAsync(world, "UnknownDirective");
        Assert.That(world.Condition(Refused).Text("message"), Does.Contain("secret conf[redis.conf]: line 1 sets \"timout\"").And.Contain("\"timeout\""));
        Assert.That(File(world), Does.Contain("maxclients 2000"));

        // The second line of a password, say.
        world.Patch(ResourceTypes.Secret, "conf", $$"""{"data":{"{{ConfigFile}}":"{{Convert.ToBase64String("hunter2-of-ours"u8)}}"} }""");
        await world.UntilAsync(() => world.Condition(Refused).Text("message").Contains("not shown", StringComparison.Ordinal), "the place is told");
        Assert.That(world.Condition(Refused).Text("message"), Does.Contain("secret conf[redis.conf]: line 1").And.Not.Contain("hunter2"));
    });

    [Test]
    public void A_new_database_with_a_slip_gets_no_pod() => Run(async world =>
    {
        world.CreateRedis(more: ""","configuration":{"inline":{"redis.conf":"maxmemroy 20mb"}}""");
        await RefusedAsync(world, "UnknownDirective");
        Assert.That(world.PetSetNow(), Is.Null);
    });

    [Test]
    public void What_the_operator_sets_itself_is_left_out_and_told() => Run(async world =>
    {
        await world.HaveRedisAsync("bind 0.0.0.0\nmaxclients 2000\nrequirepass hunter2\nport 1");
        var told = world.Condition("SpecWarnings")!;
        Assert.That((told.Text("status"), told.Text("reason")), Is.EqualTo(("True", "OperatorOwnedDirective")));
        Assert.That(told.Text("message"), Does.Contain("line 1 sets \"bind\"").And.Contain("line 3 sets \"requirepass\"").And.Contain("line 4 sets \"port\"").And.Not.Contain("hunter2"));
        Assert.That(world.Events().Count(e => e.Contains("\"port\"", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(world.Running("maxclients"), Is.EqualTo("2000"));

        Configure(world, "maxclients 2000");
        await world.UntilAsync(() => world.Condition("SpecWarnings") is null, "nothing is left out any more");
    });

    [Test]
    public void A_misspelt_field_of_the_pod_template_is_told() => Run(async world =>
    {
        world.CreateRedis(more: """
            ,"podTemplate":{"spec":{"nodeSelectr":{"disk":"ssd"},"containers":[{"name":"redis","resource":{"limits":{"cpu":"1"} } }]} },
            "serviceTemplates":[{"alias":"primary","spec":{"ports":[{"name":"primary","port":6379,"nodeprt":30001}]} }]
            """);
        await world.ReadyAsync();
        var told = world.Condition("SpecWarnings")!;
        Assert.That((told.Text("status"), told.Text("reason")), Is.EqualTo(("True", "UnknownField")));
        Assert.That(told.Text("message"), Does.Contain("spec.podTemplate.spec.nodeSelectr is no field that is known").And.Contain("Did you mean \"nodeSelector\"?"));
        Assert.That(told.Text("message"), Does.Contain("spec.podTemplate.spec.containers[0].resource ").And.Contain("\"resources\""));
        Assert.That(told.Text("message"), Does.Contain("spec.serviceTemplates[0].spec.ports[0].nodeprt").And.Contain("\"nodePort\""));
        Assert.That(world.EventsOf("cache", "Redis").Count(e => e.Text("reason") == "UnknownField" && e.Text("type") == "Warning"), Is.EqualTo(3));

        await world.PassAsync(60);
        world.Patch(Redis.Resource, "cache", """{"spec":{"podTemplate":{"spec":{"nodeSelectr":null,"containers":[{"name":"redis"}]}},"serviceTemplates":null}}""");
        await world.UntilAsync(() => world.Condition("SpecWarnings") is null, "it is corrected");
        Assert.That(world.EventsOf("cache", "Redis").Count(e => e.Text("reason") == "UnknownField"), Is.EqualTo(3), "each was told once");
    });

    [Test]
    public void A_child_that_the_server_refuses_is_told_on_the_database() => Run(async world =>
    {
        var refusal = Fault.Refused(Errors.Internal("failed to create typed patch object (demo/cache; apps/v1, Kind=StatefulSet): .spec.template.spec.containers[name=\"side\"].env: duplicate entries for key [name=\"A\"]"));
        world.Provisioner.Last.Connection.Faults.On(e => e.Verb == "apply" && e.Type.Kind == "StatefulSet", refusal, int.MaxValue);
        world.CreateRedis();
        await world.UntilAsync(() => world.Condition("DependenciesReady") is not null, "the refusal is told");
        var told = world.Condition("DependenciesReady")!;
        Assert.That((told.Text("status"), told.Text("reason")), Is.EqualTo(("False", "Refused")));
        Assert.That(told.Text("message"), Does.Contain("StatefulSet demo/cache could not be applied").And.Contain("containers[name=\"side\"].env: duplicate entries for key [name=\"A\"]"));
        Assert.That(world.EventsOf("cache", "PetSet").Select(e => e.Text("reason")), Does.Contain("Refused"));
    });

    [TestCase("StatefulSet")]
    [TestCase("Service")]
    [TestCase("PetSet")]
    public void A_server_that_fails_on_a_child_again_and_again_is_told_on_the_database(string kind) => Run(async world =>
    {
        world.Provisioner.Last.Connection.Faults.On(e => e.Verb == "apply" && e.Type.Kind == kind && e.Subresource.Length == 0, Fault.ServerError, int.MaxValue);
        world.CreateRedis();
        await world.UntilAsync(() => world.Condition("DependenciesReady").Text("reason") == "ServerFails", "the failure is told", 300);
        Assert.That(world.Condition("DependenciesReady").Text("message"), Does.Contain("etcdserver: leader changed").And.Contain(kind));
    });

    [Test]
    public void A_spec_that_has_no_place_for_the_pods_is_refused() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.PatchSpec("""{"mode":"Cluster","cluster":{"shards":3,"replicas":2} }""");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is not null, "the spec is refused");
        Assert.That(world.Condition("SpecAccepted").Text("reason"), Is.EqualTo("PodsLeftOut"));
        Assert.That(world.Condition("SpecAccepted").Text("message"), Does.StartWith($"The spec has no place for PetSet {Ns}/{Database},"));
        Assert.That(world.Names(Api.Kinds.Apps.PetSet.Resource), Is.EqualTo(new[] { Database }), "no other is made");
        Assert.That(world.Condition("Ready").Text("status"), Is.EqualTo("True"), "it works as it was");
        world.PatchSpec("""{"mode":null,"cluster":null}""");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is null, "it goes on");
    });
}
