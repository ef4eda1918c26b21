using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeDb.Bench.Measure;

/// <summary>Resident memory of a process in MB (10^6 bytes).</summary>
/// <param name="Resident">All that is resident; pages shared with other processes and the program's own file pages count in full.</param>
/// <param name="Anonymous">Of that, what no file backs: heap, stacks, compiled code. It is what grows with the number of databases.</param>
/// <param name="Heap">Of that, live managed objects and what was not collected yet.</param>
internal sealed record Memory(double Resident, double Anonymous, double Heap)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Resident:0} MB ({Anonymous:0} anonymous, heap {Heap:0})");
}

/// <summary>One of the published programs, run as its image runs it, and what the machine and its own metrics say of it.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    // What the image sets, handed on by hack/bench: this process itself is not to run with it.
    private const string ImageSetting = "BENCH_ENV_";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Process _process;
    private readonly int _metrics = FreePort();
    private readonly int _probes = FreePort();
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Starts a program.</summary>
    /// <param name="programs">Folder with one folder a program, as <c>hack/bench</c> publishes them.</param>
    /// <param name="name">The program.</param>
    /// <param name="kubeconfig">Its API server.</param>
    /// <param name="logs">Folder for its log.</param>
    public OperatorProcess(string programs, string name, string kubeconfig, string logs)
    {
        Name = name;
        LogFile = Path.Combine(logs, $"{name}.log");
        string[] arguments =
        [
            $"--kubeconfig={kubeconfig}", $"--metrics-bind-address=127.0.0.1:{_metrics}", $"--health-probe-bind-address=127.0.0.1:{_probes}",
            "--max-concurrent-reconciles=10",
        ];

        // The shell redirects, so that reading the log costs this process nothing and fills no pipe.
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", "sh", LogFile, Path.Combine(programs, name, name) },
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["POD_NAMESPACE"] = "default";
        start.Environment["KUBEDB_WEBHOOK_BIND_ADDRESS"] = "0"; // Outside of the cluster no API server finds it.
        foreach (var setting in start.Environment.Keys.Where(k => k.StartsWith(ImageSetting, StringComparison.Ordinal)).ToList())
            start.Environment[setting[ImageSetting.Length..]] = start.Environment[setting];
        _process = Process.Start(start)!;
    }

    public string Name { get; }

    public string LogFile { get; }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Waits until it answers that every informer has synced; returns the time since its start.</summary>
    public async Task<TimeSpan> ReadyAsync(TimeSpan limit)
    {
        while (Stopwatch.GetElapsedTime(_started) < limit)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"{Name} ended by itself; its log: {LogFile}");
            try
            {
                using var answer = await Http.GetAsync($"http://127.0.0.1:{_probes}/readyz");
                if (answer.StatusCode == HttpStatusCode.OK)
                    return Stopwatch.GetElapsedTime(_started);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"{Name} was not ready after {limit.TotalSeconds:0} s; its log: {LogFile}");
    }

    /// <summary>Waits until its queues have been empty for a second; returns the time since its start.</summary>
    public async Task<TimeSpan> RestAsync(TimeSpan limit)
    {
        var empty = 0;
        var since = TimeSpan.Zero;
        while (empty < 10)
        {
            if (Stopwatch.GetElapsedTime(_started) > limit)
                throw new TimeoutException($"{Name} was not at rest after {limit.TotalSeconds:0} s; its log: {LogFile}");
            var metrics = await MetricsAsync();
            var reconciles = metrics.Where(m => m.Key.StartsWith("kubedb_reconcile_total", StringComparison.Ordinal)).Sum(m => m.Value);
            var busy = metrics.Where(m => m.Key.StartsWith("kubedb_queue_depth", StringComparison.Ordinal)).Sum(m => m.Value) > 0 || reconciles == 0;
            if (busy)
                empty = 0;
            else if (empty++ == 0)
                since = Stopwatch.GetElapsedTime(_started);
            await Task.Delay(100);
        }

        return since;
    }

    /// <summary>Its memory now.</summary>
    public async Task<Memory> MemoryAsync()
    {
        var lines = await File.ReadAllLinesAsync($"/proc/{_process.Id}/smaps_rollup");
        double Of(string field) => long.Parse(lines.First(l => l.StartsWith(field + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
        var heap = (await MetricsAsync()).GetValueOrDefault("dotnet_gc_heap_bytes") / 1e6;
        return new(Of("Rss"), Of("Anonymous"), heap);
    }

    /// <summary>Its metrics by name and labels.</summary>
    public async Task<Dictionary<string, double>> MetricsAsync()
    {
        var text = await Http.GetStringAsync($"http://127.0.0.1:{_metrics}/metrics");
        return text.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => (Line: l, At: l.LastIndexOf(' ')))
            .ToDictionary(l => l.Line[..l.At], l => double.Parse(l.Line[l.At..], CultureInfo.InvariantCulture));
    }

    /// <summary>Ends it in order.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("/bin/kill", [_process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited)
                _process.Kill();
        }

        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
