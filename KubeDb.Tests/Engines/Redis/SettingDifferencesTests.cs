using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Tests.Unit.Engines.Redis;
using Kinds = KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>What a real server has in effect, compared with what the spec says.</summary>
[TestFixtureSource(typeof(RedisVersions))]
public sealed class SettingDifferencesTests(EngineVersion version) : EngineFixture(version)
{
    [TestCase(Running, "")]
    [TestCase("maxclients 2000\nSAVE 900 1\nhz 15\nclient-output-buffer-limit slave 256MB 64mb 60", "maxclients, save, hz, client-output-buffer-limit, databases, timeout")]
    [TestCase("", "databases, hz, timeout, save, client-output-buffer-limit")]
    [TestCase("databases 16\nport 1\ntimeout 5", "databases, timeout, hz, save, client-output-buffer-limit")]
    public async Task WhatAServerHasOtherwiseThanTheSpecSaysIsNamed(string spec, string settings)
    {
        await using var server = await RealServer.MakeAsync(Container, Version);
        await server.ConfigureAsync($"appendonly no\n{Running}");
        Assert.That(await server.StartAsync(), await server.LogAsync());
        var facts = new DatabaseFacts
        {
            Database = new Kinds.Redis
            {
                Spec = new() { StorageType = "Durable", Configuration = new() { Inline = new Dictionary<string, string> { ["redis.conf"] = $"appendonly no\n{spec}" } } },
            },
            Version = Instances().Version,
            Offers = new(true, false, false),
        };

        var differences = await new RedisEngine(server, TimeProvider.System).Configuration!.DifferencesAsync(facts, Instances(), CancellationToken.None);

        Assert.That(differences!.Values.SelectMany(d => d), Is.EquivalentTo(settings.Split(", ", StringSplitOptions.RemoveEmptyEntries)), "also of what the file does not set, the defaults of a real server");
    }

    private const string Running = "databases 24\nhz 20\ntimeout 60\nsave 3600 1\nsave 60 1000\nclient-output-buffer-limit replica 1gb 2mb 30";

    private DatabaseInstances Instances() => FakeServers.Instances(Version.Server.ToString(), new("default", RealServer.Password), addresses: "127.0.0.1");
}
