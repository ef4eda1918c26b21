using System.Diagnostics;
using System.Globalization;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Sentinel;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.Writers.Redis;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Engines.Redis.Sentinel;

/// <summary>
/// Three real servers and three real sentinels, each a process with an address of its own in 127.0.0.0/8, as a pod has one, a name that leads to
/// it, and a folder as its volume. Servers start as pods in this mode do: as replicas of nobody. Sentinels start by their start script.
/// </summary>
internal sealed class RealSentinels : IAsyncDisposable
{
    public const string Password = "secret word";
    private const string SentinelPassword = "s \"w";
    private const int DownAfter = 2000, FailoverTimeout = 4000;
    private static int _networks;

    private readonly EngineContainer _container;
    private readonly EngineVersion _version;
    private readonly string _folder;
    private readonly int _network = Interlocked.Increment(ref _networks);
    private readonly Dictionary<string, string> _databases = [];
    private readonly HashSet<string> _running = [];
    private readonly RedisConnector _connector = new(new TcpDialer(), TimeProvider.System);

    private RealSentinels(EngineContainer container, EngineVersion version, string folder)
    {
        (_container, _version, _folder) = (container, version, folder);
        Mode = NewMode();
        Maintenance = new(new(_connector), TimeProvider.System);
        Feed = new(new(_connector), TimeProvider.System);
    }

    public static IReadOnlyList<string> Servers { get; } = ["rd-0", "rd-1", "rd-2"];

    public static IReadOnlyList<string> Watchers { get; } = ["sen-0", "sen-1", "sen-2"];

    public SentinelMode Mode { get; private set; }

    public RedisSentinelMaintenance Maintenance { get; }

    public SentinelFeed Feed { get; }

    /// <summary>What maintenance reported.</summary>
    public List<MaintenanceAction> Actions { get; } = [];

    /// <summary>Its own, so that names of two sets do not meet.</summary>
    public string Namespace => string.Create(CultureInfo.InvariantCulture, $"n{_network}");

    public static async Task<RealSentinels> MakeAsync(EngineVersion version)
    {
        var container = await EngineContainers.OfAsync(version, onHost: true);
        var set = new RealSentinels(container, version, await container.MakeFolderAsync([.. Servers, .. Watchers, "other-0"]));
        string[] services = [.. Servers.Select(s => $"{s} rd"), .. Watchers.Select(w => $"{w} sen"), "other-0 other"];
        var hosts = string.Concat(services.Select(s => s.Split(' ')).Select(s => $"{set.AddressOf(s[0])} {s[0]}.{s[1]}-pods.{set.Namespace}.svc\n"));
        await container.RunAsync("sh", "-c", "printf '%s' \"$0\" >>/etc/hosts", hosts);
        await container.WriteAsync($"{set._folder}/start.sh", SentinelScripts.Start);
        foreach (var watcher in Watchers)
        {
            await container.WriteAsync(
                $"{set._folder}/{watcher}.conf/sentinel.conf",
                $"{SentinelSettings.Render(set.Sentinels().Facts)}bind {set.AddressOf(watcher)}\ndir {set._folder}/{watcher}\ndaemonize yes\npidfile {set._folder}/{watcher}.pid\nlogfile {set._folder}/{watcher}.log\n");
        }

        return set;
    }

    /// <summary>Another process of the operator, which remembers nothing.</summary>
    public SentinelMode NewMode() => Mode = new(_connector, new RedisRestarts(_connector, TimeProvider.System), TimeProvider.System);

    public string AddressOf(string pod) => string.Create(
        CultureInfo.InvariantCulture, $"127.20.{_network}.{(pod[0] switch { 'r' => 10, 's' => 20, _ => 30 }) + (pod[^1] - '0')}");

