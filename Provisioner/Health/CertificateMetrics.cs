using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using KubeDb.Api.Controllers.Telemetry;

namespace KubeDb.Provisioner.Health;

/// <summary>When the certificates that servers show end, by handshake and not by their secrets: a gauge that is read when it is scraped.</summary>
internal static class CertificateMetrics
{
    // A monitor that nobody else holds ends with what holds it.
    private static readonly ConditionalWeakTable<HealthMonitor, object> Monitors = [];

    // Held, so that it is not collected.
    private static readonly ObservableGauge<long> Ends = Instruments.Meter.CreateObservableGauge(
        "kubedb_served_certificate_expiry_timestamp_seconds",
        Measure,
        null,
        "When the first of the certificates that a database's servers show ends, in seconds since 1970.");

    /// <summary>Begins to measure what a monitor finds.</summary>
    public static void Add(HealthMonitor monitor)
    {
        _ = Ends;
        Monitors.Add(monitor, new());
    }

    /// <summary>Ends it.</summary>
    public static void Remove(HealthMonitor monitor) => Monitors.Remove(monitor);

    private static IEnumerable<Measurement<long>> Measure() =>
        from monitor in Monitors.Select(m => m.Key)
        from database in monitor.CertificateEnds
        select new Measurement<long>(
            database.Ends.ToUnixTimeSeconds(),
            Instruments.Label("kind", database.Kind),
            Instruments.Label("namespace", database.Database.Namespace),
            Instruments.Label("name", database.Database.Name));
}
