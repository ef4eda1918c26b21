using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RedisConfigurationEngineTests
{
    private readonly FakeServers _servers = new();

    [Test]
    public void ApplyConfigGoesIntoTheInlineLayerAndLeavesTheSecretAlone()
    {
        var plan = Plan(Spec("old", "timeout 5"), Request(apply: "maxclients 3000"), ("old", "maxclients 500\nhz 20"));
        Assert.That(plan.Violations, Is.Empty);
        Assert.That(Text(plan).Before, Is.EqualTo("maxclients 500\nhz 20\ntimeout 5\n"));
        Assert.That(Text(plan).After, Is.EqualTo("maxclients 3000\nhz 20\ntimeout 5\n"));
        Assert.That(plan.SpecConfiguration!.ToJsonString(), Is.EqualTo("""{"secretName":"old","inline":{"redis.conf":"timeout 5\nmaxclients 3000\n"}}"""));
    }

    [Test]
    public void ANewSecretIsInEffectEvenWhereInlineTextSaidOtherwise()
    {
        var plan = Plan(Spec("old", "maxclients 3000\ntimeout 5"), Request(secret: "new"), ("old", "hz 20"), ("new", "maxclients 2000"));
        Assert.That(Text(plan).After, Is.EqualTo("maxclients 2000\ntimeout 5\n"));
        Assert.That(plan.SpecConfiguration!.ToJsonString(), Is.EqualTo("""{"secretName":"new","inline":{"redis.conf":"timeout 5\n"}}"""));
    }

    [Test]
    public void SecretFirstThenApplyConfigOnTop() => Assert.That(
        Text(Plan(Spec("old", "timeout 5"), Request(secret: "new", apply: "hz 30", remove: true), ("old", "hz 20"), ("new", "hz 1\nmaxclients 2000"))).After,
        Is.EqualTo("hz 30\nmaxclients 2000\n"));

    [Test]
    public void RemovingLeavesNothing()
    {
        var plan = Plan(Spec("old", "timeout 5"), Request(remove: true), ("old", "hz 20"));
        Assert.That(Text(plan).After, Is.Empty);
        Assert.That(plan.SpecConfiguration, Is.Null);
    }

    [Test]
    public void TextThatMeansTheSameKeepsItsComments()
    {
        var plan = Plan(Spec(null, "# mine\ntimeout 5"), Request(secret: "new"), ("new", "hz 1"));
        Assert.That(plan.SpecConfiguration!["inline"]!["redis.conf"]!.GetValue<string>(), Is.EqualTo("# mine\ntimeout 5"));
    }

    [TestCase("port 1", "OperatorOwnedDirective", "sets \"port\"")]
    [TestCase("requirepass hunter2", "OperatorOwnedDirective", "sets \"requirepass\"")]
    [TestCase("rename-command ping x", "OperatorOwnedDirective", "rename-command ping")]
    [TestCase("hz 10\nproc-title-template \"x", "ConfigurationInvalid", "line 2 (proc-title-template): unbalanced quotes")]
    [TestCase("maxclients 1 2", "ConfigurationInvalid", "\"maxclients\" has a wrong number of arguments")]
    public void BadInputIsRefusedWithASentence(string text, string reason, string sentence)
    {
        var violation = Plan(Spec(null, null), Request(apply: text)).Violations.Single();
        Assert.That(violation.Reason, Is.EqualTo(reason));
        Assert.That(violation.Message, Does.Contain(sentence).And.Not.Contain("hunter2"));
    }

    [Test]
    public void AMissingKeyAndAnUnknownFileAreNamed()
    {
        var request = new RedisOpsRequest
        {
            Spec = new() { Type = "Reconfigure", Configuration = new() { ConfigSecret = new() { Name = "new" }, ApplyConfig = new Dictionary<string, string> { ["valkey.conf"] = "hz 1" } } },
        };
        Assert.That(Plan(Spec(null, null), request, ("new", null)).Violations.Select(v => v.Message), Is.EqualTo(new[]
        {
            "Secret \"new\", named by spec.configuration.configSecret.name, has no key \"redis.conf\". Put the configuration under that key.",
            "spec.configuration.applyConfig holds the file \"valkey.conf\", which this server does not read. Put the directives under \"redis.conf\".",
        }));
    }

    [Test]
    public void MergedRequestsAreAsIfCarriedOutInOrder()
    {
        var merged = Engine.Merge(
        [
            Request(secret: "first", apply: "hz 1\nsave 900 1", restart: "true"),
            Request(secret: "second", apply: "timeout 3\nhz 2", remove: true, restart: "true"),
            Request(apply: "save 60 1\ntimeout 4", restart: "true"),
        ], new RedisVersion { Spec = new() { Version = "7.2.4" } });
        Assert.That(merged!.ToJsonString(), Is.EqualTo(
            """{"restart":"true","removeCustomConfig":true,"configSecret":{"name":"second"},"applyConfig":{"redis.conf":"timeout 4\nhz 2\nsave 60 1\n"}}"""));
    }

    [Test]
    public async Task TheServerIsAskedForNamesFirst()
    {
        var server = new FakeParameters(7) { Values = { ["maxclients"] = "1", ["brand-new"] = "1" } };
        _servers.Servers["10.0.0.1"] = server.Answer;
        var unknown = await Engine.CheckAsync(
            FakeServers.Instances(addresses: "10.0.0.1"),
            Plan("7.2.4", "", "maxclients 5\nbrand-new 2\nmaxclient 7\nrename-command KEYS \"\"\nlua-replicate-commands yes\n"),
            CancellationToken.None);
        Assert.That(unknown.Select(v => v.Message), Is.EqualTo(new[]
        {
            "spec.configuration sets \"maxclient\", which Redis 7.2 does not know. Did you mean \"maxclients\"? Correct or remove the line.",
        }));
    }

    [Test]
    public async Task TheTableJudgesWhenNoServerCanBeAsked()
    {
        var plan = Plan("6.2.14", "gone-bad 1\n", "gone-bad 1\nmaxclients 5\nshutdown-on-sigterm save\n");
        var unknown = await Engine.CheckAsync(FakeServers.Instances("6.2.14", addresses: "10.0.0.9"), plan, CancellationToken.None);
        Assert.That(unknown.Select(v => v.Message.Split(',')[0]), Is.EqualTo(new[] { "spec.configuration sets \"shutdown-on-sigterm\"" }));
    }

    [TestCase(7)]
    [TestCase(6)]
    public async Task LiveDirectivesAreSetInEveryServerAndReadBack(int major)
    {
        var servers = Start(2, () => new FakeParameters(major)
        {
            Values = { ["maxmemory"] = "0", ["timeout"] = "0", ["save"] = "3600 1" },
            Reported = (name, value) => name == "maxmemory" && value == "100mb" ? "104857600" : value,
        });
        var change = await ApplyAsync("timeout 9\n", "maxmemory 100mb\ntimeout 7\nsave 60 1\nsave 30 2\n", $"{major}.2.0", 2);
        Assert.That(change.Kind, Is.EqualTo(LiveChangeKind.Applied), change.Message);
        foreach (var server in servers)
            Assert.That((server.Values["maxmemory"], server.Values["timeout"], server.Values["save"]), Is.EqualTo(("100mb", "7", "60 1 30 2")));
    }

    [TestCase(7)]
    [TestCase(6)]
    public async Task WhatAServerRefusesIsUndoneEverywhere(int major)
    {
        var servers = Start(2, () => new FakeParameters(major) { Values = { ["maxmemory"] = "1", ["timeout"] = "2" } });
        servers[1].Refusals["timeout"] = "ERR argument couldn't be parsed into an integer";
        var change = await ApplyAsync("", "maxmemory 5\ntimeout x\n", $"{major}.2.0", 2);
        Assert.That(change.Kind, Is.EqualTo(LiveChangeKind.Refused));
        Assert.That(change.Message, Does.Contain("argument couldn't be parsed into an integer"));
        foreach (var server in servers)
            Assert.That((server.Values["maxmemory"], server.Values["timeout"]), Is.EqualTo(("1", "2")));
    }

    [Test]
    public async Task OfManyServersTheOneThatRefusesIsNamedAndAllAreAsBefore()
    {
        var servers = Start(6, () => new FakeParameters(7) { Values = { ["maxmemory"] = "1" } });
        servers[4].Refusals["maxmemory"] = "ERR no";
        var change = await ApplyAsync("", "maxmemory 5\n", "7.2.0", 6);
        Assert.That((change.Kind, change.Message), Is.EqualTo((LiveChangeKind.Refused, "rd-4: The server refuses maxmemory: no")));
        Assert.That(servers.Select(s => s.Values["maxmemory"]), Is.All.EqualTo("1"));
    }

    [Test]
    public async Task AServerThatBreaksOffHasTheOthersSetBack()
    {
        var servers = Start(3, () => new FakeParameters(7) { Values = { ["maxmemory"] = "1" } });
        var breaks = servers[1];
        _servers.Servers["10.0.0.2"] = words => words is ["CONFIG", "SET", ..] ? throw new IOException("gone") : breaks.Answer(words);
        var change = await ApplyAsync("", "maxmemory 5\n", "7.2.0", 3);
        Assert.That(change.Kind, Is.EqualTo(LiveChangeKind.NeedsRestart));
        Assert.That(change.Message, Does.StartWith("the connection to rd-1 broke, and whether it took the change is not known: "));
        Assert.That((servers[0].Values["maxmemory"], servers[2].Values["maxmemory"]), Is.EqualTo(("1", "1")));
    }

    [Test]
    public async Task NothingIsSetWhileAServerCanNotBeAsked()
    {
        var servers = Start(2, () => new FakeParameters(7) { Values = { ["maxmemory"] = "1" } });
        _servers.Servers.Remove("10.0.0.3");
        var change = await ApplyAsync("", "maxmemory 5\n", "7.2.0", 3);
        Assert.That(change.Kind, Is.EqualTo(LiveChangeKind.NeedsRestart));
        Assert.That(change.Message, Does.StartWith("rd-2 can not be asked: "));
        Assert.That(servers.Select(s => s.Values["maxmemory"]), Is.All.EqualTo("1"));
    }

    [TestCase("databases 10\nmaxclients 5\n", "databases takes effect only at start")]
    [TestCase("rename-command KEYS \"\"\n", "rename-command takes effect only at start")]
    [TestCase("loadmodule /a.so\n", "loadmodule takes effect only at start")]
    [TestCase("search.timeout 5\n", "the running server has no parameter search.timeout")]
    [TestCase("brand-new 5\n", "can't set immutable config")]
    public async Task WhatTakesEffectOnlyAtStartChangesNothing(string after, string reason)
    {
        var server = Start(1, () => new FakeParameters(7) { Values = { ["maxclients"] = "1", ["brand-new"] = "1" } })[0];
        server.Refusals["brand-new"] = "ERR CONFIG SET failed (possibly related to argument 'brand-new') - can't set immutable config";
        var change = await ApplyAsync("", after, "7.2.0", 1);
        Assert.That(change.Kind, Is.EqualTo(LiveChangeKind.NeedsRestart));
        Assert.That(change.Message, Does.Contain(reason));
        Assert.That(server.Values["maxclients"], Is.EqualTo("1"));
    }

    [Test]
    public async Task ARemovedDirectiveGetsItsDefaultBackWhereThatIsKnown()
    {
        var server = Start(1, () => new FakeParameters(7) { Values = { ["timeout"] = "5", ["appendonly"] = "no", ["client-output-buffer-limit"] = "" } })[0];
        server.Reported = (name, value) => name == "client-output-buffer-limit" ? "normal 0 0 0 slave 268435456 67108864 60 pubsub 1 1 1" : value;
        var change = await ApplyAsync("timeout 5\nappendonly no\nclient-output-buffer-limit slave 1 1 1\n", "", "7.2.0", 1);
        Assert.That(change.Kind, Is.EqualTo(LiveChangeKind.Applied), change.Message);
        Assert.That((server.Values["timeout"], server.Values["appendonly"]), Is.EqualTo(("0", "yes")));
        Assert.That(server.Values["client-output-buffer-limit"], Is.EqualTo("replica 268435456 67108864 60"));
        Assert.That((await ApplyAsync("timeout 5\n", "", "6.2.0", 1)).Kind, Is.EqualTo(LiveChangeKind.NeedsRestart));
        Assert.That((await ApplyAsync("repl-backlog-size 5mb\n", "", "7.2.0", 1)).Message, Is.EqualTo("the default of repl-backlog-size comes back only at start"));
    }

    [Test]
    public async Task AValueThatIsNotReportedBackIsUndone()
    {
        var server = Start(1, () => new FakeParameters(7) { Values = { ["timeout"] = "0" } })[0];
        server.Reported = (_, _) => "0";
        var change = await ApplyAsync("", "timeout 7\n", "7.2.0", 1);
        Assert.That((change.Kind, change.Message), Is.EqualTo((LiveChangeKind.NeedsRestart, "the server took timeout but reports another value")));
        Assert.That(server.Values["timeout"], Is.EqualTo("0"));
    }

    [Test]
    public async Task InEffectComparesWhatChangedImmutableOnesIncluded()
    {
        var server = Start(1, () => new FakeParameters(7) { Values = { ["databases"] = "16", ["maxclients"] = "4064" } })[0];
        var plan = Plan("7.2.4", "maxclients 100000\n", "maxclients 100000\ndatabases 10\nrename-command KEYS x\n");
        var instances = FakeServers.Instances(addresses: "10.0.0.1");
        Assert.That(await Engine.InEffectAsync(instances, plan, CancellationToken.None), Is.EqualTo(Readiness.NotYet("rd-0 does not have the new value of databases yet")));
        server.Values["databases"] = "10";
        Assert.That(await Engine.InEffectAsync(instances, plan, CancellationToken.None), Is.EqualTo(Readiness.Yes));
    }

    private RedisConfigurationEngine Engine => new(new RedisConnector(_servers, TimeProvider.System));

    private List<FakeParameters> Start(int count, Func<FakeParameters> make)
    {
        var servers = Enumerable.Range(0, count).Select(_ => make()).ToList();
        for (var i = 0; i < count; i++)
            _servers.Servers[$"10.0.0.{i + 1}"] = servers[i].Answer;
        return servers;
    }

    private Task<LiveChange> ApplyAsync(string before, string after, string version, int count) => Engine.ApplyLiveAsync(
        FakeServers.Instances(version, addresses: [.. Enumerable.Range(1, count).Select(i => $"10.0.0.{i}")]),
        Plan(version, before, after),
        CancellationToken.None);

    /// <summary>A plan from one text to another, of a server of the given version.</summary>
    internal static ConfigurationPlan Plan(string version, string before, string after)
    {
        var file = RedisConfigurationEngine.File(RedisFlavour.Of(new RedisVersion { Spec = new() { Version = version } }));
        return new(null, [new(file, file.Dialect.Read(before).Document, file.Dialect.Read(after).Document)], []);
    }

    private static (string Before, string After) Text(ConfigurationPlan plan) => (plan.Files.Single().Before.Render(), plan.Files.Single().After.Render());

    private ConfigurationPlan Plan(RedisConfiguration spec, RedisOpsRequest request, params (string Name, string? Text)[] secrets) => Engine.Plan(request, new DatabaseFacts
    {
        Database = new RedisDatabase { Spec = new() { Configuration = spec } },
        Version = new RedisVersion { Spec = new() { Version = "7.2.4" } },
        Offers = new(true, false, false),
        Secrets = secrets.ToDictionary(s => s.Name, s => new Secret
        {
            Data = s.Text is null ? new Dictionary<string, ReadOnlyMemory<byte>>() : new Dictionary<string, ReadOnlyMemory<byte>> { ["redis.conf"] = Encoding.UTF8.GetBytes(s.Text) },
        }),
    });

    private static RedisConfiguration Spec(string? secret, string? inline) => new()
    {
        SecretName = secret,
        Inline = inline is null ? null : new Dictionary<string, string> { ["redis.conf"] = inline },
    };

    private static RedisOpsRequest Request(string? secret = null, string? apply = null, bool remove = false, string restart = "auto") => new()
    {
        Spec = new()
        {
            Type = "Reconfigure",
            Configuration = new()
            {
                ConfigSecret = secret is null ? null : new() { Name = secret },
                ApplyConfig = apply is null ? null : new Dictionary<string, string> { ["redis.conf"] = apply },
                RemoveCustomConfig = remove,
                Restart = restart,
            },
        },
    };
}
