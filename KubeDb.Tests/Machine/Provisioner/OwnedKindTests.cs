using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>Kinds that only some engines own: one in the database's namespace, one in another, one that is cluster-scoped, one of an optional API.</summary>
[TestFixture, Category("Machine")]
public sealed class OwnedKindTests
{
    private const string Elsewhere = "elsewhere";
    private static readonly ResourceType ClusterRole = new("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", Namespaced: false);

    [Test]
    public void They_are_applied_watched_and_put_back() => Run(async world =>
    {
        Assert.That(Here(world)!["metadata"]!["ownerReferences"]![0].Text("uid"), Is.EqualTo(world.RedisNow()!.Uid()));
        foreach (var beyond in new[] { There(world)!, Role(world)! })
        {
            Assert.That(beyond["metadata"]!["ownerReferences"], Is.Null);
            Assert.That(beyond["metadata"]!["annotations"].Text(AnnotatedOwner.Key), Is.EqualTo($"{TestWorld.Ns}/{world.RedisNow()!.Uid()}"));
        }

        world.Patch(ResourceTypes.ConfigMap, "cache-more", """{"data":{"a":"changed"}}""");
        world.Delete(ClusterRole, "cache-more");
        await world.UntilAsync(() => Here(world)!["data"].Text("a") == "1" && Role(world) is not null, "both are as described again");
        await world.RestAsync();
        var writes = world.Provisioner.Writes.Count();
        await world.PassAsync(TimeSpan.FromMinutes(10));
        Assert.That(world.Provisioner.Writes.Skip(writes), Is.Empty, "at rest nothing is written");
    });

    [Test]
    public void What_the_blueprint_no_longer_holds_goes() => Run(async world =>
    {
        world.Engine.More = static _ => [];
        world.Patch(Redis.Resource, "cache", """{"metadata":{"labels":{"touched":"yes"}}}""");
        await world.UntilAsync(() => Here(world) is null && There(world) is null && Role(world) is null, "all three are gone");
    });

    [Test]
    public void A_halt_takes_away_what_the_table_does_not_keep() => Run(async world =>
    {
        world.Patch(Redis.Resource, "cache", """{"spec":{"halted":true}}""");
        await world.UntilAsync(() => world.Phase() == "Halted", "it is halted");

        Assert.That(Role(world), Is.Null);
        Assert.That(Here(world), Is.Not.Null, "kept on halt");
        Assert.That(There(world), Is.Not.Null, "kept on halt");
    });

    [TestCase("Delete")]
    [TestCase("Halt")]
    public void The_deletion_of_the_database_deletes_what_garbage_collection_does_not(string policy) => Run(async world =>
    {
        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        await world.UntilAsync(() => Here(world) is null, "the garbage collector has taken the rest");

        Assert.That(There(world), Is.Null);
        Assert.That(Role(world), Is.Null);
    }, policy);

    [Test]
    public void Orphaned_they_stay() => Run(async world =>
    {
        world.Delete(Redis.Resource, "cache", propagation: "Orphan");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        await world.PassAsync(10);

        Assert.That(There(world), Is.Not.Null);
        Assert.That(Role(world), Is.Not.Null);
    });

    [Test]
    public void A_strangers_object_of_that_name_is_left_alone() => TestWorld.Run(
        async world =>
        {
            world.CreateRedis();
            await world.UntilAsync(() => world.Condition("DependenciesReady") is not null || world.Condition("SpecAccepted") is not null, "it is told");
            Assert.That((world.Condition("SpecAccepted") ?? world.Condition("DependenciesReady")).Text("message"), Does.Contain("ClusterRole cache-more belongs to cache in namespace other"));
            Assert.That(Role(world)!["metadata"]!["annotations"].Text(AnnotatedOwner.Key), Is.EqualTo("other/1"));
        },
        world =>
        {
            Prepare(world);
            world.Create(ClusterRole, $$$"""{"metadata":{"name":"cache-more","labels":{{{Labels}}},"annotations":{"{{{AnnotatedOwner.Key}}}":"other/1"}},"rules":[]}""");
        });

    private const string Labels = """{"app.kubernetes.io/name":"redises.kubedb.com","app.kubernetes.io/instance":"cache","app.kubernetes.io/managed-by":"kubedb.com"}""";

    private static void Run(Func<TestWorld, Task> body, string policy = "Delete") => TestWorld.Run(
        async world =>
        {
            world.CreateRedis(more: $$""","deletionPolicy":"{{policy}}" """);
            await world.ReadyAsync();
            await body(world);
        },
        Prepare);

    private static void Prepare(TestWorld world)
    {
        world.Server.CreateNamespace(Elsewhere);
        world.Engine.OwnedKinds =
        [
            new(ResourceTypes.ConfigMap, KeptOnHalt: true), new(ClusterRole), new(ResourceTypes.Certificate, KeptOnHalt: true, Optional: true),
        ];
        world.Engine.More = static facts =>
        [
            new(ResourceTypes.ConfigMap, ConfigMap(TestWorld.Ns, facts)),
            new(ResourceTypes.ConfigMap, ConfigMap(Elsewhere, facts)),
            new(ClusterRole, new()
            {
                ["apiVersion"] = ClusterRole.ApiVersion,
                ["kind"] = ClusterRole.Kind,
                ["metadata"] = Metadata("", facts),
                ["rules"] = new JsonArray(new JsonObject { ["apiGroups"] = new JsonArray(""), ["resources"] = new JsonArray("nodes"), ["verbs"] = new JsonArray("get") }),
            }),
        ];
    }

    private static JsonObject ConfigMap(string ns, DatabaseFacts facts) =>
        new() { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = Metadata(ns, facts), ["data"] = new JsonObject { ["a"] = "1" } };

    private static JsonObject Metadata(string ns, DatabaseFacts facts)
    {
        var metadata = new JsonObject { ["name"] = facts.Database.Metadata.Name + "-more", ["labels"] = Json.Parse(Labels) };
        if (ns.Length > 0)
            metadata["namespace"] = ns;
        return metadata;
    }

    private static JsonObject? Here(TestWorld world) => world.Server.Peek(ResourceTypes.ConfigMap, TestWorld.Ns, "cache-more");

    private static JsonObject? There(TestWorld world) => world.Server.Peek(ResourceTypes.ConfigMap, Elsewhere, "cache-more");

    private static JsonObject? Role(TestWorld world) => world.Server.Peek(ClusterRole, "", "cache-more");
}
