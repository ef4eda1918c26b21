using System.Diagnostics;
using System.Globalization;
using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Kafka;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Engines.Kafka.Cluster;
using KubeDb.Api.Engines.Kafka.Configuration;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Tests.Engines.Kafka;

/// <summary>
/// Real nodes of a cluster, started by the start script on the rendered files, each with an address of its own in 127.0.0.0/8, as a pod has one, and with
/// folders of its own at the places of a pod's volumes.
/// </summary>
internal sealed class RealNodes : IAsyncDisposable
{
    /// <summary>Every printable character of ASCII, and some beyond it.</summary>
    public const string Password = " !\"#$%&'()*+,-./0189:;<=>?@AZ[\\]^_`az{|}~ä€😀";

    /// <summary>Port of a listener that the user adds, whose protocol stays whatever the cluster's becomes.</summary>
    public const int OwnPort = 9192;

    /// <summary>Longer than by default: where everything is slow, elections would follow elections.</summary>
    private const string Patient = """

        controller.quorum.election.timeout.ms=4000
        controller.quorum.fetch.timeout.ms=8000
        controller.quorum.request.timeout.ms=8000
        broker.session.timeout.ms=20000
        """;

    private const string StorePassword = "store\\pass\"";

    /// <summary>Makes of the folders of one case what a pod has at these paths.</summary>
    private const string Enter = """
        for at in var/log/kafka var/private opt/kafka/config; do
          mkdir -p "/$at"
          mount --bind "$1/$at" "/$at"
        done
        exec bash "$2"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static int _networks;

    private readonly EngineContainer _container;
    private readonly EngineVersion _version;
    private readonly string _folder;
    private readonly int _brokers, _controllers;
    private readonly int _network = Interlocked.Increment(ref _networks);
    private readonly Dictionary<string, ContainerProcess> _running = [];
    private readonly Dictionary<string, Secret> _secrets = new(StringComparer.Ordinal);
    private PeerProtocol _protocol;

    private RealNodes(EngineContainer container, EngineVersion version, string folder, int brokers, int controllers)
    {
        (_container, _version, _folder, _brokers, _controllers) = (container, version, folder, brokers, controllers);
        Connector = new(new TcpDialer(), TimeProvider.System);
        Health = new(Connector);
        Restarts = new(Connector);
        Configuration = new(Connector);
        Tls = new(Connector);
    }

    /// <summary>The database's name: no other cluster of the container has it.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"kf{_network}");

    public string Namespace => "demo";

    public KafkaConnector Connector { get; }

    public KafkaHealth Health { get; }

    public KafkaRestarts Restarts { get; }

    public KafkaConfigurationEngine Configuration { get; }

    public KafkaTlsServers Tls { get; }

    /// <summary>What the secret says; null for no authentication.</summary>
    public Credential? Credential { get; set; } = new("admin", Password);

    /// <summary>The database was complete once.</summary>
    public bool WasProvisioned { get; set; }

    public string ClusterId { get; set; } = "11ed-8dd1-2e8877e5897w";

    /// <summary>What nodes speak from their next start on.</summary>
    public PeerProtocol Protocol { get => _protocol; set => _protocol = value; }

    /// <summary>What the user adds to the configuration of brokers.</summary>
    public string UserConfiguration { get; set; } = $"""
        listeners=CLIENT://:9192
        listener.security.protocol.map=CLIENT:SASL_PLAINTEXT
        log.cleaner.dedupe.buffer.size=4194304
        group.initial.rebalance.delay.ms=0
        """;

    /// <summary>The nodes' pods: controllers first.</summary>
    public IReadOnlyList<string> Pods => [.. KafkaNodes.Of(Database).SelectMany(n => n.Ids.Select(n.PodOf))];

    public IReadOnlyList<string> BrokerPods => [.. KafkaNodes.Of(Database).Where(n => n.AreBrokers).SelectMany(n => n.Ids.Select(n.PodOf))];

    public KafkaDatabase Database => new()
    {
        Metadata = new()
        {
            Namespace = Namespace,
            Name = Name,
            Uid = $"uid-{Name}",
            Annotations = TlsTransition.Mark("request", Way) is { } mark ? new Dictionary<string, string> { [TlsTransition.Annotation] = mark } : new Dictionary<string, string>(),
        },
        Spec = new()
        {
            Version = _version.Name,
            Replicas = _controllers == 0 ? _brokers : null,
            Topology = _controllers == 0 ? null : new() { Broker = new() { Replicas = _brokers }, Controller = new() { Replicas = _controllers } },
            StorageType = "Durable",
            DisableSecurity = Credential is null,
            HealthChecker = new() { TimeoutSeconds = 30 },
            Configuration = new()
            {
                Inline = _controllers == 0
                    ? new Dictionary<string, string> { [KafkaValidation.ServerFile] = UserConfiguration + Patient }
                    : new Dictionary<string, string> { [KafkaValidation.BrokerFile] = UserConfiguration, [KafkaValidation.ControllerFile] = Patient },
            },
            EnableSsl = _protocol != PeerProtocol.Plain,
            Tls = _protocol == PeerProtocol.Plain ? null : new() { IssuerRef = new() { Name = "ca", Kind = "Issuer" } },
        },
    };

    public DatabaseFacts Facts => new()
    {
        Database = Database,
        Version = new KafkaVersion { Spec = new() { Version = _version.Server.ToString() } },
        Secrets = _secrets,
        Credential = Credential,
        WasProvisioned = WasProvisioned,
        Offers = new ServerOffers(PolicyV1: true, ServiceMonitors: true, CertManager: false),
    };

    /// <summary>The cluster as the database's pods; those that do not run are not there.</summary>
    public DatabaseInstances Instances => new(Facts, [.. Pods.Where(_running.ContainsKey).Select(PodOf)]) { Groups = [.. KafkaNodes.Of(Database).Select(n => n.Group)] };

    private TlsWay Way => _protocol switch
    {
        PeerProtocol.PlainAcceptsTls => TlsWay.PlainPeers,
        PeerProtocol.TlsAcceptsPlain => TlsWay.TlsPeers,
        _ => TlsWay.None,
    };

    /// <param name="version">The version.</param>
    /// <param name="brokers">Number of brokers.</param>
    /// <param name="controllers">Number of controllers that are no brokers; none where each broker is one.</param>
    public static async Task<RealNodes> MakeAsync(EngineVersion version, int brokers = 3, int controllers = 0)
    {
        var container = await EngineContainers.OfAsync(version, onHost: true);
        if (await container.BringAsync("mount", "--version") is { } missing)
            Assert.Ignore(missing);
        var nodes = new RealNodes(container, version, await container.MakeFolderAsync(), brokers, controllers);
        foreach (var (file, text) in KafkaScripts.All)
            await container.WriteAsync($"{nodes._folder}/{file}", text);
        await container.WriteAsync($"{nodes._folder}/enter.sh", Enter);
        var names = string.Concat(nodes.Pods.Select(p => $"{nodes.Address(p)} {p}.{nodes.Domain}\n"));
        await container.RunAsync("sh", "-c", "printf %s \"$1\" >>/etc/hosts", "sh", names);
        return nodes;
    }

    public Pod PodOf(string name) => new() { Metadata = new() { Namespace = Namespace, Name = name, Uid = name }, Status = new() { PodIP = Address(name) } };

    public int IdOf(string pod) => KafkaNodes.Of(Database).Select(n => n.IdOf(pod)).First(i => i is not null)!.Value;

    public string PodOf(int id) => KafkaNodes.Of(Database).First(n => n.Ids.Contains(id)).PodOf(id);

    public string Address(string pod) => string.Create(CultureInfo.InvariantCulture, $"127.30.{_network}.{IdOf(pod) switch { >= 1000 and var id => id - 900, var id => id + 1 }}");

    /// <summary>Starts nodes, with the configuration as it is now.</summary>
    public async Task StartAsync(params IEnumerable<string> pods)
    {
        foreach (var pod in pods.ToList())
            await StartAsync(pod);
    }

    /// <summary>The files as they are now arrive where the node's volume has them.</summary>
    public async Task RefreshFilesAsync(string pod)
    {
        var d = new KafkaDescription(Facts);
        foreach (var (file, text) in KafkaFiles.Of(d, d.Nodes.First(n => n.IdOf(pod) is not null)))
            await _container.WriteAsync($"{_folder}/{pod}/opt/kafka/config/temp-config/{file}", text);
        if (_protocol == PeerProtocol.Plain)
            await ShellAsync($"rm -f {pod}/opt/kafka/config/temp-config/ssl.properties");
    }

    /// <summary>
    /// Makes certificates for nodes and clients, and puts them where the volumes of pods have them, with the authorities that are to be trusted.
    /// </summary>
    public async Task IssueAsync(TestAuthority authority, params IReadOnlyList<TestAuthority> trusted)
    {
        var (server, key) = authority.Issue($"{Name}-pods.demo.svc", $"*.{Domain}", "localhost");
        var (client, clientKey) = authority.Issue($"{Name}-pods.demo.svc");
        var bundle = string.Concat(trusted.Append(authority).Distinct().Select(a => a.Pem + "\n"));
        _secrets[$"{Name}-server-cert"] = SecretOf($"{Name}-server-cert", ("tls.crt", server), ("tls.key", key), ("ca.crt", authority.Pem));
        _secrets[$"{Name}-client-cert"] = SecretOf($"{Name}-client-cert", ("tls.crt", client), ("tls.key", clientKey), ("ca.crt", authority.Pem));
        _secrets[$"{Name}-ca-bundle"] = SecretOf($"{Name}-ca-bundle", ("ca.crt", bundle));
        await _container.WriteAsync($"{_folder}/issued/tls.crt", server);
        await _container.WriteAsync($"{_folder}/issued/tls.key", key);
        await _container.WriteAsync($"{_folder}/issued/ca.crt", bundle);
        await _container.WriteAsync($"{_folder}/issued/password", StorePassword);

        // A server takes a keystore of this kind for one of Java's own.
        await ShellAsync($"""
            openssl pkcs12 -export -in issued/tls.crt -inkey issued/tls.key -name certificate -out issued/keystore.jks -passout file:issued/password
            for pod in {string.Join(' ', Pods)}; do
              mkdir -p $pod/var/private/certificates $pod/var/private/ssl
              for file in ca.crt tls.crt tls.key keystore.jks; do
                cp issued/$file $pod/var/private/certificates/$file.new
                mv $pod/var/private/certificates/$file.new $pod/var/private/certificates/$file
              done
            done
            """);
    }

    /// <summary>Gives a node a disk of its own of so many mebibytes; a node that has one already keeps what is on it.</summary>
    public Task LimitDiskAsync(string pod, int size) => ShellAsync(
        $"mkdir -p {pod}/var/log/kafka; if grep -q \" $PWD/{pod}/var/log/kafka \" /proc/mounts; then mount -o remount,size={size}m {pod}/var/log/kafka; else mount -t tmpfs -o size={size}m disk {pod}/var/log/kafka; fi");

    /// <summary>Kills nodes, so that nothing is written at the end.</summary>
    public Task KillAsync(params IEnumerable<string> pods) => EndAsync(pods, "KILL", tree: true);

    /// <summary>Ends nodes as Kubernetes does.</summary>
    public Task StopAsync(params IEnumerable<string> pods) => EndAsync(pods, "TERM", tree: false);

    /// <summary>Runs shell commands in the folder that has a folder for each pod, with the pod's own paths in it.</summary>
    public Task<string> ShellAsync(string script) => _container.RunAsync("sh", "-c", $"set -e\ncd {_folder}\n{script}");

    /// <summary>Runs a command in the place of a pod.</summary>
    public async Task<(long? Code, string Output)> InPodAsync(string pod, string script)
    {
        await _container.WriteAsync($"{_folder}/{pod}/run.sh", $". {_folder}/{pod}/environment\ncd /opt/kafka\n{script}\n");
        var result = await _container.TryAsync("unshare", "--mount", "--propagation", "private", "bash", $"{_folder}/enter.sh", $"{_folder}/{pod}", $"{_folder}/{pod}/run.sh");
        return (result.ExitCode, result.Stdout + result.Stderr);
    }

    public async Task<bool> RunsAsync(string pod, string script) => (await InPodAsync(pod, $"bash {_folder}/{script}")).Code == 0;

    /// <summary>What the node printed since its last start.</summary>
    public Task<string> LogAsync(string pod) => _running[pod].LogAsync();

    public Task<bool> HasEndedAsync(string pod) => _running[pod].HasEndedAsync();

    public Task<ClusterView> ViewAsync() => new ClusterObserver(Connector).ObserveAsync(Instances, TimeSpan.FromSeconds(5), CancellationToken.None);

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
            await Task.Delay(200);
        }
    }

    public Task UntilAsync(Func<Task<Readiness>> ready) => UntilAsync(async () => await ready() is { IsReady: false } notYet ? notYet.Reason : null);

    /// <summary>Waits until the node has printed a text.</summary>
    public Task SaysAsync(string pod, string text) => UntilAsync(async () => (await LogAsync(pod)).Contains(text, StringComparison.Ordinal) ? null : $"{pod} does not say \"{text}\".");

    /// <summary>A connection to a node, logged in as the operator does.</summary>
    public async Task<KafkaClient> ClientAsync(string pod, KafkaMechanism mechanism = KafkaMechanism.Plain)
    {
        var (client, problem) = await Connector.OpenAsync(Instances, PodOf(pod), TimeSpan.FromSeconds(10), CancellationToken.None, mechanism);
        return client ?? throw new IOException(problem);
    }

    /// <summary>A connection to a broker by the listener that the user has added.</summary>
    public async Task<KafkaClient> OwnClientAsync(string pod) => await KafkaClient.OpenAsync(
        await new TcpDialer().ConnectAsync(Address(pod), OwnPort, CancellationToken.None), TimeProvider.System, new() { Timeout = TimeSpan.FromSeconds(5) }, Credential, KafkaMechanism.Plain, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _running.Keys.ToList())
        {
            if (!await _running[pod].HasEndedAsync())
                await KillAsync(pod);
        }
    }

    private string Domain => $"{Name}-pods.demo.svc.cluster.local";

    private static Secret SecretOf(string name, params IReadOnlyList<(string Key, string Text)> content) => new()
    {
        Metadata = new() { Namespace = "demo", Name = name },
        Data = content.ToDictionary(c => c.Key, c => (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes(c.Text), StringComparer.Ordinal),
    };

    private async Task StartAsync(string pod)
    {
        await ShellAsync($"mkdir -p {pod}/var/log/kafka {pod}/var/private {pod}/opt/kafka/config/temp-config; [ -e {pod}/opt/kafka/config/copied ] || {{ cp -R /opt/kafka/config/. {pod}/opt/kafka/config/; touch {pod}/opt/kafka/config/copied; }}");
        await RefreshFilesAsync(pod);
        await _container.WriteAsync($"{_folder}/{pod}/environment", ContainerProcess.Exports(Environment(pod)));
        _running[pod] = await ContainerProcess.StartAsync(
            _container, $"{_folder}/{pod}/environment", "unshare", "--mount", "--propagation", "private", "bash", $"{_folder}/enter.sh", $"{_folder}/{pod}", $"{_folder}/{KafkaScripts.StartKey}");
    }

    private async Task EndAsync(IEnumerable<string> pods, string signal, bool tree)
    {
        foreach (var pod in pods)
        {
            await _running[pod].StopAsync(signal, tree);
            _running.Remove(pod);
        }
    }

    private Dictionary<string, string> Environment(string pod)
    {
        var nodes = KafkaNodes.Of(Database).First(n => n.IdOf(pod) is not null);
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = "/opt/kafka",
            ["PATH"] = "/opt/kafka/bin:/opt/java/openjdk/bin:/usr/local/bin:/usr/bin:/bin",
            ["POD_NAME"] = pod,
            ["DOMAIN"] = Domain,
            ["NODE_ROLES"] = nodes.ProcessRoles,
            ["FIRST_NODE_ID"] = nodes.FirstId.ToString(CultureInfo.InvariantCulture),
            ["SERVER_HEAP"] = nodes.AreBrokers ? "144m" : "80m",
            ["KAFKA_CLUSTER_ID"] = ClusterId,
            ["KAFKA_JVM_PERFORMANCE_OPTS"] = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            ["START_ADDRESS"] = Address(pod),
            ["START_PATIENCE"] = "5",
            ["PEER_PROTOCOL"] = _protocol.ToString(),
            ["STORE_PASSWORD"] = StorePassword,
        };
        if (Credential is { } credential)
        {
            environment["KAFKA_USER"] = credential.Username;
            environment["KAFKA_PASSWORD"] = credential.Password;
        }

        return environment;
    }

    private async Task<string> LogsAsync()
    {
        var logs = new List<string>();
        foreach (var (pod, process) in _running)
            logs.Add($"--- {pod}\n{string.Join('\n', (await process.LogAsync()).Split('\n').Where(l => l.StartsWith("start: ", StringComparison.Ordinal) || l.Contains("ERROR", StringComparison.Ordinal) || l.Contains("WARN", StringComparison.Ordinal)).TakeLast(12))}");
        return string.Join('\n', logs);
    }
}
