using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace KubeDb.Api.Controllers.Telemetry;

/// <summary>Memory, processor time and start time of this process, under the names that dashboards everywhere use.</summary>
public static class ProcessMetrics
{
    private static readonly double StartTime = ReadStartTime();
    private static readonly List<Instrument> All = [];

    /// <summary>Registers the instruments; a second call does nothing.</summary>
    public static void Register()
    {
        lock (All)
        {
            if (All.Count > 0)
                return;
            var meter = Instruments.Meter;
            All.Add(meter.CreateObservableGauge("process_resident_memory_bytes", () => Environment.WorkingSet, null, "Resident memory."));
            All.Add(meter.CreateObservableCounter(
                "process_cpu_seconds_total", () => Environment.CpuUsage.TotalTime.TotalSeconds, null, "Processor time used."));
            All.Add(meter.CreateObservableGauge("process_start_time_seconds", () => StartTime, null, "Start of the process, in seconds since 1970."));
            All.Add(meter.CreateObservableGauge("dotnet_gc_heap_bytes", () => GC.GetTotalMemory(false), null, "Managed memory in use."));
            All.Add(meter.CreateObservableGauge("kubedb_build_info", Version, null, "1; the label tells the version."));
        }
    }

    private static Measurement<long> Version() => new(
        1,
        new KeyValuePair<string, object?>(
            "version", typeof(ProcessMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? ""));

    private static double ReadStartTime()
    {
        using var self = Process.GetCurrentProcess();
        return new DateTimeOffset(self.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
    }
}
