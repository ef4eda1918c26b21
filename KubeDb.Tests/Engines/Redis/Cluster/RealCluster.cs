using System.Diagnostics;
using System.Globalization;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Cluster;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.Writers.Redis;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Engines.Redis.Cluster;

/// <summary>
/// Real servers of a cluster, each a process with an address of its own in 127.0.0.0/8, as a pod has one, and a folder as its volume. A server
/// that is started again gets the address that <see cref="Move"/> gives it.
/// </summary>
internal sealed class RealCluster : IAsyncDisposable
{
    public const string Password = "secret word";

    /// <summary>Not that of Redis: somebody on this machine may have taken that for all addresses.</summary>
    public const int Port = 6390;

    private const int Shards = 3, Replicas = 2, NodeTimeout = 1000;
    private static int _networks;

    private readonly EngineContainer _container;
    private readonly EngineVersion _version;
    private readonly string _folder;
    private readonly int _network = Interlocked.Increment(ref _networks);
    private readonly Dictionary<string, string> _addresses = [];
    private readonly HashSet<string> _running = [];
    private readonly Dictionary<string, Secret> _secrets = new(StringComparer.Ordinal);
    private readonly ClusterMaintenance _maintenance;

    private RealCluster(EngineContainer container, EngineVersion version, string folder)
    {
        (_container, _version, _folder) = (container, version, folder);
        Connector = new(Dialer, TimeProvider.System, Port);
        Restarts = new(Connector, TimeProvider.System);
        _maintenance = new(Connector, TimeProvider.System, Restarts);
        foreach (var pod in Pods)
            _addresses[pod] = Address(pod, 0);
    }

    public static IReadOnlyList<string> Pods { get; } = [.. from o in Enumerable.Range(0, Replicas) from s in Enumerable.Range(0, Shards) select $"rd-shard{s}-{o}"];

    public CountingDialer Dialer { get; } = new();

    public RedisConnector Connector { get; }

    public ClusterRestarts Restarts { get; }

    /// <summary>What maintenance reported since the start, or since it was cleared.</summary>
    public List<MaintenanceAction> Actions { get; } = [];

    public IReadOnlyList<string> Addresses => [.. _addresses.Values];

    /// <summary>Servers with certificates are on their way between plain connections and TLS: they serve both.</summary>
    public bool IsInBetween { get; set; }

    /// <summary>The cluster as the database's pods; those that do not run are not there.</summary>
    public DatabaseInstances Instances => new(
        new DatabaseFacts
        {
            Database = Database,
            Secrets = _secrets,
            Version = new RedisVersion { Spec = new() { Version = _version.Server.ToString(), Db = new() { Image = "" } } },
            Credential = new("default", Password),
            Offers = new ServerOffers(PolicyV1: true, ServiceMonitors: true, CertManager: false),
        },
        [.. Pods.Where(_running.Contains).Select(PodOf)])
    {
        Groups = [.. Enumerable.Range(0, Shards).Select(s => new PodGroup { PetSet = $"rd-shard{s}", Replicas = Replicas, Container = "redis" })],
    };

    private RedisDatabase Database => new()
    {
        Metadata = new()
        {
            Namespace = "demo",
            Name = "rd",
            Uid = "u",
            Annotations = IsInBetween ? new Dictionary<string, string> { [TlsTransition.Annotation] = "request" } : [],
        },
        Spec = new()
        {
            Mode = RedisModes.Cluster,
            StorageType = StorageTypes.Durable,
            HealthChecker = new() { TimeoutSeconds = 10 },
            Tls = _secrets.Count > 0 ? new() { IssuerRef = new() { Name = "ca", Kind = "Issuer" } } : null,
        },
    };

    public static async Task<RealCluster> MakeAsync(EngineVersion version)
    {
        var container = await EngineContainers.OfAsync(version, onHost: true);
        return new(container, version, await container.MakeFolderAsync([.. Pods]));
    }

    public Pod PodOf(string name) => new() { Metadata = new() { Namespace = "demo", Name = name, Uid = name }, Status = new() { PodIP = _addresses[name] } };

    /// <summary>Starts servers, at once for all of them.</summary>
    public async Task StartAsync(params IEnumerable<string> pods)
    {
        var program = _version.Distribution == "Valkey" ? "valkey-server" : "redis-server";
        var script = string.Concat(pods.Select(p => $"{program} {Options(p)} || exit 1\n"));
        await _container.RunAsync("sh", "-c", script);
        _running.UnionWith(pods);
        foreach (var pod in pods)
            await AskAsync(pod, "PING");
    }

