using System.Diagnostics.Metrics;
using System.Text;

namespace KubeDb.Api.Controllers.Telemetry;

/// <summary>
/// Collects what the instruments of <see cref="Instruments.Meter"/> measure and writes it in the Prometheus text format 0.0.4. Up-down counters
/// and gauges are gauges; histograms have the buckets of their instrument's advice. Safe for threads.
/// </summary>
public sealed class PrometheusExposition : IDisposable
{
    /// <summary>The content type of what <see cref="Write"/> returns.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    /// <summary>Begins to collect.</summary>
    public PrometheusExposition()
        : this(Instruments.Meter)
    {
    }

    internal PrometheusExposition(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter))
                return;
            var family = new MetricFamily(instrument);
            lock (_families)
                _families[instrument.Name] = family;
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Everything measured so far, as text.</summary>
    public string Write()
    {
        MetricFamily[] families;
        lock (_families)
            families = [.. _families.Values];
        foreach (var family in families)
            family.BeginObservation();
        _listener.RecordObservableInstruments();
        var text = new StringBuilder(16 * 1024);
        foreach (var family in families)
            family.Write(text);
        return text.ToString();
    }

    /// <summary>Ends collecting.</summary>
    public void Dispose() => _listener.Dispose();
}
