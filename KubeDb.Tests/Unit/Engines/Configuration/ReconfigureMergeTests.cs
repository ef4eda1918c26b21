using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Engines.Redis;
using static KubeDb.Tests.Unit.Engines.Configuration.ConfigurationSample;

namespace KubeDb.Tests.Unit.Engines.Configuration;

/// <summary>One request gives what several would give one after the other, or there is no such request.</summary>
[TestFixture, Category("Unit")]
public class ReconfigureMergeTests
{
    private static readonly IConfigurationEngine Redis = new RedisEngine(new FakeServers(), TimeProvider.System).Configuration!;

    [Test]
    public void ALaterSecretIsNotMergedWithWhatWasAppliedBefore()
    {
        // The secret may set what was applied, which it then displaces; only its content tells.
        RedisOpsRequest[] requests = [Apply("maxclients 3000"), Request("""{"configSecret":{"name":"s"}}""")];
        Assert.That(Redis.Merge(requests, Server), Is.Null);
        Assert.That(InOrder(Redis, requests, Facts((string?)null, Secret("s", ("redis.conf", "maxclients 4000")))).Spec, Is.EqualTo("""{"secretName":"s"}"""));
    }

    [TestCase("""{"configSecret":{"name":"s"}}""", """{"configSecret":{"name":"t"}}""", null, TestName = "Two secrets take two sets of settings out of the inline text")]
    [TestCase("""{"configSecret":{"name":"s"}}""", """{"configSecret":{"name":"s"}}""", """{"restart":"auto","configSecret":{"name":"s"}}""", TestName = "The same secret twice")]
    [TestCase("""{"removeCustomConfig":true,"configSecret":{"name":"s"}}""", """{"configSecret":{"name":"t"}}""", """{"restart":"auto","removeCustomConfig":true,"configSecret":{"name":"t"}}""",
        TestName = "After a removal there is no inline text to take anything out of")]
    [TestCase("""{"configSecret":{"name":"s"},"applyConfig":{"redis.conf":"hz 1"}}""", """{"applyConfig":{"redis.conf":"hz 2\ntimeout 3"}}""",
        """{"restart":"auto","configSecret":{"name":"s"},"applyConfig":{"redis.conf":"hz 2\ntimeout 3\n"}}""", TestName = "Applied twice, the later on top")]
    [TestCase("""{"applyConfig":{"redis.conf":"hz 1"}}""", """{"removeCustomConfig":true}""", """{"restart":"auto","removeCustomConfig":true}""", TestName = "A removal leaves nothing of what came before")]
    [TestCase("""{"applyConfig":{"redis.conf":"# a"}}""", """{"applyConfig":{"redis.conf":"# b"}}""", """{"restart":"auto","applyConfig":{"redis.conf":""}}""", TestName = "Nothing twice is still a request")]
    public void Merges(string first, string second, string? merged) =>
        Assert.That(Redis.Merge([Request(first), Request(second)], Server)?.ToJsonString(), Is.EqualTo(merged));

    [TestCase("timeout 60\nmaxmemroy 10mb", TestName = "A directive that may be unknown")]
    [TestCase("port 1", TestName = "A directive of the operator")]
    [TestCase("proc-title-template \"x", TestName = "A line that can not be read")]
    [TestCase("maxclients 1 2", TestName = "A wrong number of arguments")]
    public void ABadRequestSpoilsNoOther(string text)
    {
        Assert.That(Redis.Merge([Apply("timeout 60"), Apply(text)], Server), Is.Null);
        Assert.That(Redis.Merge([Apply(text), Apply("timeout 60")], Server), Is.Null);
    }

    [Test]
    public void AFileThatNobodyReadsAndAPartThatOnlyTheEngineKnowsAreNotMerged()
    {
        Assert.That(Redis.Merge([Apply("hz 1"), Request("""{"applyConfig":{"valkey.conf":"hz 1"}}""")], Server), Is.Null);
        Assert.That(Redis.Merge([Apply("hz 1"), Request("""{"auth":{"deleteUsers":["ann"]}}""")], Server), Is.Null);
        Assert.That(Redis.Merge([Apply("hz 1"), Apply("hz 2")], null), Is.Null);
    }