    /// <summary>
    /// Makes certificates for servers and clients, and puts them where the volumes of pods have them. One folder serves all pods: the certificate
    /// has the names of all.
    /// </summary>
    /// <param name="authority">Who issues them.</param>
    /// <param name="trusted">Which authorities are trusted beside it.</param>
    public async Task IssueAsync(TestAuthority authority, params IReadOnlyList<TestAuthority> trusted)
    {
        var (server, key) = authority.Issue("rd.demo.svc", "*.rd-pods.demo.svc");
        var (client, clientKey) = authority.Issue("default");
        var bundle = TrustBundle.Of(trusted.Append(authority).Select(a => a.Pem));
        _secrets["rd-server-cert"] = SecretOf(("tls.crt", server), ("tls.key", key), ("ca.crt", authority.Pem));
        _secrets["rd-client-cert"] = SecretOf(("tls.crt", client), ("tls.key", clientKey), ("ca.crt", authority.Pem));
        _secrets["rd-ca-bundle"] = SecretOf(("ca.crt", bundle.Text));
        await _container.WriteAsync($"{RedisTls.Folder}/server.crt", server);
        await _container.WriteAsync($"{RedisTls.Folder}/server.key", key);
        await _container.WriteAsync($"{RedisTls.Folder}/ca.crt", bundle.Text);
        await _container.WriteAsync($"{RedisTls.Folder}/{bundle.MarkKey}", bundle.Text);
    }

    /// <summary>Kills servers, so that nothing is written at the end.</summary>
    public async Task KillAsync(params IEnumerable<string> pods)
    {
        var files = string.Join(' ', pods.Select(p => $"{_folder}/{p}.pid"));
        await _container.RunAsync("sh", "-c", $"for f in {files}; do p=$(cat $f); kill -9 $p; while kill -0 $p 2>/dev/null && grep -q '^State:.[^Z]' /proc/$p/status 2>/dev/null; do sleep 0.01; done; rm $f; done");
        _running.ExceptWith(pods);
    }

    /// <summary>The next start of these pods gives them addresses that nobody had.</summary>
    public void Move(int generation, params IEnumerable<string> pods)
    {
        foreach (var pod in pods)
            _addresses[pod] = Address(pod, generation);
    }

    /// <summary>Runs shell commands in the folder that has the volumes, each named after its pod.</summary>
    public Task<string> ShellAsync(string script) => _container.RunAsync("sh", "-c", $"cd {_folder} && {{ {script}\n}}");

