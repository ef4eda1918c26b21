using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>A database that was found to be as described is described again only when something that matters has changed.</summary>
[TestFixture]
[Category("Machine")]
public sealed class SettledTests
{
    // What happens, and what shows that it was answered.
    private static readonly Dictionary<string, (Action<TestWorld> Change, Func<TestWorld, bool> Answered)> Changes = new()
    {
        ["a label of the database"] = (
            static w => w.Patch(RedisDatabase.Resource, Database, """{"metadata":{"labels":{"team":"a"}}}"""),
            static w => w.Get(ResourceTypes.Service, "cache").At("metadata", "labels").Text("team") == "a"),
        ["the spec"] = (
            static w => w.PatchSpec("""{"podTemplate":{"spec":{"priority":7}}}"""),
            static w => w.PetSetNow().At("spec", "template", "spec").Number("priority") == 7),
        ["the catalog version"] = (
            static w => w.Patch(RedisVersion.Resource, TestWorld.Version, """{"spec":{"db":{"image":"redis:other"}}}"""),
            static w => w.PetSetNow().At("spec", "template", "spec")!["containers"]![0].Text("image") == "redis:other"),
        ["the user's secret"] = (
            static w => w.Patch(ResourceTypes.Secret, "conf", $$"""{"data":{"{{ConfigFile}}":"{{Convert.ToBase64String("maxclients 3000"u8)}}"} }"""),
            static w => w.ConfigSecret["data"].Text("default.conf") is { } text && System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(text)).Contains("maxclients 3000", StringComparison.Ordinal)),
        ["the credential"] = (
            static w => w.Patch(ResourceTypes.Secret, "cache-auth", $$"""{"data":{"password":"{{Convert.ToBase64String("another"u8)}}"} }"""),
            static w => w.ConfigSecret["data"].Text("default.conf") is { } text && System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(text)).Contains("another", StringComparison.Ordinal)),
        ["a service is deleted"] = (static w => w.Delete(ResourceTypes.Service, "cache"), static w => w.Get(ResourceTypes.Service, "cache") is not null),
        ["a service is edited"] = (
            static w => w.Patch(ResourceTypes.Service, "cache", """{"spec":{"selector":{"app":"other"}}}"""),
            static w => w.Get(ResourceTypes.Service, "cache").At("spec", "selector").Text("app") is null or not "other"),
        ["the config secret is edited"] = (
            static w => w.Patch(ResourceTypes.Secret, w.ConfigSecret.Name(), """{"data":{"default.conf":"eA=="}}"""),
            static w => w.ConfigSecret["data"].Text("default.conf") is not "eA=="),
        ["the PetSet is edited"] = (
            static w => w.Patch(PetSet.Resource, Database, """{"spec":{"serviceName":"other"}}"""),
            static w => w.PetSetNow()!["spec"].Text("serviceName") == "cache-pods"),
        ["the label of a role is taken away"] = (
            static w =>
            {
                // Without that label it leads nobody to the database: the next event of it does.
                w.Patch(ResourceTypes.Role, Database, """{"metadata":{"labels":{"app.kubernetes.io/instance":null}}}""");
                w.Patch(ResourceTypes.Pod, "cache-0", """{"metadata":{"annotations":{"seen":"yes"}}}""");
            },
            static w => w.Get(ResourceTypes.Role, Database).At("metadata", "labels").Text("app.kubernetes.io/instance") == Database),
        ["the owner of a role is taken away"] = (
            static w => w.Patch(ResourceTypes.Role, Database, """{"metadata":{"ownerReferences":null}}"""),
            static w => w.Get(ResourceTypes.Role, Database)!["metadata"]!["ownerReferences"] is not null),
    };

    private static IEnumerable<string> Names => Changes.Keys;

    [Test]
    public void An_event_that_changes_none_of_it_describes_nothing() => Run(async world =>
    {
        var described = await HaveAsync(world);
        var before = described();
        world.Patch(ResourceTypes.Pod, "cache-0", """{"metadata":{"annotations":{"seen":"yes"}}}""");
        await world.PassAsync(600);
        Assert.That(described(), Is.EqualTo(before));
    });

    [TestCaseSource(nameof(Names))]
    public void A_change_is_answered(string what) => Run(async world =>
    {
        var described = await HaveAsync(world);
        var before = described();
        var (change, answered) = Changes[what];
        change(world);
        await world.UntilAsync(() => answered(world), "what changed is answered");
        Assert.That(described(), Is.GreaterThan(before));
    });

    private static async Task<Func<int>> HaveAsync(TestWorld world)
    {
        var described = 0;
        world.Engine.More = _ =>
        {
            described++;
            return [];
        };
        world.CreateConfig("conf", "maxclients 2000");
        await world.HaveRedisAsync(more: ""","configuration":{"secretName":"conf"}""");
        await world.RestAsync();
        return () => described;
    }
}