    [TestCase("""{"restart":"false"}""", "", TestName = "restart")]
    [TestCase("{}", ""","apply":"Always" """, TestName = "apply")]
    [TestCase("{}", ""","timeout":"5m" """, TestName = "timeout")]
    [TestCase("{}", ""","maxRetries":3""", TestName = "maxRetries")]
    public void OnlyRequestsThatAskForTheSameAreMerged(string configuration, string more)
    {
        var change = JsonNode.Parse(configuration)!;
        change["applyConfig"] = new JsonObject { ["redis.conf"] = "hz 2" };
        var (plain, other) = (Apply("hz 1"), Request(change, more));
        Assert.That(ReconfigureMerge.CanMerge(plain, other), Is.False);
        Assert.That(ReconfigureMerge.CanMerge(other, plain), Is.False);
        Assert.That(ReconfigureMerge.CanMerge(other, Request(change.DeepClone(), more)), Is.True);
        Assert.That(Redis.Merge([plain, other], Server), Is.Null);
        Assert.That(Redis.Merge([other, other], Server)!["restart"]!.GetValue<string>(), Is.EqualTo(change["restart"]?.GetValue<string>() ?? "auto"));
    }

    [TestCase(null, """{"restart":"auto"}""", "", TestName = "restart left out and auto")]
    [TestCase(null, "{}", ""","apply":"IfReady","maxRetries":1""", TestName = "defaults left out and written")]
    [TestCase(""","timeout":"60s" """, "{}", ""","timeout":"1m" """, TestName = "one duration in two spellings")]
    public void WhatMeansTheSameIsTheSame(string? firstMore, string configuration, string more) =>
        Assert.That(ReconfigureMerge.CanMerge(Request("{}", firstMore ?? ""), Request(configuration, more)), Is.True);

    [Test]
    public void ARestartIsNeverMerged()
    {
        var restart = new RedisOpsRequest { Spec = new() { Type = "Restart" } };
        Assert.That(ReconfigureMerge.CanMerge(restart, restart), Is.False);
    }

    [Test]
    public void OneRequestGivesWhatSeveralGiveInOrder_redis_conf()
    {
        var text = Gen.Elements(
            "maxclients 3000", "maxclients 4000", "hz 1", "save 900 1\nhz 5\nsave 60 1", "save \"\"", "slave-priority 3", "replica-priority 4", "# only words",
            "client-output-buffer-limit slave 1 2 3 pubsub 1 1 1", "client-output-buffer-limit replica 4 5 6", "rename-command KEYS k\nhz 9", "user ann on\nuser bob on", "user bob off", "");
        GivesTheSame(Redis, Lines(text), ["redis.conf"]);
    }

    [Test]
    public void OneRequestGivesWhatSeveralGiveInOrder_properties()
    {
        var text = Gen.Elements(
            "log.level=info", "# why\nlog.level : warn", "x.a=1", "x.b=é", "x.c=1\\\n  2", "# lone\n", "\n\n", "log.dirs=/a\n# end", "x.a=2\nx.b=3\n", "x.d=\\", "# only words", "");
        GivesTheSame(new TwoFileConfiguration(new SettingsInMemory()), Lines(text), [TwoFileConfiguration.Common]);
        GivesTheSame(new TwoFileConfiguration(new SettingsInMemory()), Lines(text.Select(t => t.Replace("log.level", "worker.threads", StringComparison.Ordinal).Replace("log.dirs", "worker.capacity", StringComparison.Ordinal))),
            [TwoFileConfiguration.Common.Replace("common", "worker", StringComparison.Ordinal)]);
    }

    [Test]
    public void OneRequestGivesWhatSeveralGiveInOrder_two_files() => GivesTheSame(
        new TwoFileConfiguration(new SettingsInMemory()), Lines(Gen.Elements("x.a=1", "x.a=2", "# c\nx.b=1", "x.c=5", "")), [TwoFileConfiguration.Common, TwoFileConfiguration.Workers]);

