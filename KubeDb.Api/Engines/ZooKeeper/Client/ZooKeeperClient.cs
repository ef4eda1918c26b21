using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Nito.AsyncEx;

namespace KubeDb.Api.Engines.ZooKeeper.Client;

/// <summary>
/// One session with a ZooKeeper server over any stream (plain or TLS). One request at a time: a call waits for the answer of the one before. A
/// time-out, a cancellation or an I/O error in the middle of a request makes the connection unusable, because the next answer could belong to the
/// lost request; every later call then fails with <see cref="IOException"/>. It is not connected again: who needs a session for long opens another.
/// </summary>
public sealed class ZooKeeperClient : IAsyncDisposable
{
    private const int NotificationXid = -1, PingXid = -2, AuthXid = -4;
    private const int PasswordBytes = 16;
    private readonly Stream _stream;
    private readonly TimeProvider _time;
    private readonly ZooKeeperClientOptions _options;
    private readonly AsyncLock _turn = new();
    private int _xid;
    private bool _broken;

    private ZooKeeperClient(Stream stream, TimeProvider time, ZooKeeperClientOptions options) => (_stream, _time, _options) = (stream, time, options);

    /// <summary>Number of the session.</summary>
    public long SessionId { get; private set; }

    /// <summary>How long the server keeps the session without hearing of it.</summary>
    public TimeSpan SessionTimeout { get; private set; }

