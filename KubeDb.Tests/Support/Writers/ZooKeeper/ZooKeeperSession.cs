using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;

namespace KubeDb.Tests.Support.Writers.ZooKeeper;

/// <summary>
/// One session that is kept alive through one address, such as a service's: by a ping a second, and after any trouble by a new connection to whatever server
/// is there. A client of its own, so that a fault in the product's client can not hide itself.
/// </summary>
internal sealed class ZooKeeperSession : IAsyncDisposable
{
    private const int PingXid = -2, Ping = 11, PasswordBytes = 16;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30), Between = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _host;
    private readonly Task _loop;
    private byte[] _password = new byte[PasswordBytes];
    private long _id, _zxid;

    /// <summary>Begins.</summary>
    public ZooKeeperSession(string host)
    {
        _host = host;
        _loop = KeepAsync();
    }

    /// <summary>Connections that the session was taken up by; the first among them.</summary>
    public int Connections { get; private set; }

    /// <summary>Sessions that the servers had given up when their client came back.</summary>
    public int Expired { get; private set; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Expired} sessions expired, {Connections} connections of a session that is kept for {Timeout.TotalSeconds} s");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task KeepAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var socket = new TcpClient { NoDelay = true };
                await Within(c => socket.ConnectAsync(_host, 2181, c).AsTask());
                var stream = socket.GetStream();
                await Within(c => OpenAsync(stream, c));
                while (true)
                {
                    await Within(c => PingAsync(stream, c));
                    await Task.Delay(Between, _stop.Token);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                await Task.Delay(100);
            }
        }
    }

    private async Task Within(Func<CancellationToken, Task> act)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(Patience);
        await act(limit.Token);
    }

    private async Task OpenAsync(NetworkStream stream, CancellationToken cancel)
    {
        var request = new byte[45];
        BinaryPrimitives.WriteInt64BigEndian(request.AsSpan(4), _zxid);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(12), (int)Timeout.TotalMilliseconds);
        BinaryPrimitives.WriteInt64BigEndian(request.AsSpan(16), _id);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(24), PasswordBytes);
        _password.CopyTo(request.AsSpan(28));
        var answer = await AskAsync(stream, request, cancel);
        var (timeout, id) = (BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(4)), BinaryPrimitives.ReadInt64BigEndian(answer.AsSpan(8)));
        if (timeout <= 0 || id == 0)
        {
            Expired++;
            (_id, _password) = (0, new byte[PasswordBytes]);
            throw new IOException("the session is over");
        }

        Connections++;
        (_id, _password) = (id, answer[20..(20 + PasswordBytes)]);
    }

    private async Task PingAsync(NetworkStream stream, CancellationToken cancel)
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, PingXid);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), Ping);
        var answer = await AskAsync(stream, request, cancel);
        _zxid = Math.Max(_zxid, BinaryPrimitives.ReadInt64BigEndian(answer.AsSpan(4)));
    }

    private static async Task<byte[]> AskAsync(NetworkStream stream, byte[] request, CancellationToken cancel)
    {
        var frame = new byte[4 + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, request.Length);
        request.CopyTo(frame, 4);
        await stream.WriteAsync(frame, cancel);
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, cancel);
        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(answer, cancel);
        return answer;
    }
}
