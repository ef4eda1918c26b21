using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>Edits of a running database: the condition says what its pods lack of them, and which request brings it.</summary>
[TestFixture]
[Category("Machine")]
public sealed class UpToDateTests
{
    private static string Lacking(TestWorld world) => world.Condition("PodsUpToDate") is { } condition && condition.Text("status") == "False"
        ? $"{condition.Text("reason")}: {condition.Text("message")}"
        : "";

    private static Task UntilLackingAsync(TestWorld world, string reason) =>
        world.UntilAsync(() => Lacking(world).StartsWith(reason, StringComparison.Ordinal), $"the condition says {reason}", 120);

    private static Task UntilUpToDateAsync(TestWorld world) => world.UntilAsync(() => world.Condition("PodsUpToDate") is null, "nothing is lacking", 300);

    private static void Configure(TestWorld world, string text) => world.PatchSpec(
        $$"""{"configuration":{"inline":{"{{ConfigFile}}":{{System.Text.Json.JsonSerializer.Serialize(text)}} } } }""");

    private static async Task RestartAsync(TestWorld world)
    {
        world.Ask("again", "Restart");
        await world.EndedAsync();
        Assert.That(world.PhaseOf("again"), Is.EqualTo("Successful"));
        await UntilUpToDateAsync(world);
    }

    [Test]
    public void A_new_pod_template_waits_for_a_restart() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.PatchSpec("""{"podTemplate":{"spec":{"priority":7}}}""");
        await UntilLackingAsync(world, "PodTemplateOutdated");
        Assert.That(Lacking(world), Does.Contain("Pod cache-0 runs with an older pod template").And.Contain("RedisOpsRequest of type Restart"));
        Assert.That(world.Events().Count(e => e.Contains("older pod template", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(world.Phase(), Is.EqualTo("Ready"), "the database works");
        await RestartAsync(world);
    });

    [Test]
    public void Monitoring_of_a_running_database_says_that_the_pod_has_no_exporter() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.PatchSpec("""{"monitor":{"agent":"prometheus.io"}}""");
        await UntilLackingAsync(world, "PodTemplateOutdated");
        Assert.That(Lacking(world), Does.Contain("container exporter is missing"));
        await RestartAsync(world);
    });

    [TestCase("maxclients 2000", "maxclients 3000", "maxclients")]
    [TestCase("maxclients 2000", "", "maxclients")]
    [TestCase("databases 24", "timeout 60", "timeout, databases")]
    public void An_edited_configuration_waits_for_a_restart(string before, string after, string settings) => Run(async world =>
    {
        await world.HaveRedisAsync(before);
        if (after.Length > 0)
            Configure(world, after);
        else
            world.PatchSpec("""{"configuration":null}""");
        await UntilLackingAsync(world, "ConfigurationNotInEffect");
        Assert.That(Lacking(world), Does.Contain($"Pod cache-0 runs with another value than the configuration says of {settings}.").And.Contain("RedisOpsRequest of type Restart"));
        await RestartAsync(world);
    });

    [Test]
    public void An_edit_that_is_taken_back_lacks_nothing() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 2000");
        Configure(world, "maxclients 3000");
        await UntilLackingAsync(world, "ConfigurationNotInEffect");
        Configure(world, "maxclients 2000");
        await UntilUpToDateAsync(world);
    });

    [Test]
    public void What_was_set_by_hand_in_the_server_is_seen() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 2000");
        Configure(world, "maxclients 3000");
        await UntilLackingAsync(world, "ConfigurationNotInEffect");
        var loggedIn = false;
        var server = world.Redis.Running.Single();
        server.Answer(["AUTH", "default", server["requirepass"]!], ref loggedIn);
        server.Answer(["CONFIG", "SET", "maxclients", "3000"], ref loggedIn);
        await UntilUpToDateAsync(world);
    });

    [Test]
    public void A_change_of_a_users_secret_is_told() => Run(async world =>
    {
        world.CreateConfig("conf", "maxclients 2000");
        world.CreateRedis(more: ""","configuration":{"secretName":"conf"}""");
        await world.ReadyAsync();
        world.Patch(ResourceTypes.Secret, "conf", $$"""{"data":{"{{ConfigFile}}":"{{Convert.ToBase64String("maxclients 3000"u8)}}"} }""");
        await UntilLackingAsync(world, "ConfigurationNotInEffect");
    });

    [Test]
    public void A_live_change_lacks_nothing() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 2000");
        var uid = world.Pods["cache-0"];
        world.AskFor("more", "maxclients 3000");
        await world.EndedAsync();
        await world.RestAsync();
        Assert.That((world.PhaseOf("more"), world.Pods["cache-0"], Lacking(world)), Is.EqualTo(("Successful", uid, "")));
        Assert.That(world.EventsOf("cache", "Redis").Select(e => e.Text("reason")), Has.None.EqualTo("ConfigurationNotInEffect"));
    });

    [Test]
    public void A_change_that_may_not_restart_says_what_is_not_in_effect() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.AskFor("more", "databases 24", "\"restart\":\"false\"");
        await world.EndedAsync();
        await UntilLackingAsync(world, "ConfigurationNotInEffect");
        Assert.That(Lacking(world), Does.Contain("databases"));
    });

    [Test]
    public void An_edit_during_an_operation_is_told_after_it() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.AskFor("more", "maxclients 2000", "\"restart\":\"true\"");
        await world.UntilAsync(() => world.ConditionsOf("more").Contains("UpdatePetSets=True"), "the new configuration is written");
        Configure(world, "maxclients 1234");
        await world.EndedAsync();
        if (world.Running("maxclients") != "1234")
            await UntilLackingAsync(world, "ConfigurationNotInEffect");
        await RestartAsync(world);
        Assert.That(world.Running("maxclients"), Is.EqualTo("1234"));
    });

    [TestCase("2Gi", "VolumeExpansion")]
    [TestCase("512Mi", "can not shrink: set the size in the spec back to 1Gi")]
    public void Another_size_in_the_spec_changes_no_volume(string size, string advice) => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.PatchSpec($$$"""{"storage":{"resources":{"requests":{"storage":"{{{size}}}"} } } }""");
        await UntilLackingAsync(world, "VolumeSizeDiffers");
        Assert.That(Lacking(world), Does.Contain($"PersistentVolumeClaim data-cache-0 has 1Gi, and the spec asks for {size}").And.Contain(advice));
        world.PatchSpec("""{"storage":{"resources":{"requests":{"storage":"1Gi"}}}}""");
        await UntilUpToDateAsync(world);
    });

    [Test]
    public void A_process_that_is_killed_after_an_edit_tells_all_the_same() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 2000");
        world.Provisioner.Last.Kill();
        Configure(world, "maxclients 3000");
        await UntilLackingAsync(world, "ConfigurationNotInEffect");
        world.Provisioner.Last.Kill();
        await world.PassAsync(120);
        Assert.That(Lacking(world), Does.StartWith("ConfigurationNotInEffect"), "it is still so");
        await RestartAsync(world);
    });

    [Test]
    public void With_nothing_lacking_no_server_is_asked() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 2000");
        await world.RestAsync();
        var asked = world.Redis.Asked("CONFIG");
        world.Delete(ResourceTypes.Service, "cache");
        await world.PassAsync(TimeSpan.FromMinutes(10));
        Assert.That(world.Redis.Asked("CONFIG") - asked, Is.LessThanOrEqualTo(1), "once, since something was applied");
    });
}
