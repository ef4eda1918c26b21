using System.Buffers.Text;

namespace KubeDb.Api.Engines.Redis.Resp;

/// <summary>How much of a reply is accepted, so that a broken or hostile peer can not exhaust memory.</summary>
public sealed record RespLimits
{
    /// <summary>The limits used unless told otherwise.</summary>
    public static RespLimits Default { get; } = new();

    /// <summary>Bytes of one bulk string.</summary>
    public int BulkBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of a line (simple string, error, length).</summary>
    public int LineBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of a whole reply: many strings, each of an accepted length, are too many all the same.</summary>
    public int TotalBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Elements of a reply, nested ones counted.</summary>
    public int Elements { get; init; } = 1_000_000;

    /// <summary>How deep arrays may nest.</summary>
    public int Depth { get; init; } = 16;
}

/// <summary>The peer sent bytes that are no RESP2 reply, or more than is accepted. The connection is of no use afterwards.</summary>
public sealed class RespProtocolException(string message) : IOException(message);

/// <summary>
/// Reads RESP2 replies from a stream, wherever the stream happens to cut them. Not safe for concurrent use. After any exception the
/// position in the stream is unknown.
/// </summary>
public sealed class RespReader(Stream stream, RespLimits limits)
{
    // More than this is not set aside for a string before its bytes have begun to come.
    private const int FirstPart = 64 * 1024;

    private readonly byte[] _buffer = new byte[8 * 1024];
    private int _start;
    private int _end;
    private int _elements;
    private long _bytes;

    /// <summary>Reads one reply.</summary>
    /// <exception cref="RespProtocolException">Not RESP2, or over a limit.</exception>
    /// <exception cref="EndOfStreamException">The peer closed the connection.</exception>
    public ValueTask<RespReply> ReadAsync(CancellationToken cancel)
    {
        _elements = 0;
        _bytes = 0;
        return ReadAsync(0, cancel);
    }

    private async ValueTask<RespReply> ReadAsync(int depth, CancellationToken cancel)
    {
        if (++_elements > limits.Elements)
            throw new RespProtocolException($"A reply of more than {limits.Elements} elements was cut off.");
        var line = await ReadLineAsync(cancel);
        if (line.Length == 0)
            throw new RespProtocolException("An empty line stands where a reply should begin.");
        return line[0] switch
        {
            (byte)'+' => RespReply.OfText(line[1..]),
            (byte)'-' => RespReply.OfError(line[1..]),
            (byte)':' => RespReply.OfInteger(Number(line)),
            (byte)'$' => await ReadBulkAsync(Number(line), cancel),
            (byte)'*' => await ReadArrayAsync(Number(line), depth, cancel),
            var type => throw new RespProtocolException($"A reply begins with the byte 0x{type:x2}: the peer does not speak RESP2."),
        };
    }

    private async ValueTask<RespReply> ReadBulkAsync(long length, CancellationToken cancel)
    {
        if (length == -1)
            return RespReply.Null;
        if (length < 0 || length > limits.BulkBytes)
            throw new RespProtocolException($"A string of {length} bytes is not accepted; at most {limits.BulkBytes} are.");
        Count(length);
        var bytes = new byte[Math.Min(length, FirstPart)];
        var filled = 0;
        while (filled < length)
        {
            if (_start == _end)
                await FillAsync(cancel);
            if (filled == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(length, bytes.Length * 2L));
            var take = Math.Min(_end - _start, bytes.Length - filled);
            _buffer.AsSpan(_start, take).CopyTo(bytes.AsSpan(filled));
            _start += take;
            filled += take;
        }

        if (await ReadByteAsync(cancel) != '\r' || await ReadByteAsync(cancel) != '\n')
            throw new RespProtocolException("A string is longer than it said.");
        return RespReply.OfText(bytes);
    }

    private async ValueTask<RespReply> ReadArrayAsync(long count, int depth, CancellationToken cancel)
    {
        if (count == -1)
            return RespReply.Null;
        if (count < 0 || count > limits.Elements)
            throw new RespProtocolException($"An array of {count} elements is not accepted; at most {limits.Elements} are.");
        if (depth >= limits.Depth)
            throw new RespProtocolException($"Arrays nest deeper than {limits.Depth}.");

        // Grows as elements arrive: a length alone must not make us allocate.
        var items = new List<RespReply>((int)Math.Min(count, 256));
        for (var i = 0L; i < count; i++)
            items.Add(await ReadAsync(depth + 1, cancel));
        return RespReply.OfArray(items);
    }

    private async ValueTask<byte[]> ReadLineAsync(CancellationToken cancel)
    {
        byte[] head = [];
        while (true)
        {
            if (_start == _end)
                await FillAsync(cancel);
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            var taken = end < 0 ? _end - _start : end + 1;
            if (head.Length + taken > limits.LineBytes)
                throw new RespProtocolException($"A line of more than {limits.LineBytes} bytes was cut off.");
            head = [.. head, .. _buffer.AsSpan(_start, taken)];
            _start += taken;
            Count(taken);
            if (end < 0)
                continue;
            if (head.Length < 2 || head[^2] != '\r')
                throw new RespProtocolException("A line does not end in CR LF.");
            return head[..^2];
        }
    }

    private async ValueTask<byte> ReadByteAsync(CancellationToken cancel)
    {
        if (_start == _end)
            await FillAsync(cancel);
        return _buffer[_start++];
    }

    private async ValueTask FillAsync(CancellationToken cancel)
    {
        _start = 0;
        _end = await stream.ReadAsync(_buffer, cancel);
        if (_end == 0)
            throw new EndOfStreamException("The server closed the connection.");
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        if (_bytes > limits.TotalBytes)
            throw new RespProtocolException($"A reply of more than {limits.TotalBytes} bytes was cut off.");
    }

    private static long Number(byte[] line)
    {
        if (Utf8Parser.TryParse(line.AsSpan(1), out long value, out var used) && used == line.Length - 1)
            return value;
        throw new RespProtocolException("A length or integer is not a number.");
    }
}
