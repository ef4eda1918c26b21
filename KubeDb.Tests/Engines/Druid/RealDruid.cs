using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Druid;
using KubeDb.Api.Engines.Druid.Client;
using KubeDb.Api.Engines.Druid.Dependencies;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Tests.Engines.Druid;

/// <summary>
/// Real servers of a Druid, one of each role, started by the scripts of the pods on the files that the engine describes, each with an address of its own in
/// 127.0.0.0/8, as a pod has one; and the ZooKeeper and PostgreSQL that they depend on.
/// </summary>
internal sealed class RealDruid : IAsyncDisposable
{
    private const int ZooKeeperPort = 2291, PostgresPort = 5532;
    private const string StorePassword = "storepass";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);
    private static int _networks;

    private readonly EngineContainer _container, _storage;
    private readonly EngineVersion _version;
    private readonly string _folder, _storageFolder;
    private readonly int _network = Interlocked.Increment(ref _networks);
    private readonly Dictionary<string, ContainerProcess> _running = [];
    private readonly Dictionary<string, Secret> _secrets = new(StringComparer.Ordinal);
    private ContainerProcess? _keeper, _postgres;

    private RealDruid(EngineContainer container, EngineContainer storage, EngineVersion version, string folder, string storageFolder)
    {
        (_container, _storage, _version, _folder, _storageFolder) = (container, storage, version, folder, storageFolder);
        Client = new(new TcpDialer(), TimeProvider.System);
        Engine = new(new TcpDialer(), TimeProvider.System);
        Secret("deep", ("druid.storage.type", "local"), ("druid.storage.storageDirectory", $"{folder}/deep"));
        Secret("pg-auth", ("username", "druid"), ("password", "storage"));
    }

    /// <summary>The database's name: no other cluster of the container has it.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"dr{_network}");

    public DruidClient Client { get; }

    public DruidEngine Engine { get; }

    /// <summary>What the secret says.</summary>
    public Credential Credential { get; set; } = new("admin", "secret w\"ord'");

    /// <summary>What servers speak from their next start on.</summary>
    public DruidProtocol Protocol { get; set; }

    /// <summary>What the user adds to the configuration, by file.</summary>
    public Dictionary<string, string> UserConfiguration { get; } = [];

    public IReadOnlyList<DruidRole> Roles => [.. DruidDescription.RolesOf(Database)];

    /// <summary>The cluster as the database's pods; those that do not run are not there.</summary>
    public DatabaseInstances Instances => new(Facts, [.. Roles.Select(PodOf).Where(p => _running.ContainsKey(p.Metadata.Name))]) { Groups = Engine.Groups(Database) };

    /// <summary>Starts what servers depend on, and makes folders for them.</summary>
    public static async Task<RealDruid> MakeAsync(EngineVersion version)
    {
        var container = await EngineContainers.OfAsync(version, onHost: true);
        var storage = await EngineContainers.OfAsync(DruidVersionsInFull.MetadataStorage, onHost: true);
        var druid = new RealDruid(container, storage, version, await container.MakeFolderAsync("deep", "keeper"), await storage.MakeFolderAsync());
        var names = string.Concat(druid.Roles.Select(r => $"{druid.Address(r)} {druid.PodName(r)}.{druid.Domain}\n"));
        await container.RunAsync("sh", "-c", "printf %s \"$1\" >>/etc/hosts", "sh", names);
        await container.WriteAsync($"{druid._folder}/keeper/zoo.cfg", string.Create(CultureInfo.InvariantCulture, $"tickTime=2000\ndataDir={druid._folder}/keeper/data\nclientPort={ZooKeeperPort}\nclientPortAddress={druid.DependencyAddress}\nadmin.enableServer=false\n"));
        await druid.StartZooKeeperAsync();
        await druid.StartPostgresAsync();
        return druid;
    }

    /// <summary>Starts the ZooKeeper, on what it kept.</summary>
    public async Task StartZooKeeperAsync() =>
        _keeper = await StartAsync(_container, $"{_folder}/keeper", [], "java", "-Xmx64m", "-cp", "/opt/druid/lib/*", "org.apache.zookeeper.server.ZooKeeperServerMain", $"{_folder}/keeper/zoo.cfg");

    /// <summary>Ends the ZooKeeper.</summary>
    public Task StopZooKeeperAsync() => _keeper!.StopAsync("KILL", tree: true);

    /// <summary>Starts servers, as a pod does, with the configuration as it is now.</summary>
    public async Task StartAsync(params IEnumerable<DruidRole> roles)
    {
        var objects = Engine.Describe(Facts).Objects;
        Assert.That(objects.Select(o => o.Pending?.Message), Is.All.Null);
        var files = objects.Single(o => o.Type.Kind == "Secret" && o.Manifest["data"]!["common.runtime.properties"] is not null).Manifest["data"]!.AsObject();
        foreach (var role in roles)
        {
            var pod = PodName(role);
            var set = objects.Single(o => o.Name == $"{Name}-{role.Suffix}" && o.Type.Kind == "PetSet").Manifest;
            await _container.RunAsync("mkdir", "-p", $"{_folder}/{pod}/config", $"{_folder}/{pod}/conf", $"{_folder}/{pod}/stores", $"{_folder}/segments", $"{_folder}/tasks");
            foreach (var (key, value) in files)
                await _container.WriteAsync($"{_folder}/{pod}/config/{key}", Placed(Encoding.UTF8.GetString(Convert.FromBase64String(value!.GetValue<string>())), pod));
            await _container.WriteAsync($"{_folder}/{pod}/environment", ContainerProcess.Exports(Environment(set, pod, files)));
            await ShellAsync($". ./{pod}/environment; sh {pod}/config/init.sh");
            _running[pod] = await ContainerProcess.StartAsync(_container, $"{_folder}/{pod}/environment", "bash", $"{_folder}/{pod}/conf/druid.sh", role.Process);
        }
    }

    /// <summary>Ends servers as Kubernetes does.</summary>
    public async Task StopAsync(params IEnumerable<DruidRole> roles)
    {
        foreach (var pod in roles.Select(PodName))
        {
            await _running[pod].StopAsync("TERM", tree: true); // with what the script left running, as a container ends
            _running.Remove(pod);
        }
    }

    /// <summary>Makes certificates for servers and clients, and puts them where the volumes of pods have them, with the authorities that are to be trusted.</summary>
    public async Task IssueAsync(TestAuthority authority, params IReadOnlyList<TestAuthority> trusted)
    {
        var (server, key) = authority.Issue($"{Name}-pods.demo.svc", $"*.{Domain}");
        var (client, clientKey) = authority.Issue($"{Name}-pods.demo.svc");
        var bundle = string.Concat(trusted.Append(authority).Distinct().Select(a => a.Pem + "\n"));
        Secret($"{Name}-server-cert", ("tls.crt", server), ("tls.key", key), ("ca.crt", authority.Pem));
        Secret($"{Name}-client-cert", ("tls.crt", client), ("tls.key", clientKey), ("ca.crt", authority.Pem));
        Secret($"{Name}-ca-bundle", ("ca.crt", bundle));
        var store = KeyStoreOf(server, key);
        foreach (var pod in Roles.Select(PodName))
        {
            await _container.RunAsync("mkdir", "-p", $"{_folder}/{pod}/certificates");
            await _container.WriteAsync($"{_folder}/{pod}/certificates/tls.crt", server);
            await _container.WriteAsync($"{_folder}/{pod}/certificates/tls.key", key);
            await _container.WriteAsync($"{_folder}/{pod}/certificates/ca.crt", bundle);
            await _container.WriteAsync($"{_folder}/{pod}/certificates/keystore.p12", store);
            await ShellAsync($"""
                cd {pod}/certificates
                keytool -importkeystore -noprompt -srckeystore keystore.p12 -srcstoretype PKCS12 -srcstorepass {StorePassword} -srcalias 1 -destalias certificate -destkeystore new.jks -deststoretype JKS -deststorepass {StorePassword} 2>/dev/null
                mv new.jks keystore.jks
                """);
        }
    }

    public DruidRole Role(string name) => DruidNames.Roles.First(r => r.Name == name);

    public Pod PodOf(DruidRole role) => new() { Metadata = new() { Namespace = "demo", Name = PodName(role), Uid = PodName(role) }, Status = new() { PodIP = Address(role) } };

    /// <summary>Asks the server of a role.</summary>
    public Task<DruidAnswer> AskAsync(string role, DruidQuestion question) => Client.AskAsync(Instances, PodOf(Role(role)), question, TimeSpan.FromSeconds(10), CancellationToken.None);

    /// <summary>Runs a task and waits until it has succeeded.</summary>
    public async Task RunTaskAsync(JsonObject task)
    {
        var id = await SubmitAsync(task);
        await UntilAsync(async () =>
        {
            var state = (await AskAsync(DruidNames.Coordinators, DruidQuestion.Get($"/druid/indexer/v1/task/{id}/status"))).Json?["status"]?["status"]?.ToString();
            Assert.That(state, Is.Not.EqualTo("FAILED"), id);
            return state == "SUCCESS" ? null : $"task {id} is {state}";
        });
    }

    public async Task<string> SubmitAsync(JsonObject task)
    {
        var answer = await AskAsync(DruidNames.Coordinators, new(HttpMethod.Post, "/druid/indexer/v1/task", task));
        Assert.That(answer.IsOk, answer.Said);
        return answer.Json!["task"]!.ToString();
    }

    /// <summary>The rows of a data source as a broker counts them; -1 where it knows no such source.</summary>
    public async Task<long> CountAsync(string source)
    {
        var answer = await AskAsync(DruidNames.Brokers, DruidQuestion.Sql($"SELECT COUNT(*) AS \"rows\" FROM \"{source}\""));
        return answer.IsOk && answer.Json is JsonArray { Count: > 0 } rows ? long.Parse(rows[0]!["rows"]!.ToString(), CultureInfo.InvariantCulture) : -1;
    }

    /// <summary>Runs shell commands in the folder of the cluster.</summary>
    public Task<string> ShellAsync(string script) => _container.RunAsync("sh", "-c", $"cd {_folder} && {{ {script}\n}}");

    public Task<string> LogAsync(DruidRole role) => _running[PodName(role)].LogAsync();

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

    /// <summary>Waits until the health checks find nothing.</summary>
    public Task SettleAsync() => UntilAsync(async () => (await Engine.ProbeAsync(Instances, CancellationToken.None)).Failure?.Message);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running.Values.Append(_keeper).Append(_postgres).OfType<ContainerProcess>())
        {
            if (!await process.HasEndedAsync())
                await process.StopAsync("KILL", tree: true);
        }

        Client.Dispose();
    }

    private DruidDatabase Database
    {
        get
        {
            var annotations = new Dictionary<string, string>();
            if (Protocol is DruidProtocol.PlainTrusting or DruidProtocol.Both)
                annotations[TlsTransition.Annotation] = Protocol == DruidProtocol.Both ? "op/tls" : "op";
            static JsonObject Limit(int memory) => new()
            {
                ["podTemplate"] = new JsonObject
                {
                    ["spec"] = new JsonObject
                    {
                        ["containers"] = new JsonArray(new JsonObject { ["name"] = "druid", ["resources"] = new JsonObject { ["limits"] = new JsonObject { ["memory"] = $"{memory}Mi" } } }),
                    },
                },
            };
            var json = new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = Name, ["namespace"] = "demo", ["uid"] = $"uid-{Name}" },
                ["spec"] = new JsonObject
                {
                    ["version"] = _version.Name,
                    ["deepStorage"] = new JsonObject { ["type"] = "s3", ["configSecret"] = new JsonObject { ["name"] = "deep" } },
                    ["metadataStorage"] = new JsonObject { ["name"] = "pg", ["externallyManaged"] = true },
                    ["zookeeperRef"] = new JsonObject { ["name"] = "zk", ["externallyManaged"] = true },
                    ["topology"] = new JsonObject { ["routers"] = Limit(288), ["coordinators"] = Limit(320), ["brokers"] = Limit(416), ["historicals"] = Limit(384), ["middleManagers"] = Limit(992) },
                    ["healthChecker"] = new JsonObject { ["timeoutSeconds"] = 20 },
                },
            }.ToJsonString();
            var druid = (DruidDatabase)Engine.Default(DruidDatabase.Decode(Encoding.UTF8.GetBytes(json)), Version);
            return druid with
            {
                Metadata = druid.Metadata with { Annotations = annotations },
                Spec = druid.Spec with
                {
                    EnableSsl = Protocol != DruidProtocol.Plain,
                    Tls = Protocol == DruidProtocol.Plain ? null : new() { IssuerRef = new() { Kind = "Issuer", Name = "ca" } },
                    Configuration = new() { Inline = UserConfiguration },
                },
            };
        }
    }

    private DatabaseFacts Facts => new()
    {
        Database = (DruidDatabase)Engine.Default(Database, Version),
        Version = Version,
        Credential = Credential,
        Secrets = _secrets,
        Applications = new Dictionary<string, ApplicationFacts>
        {
            [DruidApplications.Metadata] = new(Binding("pg", "kubedb.com/postgres", $"postgres://{DependencyAddress}:{Text(PostgresPort + _network)}/"), _secrets["pg-auth"], null, null),
            [DruidApplications.ZooKeeper] = new(Binding("zk", "kubedb.com/zookeeper", $"{DependencyAddress}:{Text(ZooKeeperPort)}"), null, null, null),
        },
        WasProvisioned = true,
        Offers = new ServerOffers(PolicyV1: true, ServiceMonitors: true, CertManager: false),
    };

    private DruidVersion Version => new() { Metadata = new() { Name = _version.Name }, Spec = new() { Version = _version.Server.ToString(), Db = new() { Image = _version.Image }, InitContainer = new() { Image = _version.Image } } };

    private string Domain => $"{Name}-pods.demo.svc.cluster.local";

    private string DependencyAddress => string.Create(CultureInfo.InvariantCulture, $"127.30.{_network}.100");

    private string PodName(DruidRole role) => $"{Name}-{role.Suffix}-0";

    private string Address(DruidRole role) => string.Create(CultureInfo.InvariantCulture, $"127.30.{_network}.{DruidNames.Roles.ToList().IndexOf(role) + 1}");

    private static AppBinding Binding(string name, string type, string url) =>
        new() { Metadata = new() { Name = name, Namespace = "demo" }, Spec = new() { Type = type, ClientConfig = new() { Url = url } } };

    private void Secret(string name, params IReadOnlyList<(string Key, string Text)> content) => _secrets[name] = new Secret
    {
        Metadata = new() { Namespace = "demo", Name = name },
        Data = content.ToDictionary(c => c.Key, c => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(c.Text), StringComparer.Ordinal),
    };

    // What a pod has to itself, servers of one container have in folders of their own, and each an address of its own.
    private string Placed(string text, string pod) => text
        .Replace(DruidNames.SegmentFolder, $"{_folder}/segments", StringComparison.Ordinal)
        .Replace(DruidNames.TaskFolder, $"{_folder}/tasks", StringComparison.Ordinal)
        .Replace($"={DruidTls.StoreFolder}", $"={_folder}/{pod}/stores", StringComparison.Ordinal)
        .Replace("-server\n", "-server\n-Ddruid.bindOnHost=true\n-XX:TieredStopAtLevel=1\n-XX:+UseSerialGC\n", StringComparison.Ordinal);

    private Dictionary<string, string> Environment(JsonObject set, string pod, JsonObject files)
    {
        var spec = set["spec"]!["template"]!["spec"]!;
        var environment = spec["containers"]!.AsArray().Concat(spec["initContainers"]!.AsArray()).SelectMany(c => c!["env"]!.AsArray())
            .Where(e => e!["value"] is not null).DistinctBy(e => e!["name"]!.ToString()).ToDictionary(e => e!["name"]!.ToString(), e => e!["value"]!.ToString());
        environment["POD_NAME"] = pod;
        environment["DRUID_ADMIN_PASSWORD"] = Credential.Password;
        environment["DRUID_INTERNAL_CLIENT_PASSWORD"] = Encoding.UTF8.GetString(Convert.FromBase64String(files["internal-client-password"]!.GetValue<string>()));
        environment["DRUID_METADATA_STORAGE_PASSWORD"] = "storage";
        environment[DruidTls.KeyStoreVariable] = environment[DruidTls.TrustStoreVariable] = StorePassword;
        environment["INIT_CONFIG_DIR"] = $"{_folder}/{pod}/config";
        environment["INIT_TARGET_DIR"] = environment["START_CONFIG_DIR"] = $"{_folder}/{pod}/conf";
        environment["START_CERTIFICATES_DIR"] = $"{_folder}/{pod}/certificates";
        environment["START_STORES_DIR"] = $"{_folder}/{pod}/stores";
        return environment;
    }

    private async Task StartPostgresAsync()
    {
        await _storage.RunAsync("chown", "999:999", _storageFolder);
        _postgres = await StartAsync(
            _storage, _storageFolder, new() { ["POSTGRES_USER"] = "druid", ["POSTGRES_PASSWORD"] = "storage", ["POSTGRES_DB"] = "druid", ["PGDATA"] = $"{_storageFolder}/data" },
            "setpriv", "--reuid=999", "--regid=999", "--clear-groups", "/usr/local/bin/docker-entrypoint.sh", "postgres", "-p", Text(PostgresPort + _network), "-c", "unix_socket_directories=" + _storageFolder);
    }

    private static byte[] KeyStoreOf(string certificate, string key)
    {
        using var pair = X509Certificate2.CreateFromPem(certificate, key);
        return pair.Export(X509ContentType.Pkcs12, StorePassword);
    }

    private static async Task<ContainerProcess> StartAsync(EngineContainer container, string folder, Dictionary<string, string> environment, params string[] command)
    {
        await container.WriteAsync($"{folder}/environment", ContainerProcess.Exports(environment));
        return await ContainerProcess.StartAsync(container, $"{folder}/environment", command);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<string> LogsAsync()
    {
        var logs = new List<string>();
        foreach (var (pod, process) in _running)
            logs.Add($"--- {pod}\n{string.Join('\n', (await process.LogAsync()).Split('\n').Where(l => l.Contains("start:", StringComparison.Ordinal) || l.Contains("ERROR", StringComparison.Ordinal) || l.Contains("WARN", StringComparison.Ordinal) || l.Contains("Exception", StringComparison.Ordinal)).TakeLast(15))}");
        return string.Join('\n', logs);
    }
}
