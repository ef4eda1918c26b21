using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Druid;
using KubeDb.Api.Engines.Druid.Configuration;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support.World;

/// <summary>
/// TEST DOUBLES of the servers of Druids, one for each running pod: started with the files that the pod's secret has, they answer the questions that the
/// operators ask. Servers that do not understand each other's protocol do not find each other. The scripts of the pods do not run here; the engines'
/// tests run them. What a cluster depends on is a host that accepts connections.
/// </summary>
internal sealed class DruidServers(FakeCluster cluster) : IServerDoubles
{
    private readonly Dictionary<string, DruidServerDouble> _byUid = [];
    private readonly Dictionary<string, string> _written = [];
    private int _tasks;

    /// <summary>A property, as <c>key=value</c>, with which pods never become Ready; empty for none.</summary>
    public string HangsWith { get; set; } = "";

    /// <summary>The protocol with which pods never become Ready; null for none.</summary>
    public DruidProtocol? HangsOn { get; set; }

    /// <summary>Hosts that accept no connection.</summary>
    public HashSet<string> Deaf { get; } = [];

    /// <summary>Segments of a data source of users, that historicals serve.</summary>
    public int Segments { get; set; } = 3;

    /// <summary>Tasks that each middle manager runs when it starts.</summary>
    public IReadOnlyList<string> TasksAtStart { get; set; } = [];

