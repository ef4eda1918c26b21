using System.Text;
using System.Threading.Channels;

namespace KubeDb.Tests.Unit.Kubernetes;

/// <summary>A stream that is only read.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Bytes that come in pieces, and then an end or an error.</summary>
internal sealed class PieceStream(byte[] bytes, int piece, Exception? end = null) : ReadOnlyStream
{
    private int _at;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(Math.Min(piece, buffer.Length), bytes.Length - _at);
        if (count == 0 && end is not null)
            throw end;
        bytes.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        return new(count);
    }
}

/// <summary>Texts that come when the test says.</summary>
internal sealed class QueueStream : ReadOnlyStream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();

    public void Add(string text) => _pieces.Writer.TryWrite(Encoding.UTF8.GetBytes(text));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var piece = await _pieces.Reader.ReadAsync(cancellationToken);
        piece.CopyTo(buffer);
        return piece.Length;
    }
}
