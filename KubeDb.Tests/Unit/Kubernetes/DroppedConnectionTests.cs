using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;

namespace KubeDb.Tests.Unit.Kubernetes;

/// <summary>A server that takes nothing in for a while stands for a network that holds packets back.</summary>
[TestFixture]
[Category("Unit")]
public sealed class DroppedConnectionTests
{
    private static readonly ResourceType ConfigMaps = new("", "v1", "configmaps", "ConfigMap");
    private static readonly JsonObject Body = new()
    {
        ["metadata"] = new JsonObject { ["name"] = "x", ["namespace"] = "ns" },
        ["data"] = new JsonObject { ["text"] = new string('x', 60_000) },
    };

    [Test]
    public async Task What_was_on_its_way_does_not_arrive_later()
    {
        using var server = Listen();
        using var client = Client(server);
        var write = client.CreateAsync(ConfigMaps, Body, CancellationToken.None);
        using var connection = await server.AcceptSocketAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(300));

        client.DropConnections();
        Assert.That((await write).Error?.Kind, Is.EqualTo(ApiErrorKind.Unreachable));
        Assert.That(await DrainAsync(connection), Is.LessThan(60_000), "bytes that came although the write was given up");
    }

    [Test]
    public async Task A_write_that_is_cancelled_does_not_arrive_later()
    {
        using var server = Listen();
        using var client = Client(server);
        using var cancel = new CancellationTokenSource();
        var write = client.CreateAsync(ConfigMaps, Body, cancel.Token);
        using var connection = await server.AcceptSocketAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(300));

        await cancel.CancelAsync();
        Assert.That(async () => await write, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await DrainAsync(connection), Is.LessThan(60_000), "bytes that came although the write was given up");
    }

    [Test]
    public async Task The_next_request_opens_a_new_connection()
    {
        await using var server = await TestServer.StartAsync(c => TestServer.Json(c, 200, """{"kind":"ConfigMap","metadata":{"name":"x"}}"""));
        using var client = server.Client();
        for (var round = 0; round < 3; round++)
        {
            Assert.That((await client.GetAsync(ConfigMaps, new("ns", "x"), CancellationToken.None)).Error, Is.Null);
            client.DropConnections();
        }
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Server.ReceiveBufferSize = 2048;
        listener.Start();
        return listener;
    }

    private static HttpKubernetesClient Client(TcpListener server) => new(new KubernetesConfiguration
    {
        Server = new Uri($"http://{server.LocalEndpoint}"),
        Origin = "the test",
    });

    private static async Task<int> DrainAsync(Socket connection)
    {
        var (buffer, got) = (new byte[4096], 0);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            while (await connection.ReceiveAsync(buffer, limit.Token) is var n && n > 0)
                got += n;
        }
        catch (SocketException)
        {
            // Reset: what is to be seen.
        }

        return got;
    }
}