    public async Task<string> AskAsync(string pod, params string[] words)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var connection = await RedisConnection.OpenAsync(_addresses[pod], Port, Password, CancellationToken.None);
                return await connection.AskAsync(CancellationToken.None, words);
            }
            catch (Exception e) when (limit.Elapsed < TimeSpan.FromSeconds(10) && e is not RedisRefusedException { Message: not ['L', 'O', 'A', 'D', ..] })
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>One round of maintenance.</summary>
    public async Task<MaintenanceReport> RoundAsync(ClusterMaintenance? maintenance = null)
    {
        var report = await (maintenance ?? _maintenance).MaintainAsync(Instances, CancellationToken.None);
        Actions.AddRange(report.Actions);
        return report;
    }

    /// <summary>Rounds until all is well, nothing is left to do, and nobody knows a node that is in no pod: such a one is seen to be dead only after a while.</summary>
    public async Task<MaintenanceReport> SettleAsync(int seconds = 20)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            var report = await RoundAsync();
            if (report is { Health.Failure: null, Again: null } && (await ViewAsync()).Answering.All(m => m.Answer!.Table.Nodes.Count == Pods.Count))
                return report;
            if (limit.Elapsed > TimeSpan.FromSeconds(seconds))
                Assert.Fail($"The cluster does not get well: {report.Health.Failure?.Message}\n{string.Join('\n', Actions.Select(a => a.Message))}\n{await TablesAsync()}");
            await Task.Delay(report.Again ?? TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>What the pods say now.</summary>
    public async Task<ClusterView> ViewAsync()
    {
        await using var sessions = await ClusterSessions.OpenAsync(Connector, Instances, TimeSpan.FromSeconds(5), CancellationToken.None);
        return sessions.View;
    }

    /// <summary>The pod that owns the slots of a shard.</summary>
    public async Task<string> MasterAsync(int shard) => (await ViewAsync()).Shards[shard].Master!.Pod;

    /// <summary>The other pod of the shard.</summary>
    public static string Other(string pod) => pod[..^1] + (pod[^1] == '0' ? '1' : '0');

    /// <summary>Writes keys through their owners.</summary>
    public async Task WriteAsync(string prefix, int count)
    {
        var view = await ViewAsync();
        foreach (var owner in view.Owners)
        {
            using var connection = await RedisConnection.OpenAsync(owner.Member!.Address, Port, Password, CancellationToken.None);
            foreach (var key in Keys(prefix, count).Where(k => owner.Slots.Has(ClusterSlots.Of(k))))
                await connection.AskAsync(CancellationToken.None, "SET", key, "x");
            await connection.AskAsync(CancellationToken.None, "WAIT", "1", "2000");
        }
    }

    /// <summary>Those of the keys that their owners do not have.</summary>
    public async Task<IReadOnlyList<string>> MissingAsync(string prefix, int count)
    {
        var missing = new List<string>();
        foreach (var owner in (await ViewAsync()).Owners)
        {
            using var connection = await RedisConnection.OpenAsync(owner.Member!.Address, Port, Password, CancellationToken.None);
            foreach (var key in Keys(prefix, count).Where(k => owner.Slots.Has(ClusterSlots.Of(k))))
            {
                if (await connection.AskAsync(CancellationToken.None, "EXISTS", key) != "1")
                    missing.Add(key);
            }
        }

        return missing;
    }

    public async ValueTask DisposeAsync()
    {
        if (_running.Count > 0)
            await KillAsync([.. _running]);
    }

    private static Secret SecretOf(params IReadOnlyList<(string Key, string Text)> content) =>
        new() { Data = content.ToDictionary(c => c.Key, c => (ReadOnlyMemory<byte>)System.Text.Encoding.ASCII.GetBytes(c.Text), StringComparer.Ordinal) };

    private static IEnumerable<string> Keys(string prefix, int count) => Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}:{i}"));

    private string Address(string pod, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"127.10.{_network}.{(generation * 40) + ((pod[^3] - '0') * 10) + (pod[^1] - '0') + 1}");

    private string Options(string pod)
    {
        var address = _addresses[pod];
        var hostname = _version.Server.Major >= 7 ? $"--cluster-announce-hostname {pod}.rd-pods.demo.svc" : "";
        return $"--bind {address} --port {Port} --dir {_folder}/{pod} --pidfile {_folder}/{pod}.pid --logfile {_folder}/{pod}.log --daemonize yes "
            + $"--requirepass '{Password}' --masterauth '{Password}' --save '' --appendonly yes --appendfsync no --repl-diskless-sync-delay 0 "
            + $"--maxmemory 32mb --cluster-enabled yes --cluster-config-file nodes.conf --cluster-node-timeout {NodeTimeout} --cluster-allow-replica-migration no "
            + $"--cluster-announce-ip {address} {hostname} {(_secrets.Count == 0 ? "" : TlsOptions)}";
    }

    private string TlsOptions
    {
        get
        {
            var ports = IsInBetween ? $"--tls-port {RedisTls.SidePort}" : $"--port 0 --tls-port {Port} --tls-replication yes --tls-cluster yes";
            return $"{ports} --tls-cert-file {RedisTls.Folder}/server.crt --tls-key-file {RedisTls.Folder}/server.key --tls-ca-cert-file {RedisTls.Folder}/ca.crt";
        }
    }

    private async Task<string> TablesAsync()
    {
        var view = await ViewAsync();
        var tables = new List<string>();
        foreach (var member in view.Members)
            tables.Add($"{member.Pod} {member.Address} keys {member.Answer?.Keys} offset {member.Answer?.Offset} link {member.Answer?.IsLinkUp}\n{(member.Answer is null ? member.Problem?.Message : await AskAsync(member.Pod, "CLUSTER", "NODES"))}");
        return string.Join('\n', tables);
    }
}

/// <summary>Connects over TCP, and can let a number of changing commands through before every connection breaks, as when the process is killed.</summary>
internal sealed class CountingDialer : IEngineDialer
{
    private static readonly string[] Changing = ["MEET", "ADDSLOTS", "DELSLOTS", "SET-CONFIG-EPOCH", "BUMPEPOCH", "REPLICATE", "FORGET", "FAILOVER"];
    private int _left = int.MaxValue;

    /// <summary>Lets so many changing commands through from now on.</summary>
    public void Allow(int commands) => _left = commands;

    /// <summary>Every command goes through.</summary>
    public void AllowAll() => _left = int.MaxValue;

    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel) => new Counted(await new TcpDialer().ConnectAsync(host, port, cancel), this);

    private void Demand(ReadOnlySpan<byte> sent)
    {
        var text = System.Text.Encoding.ASCII.GetString(sent);
        if (_left != int.MaxValue && Changing.Any(c => text.Contains(c, StringComparison.Ordinal)) && _left-- <= 0)
            throw new KilledException();
    }

    private sealed class Counted(Stream inner, CountingDialer dialer) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            dialer.Demand(buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>The process is gone.</summary>
internal sealed class KilledException : Exception;
