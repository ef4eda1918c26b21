using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Bench.Double;

namespace KubeDb.Bench.Measure;

/// <summary>Both published programs against the API server double: memory, start, rest, and how fast a change is taken up.</summary>
internal sealed class DoubleRun(BenchOptions options, Results results)
{
    private readonly string[] Programs = ["kubedb-provisioner", "kubedb-ops-manager"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    /// <summary>Measures at one number of databases, all Ready.</summary>
    public async Task AtAsync(int count)
    {
        var scale = count.ToString("#,0", CultureInfo.InvariantCulture);
        await using var servers = new RedisServers();
        await using var host = await StartAsync(count, outdated: false);
        var running = new List<OperatorProcess>();
        try
        {
            foreach (var name in Programs)
            {
                var process = new OperatorProcess(options.Programs, name, host.Kubeconfig(options.Work, name), options.Work);
                running.Add(process);
                var synced = await process.ReadyAsync(Limit);
                var rest = count == 0 ? synced : await process.RestAsync(Limit);
                results.Add($"start.{name}.{count}", $"Start → synced, {scale} databases: {name}", Seconds(synced), count == 10_000 ? "≤ 30 s" : "–", count != 10_000 || synced <= TimeSpan.FromSeconds(30), Source(count));
                if (count > 0)
                    results.Add($"backlog.{name}.{count}", $"Start → every database looked at once, {scale}: {name}", Seconds(rest), "–", true, Source(count));
            }

            await RestAsync(host, running, count);
            if (count is > 0 and <= 1000)
                await ChangesAsync(host, count);
        }
        finally
        {
            foreach (var process in running)
                await process.DisposeAsync();
        }
    }

    /// <summary>Measures how a change overtakes the backlog of a start in which every database needs a write.</summary>
    public async Task BacklogAsync(int count)
    {
        await using var servers = new RedisServers();
        await using var host = await StartAsync(count, outdated: true);
        await using var process = new OperatorProcess(options.Programs, Programs[0], host.Kubeconfig(options.Work, Programs[0]), options.Work);
        await process.ReadyAsync(Limit);
        var durations = new List<TimeSpan>();
        var depth = new List<double>();
        for (var i = 0; i < 300; i++)
        {
            var left = (await process.MetricsAsync()).Where(m => m.Key.StartsWith("kubedb_queue_depth", StringComparison.Ordinal) && m.Key.Contains("\"redis\"", StringComparison.Ordinal)).Sum(m => m.Value);
            if (left < count / 20.0 && i > 0)
                break;
            depth.Add(left);
            durations.Add(await ChangeAsync(host, count - 1 - i));
            await Task.Delay(20);
        }

        var rest = await process.RestAsync(Limit);
        var found = Percentiles.Of(durations);
        results.Add(
            "change.backlog",
            $"A user's change → first write while {Count(depth.FirstOrDefault())}–{Count(depth.LastOrDefault())} databases wait, each of which needs a write",
            found.ToString(), "overtakes", found.P99 < TimeSpan.FromSeconds(1), BacklogSource(count));
        results.Add("backlog.writes", $"Start → that backlog worked off ({Count(count)} writes)", Seconds(rest), "–", true, BacklogSource(count));
    }

    private async Task<HostedApiServer> StartAsync(int count, bool outdated)
    {
        var host = await HostedApiServer.StartAsync(Path.Combine(options.Repository, "charts/kubedb-crds/crds"));
        var population = Population.Read();
        Population.AddVersion(host);
        population.Fill(host, count, outdated);
        GC.Collect();
        Console.Error.WriteLine($"  double filled with {count} databases of {population.Objects} objects, {population.Bytes / 1024} KiB each");
        return host;
    }

    private async Task RestAsync(HostedApiServer host, List<OperatorProcess> running, int count)
    {
        // Longer than the runtime's own after-work of a start (tiered compilation) takes.
        await Task.Delay(TimeSpan.FromSeconds(10));
        host.Requests.Clear();
        var before = running.ConvertAll(p => p.Processor);
        var watch = Stopwatch.StartNew();
        await Task.Delay(Idle);
        var elapsed = watch.Elapsed;
        var scale = Count(count);
        for (var i = 0; i < running.Count; i++)
        {
            var name = running[i].Name;
            var core = (running[i].Processor - before[i]) / elapsed;
            var asked = host.Requests.Of(name);
            var memory = await running[i].MemoryAsync();
            var goal = count == 10_000 ? 128 : count == 1000 ? 50 : 0;
            results.Add($"memory.{name}.{count}", $"Memory at rest, {scale} databases: {name}", memory.ToString(), goal > 0 ? $"≤ {goal} MB" : "–", goal == 0 || memory.Resident <= goal, Source(count));
            results.Add($"idle.{name}.{count}", $"Requests in {elapsed.TotalSeconds:0} s of rest beyond watches and the lease, {scale}: {name}", asked.Count == 0 ? "0" : string.Join(", ", asked.Select(a => $"{a.Value} {a.Key}")), "0", asked.Count == 0, Source(count));
            results.Add($"cpu.{name}.{count}", $"Processor at rest, {scale}, health checks included: {name}", string.Create(CultureInfo.InvariantCulture, $"{core * 100:0.0} % of a core"), "–", true, Source(count));
        }
    }

    private async Task ChangesAsync(HostedApiServer host, int count)
    {
        var durations = new List<TimeSpan>();
        for (var i = 0; i < 220; i++)
        {
            var duration = await ChangeAsync(host, i * 7 % count);
            if (i >= 20)
                durations.Add(duration);
            await Task.Delay(20);
        }

        var found = Percentiles.Of(durations);
        results.Add($"change.{count}", $"A user's change → first write, {Count(count)} databases at rest", found.ToString(), "p50 ≤ 10 ms, p99 ≤ 25 ms", found.P50.TotalMilliseconds <= 10 && found.P99.TotalMilliseconds <= 25, Source(count));
    }

    /// <summary>Changes a database as a user does; from the server's acknowledgement to the arrival of the first write that it causes.</summary>
    private static async Task<TimeSpan> ChangeAsync(HostedApiServer host, int number)
    {
        var written = host.Requests.NextWriteAsync(Population.Name(number));
        host.Send(new ApiRequest
        {
            Verb = ApiVerb.MergePatch,
            Type = Redis.Resource,
            Namespace = Population.Namespace(number),
            Name = Population.Name(number),
            Body = JsonNode.Parse($$$"""{"spec":{"configuration":{"inline":{"redis.conf":"maxclients {{{Random.Shared.Next(3000, 9000)}}}\n"} } } }"""),
        });
        var acknowledged = Stopwatch.GetTimestamp();
        return Stopwatch.GetElapsedTime(acknowledged, await written.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private static string BacklogSource(int count) => $"`hack/bench backlog {count}` (double)";

    private static string Source(int count) => $"`hack/bench at {count}` (double)";

    private static string Count(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
