using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis;
using KubeDb.Tests.Unit.Engines.Configuration;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>Rules for users against a real server: set live, refused as a whole, and read from its file.</summary>
[TestFixtureSource(typeof(RedisVersions))]
public sealed class UserRuleTests(EngineVersion version) : EngineFixture(version)
{
    private static readonly (string Secret, (string File, string Text)[] Files) Passwords = ConfigurationSample.Secret("acl", ("k1", "pass \"1\"'#"), ("k2", "zwei"));

    private RealServer _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await RealServer.MakeAsync(Container, Version);
        await _server.ConfigureAsync("appendonly no");
        Assert.That(await _server.StartAsync(), await _server.LogAsync());
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Test]
    public async Task UsersAreAddedChangedAndDeletedInTheRunningServerAllOrNone()
    {
        const string Rules = """{"acl":{"secretRef":{"name":"acl"},"rules":["one ${k1} allkeys +@string","two ${k2} ~app:* -@all +get"]}}""";
        var first = Plan("null", """{"auth":{"secretRef":{"name":"acl"},"syncACL":["one ${k1} allkeys +@string","two ${k2} ~app:* -@all +get"]}}""");
        await ApplyAsync(first);
        Assert.That(await UsersAsync(), Is.EqualTo(new[] { "default", "one", "two" }));
        Assert.That(await _server.SendAsync("AUTH", "one", "pass \"1\"'#"), Is.EqualTo("OK"));

        var refused = Plan(Rules, """{"auth":{"syncACL":["three ${k2} +get","one ${k1} +nosuchcommand"],"deleteUsers":["two"]}}""");
        var answer = await Engine.Configuration!.ApplyLiveAsync(Instances(), refused, CancellationToken.None);
        Assert.That((answer.Kind, answer.Message), Is.EqualTo((LiveChangeKind.Refused, answer.Message)));
        Assert.That(answer.Message, Does.Contain("\"one\"").And.Contain("nosuchcommand"));
        Assert.That(await UsersAsync(), Is.EqualTo(new[] { "default", "one", "two" }), "nothing of it is left");
        Assert.That(await Engine.Configuration.InEffectAsync(Instances(), first, CancellationToken.None), Is.EqualTo(Readiness.Yes));

        answer = await Engine.Configuration.ApplyLiveAsync(Instances(), Plan(Rules, """{"auth":{"syncACL":["three #${k1} +get"]}}"""), CancellationToken.None);
        Assert.That(answer.Kind, Is.EqualTo(LiveChangeKind.Refused));
        Assert.That(answer.Message, Does.Contain("\"three\"").And.Not.Contains("#pass"), "no value of the secret is told");

        await ApplyAsync(Plan(Rules, """{"auth":{"syncACL":["three ${k2} +get"],"deleteUsers":["two"]}}"""));
        Assert.That(await UsersAsync(), Is.EqualTo(new[] { "default", "one", "three" }));
        Assert.That((await Engine.Configuration.InEffectAsync(Instances(), first, CancellationToken.None)).Reason, Does.Contain("two"));
    }

    private RedisEngine Engine => new(_server, TimeProvider.System);

    private DatabaseInstances Instances() => Unit.Engines.Redis.FakeServers.Instances(Version.Server.ToString(), new("default", RealServer.Password), addresses: "127.0.0.1");

    private static ConfigurationPlan Plan(string configuration, string change)
    {
        var plan = new RedisEngine(new Unit.Engines.Redis.FakeServers(), TimeProvider.System).Configuration!.Plan(
            ConfigurationSample.Request(change), ConfigurationSample.Facts(configuration == "null" ? null : configuration, Passwords));
        Assert.That(plan.Violations, Is.Empty);
        return plan;
    }

    private async Task ApplyAsync(ConfigurationPlan plan)
    {
        var change = await Engine.Configuration!.ApplyLiveAsync(Instances(), plan, CancellationToken.None);
        Assert.That(change.Kind, Is.EqualTo(LiveChangeKind.Applied), change.Message);
        Assert.That(await Engine.Configuration.InEffectAsync(Instances(), plan, CancellationToken.None), Is.EqualTo(Readiness.Yes));
    }

    private async Task<IReadOnlyList<string>> UsersAsync()
    {
        await using var client = await _server.ClientAsync();
        return [.. (await client.SendAsync(CancellationToken.None, "ACL", "USERS")).Items.Select(i => i.Text).Order(StringComparer.Ordinal)];
    }
}
