using System.Buffers;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>A growing run of bytes in a rented array, given back on dispose. Not to be read afterwards.</summary>
internal sealed class PooledBytes(int capacity) : IBufferWriter<byte>, IDisposable
{
    // A page of a list is larger than anything else and is read only at a start: in the pool it would stay for good.
    private const int LongestKept = 1 << 16;

    private byte[] _array = Rent(Math.Max(capacity, 4096));

    /// <summary>How many bytes are in it.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _array.AsSpan(0, Length);

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    /// <summary>Reads a stream to its end; false when it is longer than the limit.</summary>
    public async ValueTask<bool> ReadToEndAsync(Stream stream, int limit, CancellationToken cancel)
    {
        while (true)
        {
            if (Length == _array.Length)
                Grow(Length + 1);
            var read = await stream.ReadAsync(_array.AsMemory(Length), cancel);
            if (read == 0)
                return true;
            Length += read;
            if (Length > limit)
                return false;
        }
    }

    /// <summary>Adds bytes up to the limit; false when some did not fit.</summary>
    public bool Append(ReadOnlySpan<byte> bytes, int limit)
    {
        var fit = bytes[..Math.Min(bytes.Length, Math.Max(0, limit - Length))];
        if (Length + fit.Length > _array.Length)
            Grow(Length + fit.Length);
        fit.CopyTo(_array.AsSpan(Length));
        Length += fit.Length;
        return fit.Length == bytes.Length;
    }

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_array.Length - Length < Math.Max(1, sizeHint))
            Grow(Length + Math.Max(1, sizeHint));
        return _array.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Dispose()
    {
        var array = _array;
        _array = [];
        Length = 0;
        Return(array);
    }

    private static byte[] Rent(int size) => size > LongestKept ? GC.AllocateUninitializedArray<byte>(size) : ArrayPool<byte>.Shared.Rent(size);

    private static void Return(byte[] array)
    {
        if (array.Length is > 0 and <= LongestKept)
            ArrayPool<byte>.Shared.Return(array, clearArray: true);
        else
            array.AsSpan().Clear();
    }

    private void Grow(int atLeast)
    {
        var larger = Rent(Math.Max(atLeast, _array.Length * 2));
        Span.CopyTo(larger);
        Return(_array);
        _array = larger;
    }
}
