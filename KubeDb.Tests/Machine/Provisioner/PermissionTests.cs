using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>The API server refuses the Provisioner something that it needs.</summary>
[TestFixture]
[Category("Machine")]
public sealed class PermissionTests
{
    private const string Account = "system:serviceaccount:kubedb:kubedb-provisioner";

    [TestCase("secrets", 403)]
    [TestCase("services", 403)]
    [TestCase("petsets", 403)]
    [TestCase("statefulsets", 403)]
    public void A_missing_right_is_told_on_the_database_and_found_granted(string resource, int code) => Run(async world =>
    {
        var refused = true;
        world.Provisioner.Last.Connection.Faults.On(
            e => refused && e.Does == RequestKind.Write && e.Type.Plural == resource,
            Fault.Refused(new ApiError(ApiErrorKind.Forbidden, code, "Forbidden", $"{resource} is forbidden: User \"{Account}\" cannot create resource \"{resource}\"")),
            times: int.MaxValue);
        world.CreateRedis();
        await world.UntilAsync(() => world.Condition("DependenciesReady") is not null, "a condition tells", 10);
        var told = world.Condition("DependenciesReady")!;
        Assert.That(told.Text("reason"), Is.EqualTo("PermissionMissing"));
        Assert.That(told.Text("message"), Does.Contain(Account).And.Contain($"cannot create resource \"{resource}\"").And.Contain("Grant it"));
        Assert.That(world.Events(), Has.One.Contains(Account));
        await world.PassAsync(TimeSpan.FromMinutes(10));
        Assert.That(world.Events(), Has.One.Contains(Account), "it is told once");

        refused = false;
        await world.ReadyAsync();
        Assert.That(world.Condition("DependenciesReady"), Is.Null);
    });

    [TestCase("Halt", "secrets", true, true)]
    [TestCase("Delete", "persistentvolumeclaims", false, true)]
    [TestCase("WipeOut", "secrets", false, false)]
    public void A_deletion_that_may_not_be_carried_out_waits_for_the_right(string policy, string resource, bool claimStays, bool secretStays) => Run(async world =>
    {
        world.CreateRedis(more: $$""","deletionPolicy":"{{policy}}" """);
        await world.ReadyAsync();
        var refused = true;
        world.Provisioner.Last.Connection.Faults.On(
            e => refused && e.Does == RequestKind.Write && e.Type.Plural == resource,
            Fault.Refused(new ApiError(ApiErrorKind.Forbidden, 403, "Forbidden", $"{resource} is forbidden: User \"{Account}\" cannot patch resource \"{resource}\"")),
            times: int.MaxValue);
        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.Condition("DependenciesReady") is not null, "a condition tells", 10);
        Assert.That(world.Condition("DependenciesReady").Text("reason"), Is.EqualTo("PermissionMissing"));
        await world.PassAsync(TimeSpan.FromMinutes(2));
        Assert.That(world.RedisNow(), Is.Not.Null, "let go with its data not dealt with");

        refused = false;
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        await world.PassAsync(TimeSpan.FromSeconds(10));
        Assert.That(world.Names(ResourceTypes.PersistentVolumeClaim).Any(), Is.EqualTo(claimStays), "claim");
        Assert.That(world.Names(ResourceTypes.Secret).Contains("cache-auth"), Is.EqualTo(secretStays), "secret");
    });

    [Test]
    public void A_quota_is_told_in_its_own_words() => Run(async world =>
    {
        world.Provisioner.Last.Connection.Faults.On(
            static e => e.Does == RequestKind.Write && e.Type.Plural == "services",
            Fault.Refused(new ApiError(ApiErrorKind.Forbidden, 403, "Forbidden", "services \"cache\" is forbidden: exceeded quota: few")),
            times: 3);
        world.CreateRedis();
        await world.UntilAsync(() => world.Condition("DependenciesReady") is not null, "a condition tells", 10);
        Assert.That(world.Condition("DependenciesReady").Text("reason"), Is.EqualTo("AdmissionRefused"));
        Assert.That(world.Condition("DependenciesReady").Text("message"), Does.Contain("exceeded quota: few"));
        await world.ReadyAsync();
    });
}
