using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Unit.Engines.Redis;

namespace KubeDb.Tests.Support.World;

/// <summary>
/// The Redis servers of a cluster, one for each running pod: started with the file that the pod mounts, on the volume that it claims; see
/// <see cref="RedisServer"/>.
/// </summary>
internal sealed partial class RedisServers(FakeCluster cluster) : IServerDoubles
{
    private const string FileKey = "default.conf";
    private readonly Dictionary<string, RedisServer> _byAddress = [];
    private readonly Dictionary<string, string> _addressOf = [];
    private readonly Dictionary<string, int> _asked = [];
    private readonly Dictionary<string, Dictionary<string, string>> _volumes = [];

    /// <inheritdoc/>
    public IEnumerable<string> End =>
        Running.Select(s => $"server keeps {s.Keys}; maxclients {s["maxclients"]}, databases {s["databases"]}, policy {s["maxmemory-policy"]}");

    /// <summary>Takes over what is on the volumes of another world; its pods start with it.</summary>
    public void Take(RedisServers from)
    {
        (Healthy, HangsWith, Loading) = (from.Healthy, from.HangsWith, from.Loading);
        foreach (var (volume, keys) in from._volumes)
            _volumes[volume] = new(keys);
    }

    /// <summary>How pods behave that nothing is wrong with.</summary>
    public PodBehaviour Healthy { get; set; } = PodBehaviour.Healthy;

    /// <summary>A line of the configuration with which pods never become Ready; empty for none.</summary>
    public string HangsWith { get; set; } = "";

    /// <summary>How long servers load their data after they start.</summary>
    public TimeSpan Loading { get; set; }

    /// <summary>The server of a pod; null when it does not run.</summary>
    public RedisServer? Of(JsonObject pod) => _addressOf.TryGetValue(pod.Uid(), out var address) ? _byAddress[address] : null;

    /// <summary>All servers that run.</summary>
    public IEnumerable<RedisServer> Running => _byAddress.Values;

    /// <summary>CONFIG SET commands that were carried out, also by servers that have stopped.</summary>
    public List<string> Sets { get; } = [];

    /// <summary>How often the servers were sent a command.</summary>
    public int Asked(string command) => _asked.GetValueOrDefault(command);

    /// <inheritdoc/>
    public Stream? Open(string address, Func<bool> isDead)
    {
        if (!_byAddress.TryGetValue(address, out var server))
            return null;
        var loggedIn = false;
        return new FakeConnection(words =>
        {
            // A dead process gets no answer, and what it sends does not arrive.
            if (isDead())
                return null;
            _asked[words[0].ToUpperInvariant()] = Asked(words[0].ToUpperInvariant()) + 1;
            var sets = server.Sets.Count;
            var answer = server.Answer(words, ref loggedIn);
            Sets.AddRange(server.Sets.Skip(sets));
            return answer;
        });
    }

    /// <inheritdoc/>
    public PodBehaviour Behaviour(JsonObject pod)
    {
        if (SecretOf(pod) is not { } name)
            return Healthy;
        if (cluster.Find("", "secrets", pod.Namespace(), name) is not { } secret)
            return Healthy with { VolumeProblem = $"secret \"{name}\" not found" };
        var file = File(secret);
        return Healthy with
        {
            CrashMessage = RedisServer.ObjectionTo(file),
            ReadyAfter = HangsWith.Length > 0 && file.Split('\n').Contains(HangsWith) ? null : Healthy.ReadyAfter,
        };
    }

    /// <inheritdoc/>
    public string Log(JsonObject pod, LogRequest request)
    {
        if (request.Previous)
            return "unable to retrieve container logs for containerd://00ad329c";
        var secret = cluster.Find("", "secrets", request.Pod.Namespace, SecretOf(pod) ?? "");
        var file = secret is null ? "" : File(secret);
        var words = file.Split('\n').FirstOrDefault(l => l.StartsWith("requirepass", StringComparison.Ordinal));
        return $"1:C oO0OoO0OoO0Oo Redis is starting\n\n{RedisServer.ObjectionTo(file)}\n{words}\n";
    }

    /// <inheritdoc/>
    public void Start(JsonObject pod, string address)
    {
        if (SecretOf(pod) is not { } name || cluster.Find("", "secrets", pod.Namespace(), name) is not { } secret)
            return;
        var volume = VolumeOf(pod);
        if (!_volumes.TryGetValue(volume, out var keys))
            _volumes[volume] = keys = [];
        _byAddress[address] = new RedisServer(File(secret), keys, cluster.Server.Time) { Loading = Loading };
        LoadTls(pod, _byAddress[address]);
        _addressOf[pod.Uid()] = address;
    }

    /// <inheritdoc/>
    public void Stop(string uid)
    {
        if (!_addressOf.Remove(uid, out var address))
            return;
        _byAddress[address].Answers = false;
        _byAddress.Remove(address);
    }

    private string VolumeOf(JsonObject pod)
    {
        var claim = pod.At("spec", "volumes").Objects().Select(v => v["persistentVolumeClaim"].Text("claimName")).FirstOrDefault(c => c.Length > 0);
        return claim is null ? pod.Uid() : cluster.Find("", "persistentvolumeclaims", pod.Namespace(), claim)?.Uid() ?? pod.Uid();
    }

    private static string? SecretOf(JsonObject pod) =>
        pod.At("spec", "volumes").Objects().FirstOrDefault(v => v.Name() == "redis-config" || v.Text("name") == "redis-config")?["secret"].Text("secretName");

    private static string File(JsonObject secret) => Encoding.UTF8.GetString(Convert.FromBase64String(secret["data"].Text(FileKey)));
}
