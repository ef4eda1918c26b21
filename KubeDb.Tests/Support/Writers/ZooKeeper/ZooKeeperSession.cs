using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using KubeDb.Api.Engines.ZooKeeper.Client;

namespace KubeDb.Tests.Support.Writers.ZooKeeper;

/// <summary>
/// One session that is kept alive through one address, such as a service's, and watches a node that others change: a ping a second, and after any trouble
/// a new connection to whatever server is there, which sets the watch anew. A client of its own, so that a fault in the product's client can not hide
/// itself; the changes are made by the product's.
/// </summary>
internal sealed class ZooKeeperSession : IAsyncDisposable
{
    private const int EventXid = -1, PingXid = -2, Read = 1, Ping = 11, GetData = 4, PasswordBytes = 16;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30), Between = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _event = new(0);
    private readonly string _host, _path = $"/watched-{Guid.NewGuid():N}";
    private readonly Task _loops;
    private byte[] _password = new byte[PasswordBytes];
    private long _id, _zxid, _changedAt, _heard;
    private volatile int _changed, _seen;
    private volatile bool _isWatching;

    private ZooKeeperSession(string host)
    {
        _host = host;
        _loops = Task.WhenAll(KeepAsync(), ChangeAsync());
    }

    /// <summary>Connections that the session was taken up by; the first among them.</summary>
    public int Connections { get; private set; }

    /// <summary>Sessions that the servers had given up when their client came back.</summary>
    public int Expired { get; private set; }

    /// <summary>Events that the servers sent.</summary>
    public int Events { get; private set; }

    /// <summary>Longest time from an acknowledged change to the moment when the session knew of it.</summary>
    public TimeSpan LongestUntold { get; private set; }

    /// <summary>Begins; returns once the session has seen a change.</summary>
    public static async Task<ZooKeeperSession> OpenAsync(string host)
    {
        var session = new ZooKeeperSession(host);
        for (var clock = Stopwatch.StartNew(); session._seen == 0; await Task.Delay(20))
        {
            if (clock.Elapsed < TimeSpan.FromSeconds(30))
                continue;
            await session.DisposeAsync();
            throw new TimeoutException($"the session saw no change at {host}");
        }

        return session;
    }

    /// <summary>Whether the session comes to know the newest change within some seconds; <see langword="false"/> where a watch was lost.</summary>
    public async Task<bool> KnowsAsync()
    {
        for (var (newest, clock) = (_changed, Stopwatch.StartNew()); clock.Elapsed < TimeSpan.FromSeconds(20); await Task.Delay(20))
        {
            if (_seen >= newest)
                return true;
        }

        return false;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Expired} sessions expired, {Connections} connections of a session that is kept for {Timeout.TotalSeconds} s, {Events} events of its watch, of a change at the latest after {LongestUntold.TotalSeconds:F1} s");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops;
        _stop.Dispose();
        _event.Dispose();
    }

    // Changes the node once a second, numbered, through connections of its own.
    private async Task ChangeAsync()
    {
        var options = new ZooKeeperClientOptions { Timeout = Patience, SessionTimeout = Timeout };
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var socket = new TcpClient { NoDelay = true };
                await Within(c => socket.ConnectAsync(_host, 2181, c).AsTask());
                await using var client = await ZooKeeperClient.OpenAsync(socket.GetStream(), TimeProvider.System, options, _stop.Token);
                await client.CreateAsync(_path, "0"u8.ToArray(), ZooKeeperAcl.Open, ZooKeeperNodeKind.Persistent, _stop.Token);
                while (true)
                {
                    var number = _changed + 1;
                    var written = await client.SetAsync(_path, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), -1, _stop.Token);
                    if (!written.IsOk)
                        throw new IOException($"the server answers {written.Error}");
                    Volatile.Write(ref _changedAt, Stopwatch.GetTimestamp());
                    _changed = number;
                    await Task.Delay(Between, _stop.Token);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or TimeoutException)
            {
                await Task.Delay(100);
            }
        }
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
                await WatchAsync(stream);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                await Task.Delay(100);
            }
        }
    }

    // Reads and sends side by side: an event comes whenever it likes.
    private async Task WatchAsync(NetworkStream stream)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        (_isWatching, _heard) = (false, Stopwatch.GetTimestamp());
        var reading = ReadAsync(stream, over.Token);
        try
        {
            while (Stopwatch.GetElapsedTime(Volatile.Read(ref _heard)) < Between + Patience && !reading.IsCompleted)
            {
                var isAsking = !_isWatching;
                _isWatching = true;
                await Within(c => isAsking ? SendAsync(stream, Read, GetData, [.. Text(_path), 1], c) : SendAsync(stream, PingXid, Ping, [], c));
                await Task.WhenAny(reading, _event.WaitAsync(Between, over.Token));
            }
        }
        finally
        {
            await over.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        while (true)
        {
            var reply = await ReceiveAsync(stream, cancel);
            Volatile.Write(ref _heard, Stopwatch.GetTimestamp());
            var (xid, error) = (BinaryPrimitives.ReadInt32BigEndian(reply), BinaryPrimitives.ReadInt32BigEndian(reply.AsSpan(12)));
            if (xid != EventXid)
                _zxid = Math.Max(_zxid, BinaryPrimitives.ReadInt64BigEndian(reply.AsSpan(4)));
            if (xid == Read && error == 0)
                See(int.Parse(Encoding.UTF8.GetString(reply, 20, BinaryPrimitives.ReadInt32BigEndian(reply.AsSpan(16))), CultureInfo.InvariantCulture));
            if (xid == EventXid)
                Events++;
            if (xid is not EventXid && (xid != Read || error == 0))
                continue;

            // An event ends its watch, and a node that is not there has none.
            _isWatching = false;
            _event.Release();
        }
    }

    private void See(int number)
    {
        if (number == _changed && number > _seen)
        {
            var untold = Stopwatch.GetElapsedTime(Volatile.Read(ref _changedAt));
            LongestUntold = untold > LongestUntold ? untold : LongestUntold;
        }

        _seen = Math.Max(_seen, number);
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
        await stream.WriteAsync(Framed(request), cancel);
        var answer = await ReceiveAsync(stream, cancel);
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

    private static async Task SendAsync(NetworkStream stream, int xid, int operation, byte[] rest, CancellationToken cancel)
    {
        var request = new byte[8 + rest.Length];
        BinaryPrimitives.WriteInt32BigEndian(request, xid);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), operation);
        rest.CopyTo(request, 8);
        await stream.WriteAsync(Framed(request), cancel);
    }

    private static async Task<byte[]> ReceiveAsync(NetworkStream stream, CancellationToken cancel)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, cancel);
        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(answer, cancel);
        return answer;
    }

    private static byte[] Text(string text) => Framed(Encoding.UTF8.GetBytes(text));

    private static byte[] Framed(byte[] bytes)
    {
        var frame = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, bytes.Length);
        bytes.CopyTo(frame, 4);
        return frame;
    }
}
