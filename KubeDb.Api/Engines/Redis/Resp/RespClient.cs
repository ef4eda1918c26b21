using System.Buffers;
using System.Globalization;
using System.Text;
using Nito.AsyncEx;

namespace KubeDb.Api.Engines.Redis.Resp;

/// <summary>
/// One connection to a Redis or Valkey server over any stream (plain or TLS). One command at a time: a call waits for the reply of the one
/// before. A time-out, a cancellation or an I/O error in the middle of a command makes the connection unusable, because the next reply
/// could belong to the lost command; every later call then fails with <see cref="IOException"/>.
/// </summary>
public sealed class RespClient : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly RespReader _reader;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly AsyncLock _turn = new();
    private bool _broken;

    /// <summary>Takes over a connected stream; it is closed with the client.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="timeout">Bound of each command, reply included.</param>
    /// <param name="time">The clock of the bound.</param>
    /// <param name="limits">How large replies may be.</param>
    public RespClient(Stream stream, TimeSpan timeout, TimeProvider time, RespLimits? limits = null)
    {
        _stream = stream;
        _reader = new(stream, limits ?? RespLimits.Default);
        _timeout = timeout;
        _time = time;
    }

    /// <summary>Sends a command of UTF-8 words and returns the reply, which may be an error.</summary>
    /// <exception cref="IOException">The connection broke, or the peer does not speak RESP2.</exception>
    /// <exception cref="TimeoutException">No whole reply in time.</exception>
    public Task<RespReply> SendAsync(CancellationToken cancel, params string[] words) =>
        SendBytesAsync([.. words.Select(Encoding.UTF8.GetBytes)], cancel);

    /// <summary>Sends a command of arbitrary bytes and returns the reply, which may be an error.</summary>
    /// <exception cref="IOException">The connection broke, or the peer does not speak RESP2.</exception>
    /// <exception cref="TimeoutException">No whole reply in time.</exception>
    public async Task<RespReply> SendBytesAsync(IReadOnlyList<byte[]> words, CancellationToken cancel) =>
        (await SendManyAsync([words], cancel))[0];

    /// <summary>Sends commands at once, which the server carries out in order, and returns their replies; the time-out is for all of them.</summary>
    /// <exception cref="IOException">The connection broke, or the peer does not speak RESP2.</exception>
    /// <exception cref="TimeoutException">Not every reply came in time.</exception>
    public Task<RespReply[]> SendManyAsync(CancellationToken cancel, params string[][] commands) =>
        SendManyAsync([.. commands.Select(c => (IReadOnlyList<byte[]>)[.. c.Select(Encoding.UTF8.GetBytes)])], cancel);

    /// <summary>Waits, for as long as it takes, for what the server sends by itself after SUBSCRIBE.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<RespReply> ReceiveAsync(CancellationToken cancel)
    {
        using (await _turn.LockAsync(cancel))
        {
            if (_broken)
                throw new IOException("The connection was closed, or broke during an earlier command.");
            _broken = true;
            var reply = await _reader.ReadAsync(cancel);
            _broken = false;
            return reply;
        }
    }

    private async Task<RespReply[]> SendManyAsync(IReadOnlyList<IReadOnlyList<byte[]>> commands, CancellationToken cancel)
    {
        // A lock that is free is given also to a caller that was cancelled, whose command would then break the connection.
        cancel.ThrowIfCancellationRequested();
        using (await _turn.LockAsync(cancel))
        {
            if (_broken)
                throw new IOException("The connection was closed, or broke during an earlier command.");
            _broken = true;
            var replies = await ExchangeAsync(commands, cancel);
            _broken = false;
            return replies;
        }
    }

    /// <summary>
    /// Authenticates; null when it worked. The default user is also tried the one-word way, which servers before 6 know only.
    /// </summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">No reply in time.</exception>
    public async Task<RespError?> AuthenticateAsync(string username, string password, CancellationToken cancel)
    {
        var reply = await SendAsync(cancel, "AUTH", username, password);
        if (reply.Error is { } error && error.Message.Contains("wrong number of arguments", StringComparison.Ordinal) && username == "default")
            reply = await SendAsync(cancel, "AUTH", password);
        return reply.Error;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _broken = true;
        return _stream.DisposeAsync();
    }

    private async Task<RespReply[]> ExchangeAsync(IReadOnlyList<IReadOnlyList<byte[]>> commands, CancellationToken cancel)
    {
        var replies = new RespReply[commands.Count];
        using var bound = new CancellationTokenSource(_timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            await _stream.WriteAsync(Encode(commands), both.Token);
            await _stream.FlushAsync(both.Token);
            for (var i = 0; i < replies.Length; i++)
                replies[i] = await _reader.ReadAsync(both.Token);
            return replies;
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"No reply within {_timeout.TotalSeconds:0.###} s."));
        }
    }

    private static ReadOnlyMemory<byte> Encode(IReadOnlyList<IReadOnlyList<byte[]>> commands)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var words in commands)
        {
            Append(buffer, '*', words.Count);
            foreach (var word in words)
            {
                Append(buffer, '$', word.Length);
                buffer.Write(word);
                buffer.Write("\r\n"u8);
            }
        }

        return buffer.WrittenMemory;
    }

    private static void Append(ArrayBufferWriter<byte> buffer, char type, int number) =>
        buffer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{type}{number}\r\n")));
}
