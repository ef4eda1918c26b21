using System.Text;

namespace KubeDb.Api.Kubernetes;

/// <summary>
/// A text that is held by the thousand and seldom read, such as the messages of conditions: as UTF-8, half of what a string takes. Equal when
/// the texts are.
/// </summary>
internal readonly struct HeldText : IEquatable<HeldText>
{
    private readonly byte[]? _utf8;

    private HeldText(byte[]? utf8) => _utf8 = utf8;

    /// <summary>Holds the text; null as the empty one.</summary>
    public static HeldText Of(string? text) => new(string.IsNullOrEmpty(text) ? null : Encoding.UTF8.GetBytes(text));

    /// <inheritdoc/>
    public bool Equals(HeldText other) => _utf8.AsSpan().SequenceEqual(other._utf8);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HeldText other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_utf8);
        return hash.ToHashCode();
    }

    /// <summary>The text, made anew.</summary>
    public override string ToString() => _utf8 is null ? "" : Encoding.UTF8.GetString(_utf8);
}
