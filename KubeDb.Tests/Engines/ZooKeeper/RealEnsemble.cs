using System.Diagnostics;
using System.Globalization;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.ZooKeeper;
using KubeDb.Api.Engines.ZooKeeper.Client;
using KubeDb.Api.Engines.ZooKeeper.Configuration;
using KubeDb.Api.Engines.ZooKeeper.Ensemble;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Tests.Engines.ZooKeeper;

/// <summary>
/// Real members of an ensemble, started by the start script on the rendered file, each with an address of its own in 127.0.0.0/8, as a pod has one,
/// and a folder as its volume.
/// </summary>
internal sealed class RealEnsemble : IAsyncDisposable
{
    public const string Password = "secret w\"ord'";

    /// <summary>Not those of ZooKeeper: somebody on this machine may have taken them for all addresses.</summary>
    public const int Port = 2191, SecurePort = 2192, QuorumPort = 2898, ElectionPort = 3898;

    private const string StorePassword = "storepass";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static int _networks;

    private readonly EngineContainer _container;
    private readonly EngineVersion _version;
    private readonly string _folder;
    private readonly int _size;
    private readonly int _network = Interlocked.Increment(ref _networks);
    private readonly Dictionary<string, ContainerProcess> _running = [];
    private readonly Dictionary<string, Secret> _secrets = new(StringComparer.Ordinal);

    private RealEnsemble(EngineContainer container, EngineVersion version, string folder, int size)
    {
        (_container, _version, _folder, _size) = (container, version, folder, size);
        Connector = new(new TcpDialer(), TimeProvider.System, Port);
        Health = new(Connector);
        Restarts = new(Connector);
    }

    /// <summary>The database's name: no other ensemble of the container has it.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"zk{_network}");

    public IReadOnlyList<string> Pods => [.. Enumerable.Range(0, _size).Select(Pod)];

    public ZooKeeperConnector Connector { get; }

    public ZooKeeperHealth Health { get; }

    public ZooKeeperRestarts Restarts { get; }

    /// <summary>What the secret says; null for no authentication.</summary>
    public Credential? Credential { get; set; } = new("super", Password);

    /// <summary>What members speak among themselves from their next start on.</summary>
    public PeerProtocol Protocol { get; set; }

    /// <summary>What the user adds to the configuration. The admin server would want its port on all addresses.</summary>
    public string UserConfiguration { get; set; } = "admin.enableServer=false\n";

    /// <summary>The ensemble as the database's pods; those that do not run are not there.</summary>
    public DatabaseInstances Instances => new(
        new DatabaseFacts
        {
            Database = new ZooKeeperDatabase
            {
                Metadata = new() { Namespace = "demo", Name = Name, Uid = "u" },
                Spec = new()
                {
                    Replicas = _size,
                    HealthChecker = new() { TimeoutSeconds = 10 },
                    EnableSsl = _secrets.Count > 0,
                    ClientSecurePort = SecurePort,
                    Tls = _secrets.Count > 0 ? new() { IssuerRef = new() { Name = "ca", Kind = "Issuer" } } : null,
                },
            },
            Secrets = _secrets,
            Version = new ZooKeeperVersion { Spec = new() { Version = _version.Server.ToString() } },
            Credential = Credential,
            Offers = new ServerOffers(PolicyV1: true, ServiceMonitors: true, CertManager: false),
        },
        [.. Pods.Where(_running.ContainsKey).Select(PodOf)])
    {
        Groups = [new() { PetSet = Name, Replicas = _size, Container = "zookeeper" }],
    };

