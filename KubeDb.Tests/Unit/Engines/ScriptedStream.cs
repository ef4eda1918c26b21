namespace KubeDb.Tests.Unit.Engines;

/// <summary>A peer that says fixed bytes, at most <paramref name="cut"/> at a time, then hangs up or falls silent.</summary>
internal sealed class ScriptedStream(byte[] replies, int cut = int.MaxValue, bool stall = false) : Stream
{
    private readonly MemoryStream _sent = new();
    private int _at;

    public byte[] Sent => _sent.ToArray();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var take = Math.Min(Math.Min(cut, buffer.Length), replies.Length - _at);
        if (take == 0 && stall)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        replies.AsMemory(_at, take).CopyTo(buffer);
        _at += take;
        return take;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _sent.WriteAsync(buffer, cancellationToken);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => _sent.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
