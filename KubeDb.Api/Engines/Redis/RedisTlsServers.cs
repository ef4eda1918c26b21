using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Redis.Cluster;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Engines.Redis.Sentinel;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>
/// TLS of running servers: they serve plain connections and TLS side by side, move their peers from one to the other, and load certificates
/// anew, all without a restart.
/// </summary>
internal sealed class RedisTlsServers(RedisConnector connector, SentinelConnector sentinels, SentinelObserver observer) : ITlsEngine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private static readonly string CaFile = $"{RedisTls.Folder}/{CertificateWish.CaKey}";

    /// <inheritdoc/>
    public bool CanReload(IDatabase database, ICatalogVersion version) => true;

    /// <inheritdoc/>
    public CertificateWish ServerCertificate(IDatabase database) => RedisTls.Certificates(database).First(w => w.Alias == RedisNames.ServerCertificate);

    /// <inheritdoc/>
    public Task<(ServedCertificate? Served, string? Failure)> ServedAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        connector.ServedAsync(instances, pod, connector.ServerPort, Timeout, cancel);

    /// <summary>
    /// Three waves over connections that are open before the first: peers, then the port that is left, then the port that is taken. A port is free
    /// before the other protocol takes it, so that between the last two nobody is served, for as long as one command takes.
    /// </summary>
    public async Task<Readiness> SwitchAsync(DatabaseInstances instances, bool toTls, CancellationToken cancel)
    {
        await using var servers = new Connections();
        if (await OpenAllAsync(servers, instances, cancel) is { } unreached)
            return Readiness.NotYet(unreached);
        var yes = toTls ? "yes" : "no";
        var main = Text(connector.ServerPort);
        var side = Text(RedisTls.SidePort);
        var cluster = instances.Database is RedisDatabase { Spec.Mode: RedisModes.Cluster };
        List<(string Name, string Value)[]> waves =
        [
            [("tls-replication", yes), .. cluster ? [("tls-cluster", yes)] : ((string, string)[])[]],
            [toTls ? ("port", "0") : ("tls-port", side)],
            [toTls ? ("tls-port", main) : ("port", main)],
        ];
        foreach (var wave in waves)
        {
            var refused = await Task.WhenAll(servers.All.Select(s => SetAsync(s.Pod, s.Client, wave, cancel)));
            if (Array.Find(refused, r => r is not null) is { } why)
                return Readiness.NotYet(why);
        }

        if (!cluster)
            return Readiness.Yes;

        // Nodes answer with the ports of the protocol in which they are asked.
        await using var switched = new Connections();
        return (await OpenAllAsync(switched, instances, cancel) ?? await ToldAsync(switched, toTls, cancel)) is { } stale ? Readiness.NotYet(stale) : Readiness.Yes;
    }

    /// <inheritdoc/>
    public Task<Readiness> TrustAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var bundle = DatabaseCertificates.Present(instances.Facts);
        return EachAsync(
            instances,
            async (pod, client) =>
            {
                // A file of this name is there only when the whole volume is of this bundle; only then is what the usual name leads to.
                var marked = await client.SendAsync(cancel, "CONFIG", "SET", "tls-ca-cert-file", $"{RedisTls.Folder}/{bundle.MarkKey}");
                var usual = await client.SendAsync(cancel, "CONFIG", "SET", "tls-ca-cert-file", CaFile);
                if (!marked.IsOk)
                    return $"the authorities to trust have not arrived in pod {pod.Metadata.Name} yet";
                return usual.IsOk ? null : $"pod {pod.Metadata.Name} does not load {CaFile}: {usual.Error?.Sentence}";
            },
            cancel);
    }

    /// <inheritdoc/>
    public async Task<Readiness> ReloadAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        if (this.Wanted(instances.Facts) is null)
            return Readiness.NotYet("the certificate of the servers is not known yet");
        var stale = new List<Pod>();
        foreach (var pod in instances.Pods)
        {
            if (!(await this.ShownAsync(instances with { Pods = [pod] }, cancel)).IsReady)
                stale.Add(pod);
        }

        instances = instances with { Pods = stale };
        var loaded = await EachAsync(
            instances,
            async (pod, client) =>
            {
                // Any of the files' settings loads all of them; two settings in one command are refused before 7.0.
                var reply = await client.SendAsync(cancel, "CONFIG", "SET", "tls-cert-file", $"{RedisTls.Folder}/server.crt");
                return reply.IsOk ? null : $"pod {pod.Metadata.Name} does not load its certificate: {reply.Error?.Sentence}";
            },
            cancel);
        return loaded.IsReady ? await this.ShownAsync(instances, cancel) : loaded;
    }

    /// <inheritdoc/>
    public TlsPeer? PeerOf(ITlsChangeSpec change, IDatabase before) => SentinelChanges.PeerOf(change, (RedisDatabase)before);

    /// <inheritdoc/>
    public JsonObject PeerSpec(JsonObject stored, IDatabase changed) => SentinelChanges.SpecOf(stored, changed);

    /// <inheritdoc/>
    public Violation? CheckPeer(IDatabase peer, IDatabase changed) => SentinelReference.CheckTls(changed, peer);

    /// <inheritdoc/>
    public async Task<Readiness> LeaveAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        if (instances.Peers.GetValueOrDefault(SentinelPeer.OtherRole) is not { } left)
            return Readiness.Yes;
        var name = SentinelNames.Master(instances.Database.Metadata.Key);
        var answers = await sentinels.AskAllAsync(
            left,
            async client => await MonitoredMaster.AskAsync(client, name, cancel) is null ? "" : (await client.SendAsync(cancel, "SENTINEL", "REMOVE", name)).Error?.Sentence ?? "",
            cancel);
        return answers.FirstOrDefault(a => a.Failure is not null || a.Answer is { Length: > 0 }) is { Pod: { } pod } kept
            ? Readiness.NotYet($"Sentinel {pod.Metadata.Name} of {left.Database.Metadata.Key} still watches the servers: {kept.Failure ?? kept.Answer}")
            : Readiness.Yes;
    }

    /// <inheritdoc/>
    public async Task<Readiness> JoinedAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var plan = SentinelPlanner.Plan(await observer.ObserveAsync(instances, cancel));

        // Which passwords sentinels were given is known to the process that gave them.
        return plan.Problem is { } problem ? Readiness.NotYet(problem)
            : plan.Steps.Any(s => s is not SentinelStep.Configure) ? Readiness.NotYet("The sentinels do not watch the servers yet.")
            : Readiness.Yes;
    }

    /// <summary>Connects to every server; says which one can not be reached, or null.</summary>
    private async Task<string?> OpenAllAsync(Connections servers, DatabaseInstances instances, CancellationToken cancel)
    {
        foreach (var pod in instances.Pods)
        {
            var (client, failure) = await connector.OpenAsync(instances, pod, Timeout, cancel);
            if (client is null)
                return $"Pod {pod.Metadata.Name} can not be asked: {failure!.Message}";
            servers.Add(pod.Metadata.Name, client);
        }

        return null;
    }

    private async Task<Readiness> EachAsync(DatabaseInstances instances, Func<Pod, RespClient, Task<string?>> act, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(instances.Pods.Select(async pod =>
        {
            var (client, failure) = await connector.OpenAsync(instances, pod, Timeout, cancel);
            if (client is null)
                return $"pod {pod.Metadata.Name} can not be asked: {failure!.Message}";
            await using (client)
            {
                try
                {
                    return await act(pod, client);
                }
                catch (Exception e) when (e is IOException or TimeoutException)
                {
                    return $"pod {pod.Metadata.Name} does not answer: {e.Message}";
                }
            }
        }));
        return Array.Find(answers, a => a is not null) is { } why ? Readiness.NotYet(why) : Readiness.Yes;
    }

    private static async Task<string?> SetAsync(string pod, RespClient client, (string Name, string Value)[] settings, CancellationToken cancel)
    {
        try
        {
            foreach (var (name, value) in settings)
            {
                var reply = await client.SendAsync(cancel, "CONFIG", "SET", name, value);
                if (!reply.IsOk)
                    return $"Pod {pod} refuses {name} {value}: {reply.Error?.Sentence}";
            }

            return null;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return $"Pod {pod} does not answer: {e.Message}";
        }
    }

    /// <summary>
    /// Null once every node of a cluster tells clients, of itself and of the others, the port that they use. Of the others it hears within half the
    /// time-out of a node. Of itself it goes on telling the old port, or port 0, until an announced one is set: so one is set and put back.
    /// </summary>
    private async Task<string?> ToldAsync(Connections servers, bool toTls, CancellationToken cancel)
    {
        var announced = await Task.WhenAll(servers.All.Select(s => AnsweredAsync(s.Pod, () => AnnouncedAsync(s.Client, toTls, cancel))));
        if (Array.Find(announced, a => a.Failure is not null).Failure is { } silent)
            return silent;
        var usual = announced.Select(a => a.Answer!.Port).ToHashSet();
        var stale = await Task.WhenAll(servers.All.Zip(announced, (s, a) => AnsweredAsync(s.Pod, () => RefreshAsync(s.Client, a.Answer!, usual, cancel))));
        return stale.Select((s, i) => s.Failure ?? (s.Answer is { } told ? $"Pod {servers.All[i].Pod} {told}" : null)).FirstOrDefault(s => s is not null);
    }

    private async Task<string?> RefreshAsync(RespClient client, Announced own, HashSet<int> usual, CancellationToken cancel)
    {
        if (await NodesAsync(client, cancel) is not { } before)
            return "does not say which nodes it knows";
        if (before.Myself.Port != own.Port)
        {
            foreach (var value in (string[])[own.Value == "0" ? Text(connector.ServerPort) : "0", own.Value])
            {
                if ((await client.SendAsync(cancel, "CONFIG", "SET", own.Setting, value)).Error is { } error)
                    return $"refuses {own.Setting} {value}: {error.Sentence}";
            }
        }

        var nodes = (await NodesAsync(client, cancel))?.Nodes ?? [];
        return nodes.FirstOrDefault(n => n.IsReached && !usual.Contains(n.Port)) is { } stale
            ? string.Create(CultureInfo.InvariantCulture, $"still tells clients port {stale.Port} of node {stale.Address}")
            : null;
    }

    // Before 7.0 one port is announced, whichever clients use.
    private async Task<Announced> AnnouncedAsync(RespClient client, bool toTls, CancellationToken cancel)
    {
        foreach (var name in (string[])[.. toTls ? ["cluster-announce-tls-port"] : (string[])[], "cluster-announce-port"])
        {
            if (await client.SendAsync(cancel, "CONFIG", "GET", name) is { Items: [_, { Text: { } text }] } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
                return new(name, text, port == 0 ? connector.ServerPort : port);
        }

        return new("cluster-announce-port", "0", connector.ServerPort);
    }

    private static async Task<(T? Answer, string? Failure)> AnsweredAsync<T>(string pod, Func<Task<T>> ask)
    {
        try
        {
            return (await ask(), null);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return (default, $"Pod {pod} does not answer: {e.Message}");
        }
    }

    private static async Task<ClusterNodes?> NodesAsync(RespClient client, CancellationToken cancel) =>
        ClusterNodes.Parse((await client.SendAsync(cancel, "CLUSTER", "NODES")).Text ?? "");

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    /// <param name="Setting">The setting that holds the port.</param>
    /// <param name="Value">Its value; 0 announces none.</param>
    /// <param name="Port">The port that clients are to be told.</param>
    private sealed record Announced(string Setting, string Value, int Port);

    private sealed class Connections : IAsyncDisposable
    {
        public List<(string Pod, RespClient Client)> All { get; } = [];

        public void Add(string pod, RespClient client) => All.Add((pod, client));

        public async ValueTask DisposeAsync()
        {
            foreach (var (_, client) in All)
                await client.DisposeAsync();
        }
    }
}
