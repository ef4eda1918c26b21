using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Bench.Double;

namespace KubeDb.Bench.Measure;

/// <summary>
/// Both published programs against a real kube-apiserver and etcd with the real controllers; kubelets and database servers are doubles. The
/// audit log says who asked for what, and when.
/// </summary>
internal sealed class RealRun(BenchOptions options, Results results, string kubeconfig, string audit) : IDisposable
{
    private const int AtOnce = 200;
    private static readonly string[] Programs = ["kubedb-provisioner", "kubedb-ops-manager"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    private readonly HttpKubernetesClient _client = new(
        KubernetesConfiguration.Load(new ConfigurationSource { KubeconfigPath = kubeconfig }), new KubernetesClientOptions { UserAgent = "kubedb-bench" });

    private readonly AuditLog _audit = new(audit);

    /// <summary>Makes so many databases, measures, and leaves the namespaces to be deleted.</summary>
    public async Task RunAsync(int count)
    {
        var scale = Count(count);
        await using var servers = new RedisServers();
        await using var kubelet = new Kubelet(_client);
        try
        {
            await using (var maker = Start(Programs[0]))
            {
                var began = Stopwatch.GetTimestamp();
                await CreateAsync(count);
                await AllReadyAsync(count);
                results.Add($"real.provision.{count}", $"{scale} databases created at once → all Ready, pods ready at once", Seconds(Stopwatch.GetElapsedTime(began)), "–", true, Repeat(count));
            }

            await using var provisioner = Start(Programs[0]);
            await SyncedAsync(provisioner, count);
            await using var operations = Start(Programs[1]);
            await SyncedAsync(operations, count);
            await RestAsync([provisioner, operations], count);
            await ChangesAsync(count);
            await OperationsAsync("Restart", "", count);
            await OperationsAsync("Reconfigure", ",\"configuration\":{\"applyConfig\":{\"redis.conf\":\"maxclients 2345\\n\"}}", count);
        }
        finally
        {
            await DeleteAsync(count);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private OperatorProcess Start(string name)
    {
        var path = Path.Combine(options.Work, $"{name}.kubeconfig");
        var own = JsonNode.Parse(File.ReadAllText(kubeconfig))!;
        var user = own["users"]![0]!["user"]!.AsObject();
        user["as"] = name;
        user["as-groups"] = new JsonArray("system:masters");
        File.WriteAllText(path, own.ToJsonString());
        return new OperatorProcess(options.Programs, name, path, options.Work);
    }

    private async Task SyncedAsync(OperatorProcess process, int count)
    {
        var synced = await process.ReadyAsync(Limit);
        var rest = await process.RestAsync(Limit);
        results.Add($"real.start.{process.Name}", $"Start → synced, {Count(count)} databases, real API server: {process.Name}", $"{Seconds(synced)}; every database looked at once after {Seconds(rest)}", "–", true, Repeat(count));
    }

    private async Task RestAsync(List<OperatorProcess> running, int count)
    {
        await Task.Delay(TimeSpan.FromSeconds(15));
        _audit.Mark();
        var before = running.ConvertAll(p => p.Processor);
        var watch = Stopwatch.StartNew();
        await Task.Delay(Idle);
        var elapsed = watch.Elapsed;
        var entries = _audit.Read();
        for (var i = 0; i < running.Count; i++)
        {
            var name = running[i].Name;
            var core = (running[i].Processor - before[i]) / elapsed;
            var asked = entries.Where(e => e.User == name && e.Verb != "watch").GroupBy(e => $"{e.Verb} {e.Resource}").Select(g => $"{g.Count()} {g.Key}").ToList();
            var memory = await running[i].MemoryAsync();
            results.Add($"real.memory.{name}", $"Memory at rest, {Count(count)} databases, real API server: {name}", memory.ToString(), count == 1000 ? "≤ 50 MB" : "–", count != 1000 || memory.Resident <= 50, Repeat(count));
            results.Add($"real.idle.{name}", $"Requests in {Idle.TotalSeconds:0} s of rest beyond watches and the lease, {Count(count)}, from the audit log: {name}", asked.Count == 0 ? "0" : string.Join(", ", asked), "0", asked.Count == 0, Repeat(count));
            results.Add($"real.cpu.{name}", $"Processor at rest, {Count(count)}, health checks included, real API server: {name}", string.Create(CultureInfo.InvariantCulture, $"{core * 100:0.0} % of a core"), "–", true, Repeat(count));
        }
    }

    private async Task ChangesAsync(int count)
    {
        _audit.Mark();
        var changed = Enumerable.Range(0, Math.Min(220, count)).Select(i => i * 7 % count).Distinct().ToList();
        foreach (var number in changed)
        {
            var patch = JsonNode.Parse($$$"""{"spec":{"configuration":{"inline":{"redis.conf":"maxclients {{{3000 + number}}}\n"} } } }""")!;
            (await _client.MergePatchAsync(Redis.Resource, Key(number), (JsonObject)patch, "kubectl", null, KubernetesVerbs.DecodeJson, default)).OrThrow();
            await Task.Delay(50);
        }

        await Task.Delay(TimeSpan.FromSeconds(5));
        var entries = _audit.Read();
        var writes = entries.Where(e => e.User == Programs[0] && e.IsWrite).ToLookup(e => e.Name.Length >= Population.NameLength ? e.Name[..Population.NameLength] : e.Name);
        var durations = new List<TimeSpan>();
        foreach (var change in entries.Where(e => e.User != Programs[0] && e is { Verb: "patch", Resource: "redises" }).Skip(20))
        {
            if (writes[change.Name].Where(w => w.Received >= change.Received).MinBy(w => w.Received) is { } first)
                durations.Add(first.Received - change.Done);
        }

        var found = Percentiles.Of(durations);
        results.Add($"real.change.{count}", $"A user's change acknowledged → first write received, {Count(count)} databases at rest, from the audit log", found.ToString(), "p50 ≤ 10 ms, p99 ≤ 25 ms", found.Count > 0 && found.P50.TotalMilliseconds <= 10 && found.P99.TotalMilliseconds <= 25, Repeat(count));
    }

    private async Task OperationsAsync(string type, string more, int count)
    {
        var began = Stopwatch.GetTimestamp();
        var some = Enumerable.Range(0, Math.Min(AtOnce, count)).ToList();
        await Parallel.ForEachAsync(some, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, cancel) =>
        {
            var body = $$"""
                {"apiVersion":"ops.kubedb.com/v1alpha1","kind":"RedisOpsRequest","metadata":{"name":"{{type.ToLowerInvariant()}}-{{number}}","namespace":"{{Population.Namespace(number)}}"},
                "spec":{"type":"{{type}}","databaseRef":{"name":"{{Population.Name(number)}}"}{{more}} } }
                """;
            (await _client.CreateAsync(RedisOpsRequest.Resource, (JsonObject)JsonNode.Parse(body)!, cancel)).OrThrow();
        });
        var phases = new Dictionary<string, int>();
        while (Stopwatch.GetElapsedTime(began) < Limit)
        {
            var all = await _client.ListAsync(new ApiRequest { Verb = ApiVerb.List, Type = RedisOpsRequest.Resource }, RedisOpsRequest.Decode, default);
            phases = all.OrThrow().Items.Where(r => r.Spec.Type == type).GroupBy(r => r.Status.Phase).ToDictionary(g => g.Key, g => g.Count());
            if (phases.Where(p => p.Key is "Successful" or "Failed" or "Skipped").Sum(p => p.Value) == some.Count)
                break;
            await Task.Delay(250);
        }

        var elapsed = Stopwatch.GetElapsedTime(began);
        var ok = phases.GetValueOrDefault("Successful");
        results.Add($"real.operations.{type}", $"{some.Count} requests at once, {(more.Length > 0 ? "live " : "")}{type}, real API server",
            string.Create(CultureInfo.InvariantCulture, $"{ok / elapsed.TotalMinutes:0} a minute ({ok} Successful in {elapsed.TotalSeconds:0.0} s)"), "–", ok == some.Count, Repeat(count));
    }

    private async Task CreateAsync(int count)
    {
        for (var number = 0; number < count; number++)
        {
            var ns = Population.Namespace(number);
            if (number == 0 || ns != Population.Namespace(number - 1))
                await _client.CreateAsync(Namespace.Resource, new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } }, default);
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, cancel) =>
        {
            var body = $$"""
                {"apiVersion":"kubedb.com/v1","kind":"Redis","metadata":{"name":"{{Population.Name(number)}}","namespace":"{{Population.Namespace(number)}}"},
                "spec":{"version":"8.2.2","storage":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } },"deletionPolicy":"WipeOut",
                "podTemplate":{"spec":{"schedulerName":"{{Kubelet.Scheduler}}"} },"configuration":{"inline":{"redis.conf":"maxclients 2000\n"} } } }
                """;
            (await _client.CreateAsync(Redis.Resource, (JsonObject)JsonNode.Parse(body)!, cancel)).OrThrow();
        });
    }

    private async Task AllReadyAsync(int count)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var all = (await _client.ListAsync(new ApiRequest { Verb = ApiVerb.List, Type = Redis.Resource }, Redis.Decode, default)).OrThrow();
            var ready = all.Items.Count(r => r.Status.Phase == "Ready");
            if (ready >= count)
                return;
            if (Stopwatch.GetElapsedTime(began) > Limit)
                throw new TimeoutException($"Only {ready} of {count} databases are Ready after {Limit.TotalMinutes:0} min.");
            await Task.Delay(1000);
        }
    }

    private async Task DeleteAsync(int count)
    {
        await using var provisioner = Start(Programs[0]);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, cancel) =>
            await _client.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = Redis.Resource, Namespace = Key(number).Namespace, Name = Key(number).Name }, KubernetesVerbs.DecodeJson, cancel));
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Limit
            && (await _client.ListAsync(new ApiRequest { Verb = ApiVerb.List, Type = Redis.Resource }, Redis.Decode, default)).OrThrow().Items.Count > 0)
            await Task.Delay(1000);
        results.Add($"real.delete.{count}", $"{Count(count)} databases deleted at once (WipeOut) → gone, real API server", Seconds(Stopwatch.GetElapsedTime(began)), "–", true, Repeat(count));
        foreach (var ns in Enumerable.Range(0, count).Select(Population.Namespace).Distinct())
            await _client.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = Namespace.Resource, Name = ns }, KubernetesVerbs.DecodeJson, default);
    }

    private static ObjectKey Key(int number) => new(Population.Namespace(number), Population.Name(number));

    private static string Repeat(int count) => $"`hack/bench real {count}`";

    private static string Count(int number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