    /// <summary>Takes over a connected stream, which is closed with the client or when this fails, and opens a session.</summary>
    /// <exception cref="IOException">The connection broke, the server serves nobody, or the peer is no ZooKeeper server.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public static async Task<ZooKeeperClient> OpenAsync(Stream stream, TimeProvider time, ZooKeeperClientOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(options);
        var client = new ZooKeeperClient(stream, time, options);
        try
        {
            await client.HandshakeAsync(cancel);
            return client;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Logs in by digest. A server takes any name and password: who is not the superuser is simply somebody else, whom access lists refuse.
    /// </summary>
    public async Task<ZooKeeperError> AuthenticateAsync(string username, string password, CancellationToken cancel) =>
        (await SendAsync(AuthXid, 100, w => w.Int(0).Text("digest").Bytes(Encoding.UTF8.GetBytes($"{username}:{password}")), static (ref JuteReader _) => true, cancel)).Error;

    /// <summary>Creates a node; the answer is its path, with the number where it has one.</summary>
    public Task<ZooKeeperReply<string>> CreateAsync(string path, ReadOnlyMemory<byte> data, ZooKeeperAcl acl, ZooKeeperNodeKind kind, CancellationToken cancel) =>
        SendAsync(1, w => w.Text(path).Bytes(data.Span).Acl(acl).Int((int)kind), static (ref JuteReader r) => r.Text(), cancel);

    /// <summary>Deletes a node of this version; -1 for any.</summary>
    public async Task<ZooKeeperError> DeleteAsync(string path, int version, CancellationToken cancel) =>
        (await SendAsync(2, w => w.Text(path).Int(version), static (ref JuteReader _) => true, cancel)).Error;

    /// <summary>What is known of a node; <see cref="ZooKeeperError.NoNode"/> where there is none.</summary>
    public Task<ZooKeeperReply<ZooKeeperStat>> ExistsAsync(string path, CancellationToken cancel) =>
        SendAsync(3, w => w.Text(path).Bool(false), static (ref JuteReader r) => r.Stat(), cancel);

    /// <summary>The data of a node.</summary>
    public Task<ZooKeeperReply<ZooKeeperData>> GetAsync(string path, CancellationToken cancel) => SendAsync(4, w => w.Text(path).Bool(false), ReadData, cancel);

    /// <summary>Sets the data of a node of this version; -1 for any.</summary>
    public Task<ZooKeeperReply<ZooKeeperStat>> SetAsync(string path, ReadOnlyMemory<byte> data, int version, CancellationToken cancel) =>
        SendAsync(5, w => w.Text(path).Bytes(data.Span).Int(version), static (ref JuteReader r) => r.Stat(), cancel);

    /// <summary>Names of the nodes below a node.</summary>
    public Task<ZooKeeperReply<IReadOnlyList<string>>> GetChildrenAsync(string path, CancellationToken cancel) =>
        SendAsync(8, w => w.Text(path).Bool(false), static (ref JuteReader r) => r.Texts(), cancel);

    /// <summary>Waits until this server has everything that the leader had committed when it was asked.</summary>
    public async Task<ZooKeeperError> SyncAsync(string path, CancellationToken cancel) =>
        (await SendAsync(9, w => w.Text(path), static (ref JuteReader r) => r.Text(), cancel)).Error;

    /// <summary>Adds and removes members; the answer is the new membership.</summary>
    /// <param name="joining">Members to add or change, such as <c>server.3=host:2888:3888:participant;2181</c>, by commas; null for none.</param>
    /// <param name="leaving">Numbers of members to remove, by commas; null for none.</param>
    /// <param name="version">The version of the membership that is changed; -1 for any.</param>
    /// <param name="cancel">Cancels the wait, not the change.</param>
    public Task<ZooKeeperReply<ZooKeeperData>> ReconfigureAsync(string? joining, string? leaving, long version, CancellationToken cancel) =>
        SendAsync(16, w => w.Text(joining).Text(leaving).Text(null).Long(version), ReadData, cancel);

    /// <summary>Keeps the session alive.</summary>
    public async Task<ZooKeeperError> PingAsync(CancellationToken cancel) =>
        (await SendAsync(PingXid, 11, static w => w, static (ref JuteReader _) => true, cancel)).Error;

    /// <summary>Ends the session, with the nodes that go with it. Without, the server would keep both until they expire.</summary>
    public async Task<ZooKeeperError> CloseAsync(CancellationToken cancel)
    {
        var closed = await SendAsync(-11, static w => w, static (ref JuteReader _) => true, cancel);
        _broken = true;
        return closed.Error;
    }

    /// <summary>Drops the connection. The session expires, unless it was closed.</summary>
    public ValueTask DisposeAsync()
    {
        _broken = true;
        return _stream.DisposeAsync();
    }

    private static ZooKeeperData ReadData(ref JuteReader reader)
    {
        var bytes = reader.Bytes();
        return new(bytes, reader.Stat());
    }

    private async Task HandshakeAsync(CancellationToken cancel)
    {
        var request = new JuteWriter().Int(0).Long(0).Int((int)_options.SessionTimeout.TotalMilliseconds).Long(0).Bytes(new byte[PasswordBytes]).Bool(false);
        var answer = await BoundAsync(
            async c =>
            {
                await _stream.WriteAsync(request.ToPacket(), c);
                await _stream.FlushAsync(c);
                return await ReadPacketAsync("No session: ", c);
            },
            cancel);
        var reader = new JuteReader(answer);
        var (version, timeout, session) = (reader.Int(), reader.Int(), reader.Long());
        var password = reader.Bytes();

        // Servers before 3.4 do not say whether they serve reads alone.
        if (version != 0 || password.Length != PasswordBytes || !(reader.IsAtEnd || (reader.Bool(), reader.IsAtEnd).Item2))
            throw new IOException("The peer's first answer is none of a ZooKeeper server.");
        if (session == 0 || timeout <= 0)
            throw new IOException("The server gives no session.");
        (SessionId, SessionTimeout) = (session, TimeSpan.FromMilliseconds(timeout));
    }

    private delegate T ReadReply<out T>(ref JuteReader reader);

    private Task<ZooKeeperReply<T>> SendAsync<T>(int type, Func<JuteWriter, JuteWriter> write, ReadReply<T> read, CancellationToken cancel) => SendAsync(null, type, write, read, cancel);

    private async Task<ZooKeeperReply<T>> SendAsync<T>(int? fixedXid, int type, Func<JuteWriter, JuteWriter> write, ReadReply<T> read, CancellationToken cancel)
    {
        // A lock that is free is given also to a caller that was cancelled, whose request would then break the connection.
        cancel.ThrowIfCancellationRequested();
        using (await _turn.LockAsync(cancel))
        {
            if (_broken)
                throw new IOException("The connection was closed, or broke during an earlier request.");
            _broken = true;
            var xid = fixedXid ?? ++_xid;
            var request = write(new JuteWriter().Int(xid).Int(type)).ToPacket();
            if (request.Length - 4 > _options.LargestPacket)
            {
                _broken = false;
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"A request of {request.Length - 4} bytes is larger than the {_options.LargestPacket} that a server takes."));
            }

            var reply = Read(await BoundAsync(c => ExchangeAsync(request, xid, c), cancel), read);
            _broken = false;
            return reply;
        }
    }

    private static ZooKeeperReply<T> Read<T>(byte[] packet, ReadReply<T> read)
    {
        var reader = new JuteReader(packet);
        _ = reader.Int();
        _ = reader.Long();
        var error = (ZooKeeperError)reader.Int();
        return error == ZooKeeperError.None ? new(error, read(ref reader)) : new(error, default);
    }

    private async Task<byte[]> ExchangeAsync(byte[] request, int xid, CancellationToken cancel)
    {
        await _stream.WriteAsync(request, cancel);
        await _stream.FlushAsync(cancel);
        while (true)
        {
            var packet = await ReadPacketAsync("", cancel);
            var answered = new JuteReader(packet).Int();
            if (answered == xid)
                return packet;

            // What a server sends by itself is for nobody here.
            if (answered is not (NotificationXid or PingXid))
                throw new IOException("The peer answers a request that was not sent: it does not speak the protocol of ZooKeeper.");
        }
    }

    private async Task<byte[]> ReadPacketAsync(string context, CancellationToken cancel)
    {
        var head = new byte[4];
        await FillAsync(head, context, cancel);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length < 4 || length > _options.LargestPacket)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{context}The peer announces an answer of {length} bytes, where 4 to {_options.LargestPacket} are possible: it does not speak the protocol of ZooKeeper."));
        var packet = new byte[length];
        await FillAsync(packet, context, cancel);
        return packet;
    }

    private async Task FillAsync(byte[] buffer, string context, CancellationToken cancel)
    {
        try
        {
            await _stream.ReadExactlyAsync(buffer, cancel);
        }
        catch (EndOfStreamException e)
        {
            throw new IOException($"{context}The server closed the connection.", e);
        }
    }

    private async Task<T> BoundAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        using var bound = new CancellationTokenSource(_options.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            return await work(both.Token);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"No answer within {_options.Timeout.TotalSeconds:0.###} s."));
        }
    }
}

/// <summary>Bounds of a session.</summary>
public sealed record ZooKeeperClientOptions
{
    /// <summary>Bound of the handshake and of each request, answer included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the server is to keep the session without hearing of it; it has limits of its own.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest packet either way, in bytes: what servers take by default (<c>jute.maxbuffer</c>), and a little for the frame.</summary>
    public int LargestPacket { get; init; } = 0x100000 + 1024;
}
