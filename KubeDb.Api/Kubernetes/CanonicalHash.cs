using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KubeDb.Api.Kubernetes;

/// <summary>
/// Writes JSON in one canonical form for hashing: members sorted, nulls and empty arrays left out (the API server drops both), every token
/// tagged and of stated length so that no two values share a form. Dispose it to give its buffer back.
/// </summary>
internal sealed class CanonicalHash : IDisposable
{
    private static readonly Comparison<JsonProperty> ByName = static (a, b) => RawName(a).SequenceCompareTo(RawName(b));

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;

    /// <summary>Where the next token goes; pass it to <see cref="Truncate"/> to take back what was written since.</summary>
    public int Position => _length;

    public void Truncate(int position) => _length = position;

    public void Open(char tag) => Span(1)[0] = (byte)tag;

    public void Close() => Span(1)[0] = (byte)')';

    public void Name(ReadOnlySpan<byte> name)
    {
        Header('k', name.Length);
        name.CopyTo(Span(name.Length));
    }

    /// <summary>Writes a whole value; false, and nothing written, for one that is left out.</summary>
    public bool Value(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value);
                return true;
            case JsonValueKind.Array:
                return WriteArray(value);
            case JsonValueKind.String:
                WriteString(value);
                return true;
            case JsonValueKind.Number:
                WriteNumber(value);
                return true;
            case JsonValueKind.True:
                Open('t');
                return true;
            case JsonValueKind.False:
                Open('f');
                return true;
            default:
                return false;
        }
    }

    /// <summary>The first 16 bytes of the SHA-256 of what was written, in hex.</summary>
    public string Finish()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_buffer.AsSpan(0, _length), hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    public void Dispose()
    {
        // It may hold a Secret's values.
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = [];
    }

    /// <summary>The members of an object in canonical order, in a rented array of which the first <paramref name="count"/> count.</summary>
    public static JsonProperty[] Sorted(JsonElement value, out int count)
    {
        count = value.GetPropertyCount();
        var members = ArrayPool<JsonProperty>.Shared.Rent(count);
        var next = 0;
        foreach (var member in value.EnumerateObject())
            members[next++] = member;
        members.AsSpan(0, count).Sort(ByName);
        return members;
    }

    public static void Return(JsonProperty[] members) => ArrayPool<JsonProperty>.Shared.Return(members, clearArray: true);

    /// <summary>The member's name as it is in the text, or unescaped where it has escapes.</summary>
    public static ReadOnlySpan<byte> RawName(JsonProperty member)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        return raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(member.Name) : raw;
    }

    private void WriteObject(JsonElement value)
    {
        Open('(');
        var members = Sorted(value, out var count);
        var isFieldRef = count == 2 && value.TryGetProperty("fieldPath"u8, out _);
        foreach (ref readonly var member in members.AsSpan(0, count))
        {
            // The one default that servers fill into an atomic object of almost every pod: a fieldRef's apiVersion.
            if (isFieldRef && member.NameEquals("apiVersion"u8) && member.Value.ValueKind is JsonValueKind.String && member.Value.ValueEquals("v1"u8))
                continue;
            var before = _length;
            Name(RawName(member));
            if (!Value(member.Value))
                _length = before;
        }

        Return(members);
        Close();
    }

    private bool WriteArray(JsonElement value)
    {
        var before = _length;
        Open('[');
        var empty = true;
        foreach (var item in value.EnumerateArray())
            empty &= !Value(item);
        if (empty)
            _length = before;
        else
            Close();
        return !empty;
    }

    private void WriteString(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        var text = raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(value.GetString()!) : raw;
        Header('s', text.Length);
        text.CopyTo(Span(text.Length));
    }

    private void WriteNumber(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (raw.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0)
        {
            Header('n', raw.Length);
            raw.CopyTo(Span(raw.Length));
            return;
        }

        // 1.0, 1e0 and 1 are one number.
        var number = value.GetDouble();
        Span<byte> text = stackalloc byte[32];
        var whole = Math.Abs(number) < 1e15 && Math.Floor(number) == number;
        var written = 0;
        _ = whole
            ? ((long)number).TryFormat(text, out written, default, null)
            : number.TryFormat(text, out written, "R", System.Globalization.CultureInfo.InvariantCulture);
        Header('n', written);
        text[..written].CopyTo(Span(written));
    }

    private void Header(char tag, int length)
    {
        var head = Span(5);
        head[0] = (byte)tag;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(head[1..], length);
    }

    private Span<byte> Span(int size)
    {
        if (_buffer.Length - _length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + size));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
            _buffer = larger;
        }

        var span = _buffer.AsSpan(_length, size);
        _length += size;
        return span;
    }
}
