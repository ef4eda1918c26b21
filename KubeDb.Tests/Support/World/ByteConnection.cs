namespace KubeDb.Tests.Support.World;

/// <summary>A connection to a double: what is written is handed over at once, what it answers can be read; nothing leaves the thread.</summary>
/// <param name="received">Takes what was written, and adds what is answered.</param>
internal sealed class ByteConnection(Action<ReadOnlyMemory<byte>, ByteAnswers> received) : Stream
{
    private readonly ByteAnswers _answers = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        received(buffer, _answers);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_answers.Bytes.Count == 0 && !_answers.IsClosed)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        var count = Math.Min(buffer.Length, _answers.Bytes.Count);
        for (var i = 0; i < count; i++)
            buffer.Span[i] = _answers.Bytes.Dequeue();
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>What a double has answered and nobody has read yet.</summary>
internal sealed class ByteAnswers
{
    /// <summary>The bytes.</summary>
    public Queue<byte> Bytes { get; } = [];

    /// <summary>Nothing follows: the other side closed the connection.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Adds an answer.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            Bytes.Enqueue(b);
    }
}
