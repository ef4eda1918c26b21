using System.Globalization;

namespace KubeDb.Api.Kubernetes;

/// <summary>
/// An amount as Kubernetes writes it: <c>500m</c>, <c>1.5Gi</c>, <c>10e6</c>. Exact; equal and ordered by value, whatever the notation.
/// Amounts finer than one billionth are rounded away from zero, as the server does.
/// </summary>
public readonly struct KubernetesQuantity : IEquatable<KubernetesQuantity>, IComparable<KubernetesQuantity>
{
    private const decimal Nano = 0.000000001m;

    private static readonly (string Suffix, decimal Factor)[] Binary =
    [
        ("Ei", 1152921504606846976m), ("Pi", 1125899906842624m), ("Ti", 1099511627776m), ("Gi", 1073741824m), ("Mi", 1048576m), ("Ki", 1024m),
    ];

    private static readonly (string Suffix, decimal Factor)[] Decimals =
    [
        ("E", 1e18m), ("P", 1e15m), ("T", 1e12m), ("G", 1e9m), ("M", 1e6m), ("k", 1e3m), ("", 1m), ("m", 0.001m), ("u", 0.000001m), ("n", Nano),
    ];

    private readonly Notation _notation;

    private KubernetesQuantity(decimal value, Notation notation)
    {
        Value = value;
        _notation = notation;
    }

    private enum Notation
    {
        Decimal,
        Binary,
        Exponent,
    }

    /// <summary>The amount: bytes, cores, pieces.</summary>
    public decimal Value { get; }

    /// <summary>An amount of bytes, written with binary suffixes.</summary>
    public static KubernetesQuantity Bytes(long bytes) => new(bytes, Notation.Binary);

    /// <summary>Parses an amount.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static KubernetesQuantity Parse(string text) =>
        TryParse(text, out var quantity) ? quantity : throw new FormatException($"'{text}' is not an amount; write for example 500m, 2, 512Mi or 1.5Gi.");

    /// <summary>Parses an amount; false when the text is none.</summary>
    public static bool TryParse(string? text, out KubernetesQuantity quantity)
    {
        quantity = default;
        if (string.IsNullOrEmpty(text))
            return false;
        var end = NumberEnd(text);
        if (!TryNumber(text.AsSpan(0, end), out var number) || Factor(text[end..]) is not { } scale)
            return false;
        try
        {
            quantity = new(RoundUp(number * scale.Factor), scale.Notation);
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    /// <summary>The amount in a map of amounts; null when it is absent or none.</summary>
    public static KubernetesQuantity? Read(IReadOnlyDictionary<string, string> amounts, string key) =>
        amounts.TryGetValue(key, out var text) && TryParse(text, out var quantity) ? quantity : null;

    /// <summary>Less.</summary>
    public static bool operator <(KubernetesQuantity left, KubernetesQuantity right) => left.Value < right.Value;

    /// <summary>More.</summary>
    public static bool operator >(KubernetesQuantity left, KubernetesQuantity right) => left.Value > right.Value;

    /// <summary>Not more.</summary>
    public static bool operator <=(KubernetesQuantity left, KubernetesQuantity right) => left.Value <= right.Value;

    /// <summary>Not less.</summary>
    public static bool operator >=(KubernetesQuantity left, KubernetesQuantity right) => left.Value >= right.Value;

    /// <summary>As much.</summary>
    public static bool operator ==(KubernetesQuantity left, KubernetesQuantity right) => left.Value == right.Value;

    /// <summary>Not as much.</summary>
    public static bool operator !=(KubernetesQuantity left, KubernetesQuantity right) => left.Value != right.Value;

    /// <inheritdoc/>
    public int CompareTo(KubernetesQuantity other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public bool Equals(KubernetesQuantity other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is KubernetesQuantity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>The server's canonical form: a whole number with the largest suffix of the notation that keeps it whole.</summary>
    public override string ToString()
    {
        if (Value == 0)
            return "0";
        if (_notation == Notation.Binary && decimal.IsInteger(Value) && Math.Abs(Value) >= 1024)
        {
            foreach (var (suffix, factor) in Binary)
            {
                if (Value % factor == 0)
                    return Text(Value / factor) + suffix;
            }

            return Text(Value);
        }

        foreach (var (suffix, factor) in Decimals)
        {
            if (Value % factor == 0)
                return Text(Value / factor) + (_notation == Notation.Exponent ? Exponent(factor) : suffix);
        }

        return Text(Value);
    }

    private static string Exponent(decimal factor) => factor == 1 ? "" : "e" + (int)Math.Round(Math.Log10((double)factor));

    private static string Text(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    private static decimal RoundUp(decimal value)
    {
        if (Math.Abs(value) > 1e18m)
            return value;
        var units = value / Nano;
        return (value < 0 ? Math.Floor(units) : Math.Ceiling(units)) * Nano;
    }

    private static int NumberEnd(string text)
    {
        var i = text[0] is '+' or '-' ? 1 : 0;
        while (i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] == '.'))
            i++;
        return i;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out decimal number)
    {
        number = 0;
        return text.ContainsAnyInRange('0', '9')
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static (decimal Factor, Notation Notation)? Factor(string suffix)
    {
        foreach (var (name, factor) in Decimals)
        {
            if (name == suffix)
                return (factor, Notation.Decimal);
        }

        foreach (var (name, factor) in Binary)
        {
            if (name == suffix)
                return (factor, Notation.Binary);
        }

        if (suffix[0] is not ('e' or 'E') || !int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent))
            return null;
        if (exponent is < -28 or > 28)
            return null;
        var power = 1m;
        for (var i = 0; i < Math.Abs(exponent); i++)
            power = exponent < 0 ? power / 10 : power * 10;
        return (power, Notation.Exponent);
    }
}
