namespace KubeDb.Api.Kubernetes;

/// <summary>
/// A UID as a value to compare and to keep: 16 bytes where it has the form that API servers give, any other text as it is. Caches hold one for
/// every object and every owner, and as texts they were the largest part of what caches hold.
/// </summary>
public readonly record struct ObjectUid
{
    private const int Length = 36;

    private readonly Guid _value;

    // Only where the value does not stand for the text.
    private readonly string? _other;

    private ObjectUid(Guid value, string? other) => (_value, _other) = (value, other);

    /// <summary>The UID that the text is; none for null and the empty text.</summary>
    public static ObjectUid Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return default;

        // Parsing is tolerant, and the text has to come back as it was.
        Span<char> written = stackalloc char[Length];
        return Guid.TryParseExact(text, "D", out var value) && value != Guid.Empty && value.TryFormat(written, out _) && written.SequenceEqual(text)
            ? new(value, null)
            : new(Guid.Empty, text);
    }

    /// <summary>The text, made anew; empty for none.</summary>
    public override string ToString() => _other ?? (_value == Guid.Empty ? "" : _value.ToString());
}
