using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>Credentials, halting and deletion: what must never be lost, and what must go.</summary>
[TestFixture]
[Category("Machine")]
public sealed class DataTests
{
    private const string Credential = """{"username":"YWRtaW4=","password":"c2VjcmV0"}""";

    private static JsonObjectView Claim(TestWorld world) => new(world.Get(ResourceTypes.PersistentVolumeClaim, "data-cache-0"));

    private static string Password(TestWorld world) => world.Get(ResourceTypes.Secret, "cache-auth")!["data"].Text("password");

    [Test]
    public void A_credential_is_made_and_named_in_the_spec() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();

        var secret = world.Get(ResourceTypes.Secret, "cache-auth")!;
        Assert.That(secret.Text("type"), Is.EqualTo("kubernetes.io/basic-auth"));
        Assert.That(System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(secret["data"].Text("username"))), Is.EqualTo("default"));
        Assert.That(Convert.FromBase64String(secret["data"].Text("password")), Has.Length.EqualTo(16));
        Assert.That(secret["metadata"]!["annotations"].Text("kubedb.com/auth-active-from"), Is.Not.Empty);
        Assert.That(secret["metadata"]!["labels"].Text(DatabaseLabels.Instance), Is.EqualTo("cache"));
        Assert.That(FakeCluster.ControllerOf(secret).Text("kind"), Is.EqualTo("Redis"));
        Assert.That(world.RedisNow()!.At("spec", "authSecret")!.Text("name"), Is.EqualTo("cache-auth"));
    });

    [Test]
    public void A_referenced_secret_gets_labels_and_no_owner() => Run(async world =>
    {
        world.CreateSecret("mine", Credential);
        world.CreateRedis(more: ""","authSecret":{"kind":"Secret","name":"mine"}""");
        await world.ReadyAsync();

        var secret = world.Get(ResourceTypes.Secret, "mine")!;
        Assert.That(secret["metadata"]!["labels"].Text(DatabaseLabels.Instance), Is.EqualTo("cache"));
        Assert.That(secret["metadata"]!["ownerReferences"], Is.Null);
        Assert.That(world.Names(ResourceTypes.Secret), Has.None.EqualTo("cache-auth"));
    });

    [Test]
    public void A_secret_of_another_database_is_refused() => Run(async world =>
    {
        world.CreateSecret("mine", Credential, labels: """{"app.kubernetes.io/managed-by":"kubedb.com","app.kubernetes.io/name":"redises.kubedb.com","app.kubernetes.io/instance":"other"}""");
        world.CreateRedis(more: ""","authSecret":{"kind":"Secret","name":"mine"}""");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is not null, "the refusal is told");

        Assert.That(world.Condition("SpecAccepted").Text("reason"), Is.EqualTo("SecretOwnedByOther"));
        Assert.That(world.Get(ResourceTypes.Secret, "mine")!["metadata"]!["labels"].Text(DatabaseLabels.Instance), Is.EqualTo("other"));
    });

    [Test]
    public void An_externally_managed_secret_is_read_and_never_touched() => Run(async world =>
    {
        world.CreateRedis(more: ""","authSecret":{"kind":"Secret","name":"mine","externallyManaged":true}""");
        await world.UntilAsync(() => world.Condition("DependenciesReady") is not null, "the missing secret is told");
        world.CreateSecret("mine", """{"username":"YWRtaW4="}""");
        await world.UntilAsync(() => world.Condition("DependenciesReady").Text("reason") == "SecretKeyMissing", "the missing key is told", 5);
        world.Patch(ResourceTypes.Secret, "mine", """{"data":{"password":"c2VjcmV0"}}""");
        var version = world.Get(ResourceTypes.Secret, "mine")!["metadata"].Text("resourceVersion");
        await world.ReadyAsync();

        Assert.That(world.Get(ResourceTypes.Secret, "mine")!["metadata"].Text("resourceVersion"), Is.EqualTo(version));
        world.Patch(Redis.Resource, "cache", """{"spec":{"deletionPolicy":"WipeOut"}}""");
        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        Assert.That(world.Get(ResourceTypes.Secret, "mine")!["metadata"].Text("resourceVersion"), Is.EqualTo(version));
    });

    [Test]
    public void Without_authentication_there_is_no_secret() => Run(async world =>
    {
        world.CreateRedis(more: ""","disableAuth":true""");
        await world.ReadyAsync();

        Assert.That(world.Names(ResourceTypes.Secret), Is.EqualTo(new[] { world.ConfigSecret.Name() }));
    });

    [Test]
    public void A_deleted_credential_is_restored_while_servers_use_it() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        var before = Password(world);
        world.Delete(ResourceTypes.Secret, "cache-auth");
        await world.UntilAsync(() => world.Get(ResourceTypes.Secret, "cache-auth") is not null, "the secret is there again");

        Assert.That(Password(world), Is.EqualTo(before));
    });

    [Test]
    public void A_credential_that_nobody_knows_any_more_is_not_replaced_under_running_servers() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        world.Provisioner.Last.Kill();
        world.Delete(ResourceTypes.Secret, "cache-auth");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is not null, "the loss is told");

        Assert.That(world.Condition("SpecAccepted").Text("reason"), Is.EqualTo("CredentialLost"));
        Assert.That(world.Get(ResourceTypes.Secret, "cache-auth"), Is.Null);
    });

    [Test]
    public void The_credential_has_the_labels_of_any_child() => Run(async world =>
    {
        world.CreateRedis();
        world.Patch(Redis.Resource, "cache", """{"metadata":{"labels":{"team":"shop","kubedb.com/mine":"no"}}}""");
        await world.ReadyAsync();

        Assert.That(
            JsonNode.DeepEquals(world.Get(ResourceTypes.Secret, "cache-auth")!["metadata"]!["labels"], world.Get(ResourceTypes.Service, "cache")!["metadata"]!["labels"]),
            Is.True);
        Assert.That(world.Get(ResourceTypes.Secret, "cache-auth")!["metadata"]!["labels"].Text("app.kubernetes.io/component"), Is.EqualTo("database"));
        Assert.That(world.Get(ResourceTypes.Secret, "cache-auth")!["metadata"]!["labels"].Text("team"), Is.EqualTo("shop"));
    });

    [Test]
    public void A_service_with_the_annotation_survives_a_halt() => Run(async world =>
    {
        world.CreateRedis(more: ""","serviceTemplates":[{"alias":"primary","metadata":{"annotations":{"kubedb.com/resource-policy-keep-on":"halt"}}}]""");
        await world.ReadyAsync();
        world.Patch(Redis.Resource, "cache", """{"spec":{"halted":true}}""");
        await world.UntilAsync(() => world.Phase() == "Halted", "it is halted");

        Assert.That(world.Names(ResourceTypes.Service), Is.EqualTo(new[] { "cache" }));
    });

    [Test]
    public void Halted_and_back_keeps_claims_and_secrets() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        var (claim, password) = (Claim(world).Uid, Password(world));

        world.Patch(Redis.Resource, "cache", """{"spec":{"halted":true}}""");
        await world.UntilAsync(() => world.Phase() == "Halted", "it is halted");
        foreach (var type in OwnedKinds.Common.Select(k => k.Type).Append(PetSet.Resource).Append(ResourceTypes.StatefulSet).Append(ResourceTypes.Pod))
            Assert.That(world.Names(type), Is.Empty, type.Kind);
        Assert.That((Claim(world).Uid, Password(world)), Is.EqualTo((claim, password)));
        await world.PassAsync(TimeSpan.FromSeconds(15));
        var writes = world.Provisioner.Writes.Count();
        await world.PassAsync(TimeSpan.FromMinutes(10));
        Assert.That(world.Provisioner.Writes.Skip(writes), Is.Empty, "a halted database is at rest");

        world.Patch(Redis.Resource, "cache", """{"spec":{"halted":false}}""");
        await world.ReadyAsync();
        Assert.That((Claim(world).Uid, Password(world)), Is.EqualTo((claim, password)));
        Assert.That(world.Condition("Halted"), Is.Null);
    });

    [TestCase("WipeOut", true, "Halt")]
    [TestCase("Delete", true, "Halt")]
    [TestCase("WipeOut", false, "WipeOut")]
    public void Halting_sets_the_policy_that_keeps_the_data(string policy, bool durable, string afterwards) => Run(async world =>
    {
        world.CreateRedis(more: $$""","deletionPolicy":"{{policy}}" """, durable: durable);
        await world.ReadyAsync();
        world.PatchSpec("""{"halted":true}""");
        await world.UntilAsync(() => world.Phase() == "Halted", "it is halted");
        Assert.That(world.Stored().Spec.DeletionPolicy, Is.EqualTo(afterwards), "with ephemeral storage Halt is no policy");

        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        await world.PassAsync(TimeSpan.FromSeconds(10));
        Assert.That(Claim(world).Exists, Is.EqualTo(durable), "claim");
        Assert.That(world.Names(ResourceTypes.Secret), Is.EqualTo(new[] { "cache-auth" }));
    });

    [TestCase("Delete", false, true)]
    [TestCase("WipeOut", false, false)]
    [TestCase("Halt", true, true)]
    public void The_deletion_policy_is_carried_out(string policy, bool claimStays, bool secretStays) => Run(async world =>
    {
        world.CreateRedis(more: $$""","deletionPolicy":"{{policy}}" """);
        await world.ReadyAsync();
        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        await world.PassAsync(TimeSpan.FromSeconds(10));

        foreach (var type in OwnedKinds.Common.Select(k => k.Type).Append(PetSet.Resource).Append(ResourceTypes.StatefulSet).Append(ResourceTypes.Pod))
            Assert.That(world.Names(type), Is.Empty, type.Kind);
        Assert.That(Claim(world).Exists, Is.EqualTo(claimStays), "claim");
        Assert.That(world.Names(ResourceTypes.Secret), Is.EqualTo(secretStays ? new[] { "cache-auth" } : []), "secrets");
    });

    [Test]
    public void DoNotTerminate_goes_on_serving_until_the_policy_changes() => Run(async world =>
    {
        world.CreateRedis(more: ""","deletionPolicy":"DoNotTerminate" """);
        await world.ReadyAsync();
        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.Condition("DeletionBlocked") is not null, "the refusal is told");

        const string Sentence = "redis \"demo/cache\" can't be terminated. To delete, change spec.deletionPolicy";
        Assert.That(world.Condition("DeletionBlocked").Text("message"), Is.EqualTo(Sentence));
        world.Delete(ResourceTypes.Service, "cache");
        await world.UntilAsync(() => world.Get(ResourceTypes.Service, "cache") is not null, "it is still looked after");
        await world.PassAsync(TimeSpan.FromSeconds(30));
        Assert.That(world.Phase(), Is.EqualTo("Ready"));
        Assert.That(world.Events().Count(e => e == Sentence), Is.EqualTo(1));

        world.Patch(Redis.Resource, "cache", """{"spec":{"deletionPolicy":"Halt"}}""");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        Assert.That(Claim(world).Exists, Is.True);
    });

    [Test]
    public void A_secret_that_a_sibling_uses_survives_WipeOut() => Run(async world =>
    {
        world.CreateRedis(more: ""","deletionPolicy":"WipeOut" """);
        await world.ReadyAsync();
        world.CreateRedis("sibling", ""","authSecret":{"kind":"Secret","name":"cache-auth","externallyManaged":true}""");
        await world.ReadyAsync("sibling");
        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        await world.PassAsync(TimeSpan.FromSeconds(10));

        Assert.That(world.Names(ResourceTypes.Secret), Does.Contain("cache-auth"));
        Assert.That(world.Phase("sibling"), Is.EqualTo("Ready"));
    });

    [Test]
    public void Made_again_after_Halt_the_database_has_its_data_and_password() => Run(async world =>
    {
        world.CreateRedis(more: ""","deletionPolicy":"Halt" """);
        await world.ReadyAsync();
        var (claim, password) = (Claim(world).Uid, Password(world));
        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        world.CreateRedis(more: ""","deletionPolicy":"Halt" """);
        await world.ReadyAsync();
        await world.PassAsync(TimeSpan.FromSeconds(30));

        Assert.That((Claim(world).Uid, Password(world), world.Phase()), Is.EqualTo((claim, password, "Ready")));
    });

    [Test]
    public void Made_again_at_once_after_Delete_the_database_has_a_new_volume() => Run(async world =>
    {
        world.CreateRedis();
        await world.ReadyAsync();
        var claim = Claim(world).Uid;
        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        world.CreateRedis();
        await world.ReadyAsync();
        await world.PassAsync(TimeSpan.FromSeconds(30));

        Assert.That(world.Phase(), Is.EqualTo("Ready"));
        Assert.That(Claim(world).Uid, Is.Not.EqualTo(claim).And.Not.Empty);
    });

    [Test]
    public void The_policy_is_that_of_the_moment_of_the_deletion() => Run(async world =>
    {
        world.CreateRedis(more: ""","deletionPolicy":"WipeOut" """);
        await world.ReadyAsync();
        var changed = false;
        world.Provisioner.Last.Connection.Faults.On(
            e =>
            {
                // The Provisioner knows of the deletion, and not yet of the new policy.
                if (!changed && e is { Verb: "get", Type.Plural: "redises" })
                {
                    changed = true;
                    world.PatchSpec("""{"deletionPolicy":"Halt"}""");
                }

                return false;
            },
            Fault.LostAnswer,
            times: int.MaxValue);
        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        await world.PassAsync(TimeSpan.FromSeconds(10));

        Assert.That(changed, Is.True);
        Assert.That(Claim(world).Exists, Is.True, "claim");
        Assert.That(world.Names(ResourceTypes.Secret), Is.EqualTo(new[] { "cache-auth" }));
    });

    [TestCase(true)]
    [TestCase(false)]
    public void DoNotTerminate_protects_nothing_in_a_namespace_that_goes(bool refusedBefore) => Run(async world =>
    {
        world.CreateRedis(more: ""","deletionPolicy":"DoNotTerminate" """);
        await world.ReadyAsync();
        if (refusedBefore)
        {
            world.Delete(Redis.Resource, "cache");
            await world.UntilAsync(() => world.Condition("DeletionBlocked") is not null, "the refusal is told");
        }

        world.Delete(ResourceTypes.Namespace, Ns);
        await world.UntilAsync(() => world.Get(ResourceTypes.Namespace, Ns) is null, "the namespace is gone", 60);
        await world.PassAsync(5);

        var told = world.Server.PeekAll(ResourceTypes.Event).Where(e => e["involvedObject"].Text("kind") == "Namespace").ToList();
        Assert.That(told.Select(e => (e.Text("type"), e.Text("reason"))), Is.EqualTo(new[] { ("Warning", "NamespaceDeleted") }));
        Assert.That(told[0].Text("message"), Does.Contain("redis \"demo/cache\"").And.Contain("DoNotTerminate"));
    });

    [Test]
    public void A_namespace_goes_with_everything_in_it() => Run(async world =>
    {
        world.CreateRedis(more: ""","deletionPolicy":"Halt" """);
        await world.ReadyAsync();
        world.Delete(ResourceTypes.Namespace, Ns);
        await world.UntilAsync(() => world.Get(ResourceTypes.Namespace, Ns) is null, "the namespace is gone", 60);
    });

    private sealed record JsonObjectView(System.Text.Json.Nodes.JsonObject? Object)
    {
        public bool Exists => Object is not null;

        public string Uid => Object?.Uid() ?? "";
    }
}
