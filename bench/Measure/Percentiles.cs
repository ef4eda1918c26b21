using System.Globalization;

namespace KubeDb.Bench.Measure;

/// <summary>The middle and the tail of a set of durations.</summary>
internal sealed record Percentiles(int Count, TimeSpan P50, TimeSpan P99, TimeSpan Most)
{
    public static Percentiles Of(IEnumerable<TimeSpan> durations)
    {
        var sorted = durations.Order().ToList();
        TimeSpan At(double part) => sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Count) - 1, 0, sorted.Count - 1)];
        return sorted.Count == 0 ? new(0, default, default, default) : new(sorted.Count, At(0.5), At(0.99), sorted[^1]);
    }

    public override string ToString() => Count == 0
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"p50 {P50.TotalMilliseconds:0.0} ms, p99 {P99.TotalMilliseconds:0.0} ms ({Count})");
}
