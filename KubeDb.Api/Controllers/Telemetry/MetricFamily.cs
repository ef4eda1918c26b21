using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace KubeDb.Api.Controllers.Telemetry;

/// <summary>The samples of one instrument, one series for each set of labels. Recording into a known series allocates nothing.</summary>
internal sealed class MetricFamily
{
    // A label of unbounded number is a mistake; it must cost data, not memory.
    private const int MaxSeries = 5000;
    private const int MaxLabels = 16;
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    [ThreadStatic]
    private static char[]? _scratch;

    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly string _help;
    private readonly string _type;
    private readonly bool _adds;
    private readonly bool _isObservable;
    private readonly double[]? _bounds;
    private readonly Dictionary<string, Series> _series = [];
    private readonly Dictionary<string, Series>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public MetricFamily(Instrument instrument)
    {
        _name = instrument.Name;
        _help = instrument.Description ?? "";
        var kind = instrument.GetType().Name;
        var isHistogram = kind.StartsWith("Histogram", StringComparison.Ordinal);
        _adds = kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("UpDownCounter", StringComparison.Ordinal);
        var isCounter = kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal);
        _type = isHistogram ? "histogram" : isCounter ? "counter" : "gauge";
        if (isHistogram)
            _bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBounds;
        _isObservable = instrument.IsObservable;
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        lock (_gate)
        {
            if (!_lookup.TryGetValue(labels, out var series))
            {
                if (_series.Count >= MaxSeries && !_isObservable)
                    return;
                series = new Series(_bounds is null ? null : new long[_bounds.Length + 1]);
                _series.Add(labels.ToString(), series);
            }

            if (_bounds is not null)
            {
                var bucket = Array.BinarySearch(_bounds, value);
                series.Buckets![bucket < 0 ? ~bucket : bucket]++;
                series.Count++;
                series.Value += value;
            }
            else
            {
                series.Value = _adds ? series.Value + value : value;
            }
        }
    }

    /// <summary>Forgets what an observable instrument said at the last scrape: of what is gone it says no more.</summary>
    public void BeginObservation()
    {
        if (!_isObservable)
            return;
        lock (_gate)
            _series.Clear();
    }

    public void Write(StringBuilder text)
    {
        text.Append("# HELP ").Append(_name).Append(' ').Append(Escaped(_help)).Append('\n');
        text.Append("# TYPE ").Append(_name).Append(' ').Append(_type).Append('\n');
        lock (_gate)
        {
            foreach (var (labels, series) in _series.OrderBy(s => s.Key, StringComparer.Ordinal))
            {
                if (_bounds is null)
                    Sample(text, "", labels, "", series.Value);
                else
                    WriteHistogram(text, labels, series);
            }
        }
    }

    private void WriteHistogram(StringBuilder text, string labels, Series series)
    {
        long below = 0;
        for (var i = 0; i < _bounds!.Length; i++)
        {
            below += series.Buckets![i];
            Sample(text, "_bucket", labels, $"le=\"{Number(_bounds[i])}\"", below);
        }

        Sample(text, "_bucket", labels, "le=\"+Inf\"", series.Count);
        Sample(text, "_sum", labels, "", series.Value);
        Sample(text, "_count", labels, "", series.Count);
    }

    private void Sample(StringBuilder text, string suffix, string labels, string more, double value)
    {
        text.Append(_name).Append(suffix);
        if (labels.Length + more.Length > 0)
        {
            text.Append('{').Append(labels);
            if (labels.Length > 0 && more.Length > 0)
                text.Append(',');
            text.Append(more).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>The labels as they are printed, sorted by name; valid until the next call on this thread.</summary>
    private static ReadOnlySpan<char> Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Span<int> order = stackalloc int[MaxLabels];
        var count = Math.Min(tags.Length, MaxLabels);
        for (var i = 0; i < count; i++)
        {
            var at = i;
            for (; at > 0 && string.CompareOrdinal(tags[order[at - 1]].Key, tags[i].Key) > 0; at--)
                order[at] = order[at - 1];
            order[at] = i;
        }

        var length = 0;
        for (var i = 0; i < count; i++)
        {
            var (name, value) = tags[order[i]];
            if (i > 0)
                Append(",", ref length);
            Append(name, ref length);
            Append("=\"", ref length);
            AppendEscaped(value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", ref length);
            Append("\"", ref length);
        }

        return _scratch.AsSpan(0, length);
    }

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static void AppendEscaped(string value, ref int length)
    {
        if (value.AsSpan().IndexOfAny('\\', '"', '\n') >= 0)
        {
            value = Escaped(value).Replace("\"", "\\\"", StringComparison.Ordinal);
        }

        Append(value, ref length);
    }

    private static void Append(string text, ref int length)
    {
        _scratch ??= new char[256];
        if (_scratch.Length < length + text.Length)
            Array.Resize(ref _scratch, Math.Max(_scratch.Length * 2, length + text.Length));
        text.CopyTo(_scratch.AsSpan(length));
        length += text.Length;
    }

    private sealed class Series(long[]? buckets)
    {
        public long[]? Buckets => buckets;

        public double Value { get; set; }

        public long Count { get; set; }
    }
}