    /// <summary>The servers of the database, those that run, and the sentinels that run.</summary>
    public DatabaseInstances Instances(string database = "rd", int replicas = 3) => new(
        new DatabaseFacts
        {
            Database = new RedisDatabase { Metadata = new() { Namespace = Namespace, Name = database, Uid = database }, Spec = new() { StorageType = StorageTypes.Durable } },
            Version = Version,
            Credential = new("default", Password),
            Offers = new ServerOffers(PolicyV1: true, ServiceMonitors: true, CertManager: false),
        },
        Pods(database))
    {
        Groups = [new PodGroup { PetSet = database, Replicas = replicas, Container = "redis" }],
        Peers = new Dictionary<string, DatabaseInstances> { ["sentinel"] = Sentinels() },
    };

    public DatabaseInstances Sentinels(params string[] users)
    {
        var options = string.Concat(((string[])["rd", "other"]).Select(n => $"sentinel down-after-milliseconds {Namespace}/{n} {DownAfter}\nsentinel failover-timeout {Namespace}/{n} {FailoverTimeout}\n"));
        return new(
            new DatabaseFacts
            {
                Database = new RedisSentinel
                {
                    Metadata = new() { Namespace = Namespace, Name = "sen", Uid = "sen" },
                    Spec = new() { Configuration = new() { Inline = new Dictionary<string, string> { ["sentinel.conf"] = options } } },
                },
                Version = Version,
                Credential = new("root", SentinelPassword),
                Offers = new ServerOffers(PolicyV1: true, ServiceMonitors: true, CertManager: false),
            },
            Pods("sen"))
        {
            Groups = [new PodGroup { PetSet = "sen", Replicas = 3, Container = "redissentinel" }],
            Users = [.. users.Select(u => new RedisDatabase { Metadata = new() { Namespace = Namespace, Name = u } })],
        };
    }

    /// <summary>Starts servers, as replicas of nobody.</summary>
    public async Task StartAsync(params IEnumerable<string> pods)
    {
        var program = _version.Distribution == "Valkey" ? "valkey-server" : "redis-server";
        await _container.RunAsync("sh", "-c", string.Concat(pods.Select(p => $"{program} {Options(p)} || exit 1\n")));
        _running.UnionWith(pods);
        foreach (var pod in pods)
            await AskAsync(pod, "PING");
    }

    /// <summary>Starts sentinels by the start script.</summary>
    public async Task WatchAsync(params IEnumerable<string> pods)
    {
        foreach (var pod in pods)
        {
            var environment = $"HOSTNAME={pod} GOVERNING_SERVICE=sen-pods NAMESPACE={Namespace} DISTRIBUTION={_version.Distribution} START_DATA_DIR={_folder}/{pod} START_CONFIG_DIR={_folder}/{pod}.conf";
            await _container.RunAsync("sh", "-c", $"{environment} REDISCLI_AUTH=\"$0\" sh {_folder}/start.sh", SentinelPassword);
            _running.Add(pod);
            await AskAsync(pod, "PING");
        }
    }

    /// <summary>Kills processes, so that nothing is written at the end; those that ended by themselves are passed over.</summary>
    public async Task KillAsync(params IEnumerable<string> pods)
    {
        var files = string.Join(' ', pods.Select(p => $"{_folder}/{p}.pid"));
        await _container.RunAsync("sh", "-c", $"for f in {files}; do [ -e $f ] || continue; p=$(cat $f); kill -9 $p; while kill -0 $p 2>/dev/null && grep -q '^State:.[^Z]' /proc/$p/status 2>/dev/null; do sleep 0.01; done; rm $f; done");
        _running.ExceptWith(pods);
    }

    /// <summary>Empties volumes.</summary>
    public Task WipeAsync(params IEnumerable<string> pods) =>
        _container.RunAsync("sh", "-c", string.Join('\n', pods.Select(p => $"rm -rf {_folder}/{p} && mkdir {_folder}/{p}")));

    /// <summary>Cuts off the end of the file that a sentinel wrote.</summary>
    public Task CutAsync(string pod) => _container.RunAsync("sh", "-c", $"f={_folder}/{pod}/sentinel.conf; head -c -7 $f >$f.cut && mv $f.cut $f");