    /// <summary>The servers that run, by name of their pod.</summary>
    public IReadOnlyList<DruidServerDouble> Running => [.. _byUid.Values.OrderBy(s => s.Pod, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IEnumerable<string> End => Running.Select(s => $"druid {s.Pod} speaks {s.Protocol}, {s.Settings.GetValueOrDefault("druid.worker.capacity")} {s.Settings.GetValueOrDefault("druid.processing.numThreads")}, {(s.IsEnabled ? "enabled" : "disabled")}");

    /// <summary>Takes over how pods of another world behave.</summary>
    public void Take(DruidServers from)
    {
        (HangsWith, HangsOn, Segments, TasksAtStart, _tasks) = (from.HangsWith, from.HangsOn, from.Segments, from.TasksAtStart, from._tasks);
        Deaf.UnionWith(from.Deaf);
        foreach (var (database, value) in from._written)
            _written[database] = value;
    }

    /// <inheritdoc/>
    public PodBehaviour Behaviour(JsonObject pod)
    {
        if (SecretOf(pod) is not { } secret)
            return PodBehaviour.Healthy with { VolumeProblem = "the secret of volume operator-config-volume is not found" };
        var settings = Read(secret, RoleOf(pod));
        var protocol = ProtocolOf(pod);
        return PodBehaviour.Healthy with
        {
            CrashMessage = ObjectionTo(settings),
            ReadyAfter = settings.Any(s => $"{s.Key}={s.Value}" == HangsWith) || protocol == HangsOn ? null : PodBehaviour.Healthy.ReadyAfter,
        };
    }

    /// <inheritdoc/>
    public void Start(JsonObject pod, string address)
    {
        if (_byUid.ContainsKey(pod.Uid()) || SecretOf(pod) is not { } secret)
            return;
        var role = RoleOf(pod);
        var server = _byUid[pod.Uid()] = new()
        {
            Uid = pod.Uid(),
            Pod = pod.Name(),
            Cluster = pod["metadata"]!["labels"].Text(DatabaseLabels.Instance),
            Address = address,
            Role = role,
            Protocol = ProtocolOf(pod),
            Settings = Read(secret, role),
            Credential = CredentialOf(pod),
            Certificate = () => CertificateOf(pod),
        };
        if (role.Name == DruidNames.MiddleManagers)
            server.Tasks.AddRange(TasksAtStart);
    }

    /// <inheritdoc/>
    public void Stop(string uid) => _byUid.Remove(uid);

    /// <inheritdoc/>
    public string Log(JsonObject pod, LogRequest request) => SecretOf(pod) is { } secret ? ObjectionTo(Read(secret, RoleOf(pod))) ?? "" : "";

    /// <inheritdoc/>
    public ServedPort? PortOf(string address, int port) => ServerAt(address) is { } server
        ? server.At(port) switch
        {
            (true, true) => new(true, server.Certificate()),
            (var isOpen, _) => new(isOpen),
        }
        : null;

    /// <inheritdoc/>
    public Stream? Open(string address, Func<bool> isDead) =>
        ServerAt(address) is not null || (address.EndsWith(".svc", StringComparison.Ordinal) && !Deaf.Contains(address)) ? new ByteConnection(static (_, _) => { }) : null;

    /// <inheritdoc/>
    public HttpResponseMessage? Answer(string address, int port, HttpRequestMessage request)
    {
        if (ServerAt(address) is not { } server)
            return null;
        var path = request.RequestUri!.PathAndQuery;

        // Over TLS servers answer only to the name that the handshake was for.
        if (request.Options.TryGetValue(HttpOverDialer.Tls, out var target) && (request.Headers.Host ?? request.RequestUri.Authority) != $"{target.ServerName}:{port}")
            return new(HttpStatusCode.BadRequest) { Content = new StringContent("Host does not match SNI") };
        if (path is "/status/health")
            return Ok("true");
        if (path is "/druid/historical/v1/readiness" or "/druid/broker/v1/readiness")
            return Ok("");
        if (server.Credential is { } credential && request.Headers.Authorization?.Parameter != Convert.ToBase64String(Encoding.UTF8.GetBytes(credential)))
            return new(HttpStatusCode.Unauthorized);
        return (request.Method.Method, path) switch
        {
            ("GET", "/status/selfDiscovered/status") => new(IsCutOff(server) ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK) { Content = new StringContent("{}") },
            ("GET", "/status/properties") => Ok(server.Told.ToJsonString()),
            ("GET", "/druid/coordinator/v1/isLeader") => Leads(server, DruidNames.Coordinators),
            ("GET", "/druid/indexer/v1/isLeader") => Leads(server, Of(server.Cluster, DruidNames.Overlords).Any() ? DruidNames.Overlords : DruidNames.Coordinators),
            ("GET", "/druid/coordinator/v1/loadstatus?simple") => Ok(new JsonObject { ["precious"] = Of(server.Cluster, DruidNames.Historicals).Any() ? 0 : Segments }.ToJsonString()),
            ("DELETE", _) when path.StartsWith("/druid/coordinator/v1/datasources/", StringComparison.Ordinal) => Ok("{}"),
            ("POST", "/druid/v2/sql") => Ok(Query(server, Body(request)!["query"]!.ToString())),
            ("GET", "/druid/worker/v1/enabled") => Ok(new JsonObject { [server.Host] = server.IsEnabled }.ToJsonString()),
            ("GET", "/druid/worker/v1/tasks") => Ok(new JsonArray([.. server.Tasks.Select(t => (JsonNode)t)]).ToJsonString()),
            ("POST", "/druid/worker/v1/enable") => Enable(server, true),
            ("POST", "/druid/worker/v1/disable") => Enable(server, false),
            ("GET", "/druid/indexer/v1/workers") => Ok(Workers(server.Cluster)),
            ("POST", "/druid/indexer/v1/task") => Ok(Submit(server.Cluster, Body(request)!)),
            ("GET", _) when path.StartsWith("/druid/indexer/v1/task/", StringComparison.Ordinal) => Ok("""{"status":{"status":"SUCCESS"}}"""),
            _ => new(HttpStatusCode.NotFound),
        };
    }

    private DruidServerDouble? ServerAt(string address) => _byUid.Values.FirstOrDefault(s => s.Address == address);

    private IEnumerable<DruidServerDouble> Of(string database, string role) => Running.Where(s => s.Cluster == database && s.Role.Name == role);

    // Neighbours of the protocols understand each other.
    private bool IsCutOff(DruidServerDouble server) => Running.Any(s => s.Cluster == server.Cluster && Math.Abs(s.Protocol - server.Protocol) > 1);

    private HttpResponseMessage Leads(DruidServerDouble server, string role)
    {
        var leads = server == Of(server.Cluster, role).FirstOrDefault();
        return new(leads ? HttpStatusCode.OK : HttpStatusCode.NotFound) { Content = new StringContent(new JsonObject { ["leader"] = leads }.ToJsonString()) };
    }

    private string Query(DruidServerDouble broker, string query)
    {
        var row = new JsonObject();
        if (query.Contains("sys.servers", StringComparison.Ordinal))
            row["known"] = Of(broker.Cluster, DruidNames.Historicals).Count(h => query.Contains($"'{h.Pod}.%'", StringComparison.Ordinal));
        else if (query.Contains("kubedb-datasource", StringComparison.Ordinal))
            row["value"] = _written.GetValueOrDefault(broker.Cluster);
        else
            row["alive"] = 1;
        return new JsonArray(row).ToJsonString();
    }

    private static HttpResponseMessage Enable(DruidServerDouble server, bool enabled)
    {
        server.IsEnabled = enabled;
        return Ok("{}");
    }

    private string Workers(string database) => new JsonArray([.. Of(database, DruidNames.MiddleManagers).Select(w => (JsonNode)new JsonObject
    {
        ["worker"] = new JsonObject { ["host"] = w.Host, ["version"] = w.IsEnabled ? "0" : "" },
    })]).ToJsonString();

    private string Submit(string database, JsonNode task)
    {
        if (task["type"]!.ToString() == "index_parallel")
            _written[database] = JsonNode.Parse(task["spec"]!["ioConfig"]!["inputSource"]!["data"]!.ToString())!["value"]!.ToString();
        return new JsonObject { ["task"] = string.Create(CultureInfo.InvariantCulture, $"task-{++_tasks}") }.ToJsonString();
    }

    private static JsonNode? Body(HttpRequestMessage request)
    {
        using var reader = new StreamReader(request.Content!.ReadAsStream());
        return JsonNode.Parse(reader.ReadToEnd());
    }

    private static HttpResponseMessage Ok(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text) };

    // What a real server says before it ends.
    private static string? ObjectionTo(IReadOnlyDictionary<string, string> settings) =>
        settings.GetValueOrDefault("druid.worker.capacity") == "0" ? "druid.worker.capacity - must be greater than or equal to 1" : null;

    private static DruidRole RoleOf(JsonObject pod) => DruidNames.Roles.First(r => r.Name == pod["metadata"]!["labels"].Text(PodRoles.Label));

    private static DruidProtocol ProtocolOf(JsonObject pod) => Enum.Parse<DruidProtocol>(Container(pod)["env"].Objects().First(e => e.Text("name") == "DRUID_PROTOCOL").Text("value"));

    private string? CredentialOf(JsonObject pod)
    {
        if (Container(pod)["env"].Objects().FirstOrDefault(e => e.Text("name") == DruidConfig.AdminVariable).At("valueFrom", "secretKeyRef").Text("name") is not { Length: > 0 } name)
            return null;
        var data = cluster.Find("", "secrets", pod.Namespace(), name)!["data"];
        return $"{Decoded(data.Text("username"))}:{Decoded(data.Text("password"))}";
    }

    // A kubelet that brings changed secrets into the pod at once, and a server that notices.
    private string? CertificateOf(JsonObject pod) =>
        pod.At("spec", "volumes").Objects().FirstOrDefault(v => v.Text("name") == "server-certs").At("projected", "sources").Objects().Select(s => s["secret"].Text("name")).FirstOrDefault() is { } name
            && cluster.Find("", "secrets", pod.Namespace(), name)?["data"].Text("tls.crt") is { Length: > 0 } text
            ? Decoded(text)
            : null;

    private JsonObject? SecretOf(JsonObject pod) =>
        pod.At("spec", "volumes").Objects().FirstOrDefault(v => v.Text("name") == "operator-config-volume")?["secret"].Text("secretName") is { Length: > 0 } name
            ? cluster.Find("", "secrets", pod.Namespace(), name)
            : null;

    private static JsonNode Container(JsonObject pod) => pod.At("spec", "containers").Objects().First(c => c.Text("name") == DruidNames.ServerContainer);

    private static Dictionary<string, string> Read(JsonObject secret, DruidRole role) => ((string[])[DruidFiles.Common, DruidFiles.Properties(role.Name)])
        .SelectMany(name => ((PropertiesFile)PropertiesDialect.Instance.Read(Decoded(secret["data"].Text(name))).Document).Entries)
        .ToDictionary(e => e.Key, e => e.Value);

    private static string Decoded(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
