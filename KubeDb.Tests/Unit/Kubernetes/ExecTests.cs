using System.Net.WebSockets;
using System.Text;
using KubeDb.Api.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture]
[Category("Unit")]
public sealed class ExecTests
{
    private const string Success = """{"metadata":{},"status":"Success"}""";
    private const string Three = """{"kind":"Status","status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}""";

    [Test]
    public async Task Output_error_output_and_exit_code_are_kept_apart()
    {
        string query = "";
        var result = (await Run("v5.channel.k8s.io", null, async (context, socket) =>
        {
            query = context.Request.QueryString.Value!;
            await Send(socket, 1, "one ");
            await Send(socket, 2, "problem");
            await Send(socket, 1, "twö");
            await Send(socket, 3, Three);
        })).OrThrow();

        Assert.That(result, Is.EqualTo(new ExecResult(3, "one twö", "problem")));
        Assert.That(query, Does.Contain("command=sh&command=-c&command=a%20%26%20b").And.Contain("container=db").And.Not.Contain("stdin"));
    }

    [TestCase("v5.channel.k8s.io", true)]
    [TestCase("v4.channel.k8s.io", false)]
    public async Task Input_arrives_whole_and_is_closed_where_the_protocol_can(string protocol, bool closes)
    {
        var input = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},")));
        var closed = false;
        var result = (await Run(protocol, input, async (_, socket) =>
        {
            var received = new MemoryStream();
            while (received.Length < input.Length || (closes && !closed))
            {
                var (channel, data) = await Receive(socket);
                if (channel == 255)
                    closed = data.SequenceEqual(new byte[] { 0 });
                else if (channel == 0)
                    received.Write(data);
            }

            await Send(socket, 1, received.ToArray().AsSpan().SequenceEqual(input) ? "same" : "different");
            await Send(socket, 3, Success);
        })).OrThrow();

        Assert.That((result.ExitCode, result.Output, closed), Is.EqualTo((0, "same", closes)));
    }

    [Test]
    public async Task A_message_in_fragments_is_one_message()
    {
        var result = (await Run("v5.channel.k8s.io", null, async (_, socket) =>
        {
            await socket.SendAsync(new byte[] { 1, (byte)'a' }, WebSocketMessageType.Binary, false, CancellationToken.None);
            await socket.SendAsync(new byte[] { 2, (byte)'b' }, WebSocketMessageType.Binary, true, CancellationToken.None);
            await Send(socket, 3, Success);
        })).OrThrow();

        Assert.That(result, Is.EqualTo(new ExecResult(0, "a\u0002b", "")));
    }

    [Test]
    public async Task Too_much_output_is_an_error_and_not_a_full_memory()
    {
        var result = await Run("v5.channel.k8s.io", null, async (_, socket) =>
        {
            var block = new string('x', 64 << 10);
            for (var i = 0; i < 40 && socket.State == WebSocketState.Open; i++)
                await Send(socket, 1, block);
        });

        Assert.That(result.Error?.Message, Does.Contain("more than 1048576 bytes"));
    }

    [Test]
    public async Task A_connection_cut_before_the_exit_code_is_told()
    {
        var result = await Run("v5.channel.k8s.io", null, async (context, socket) =>
        {
            await Send(socket, 1, "half");
            context.Abort();
        });

        Assert.That(result.Error?.Kind, Is.EqualTo(ApiErrorKind.Unreachable));
    }

    [Test]
    public async Task A_command_that_can_not_be_run_is_an_error()
    {
        var result = await Run("v5.channel.k8s.io", null, (_, socket) =>
            Send(socket, 3, """{"kind":"Status","status":"Failure","reason":"InternalError","code":500,"message":"exec: \"nope\": executable file not found in $PATH"}"""));

        Assert.That((result.Error?.Kind, result.Error?.Message), Is.EqualTo((ApiErrorKind.ServerError, "exec: \"nope\": executable file not found in $PATH")));
    }

    [Test]
    public async Task A_refusal_keeps_the_servers_reason()
    {
        await using var server = await TestServer.StartAsync(c => TestServer.Status(c, 403, "Forbidden", "pods/exec is forbidden"));
        using var client = server.Client();

        var result = await client.ExecAsync(Request(null), CancellationToken.None);

        Assert.That((result.Error?.Kind, result.Error?.Message), Is.EqualTo((ApiErrorKind.Forbidden, "pods/exec is forbidden")));
    }

    [Test]
    public async Task A_command_that_does_not_end_is_cut_off_in_time()
    {
        await using var server = await Server("v5.channel.k8s.io", (_, socket) => Receive(socket));
        using var client = server.Client();

        var result = await client.ExecAsync(Request(null) with { Timeout = TimeSpan.FromMilliseconds(200) }, CancellationToken.None);

        Assert.That(result.Error?.Reason, Is.EqualTo("TimedOut"));
    }

    [Test]
    public async Task Cancellation_throws()
    {
        await using var server = await Server("v5.channel.k8s.io", (_, socket) => Receive(socket));
        using var client = server.Client();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Assert.That(async () => await client.ExecAsync(Request(null), cancel.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_log_is_asked_for_by_its_end()
    {
        string query = "";
        await using var server = await TestServer.StartAsync(c =>
        {
            query = c.Request.Path + c.Request.QueryString.Value;
            return c.Response.WriteAsync("last wörds\n");
        });
        using var client = server.Client();

        var log = (await client.LogsAsync(new LogRequest(new ObjectKey("ns", "db-0"), "db", Previous: true, TailLines: 5), CancellationToken.None)).OrThrow();

        Assert.That(log, Is.EqualTo("last wörds\n"));
        Assert.That(query, Is.EqualTo("/api/v1/namespaces/ns/pods/db-0/log?container=db&previous=true&tailLines=5&limitBytes=1048576"));
    }

    private static ExecRequest Request(byte[]? input) => new(new ObjectKey("ns", "db-0"), "db", ["sh", "-c", "a & b"], input);

    private static Task<TestServer> Server(string protocol, Func<HttpContext, WebSocket, Task> talk) =>
        TestServer.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(protocol);
            try
            {
                await talk(context, socket);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
            {
                // The client went away, as some tests want.
            }
        });

    private static async Task<ApiResult<ExecResult>> Run(string protocol, byte[]? input, Func<HttpContext, WebSocket, Task> talk)
    {
        await using var server = await Server(protocol, talk);
        using var client = server.Client();
        return await client.ExecAsync(Request(input), CancellationToken.None);
    }

    private static Task Send(WebSocket socket, byte channel, string text) =>
        socket.SendAsync(new byte[] { channel }.Concat(Encoding.UTF8.GetBytes(text)).ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);

    private static async Task<(byte Channel, byte[] Data)> Receive(WebSocket socket)
    {
        var buffer = new byte[64 << 10];
        var count = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer.AsMemory(count), CancellationToken.None);
            count += part.Count;
        }
        while (!part.EndOfMessage);
        return part.MessageType == WebSocketMessageType.Close ? throw new WebSocketException() : (buffer[0], buffer[1..count]);
    }
}
