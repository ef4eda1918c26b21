using System.Globalization;
using System.Text;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>Durations as Kubernetes writes them: <c>1h30m</c>, <c>5m</c>, <c>1.5s</c>, <c>300ms</c>. Resolution 100 ns.</summary>
public static class GoDuration
{
    private static readonly (string Unit, decimal Ticks)[] Units =
    [
        ("ns", 0.01m), ("us", 10m), ("µs", 10m), ("μs", 10m), ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>The duration of a text; null when it is none, or longer than 292 years.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var rest = text.AsSpan();
        var negative = rest[0] == '-';
        if (rest[0] is '-' or '+')
            rest = rest[1..];
        if (rest is "0")
            return TimeSpan.Zero;
        if (rest.IsEmpty)
            return null;
        var ticks = 0m;
        while (!rest.IsEmpty)
        {
            if (TakePart(ref rest) is not { } part)
                return null;
            ticks += part;
        }

        return ticks > long.MaxValue / 100m ? null : TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
    }

    /// <summary>The text of a duration, such as <c>1h30m0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";
        var text = new StringBuilder(duration < TimeSpan.Zero ? "-" : "");
        var ticks = duration == TimeSpan.MinValue ? long.MaxValue : Math.Abs(duration.Ticks);
        if (ticks < TimeSpan.TicksPerSecond)
        {
            return ticks >= TimeSpan.TicksPerMillisecond
                ? text.Append(CultureInfo.InvariantCulture, $"{ticks / (decimal)TimeSpan.TicksPerMillisecond:0.####}ms").ToString()
                : text.Append(CultureInfo.InvariantCulture, $"{ticks / 10m:0.#}µs").ToString();
        }

        var (hours, minutes) = (ticks / TimeSpan.TicksPerHour, ticks / TimeSpan.TicksPerMinute % 60);
        if (hours > 0)
            text.Append(CultureInfo.InvariantCulture, $"{hours}h");
        if (hours > 0 || minutes > 0)
            text.Append(CultureInfo.InvariantCulture, $"{minutes}m");
        return text.Append(CultureInfo.InvariantCulture, $"{ticks % TimeSpan.TicksPerMinute / (decimal)TimeSpan.TicksPerSecond:0.#######}s").ToString();
    }

    private static decimal? TakePart(ref ReadOnlySpan<char> rest)
    {
        var length = 0;
        while (length < rest.Length && (char.IsAsciiDigit(rest[length]) || rest[length] == '.'))
            length++;
        if (length is 0 or > 20 || !decimal.TryParse(rest[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return null;
        rest = rest[length..];
        var unit = 0;
        while (unit < rest.Length && !char.IsAsciiDigit(rest[unit]) && rest[unit] != '.')
            unit++;
        var name = rest[..unit];
        rest = rest[unit..];
        foreach (var (known, ticks) in Units)
        {
            if (name.SequenceEqual(known) && number < 1e15m)
                return number * ticks;
        }

        return null;
    }
}