    public async Task<string> AskAsync(string pod, params string[] words)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var isWatcher = Watchers.Contains(pod);
                using var connection = await RedisConnection.OpenAsync(AddressOf(pod), isWatcher ? 26379 : 6379, isWatcher ? SentinelPassword : Password, CancellationToken.None);
                return await connection.AskAsync(CancellationToken.None, words);
            }
            catch (Exception e) when (limit.Elapsed < TimeSpan.FromSeconds(10) && e is not RedisRefusedException { Message: not ['L', 'O', 'A', 'D', ..] })
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>One round of maintenance.</summary>
    public async Task<MaintenanceReport> RoundAsync(DatabaseInstances? instances = null)
    {
        var report = await Mode.MaintainAsync(instances ?? Instances(), CancellationToken.None);
        Actions.AddRange(report.Actions);
        return report;
    }

    /// <summary>Rounds until all is well and nothing is left to do.</summary>
    public async Task<MaintenanceReport> SettleAsync(Func<DatabaseInstances>? instances = null)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            var report = await RoundAsync(instances?.Invoke());
            if (report is { Health.Failure: null, Again: null })
                return report;
            if (limit.Elapsed > TimeSpan.FromSeconds(40))
                Assert.Fail($"It does not get well: {report.Health.Failure?.Message}\n{string.Join('\n', Actions.Select(a => a.Message))}\n{await StateAsync()}");
            await Task.Delay(100);
        }
    }

    /// <summary>Waits until it holds.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds)
    {
        var limit = Stopwatch.StartNew();
        while (!await holds())
        {
            if (limit.Elapsed > TimeSpan.FromSeconds(30))
                Assert.Fail($"It does not come about.\n{await StateAsync()}");
            await Task.Delay(50);
        }
    }

    public static string Primary(MaintenanceReport report) => report.Roles!.Single(r => r.Value == PodRoles.Primary).Key;

    public RedisWriterClient Writer(int replicas) => RedisWriterClient.OfMaster(
        () => Task.FromResult<IReadOnlyList<string>>([.. Watchers.Select(AddressOf)]), SentinelPassword, $"{Namespace}/rd", host => AddressOf(host.Split('.')[0]), Password, replicas);

    public async ValueTask DisposeAsync()
    {
        if (_running.Count > 0)
            await KillAsync([.. _running]);
    }

    private RedisVersion Version => new() { Spec = new() { Version = _version.Server.ToString(), Distribution = _version.Distribution } };

    private List<Pod> Pods(string database) =>
    [
        .. _running.Where(p => p.StartsWith($"{database}-", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(p => new Pod
        {
            Metadata = new() { Namespace = Namespace, Name = p, Uid = p },
            Status = new() { PodIP = AddressOf(p), Conditions = [new() { Type = "Ready", Status = "True" }] },
        }),
    ];

    private string Options(string pod)
    {
        var service = pod[..^2];
        return $"--bind {AddressOf(pod)} --port 6379 --dir {_folder}/{pod} --pidfile {_folder}/{pod}.pid --logfile {_folder}/{pod}.log --daemonize yes "
            + $"--requirepass '{Password}' --masterauth '{Password}' --save '' --appendonly yes --appendfsync no --repl-diskless-sync-delay 0 --maxmemory 32mb "
            + $"--replica-announce-ip {pod}.{service}-pods.{Namespace}.svc --replicaof 127.0.0.1 1";
    }

    private async Task<string> StateAsync()
    {
        var lines = new List<string>();
        foreach (var pod in _running.Order(StringComparer.Ordinal))
            lines.Add($"--- {pod}\n{(Watchers.Contains(pod) ? await AskAsync(pod, "SENTINEL", "MASTERS") : await AskAsync(pod, "INFO", "replication"))}");
        return string.Join('\n', lines);
    }
}
