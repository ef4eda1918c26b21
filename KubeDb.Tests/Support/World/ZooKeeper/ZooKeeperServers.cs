using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.ZooKeeper.Configuration;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support.World;

/// <summary>
/// TEST DOUBLES of the servers of ZooKeepers, one for each running pod: started with the file that the pod mounts, on the volume that it claims.
/// The scripts of the pods do not run here; the engines' tests run them.
/// </summary>
internal sealed class ZooKeeperServers(FakeCluster cluster) : IServerDoubles
{
    private readonly Dictionary<string, ZooKeeperMember> _byUid = [];
    private readonly Dictionary<string, ZooKeeperEnsemble> _ensembles = [];
    private readonly Dictionary<string, Dictionary<string, byte[]>> _volumes = [];

    /// <summary>A line of the file with which pods never become Ready; empty for none.</summary>
    public string HangsWith { get; set; } = "";

    /// <summary>The protocol among members with which pods never become Ready; null for none.</summary>
    public PeerProtocol? HangsOn { get; set; }

    /// <summary>The members that run, by name of their pod.</summary>
    public IReadOnlyList<ZooKeeperMember> Running => [.. _byUid.Values.OrderBy(m => m.Pod, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IEnumerable<string> End => Running.Select(m =>
        $"member {m.Pod} keeps {string.Join(", ", m.Nodes.Keys.Order(StringComparer.Ordinal))}; maxClientCnxns {m.Settings["maxClientCnxns"]}, {m.Protocol}, tickTime {m.Settings["tickTime"]}");

    /// <summary>The ensemble of a database.</summary>
    public ZooKeeperEnsemble EnsembleOf(string database) => _ensembles[database];

    /// <summary>Takes over what is on the volumes of another world; its pods start with it.</summary>
    public void Take(ZooKeeperServers from)
    {
        (HangsWith, HangsOn) = (from.HangsWith, from.HangsOn);
        foreach (var (volume, nodes) in from._volumes)
            _volumes[volume] = new(nodes);
        foreach (var (database, ensemble) in from._ensembles)
        {
            _ensembles[database] = new ZooKeeperEnsemble(ensemble.Domain, ensemble.Version);
            _ensembles[database].Members.UnionWith(ensemble.Members);
        }
    }

    /// <inheritdoc/>
    public PodBehaviour Behaviour(JsonObject pod)
    {
        if (SecretOf(pod) is not { } secret)
            return PodBehaviour.Healthy with { VolumeProblem = "the secret of volume zookeeper-config is not found" };
        var settings = Read(secret);
        return PodBehaviour.Healthy with
        {
            CrashMessage = ObjectionTo(settings),
            ReadyAfter = settings.Any(s => $"{s.Key}={s.Value}" == HangsWith) || HangsOn?.ToString() == (Variable(pod, "QUORUM_PROTOCOL") is { Length: > 0 } protocol ? protocol : nameof(PeerProtocol.Plain)) ? null : PodBehaviour.Healthy.ReadyAfter,
        };
    }

    /// <inheritdoc/>
    public void Start(JsonObject pod, string address)
    {
        if (_byUid.ContainsKey(pod.Uid()) || SecretOf(pod) is not { } secret)
            return;
        var volume = VolumeOf(pod);
        if (!_volumes.TryGetValue(volume, out var nodes))
            _volumes[volume] = nodes = [];
        var ensemble = _ensembles.GetValueOrDefault(DatabaseOf(pod))
            ?? (_ensembles[DatabaseOf(pod)] = new ZooKeeperEnsemble(Variable(pod, "DOMAIN"), "3.9.1"));
        var member = _byUid[pod.Uid()] = new ZooKeeperMember(ensemble, pod.Name(), address, Read(secret), nodes, CredentialOf(pod));
        member.Certificate = () => CertificateOf(pod);
        ensemble.Join(member);
    }

    /// <inheritdoc/>
    public ServedPort? PortOf(string address, int port)
    {
        if (_byUid.Values.FirstOrDefault(m => m.Address == address) is not { } member)
            return null;
        var number = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return number == member.Settings["clientPort"] ? new(true) : number == member.SecurePort ? new(true, member.Certificate()) : new(false);
    }

    // A kubelet that brings changed secrets into the pod at once, and a server that notices.
    private string? CertificateOf(JsonObject pod) =>
        pod.At("spec", "volumes").Objects().FirstOrDefault(v => v.Text("name") == "server-certs").At("projected", "sources").Objects().Select(s => s["secret"].Text("name")).FirstOrDefault() is { } name
            && cluster.Find("", "secrets", pod.Namespace(), name)?["data"].Text("tls.crt") is { Length: > 0 } text
            ? Decoded(text)
            : null;

    /// <inheritdoc/>
    public void Stop(string uid)
    {
        if (!_byUid.Remove(uid, out var member))
            return;
        foreach (var ensemble in _ensembles.Values)
            ensemble.Leave(member);
    }

    /// <inheritdoc/>
    public string Log(JsonObject pod, LogRequest request) => SecretOf(pod) is { } secret ? ObjectionTo(Read(secret)) ?? "" : "";

    /// <inheritdoc/>
    public Stream? Open(string address, Func<bool> isDead) => _byUid.Values.FirstOrDefault(m => m.Address == address)?.Connect(isDead);

    // What a real server says before it ends.
    private static string? ObjectionTo(IReadOnlyDictionary<string, string> settings) =>
        int.Parse(settings["minSessionTimeout"], System.Globalization.CultureInfo.InvariantCulture) > int.Parse(settings["maxSessionTimeout"], System.Globalization.CultureInfo.InvariantCulture)
            ? "minSessionTimeout must not be larger than maxSessionTimeout"
            : null;

    private string? CredentialOf(JsonObject pod)
    {
        if (Container(pod)["env"].Objects().FirstOrDefault(e => e.Text("name") == "ZK_PASSWORD").At("valueFrom", "secretKeyRef").Text("name") is not { Length: > 0 } name)
            return null;
        var data = cluster.Find("", "secrets", pod.Namespace(), name)!["data"];
        return $"{Decoded(data.Text("username"))}:{Decoded(data.Text("password"))}";
    }

    private string VolumeOf(JsonObject pod)
    {
        var claim = pod.At("spec", "volumes").Objects().Select(v => v["persistentVolumeClaim"].Text("claimName")).FirstOrDefault(c => c.Length > 0);
        return claim is null ? pod.Uid() : cluster.Find("", "persistentvolumeclaims", pod.Namespace(), claim)?.Uid() ?? pod.Uid();
    }

    private JsonObject? SecretOf(JsonObject pod) =>
        pod.At("spec", "volumes").Objects().FirstOrDefault(v => v.Text("name") == "zookeeper-config")?["secret"].Text("secretName") is { Length: > 0 } name
            ? cluster.Find("", "secrets", pod.Namespace(), name)
            : null;

    private static JsonNode Container(JsonObject pod) => pod.At("spec", "containers").Objects().First(c => c.Text("name") == "zookeeper");

    private static string Variable(JsonObject pod, string name) => Container(pod)["env"].Objects().FirstOrDefault(e => e.Text("name") == name).Text("value");

    private static string DatabaseOf(JsonObject pod) => pod["metadata"]!["labels"].Text(DatabaseLabels.Instance);

    private static Dictionary<string, string> Read(JsonObject secret) =>
        ((PropertiesFile)PropertiesDialect.Instance.Read(Decoded(secret["data"].Text(ZooKeeperConfig.Key))).Document).Entries.ToDictionary(e => e.Key, e => e.Value);

    private static string Decoded(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