    public static async Task<RealEnsemble> MakeAsync(EngineVersion version, int size = 3)
    {
        var container = await EngineContainers.OfAsync(version, onHost: true);
        var ensemble = new RealEnsemble(container, version, await container.MakeFolderAsync(), size);
        await container.WriteAsync($"{ensemble._folder}/start.sh", ZooKeeperScripts.Start);
        await container.WriteAsync($"{ensemble._folder}/ready.sh", ZooKeeperScripts.Ready);
        await container.WriteAsync($"{ensemble._folder}/live.sh", ZooKeeperScripts.Live);
        var names = string.Concat(ensemble.Pods.Select(p => $"{ensemble.Address(p)} {p}.{ensemble.Domain}\n"));
        await container.RunAsync("sh", "-c", "printf %s \"$1\" >>/etc/hosts", "sh", names);
        return ensemble;
    }

    public string Pod(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{Name}-{ordinal}");

    public Pod PodOf(string name) => new() { Metadata = new() { Namespace = "demo", Name = name, Uid = name }, Status = new() { PodIP = Address(name) } };

    /// <summary>Starts members, with the configuration as it is now.</summary>
    public async Task StartAsync(params IEnumerable<string> pods)
    {
        foreach (var pod in pods)
            await StartAsync(pod, staleFile: false);
    }

    /// <summary>Starts a member; with the file of its last start where its node has not read a newer one yet.</summary>
    public async Task StartAsync(string pod, bool staleFile)
    {
        await _container.RunAsync("mkdir", "-p", $"{_folder}/{pod}/data", $"{_folder}/{pod}/scripts", $"{_folder}/{pod}/conf");
        if (!staleFile)
            await RefreshFileAsync(pod);
        await _container.WriteAsync($"{_folder}/{pod}/environment", ContainerProcess.Exports(Environment(pod)));
        _running[pod] = await ContainerProcess.StartAsync(_container, $"{_folder}/{pod}/environment", "bash", $"{_folder}/start.sh");
    }

    /// <summary>The configuration as it is now arrives where the member's volume has it.</summary>
    public Task RefreshFileAsync(string pod) => _container.WriteAsync($"{_folder}/{pod}/conf/zoo.cfg", Configuration(pod));

    /// <summary>
    /// Makes certificates for members and clients, and puts them where the volumes of pods have them, with the authorities that are to be trusted.
    /// </summary>
    public async Task IssueAsync(TestAuthority authority, params IReadOnlyList<TestAuthority> trusted)
    {
        var (server, key) = authority.Issue($"{Name}.demo.svc", $"*.{Domain}");
        var (client, clientKey) = authority.Issue($"{Name}-pods.demo.svc");
        var bundle = string.Concat(trusted.Append(authority).Distinct().Select(a => a.Pem + "\n"));
        _secrets[$"{Name}-server-cert"] = SecretOf($"{Name}-server-cert", ("tls.crt", server), ("tls.key", key), ("ca.crt", authority.Pem));
        _secrets[$"{Name}-client-cert"] = SecretOf($"{Name}-client-cert", ("tls.crt", client), ("tls.key", clientKey), ("ca.crt", authority.Pem));
        _secrets[$"{Name}-ca-bundle"] = SecretOf($"{Name}-ca-bundle", ("ca.crt", bundle));
        await _container.WriteAsync($"{_folder}/issued/tls.crt", server);
        await _container.WriteAsync($"{_folder}/issued/tls.key", key);
        await _container.WriteAsync($"{_folder}/issued/ca.crt", bundle);
        await ShellAsync($"""
            rm -f issued/keystore.p12 issued/keystore.jks
            openssl pkcs12 -export -in issued/tls.crt -inkey issued/tls.key -name certificate -out issued/keystore.p12 -passout pass:{StorePassword}
            keytool -importkeystore -noprompt -srckeystore issued/keystore.p12 -srcstoretype PKCS12 -srcstorepass {StorePassword} -destkeystore issued/keystore.jks -deststoretype JKS -deststorepass {StorePassword} 2>/dev/null
            for pod in {string.Join(' ', Pods)}; do
              mkdir -p $pod/certificates $pod/stores
              cp issued/ca.crt issued/tls.crt issued/tls.key issued/keystore.jks $pod/certificates/
            done
            """);
    }

    /// <summary>The certificate that a member shows to other members; the second result says why none is seen.</summary>
    public async Task<(ServedCertificate? Served, string? Failure)> AmongMembersAsync(string pod)
    {
        try
        {
            var identity = ZooKeeperTls.Identity(Instances.Facts)!;
            IEngineDialer dialer = new TcpDialer();
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            var connection = await dialer.ConnectTlsAsync(Address(pod), ElectionPort, identity, ZooKeeperTls.ServerName(Instances.Database, pod), bound.Token);
            await connection.Stream.DisposeAsync();
            return (connection.Served, null);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Kills members, so that nothing is written at the end.</summary>
    public Task KillAsync(params IEnumerable<string> pods) => EndAsync(pods, "KILL", tree: true);

    /// <summary>Ends members as Kubernetes does.</summary>
    public Task StopAsync(params IEnumerable<string> pods) => EndAsync(pods, "TERM", tree: false);

    public Task LoseVolumeAsync(string pod) => ShellAsync($"rm -rf {pod}/data");

    /// <summary>As the config secret of a database that was formed once.</summary>
    public Task MarkInitializedAsync(string pod) => ShellAsync($"mkdir -p {pod}/conf; echo true >{pod}/conf/{ZooKeeperScripts.InitializedKey}");

    /// <summary>Runs shell commands in the folder that has a folder for each pod.</summary>
    public Task<string> ShellAsync(string script) => _container.RunAsync("sh", "-c", $"cd {_folder} && {{ {script}\n}}");

    /// <summary>What the member printed since its last start.</summary>
    public Task<string> LogAsync(string pod) => _running[pod].LogAsync();

    public Task<bool> HasEndedAsync(string pod) => _running[pod].HasEndedAsync();

    public Task<EnsembleView> ViewAsync() => new EnsembleObserver(Connector).ObserveAsync(Instances, TimeSpan.FromSeconds(5), CancellationToken.None);

    public async Task<string> LeaderAsync() => (await ViewAsync()).Leader!.Pod;

    /// <summary>Waits until the health checks find nothing.</summary>
    public Task SettleAsync() => UntilAsync(async () => (await Health.ProbeAsync(Instances, CancellationToken.None)).Failure?.Message);

    /// <summary>Waits until something holds; what is still missing, or null, says it.</summary>
    public async Task UntilAsync(Func<Task<string?>> missing)
    {
        var limit = Stopwatch.StartNew();
        while (await missing() is { } what)
        {
            if (limit.Elapsed > Patience)
                Assert.Fail($"{what}\n{await LogsAsync()}");
            await Task.Delay(100);
        }
    }

    public Task UntilAsync(Func<Task<Readiness>> ready) => UntilAsync(async () => await ready() is { IsReady: false } notYet ? notYet.Reason : null);

    /// <summary>Waits until the member has printed a text.</summary>
    public Task SaysAsync(string pod, string text) => UntilAsync(async () => (await LogAsync(pod)).Contains(text, StringComparison.Ordinal) ? null : $"{pod} does not say \"{text}\".");

    public async Task<bool> RunsAsync(string pod, string script) =>
        (await _container.TryAsync("sh", "-c", ". \"$0\"; exec bash \"$1\"", $"{_folder}/{pod}/environment", $"{_folder}/{script}")).ExitCode == 0;

    /// <summary>A session with a member, logged in.</summary>
    public async Task<ZooKeeperClient> ClientAsync(string pod)
    {
        var (client, problem) = await Connector.OpenAsync(Instances, PodOf(pod), TimeSpan.FromSeconds(10), CancellationToken.None);
        return client ?? throw new IOException(problem);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _running.Keys.ToList())
        {
            if (!await _running[pod].HasEndedAsync())
                await KillAsync(pod);
        }
    }

    private ZooKeeperTlsSettings? Tls => Protocol == PeerProtocol.Plain ? null : new(SecurePort, StorePassword, Protocol, ZooKeeperTls.CanReload(Instances.Version));

    private static Secret SecretOf(string name, params IReadOnlyList<(string Key, string Text)> content) => new()
    {
        Metadata = new() { Namespace = "demo", Name = name },
        Data = content.ToDictionary(c => c.Key, c => (ReadOnlyMemory<byte>)System.Text.Encoding.ASCII.GetBytes(c.Text), StringComparer.Ordinal),
    };

    private string Domain => $"{Name}-pods.demo.svc.cluster.local";

    private string Address(string pod) => string.Create(CultureInfo.InvariantCulture, $"127.20.{_network}.{EnsembleMember.IdOf(pod)}");

    private async Task EndAsync(IEnumerable<string> pods, string signal, bool tree)
    {
        foreach (var pod in pods)
        {
            await _running[pod].StopAsync(signal, tree);
            _running.Remove(pod);
        }
    }

    private string Configuration(string pod)
    {
        var file = ZooKeeperConfigurationRules.File(Instances.Version);
        return ZooKeeperConfig.Render(file, new() { HasAuthentication = Credential is not null, Tls = Tls }, PropertiesDialect.Instance.Read(UserConfiguration).Document)
            .Replace($"={ZooKeeperConfig.TlsFolder}", $"={_folder}/{pod}/stores", StringComparison.Ordinal)
            .Replace("secureClientPort=", $"secureClientPortAddress={Address(pod)}\nsecureClientPort=", StringComparison.Ordinal)
            .Replace("=/data", $"={_folder}/{pod}/data", StringComparison.Ordinal)
            .Replace("clientPort=2181", string.Create(CultureInfo.InvariantCulture, $"clientPort={Port}"), StringComparison.Ordinal);
    }

    private Dictionary<string, string> Environment(string pod)
    {
        var volume = $"{_folder}/{pod}";
        var environment = new Dictionary<string, string>
        {
            ["START_DATA_DIR"] = $"{volume}/data",
            ["START_SCRIPTS_DIR"] = $"{volume}/scripts",
            ["START_CONFIG_DIR"] = $"{volume}/conf",
            ["START_CLIENT_ADDRESS"] = Address(pod),
            ["START_CERTIFICATES_DIR"] = $"{volume}/certificates",
            ["START_STORES_DIR"] = $"{volume}/stores",
            ["QUORUM_PROTOCOL"] = Protocol.ToString(),
            ["POD_NAME"] = pod,
            ["CLUSTER_NAME"] = Name,
            ["CLUSTER_SIZE"] = _size.ToString(CultureInfo.InvariantCulture),
            ["DOMAIN"] = Domain,
            ["CLIENT_PORT"] = Port.ToString(CultureInfo.InvariantCulture),
            ["QUORUM_PORT"] = QuorumPort.ToString(CultureInfo.InvariantCulture),
            ["LEADER_PORT"] = ElectionPort.ToString(CultureInfo.InvariantCulture),
            ["ZK_SERVER_HEAP"] = "64",
            ["JMXDISABLE"] = "true",
        };
        if (Credential is { } credential)
        {
            environment["ZK_USER"] = credential.Username;
            environment["ZK_PASSWORD"] = credential.Password;
            environment["ZK_JAAS_FILE_PATH"] = $"{volume}/data/jaas.conf";
            environment["JVMFLAGS"] = $"-Djava.security.auth.login.config={volume}/data/jaas.conf";
        }

        return environment;
    }

    private async Task<string> LogsAsync()
    {
        var logs = new List<string>();
        foreach (var (pod, process) in _running)
            logs.Add($"--- {pod}\n{string.Join('\n', (await process.LogAsync()).Split('\n').TakeLast(25))}");
        return string.Join('\n', logs);
    }
}
