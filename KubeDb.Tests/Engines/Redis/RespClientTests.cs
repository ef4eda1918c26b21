using System.Security.Cryptography;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>The client of the protocol, with a peer that nobody here wrote.</summary>
[TestFixtureSource(typeof(RedisVersions))]
public sealed class RespClientTests(EngineVersion version) : EngineFixture(version)
{
    private RealServer _server = null!;

    [SetUp]
    public async Task Start()
    {
        _server = await RealServer.MakeAsync(Container, Version);
        await _server.ConfigureAsync("appendonly no");
        Assert.That(await _server.StartAsync(), await _server.LogAsync());
    }

    [TearDown]
    public async Task Stop()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [TestCase(0)]
    [TestCase(300)]
    [TestCase(200_000)]
    public async Task A_value_of_any_bytes_comes_back_as_it_was(int length)
    {
        var value = RandomNumberGenerator.GetBytes(length);
        await using var client = await _server.ClientAsync();
        Assert.That((await client.SendBytesAsync(["SET"u8.ToArray(), "key"u8.ToArray(), value], CancellationToken.None)).Text, Is.EqualTo("OK"));
        var reply = await client.SendAsync(CancellationToken.None, "GET", "key");
        Assert.That(reply.Bytes.ToArray(), Is.EqualTo(value));
    }

    [Test]
    public async Task Many_commands_at_once_are_answered_in_order_errors_among_them()
    {
        await using var client = await _server.ClientAsync();
        var replies = await client.SendManyAsync(CancellationToken.None, ["SET", "n", "1"], ["INCR", "n"], ["LPUSH", "n", "x"], ["NOSUCH"], ["LRANGE", "none", "0", "-1"], ["GET", "n"]);
        Assert.Multiple(() =>
        {
            Assert.That((replies[0].Text, replies[1].Text, replies[5].Text), Is.EqualTo(("OK", "2", "2")));
            Assert.That(replies[2].Text, Does.StartWith("WRONGTYPE"));
            Assert.That(replies[3].Text, Does.StartWith("ERR unknown command"));
            Assert.That(replies[4].Items, Is.Empty);
        });
    }

    [Test]
    public async Task A_server_that_dies_breaks_the_connection_at_once()
    {
        await using var client = await _server.ClientAsync();
        var waits = client.SendAsync(CancellationToken.None, "BLPOP", "nothing", "60");
        await _server.StopAsync(kill: true);
        Assert.That(async () => await waits, Throws.InstanceOf<IOException>());
    }
}