    private static Gen<string> Lines(Gen<string> piece) => Gen.Choose(0, 3).SelectMany(n => piece.ArrayOf(n)).Select(p => string.Join('\n', p));

    private static void GivesTheSame(IConfigurationEngine engine, Gen<string> text, string[] files)
    {
        var merges = 0;
        var secrets = from s in Content(text, files, atLeastOne: true) from t in Content(text, files, atLeastOne: true) select (S: s, T: t);
        var all = from present in Present(text, files)
                  from secret in secrets
                  from requests in Gen.Choose(2, 4).SelectMany(n => Change(text, files).ArrayOf(n))
                  select (Present: present, secret.S, secret.T, Requests: requests);
        Prop.ForAll(all.ToArbitrary(), c =>
        {
            var facts = Facts(c.Present is null ? null : JsonNode.Parse(c.Present), Secret("s", c.S), Secret("t", c.T));
            RedisOpsRequest[] requests = [.. c.Requests.Select(r => Request(r))];
            if (engine.Merge(requests, Server) is not { } merged)
                return true;
            merges++;
            return InOrder(engine, [Request(merged)], facts) == InOrder(engine, requests, facts);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        Assert.That(merges, Is.GreaterThan(100), "the property says nothing where nothing is merged");
    }

    /// <summary>The spec after the requests, one after the other, and what is then in effect.</summary>
    private static (string? Spec, string Effective) InOrder(IConfigurationEngine engine, IEnumerable<RedisOpsRequest> requests, DatabaseFacts facts)
    {
        ConfigurationPlan? plan = null;
        foreach (var request in requests)
        {
            plan = engine.Plan(request, facts);
            Assert.That(plan.Violations, Is.Empty);
            facts = Facts(plan.SpecConfiguration?.DeepClone()) with { Secrets = facts.Secrets };
        }

        return (plan!.SpecConfiguration?.ToJsonString(), string.Join('|', plan.Files.Select(f => f.After.Render())));
    }

    private static Gen<string?> Present(Gen<string> text, string[] files)
    {
        var inline = Gen.OneOf(Gen.Constant<string?>(null), Content(text, files, atLeastOne: false).Select(string? (c) => Map(c).ToJsonString()));
        var some = from secret in Gen.Elements(null, "s", "t")
                   from map in inline
                   select (string?)Object(("secretName", secret is null ? null : JsonValue.Create(secret)), ("inline", map is null ? null : JsonNode.Parse(map)));
        return Gen.OneOf(Gen.Constant<string?>(null), some);
    }

    private static Gen<string> Change(Gen<string> text, string[] files) =>
        from remove in Gen.Elements(false, false, false, true)
        from secret in Gen.Elements(null, null, "s", "t")
        from applied in Gen.OneOf(Gen.Constant<(string, string)[]>([]), Content(text, files, atLeastOne: false))
        select Object(
            ("removeCustomConfig", remove ? JsonValue.Create(true) : null),
            ("configSecret", secret is null ? null : new JsonObject { ["name"] = secret }),
            ("applyConfig", applied.Length == 0 ? null : Map(applied)));

    private static Gen<(string File, string Text)[]> Content(Gen<string> text, string[] files, bool atLeastOne) =>
        from texts in text.ArrayOf(files.Length)
        from present in Gen.Elements(true, true, false).ArrayOf(files.Length)
        select files.Zip(texts, present).Where(f => f.Third || (atLeastOne && f.First == files[0])).Select(f => (f.First, f.Second)).ToArray();

    private static JsonObject Map((string File, string Text)[] files) => new(files.Select(f => KeyValuePair.Create<string, JsonNode?>(f.File, f.Text)));

    private static string Object(params (string Name, JsonNode? Value)[] members) =>
        new JsonObject(members.Where(m => m.Value is not null).Select(m => KeyValuePair.Create(m.Name, m.Value))).ToJsonString();

    private static RedisOpsRequest Apply(string text) => Request(Object(("applyConfig", new JsonObject { ["redis.conf"] = text })));
}
