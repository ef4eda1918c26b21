using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Kafka.Configuration;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support.World;

/// <summary>
/// TEST DOUBLES of the servers of Kafkas, one for each running pod: started with the file that the pod mounts, on the volume that it claims. The scripts
/// of the pods do not run here; the engines' tests run them.
/// </summary>
internal sealed class KafkaServers(FakeCluster cluster) : IServerDoubles
{
    private readonly Dictionary<string, KafkaMember> _byUid = [];
    private readonly Dictionary<string, KafkaDouble> _clusters = [];

    /// <summary>A line of the file with which pods never become Ready; empty for none.</summary>
    public string HangsWith { get; set; } = "";

    /// <summary>The protocol among nodes with which pods never become Ready; null for none.</summary>
    public PeerProtocol? HangsOn { get; set; }

    /// <summary>The nodes that run, by name of their pod.</summary>
    public IReadOnlyList<KafkaMember> Running => [.. _byUid.Values.OrderBy(m => m.Pod, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IEnumerable<string> End =>
    [
        .. _clusters.Where(c => c.Value.Running.Count > 0).Select(c =>
            $"cluster {c.Key} {c.Value.Id} has {string.Join(", ", c.Value.Topics.Select(t => t.Key))}; set while running: {string.Join(", ", c.Value.Dynamic.Select(d => $"{d.Key}: {string.Join(' ', d.Value.Where(s => !s.Key.Contains(".ssl.", StringComparison.Ordinal)).Select(s => $"{s.Key}={s.Value}"))}"))}"),
        .. Running.Select(m => $"node {m.Pod} listens on {string.Join(", ", m.Listeners.Select(l => $"{l.Key} {l.Value.Protocol}"))}; log.retention.hours {m.Settings.GetValueOrDefault("log.retention.hours")}"),
    ];

    /// <summary>The cluster of a database.</summary>
    public KafkaDouble ClusterOf(string database) => _clusters[database];

    /// <summary>Takes over what is on the volumes of another world; its pods start with it.</summary>
    public void Take(KafkaServers from)
    {
        (HangsWith, HangsOn) = (from.HangsWith, from.HangsOn);
        foreach (var (database, before) in from._clusters)
        {
            var taken = _clusters[database] = new KafkaDouble(before.Domain, before.Id);
            taken.Take(before);
        }
    }

    /// <inheritdoc/>
    public PodBehaviour Behaviour(JsonObject pod)
    {
        if (SecretOf(pod) is not { } secret)
            return PodBehaviour.Healthy with { VolumeProblem = "the secret of volume temp-config is not found" };
        var settings = Read(secret);
        return PodBehaviour.Healthy with
        {
            CrashMessage = ObjectionTo(settings),
            ReadyAfter = settings.Any(s => $"{s.Key}={s.Value}" == HangsWith) || HangsOn?.ToString() == ProtocolOf(pod) ? null : PodBehaviour.Healthy.ReadyAfter,
        };
    }

    /// <inheritdoc/>
    public void Start(JsonObject pod, string address)
    {
        if (_byUid.ContainsKey(pod.Uid()) || SecretOf(pod) is not { } secret)
            return;
        var database = pod["metadata"]!["labels"].Text(DatabaseLabels.Instance);
        var id = Variable(pod, "KAFKA_CLUSTER_ID");
        var joined = _clusters.GetValueOrDefault(database);
        if (joined is null || joined.Id != id)
            joined = _clusters[database] = new KafkaDouble(Variable(pod, "DOMAIN"), id);
        var node = Number(Variable(pod, "FIRST_NODE_ID")) + Number(pod.Name()[(pod.Name().LastIndexOf('-') + 1)..]);
        var member = _byUid[pod.Uid()] = new KafkaMember(joined, pod.Name(), node, address, Read(secret)) { Credential = CredentialOf(pod), Volume = () => CertificateOf(pod) };
        member.Load();
        joined.Join(member);
    }

    /// <inheritdoc/>
    public void Stop(string uid)
    {
        if (_byUid.Remove(uid, out var member))
            member.Cluster.Leave(member);
    }

    /// <inheritdoc/>
    public string Log(JsonObject pod, LogRequest request) => SecretOf(pod) is { } secret ? ObjectionTo(Read(secret)) ?? "" : "";

    /// <inheritdoc/>
    public ServedPort? PortOf(string address, int port) => _byUid.Values.FirstOrDefault(m => m.Address == address)?.PortOf(port);

    /// <inheritdoc/>
    public Stream? Open(string address, Func<bool> isDead) => _byUid.Values.FirstOrDefault(m => m.Address == address) is { } member ? new KafkaSession(member, isDead).Open() : null;

    // What a real server says before it ends.
    private static string? ObjectionTo(IReadOnlyDictionary<string, string> settings) =>
        settings.GetValueOrDefault("log.retention.hours") is { } hours && !long.TryParse(hours, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? $"org.apache.kafka.common.config.ConfigException: Invalid value {hours} for configuration log.retention.hours: Not a number of type INT"
            : settings.GetValueOrDefault("background.threads") == "0" ? "org.apache.kafka.common.config.ConfigException: Invalid value 0 for configuration background.threads: Value must be at least 1" : null;

    private (string User, string Password)? CredentialOf(JsonObject pod)
    {
        if (Container(pod)["env"].Objects().FirstOrDefault(e => e.Text("name") == "KAFKA_PASSWORD").At("valueFrom", "secretKeyRef").Text("name") is not { Length: > 0 } name)
            return null;
        var data = cluster.Find("", "secrets", pod.Namespace(), name)!["data"];
        return (Decoded(data.Text("username")), Decoded(data.Text("password")));
    }

    // A kubelet that brings changed secrets into the pod at once, and a script that copies them.
    private string? CertificateOf(JsonObject pod) =>
        pod.At("spec", "volumes").Objects().FirstOrDefault(v => v.Text("name") == "server-certs").At("projected", "sources").Objects().Select(s => s["secret"].Text("name")).FirstOrDefault() is { } name
            && cluster.Find("", "secrets", pod.Namespace(), name)?["data"].Text("tls.crt") is { Length: > 0 } text
            ? Decoded(text)
            : null;

    private JsonObject? SecretOf(JsonObject pod) =>
        pod.At("spec", "volumes").Objects().FirstOrDefault(v => v.Text("name") == "temp-config")?["secret"].Text("secretName") is { Length: > 0 } name
            ? cluster.Find("", "secrets", pod.Namespace(), name)
            : null;

    private static string ProtocolOf(JsonObject pod) => Variable(pod, "PEER_PROTOCOL") is { Length: > 0 } protocol ? protocol : nameof(PeerProtocol.Plain);

    private static JsonNode Container(JsonObject pod) => pod.At("spec", "containers").Objects().First(c => c.Text("name") == "kafka");

    private static string Variable(JsonObject pod, string name) => Container(pod)["env"].Objects().FirstOrDefault(e => e.Text("name") == name).Text("value");

    private static Dictionary<string, string> Read(JsonObject secret)
    {
        var files = secret["data"]!;
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in (string[])[KafkaFiles.TlsKey, KafkaFiles.ServerKey])
        {
            foreach (var entry in ((PropertiesFile)PropertiesDialect.Instance.Read(Decoded(files.Text(file))).Document).Entries)
                settings[entry.Key] = entry.Value;
        }

        return settings;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Decoded(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
