using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;

namespace KubeDb.Tests.Support.SecondEngine;

/// <summary>
/// TEST DOUBLES of the servers of a <see cref="Ledger"/>: each runs with the files that its pod mounted when it started; of the controllers of
/// a database one leads, and when it goes the first of the others follows it.
/// </summary>
internal sealed class LedgerServers(FakeCluster cluster) : IServerDoubles
{
    private static readonly string[] Levels = ["debug", "info", "warn"];
    private readonly Dictionary<string, LedgerServer> _byUid = [];
    private readonly Dictionary<string, string> _leaders = [];

    /// <summary>A line of a file with which pods never become Ready; empty for none.</summary>
    public string HangsWith { get; set; } = "";

    /// <summary>Name of a pod whose server acknowledges a change and does not make it; empty for none.</summary>
    public string Forgetful { get; set; } = "";

    /// <summary>Settings that were changed in running servers, as <c>pod key=value</c>, in order.</summary>
    public List<string> Sets { get; } = [];

    /// <summary>Pods that gave up the leadership, in order.</summary>
    public List<string> Resigned { get; } = [];

    /// <summary>The servers that run, by name of their pod.</summary>
    public IEnumerable<LedgerServer> Running => _byUid.Values.OrderBy(s => s.Pod, StringComparer.Ordinal);

    public IEnumerable<string> End => Running.Select(s => $"ledger {s.Pod}: {string.Join(", ", s.Settings.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value}"))}");

    /// <summary>Name of the pod that leads the controllers of a database; empty while none runs.</summary>
    public string LeaderOf(string database) => _leaders.GetValueOrDefault(database, "");

    /// <summary>Takes over what the servers of another world are, but for the servers.</summary>
    public void Take(LedgerServers from)
    {
        (HangsWith, Forgetful) = (from.HangsWith, from.Forgetful);
        foreach (var (database, leader) in from._leaders)
            _leaders[database] = leader;
        foreach (var (uid, server) in from._byUid)
            _byUid[uid] = server.Copy();
    }

    public PodBehaviour Behaviour(JsonObject pod)
    {
        if (SecretOf(pod) is not { } secret)
            return PodBehaviour.Healthy with { VolumeProblem = $"the secret of volume {LedgerBlueprint.ConfigVolume} is not found" };
        var settings = Read(secret, RoleOf(pod));
        return PodBehaviour.Healthy with
        {
            CrashMessage = settings.TryGetValue("log.level", out var level) && !Levels.Contains(level) ? $"log.level {level} is unknown" : null,
            ReadyAfter = settings.Any(s => $"{s.Key}={s.Value}" == HangsWith) ? null : PodBehaviour.Healthy.ReadyAfter,
        };
    }

    public void Start(JsonObject pod, string address)
    {
        if (_byUid.ContainsKey(pod.Uid()) || SecretOf(pod) is not { } secret)
            return;
        var server = _byUid[pod.Uid()] = new LedgerServer(pod.Name(), pod["metadata"]!["labels"].Text(DatabaseLabels.Instance), RoleOf(pod), address, Read(secret, RoleOf(pod)));
        if (server.IsController && LeaderOf(server.Database).Length == 0)
            _leaders[server.Database] = server.Pod;
    }

    public void Stop(string uid)
    {
        if (_byUid.Remove(uid, out var server) && LeaderOf(server.Database) == server.Pod)
            Elect(server);
    }

    public string Log(JsonObject pod, LogRequest request) => Behaviour(pod).CrashMessage ?? "";

    public Stream? Open(string address, Func<bool> isDead) =>
        _byUid.Values.FirstOrDefault(s => s.Address == address) is { } server ? new LineConnection(line => isDead() ? null : Answer(server, line)) : null;

    private string? Answer(LedgerServer server, string line)
    {
        if (!server.Answers || !_byUid.ContainsValue(server))
            return null;
        var words = line.Split(' ', 3);
        switch (words[0])
        {
            case "PING":
                return "PONG";
            case "GET":
                return server.Settings.GetValueOrDefault(words[1], "");
            case "SET" when words[1] == "log.level" && !Levels.Contains(words[2]):
                return $"ERR log.level {words[2]} is unknown";
            case "SET" when server.Pod == Forgetful:
                return "OK";
            case "SET":
                server.Settings[words[1]] = words[2];
                Sets.Add($"{server.Pod} {words[1]}={words[2]}");
                return "OK";
            case "LEADER":
                return LeaderOf(server.Database) == server.Pod ? "yes" : "no";
            case "RESIGN":
                Resigned.Add(server.Pod);
                Elect(server);
                return "OK";
            default:
                return "ERR unknown command";
        }
    }

    private void Elect(LedgerServer former) => _leaders[former.Database] =
        Running.FirstOrDefault(s => s != former && s.IsController && s.Database == former.Database)?.Pod ?? "";

    private JsonObject? SecretOf(JsonObject pod) =>
        pod.At("spec", "volumes").Objects().FirstOrDefault(v => v.Text("name") == LedgerBlueprint.ConfigVolume)?["secret"].Text("secretName") is { } name
            ? cluster.Find("", "secrets", pod.Namespace(), name)
            : null;

    private static string RoleOf(JsonObject pod) => pod["metadata"]!["labels"].Text("kubedb.com/role");

    private static Dictionary<string, string> Read(JsonObject secret, string role)
    {
        var settings = new Dictionary<string, string>();
        foreach (var file in TwoFileConfiguration.All.Where(f => f.Roles.Contains(role)))
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(secret["data"].Text(file.Name)));
            foreach (var entry in ((PropertiesFile)file.Dialect.Read(text).Document).Entries)
                settings[entry.Key] = entry.Value;
        }

        return settings;
    }
}

/// <summary>One running server.</summary>
internal sealed record LedgerServer(string Pod, string Database, string Role, string Address, Dictionary<string, string> Settings)
{
    /// <summary>False while it hangs.</summary>
    public bool Answers { get; set; } = true;

    public bool IsController => Role == TwoFileConfiguration.Controller;

    public LedgerServer Copy() => this with { Settings = new(Settings) };
}

/// <summary>A connection on which each line is answered by a line, or by nothing.</summary>
internal sealed class LineConnection(Func<string, string?> answer) : Stream
{
    private readonly Queue<byte> _reply = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        foreach (var line in Encoding.UTF8.GetString(buffer.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (answer(line) is not { } reply)
                continue;
            foreach (var b in Encoding.UTF8.GetBytes(reply + "\n"))
                _reply.Enqueue(b);
        }

        return ValueTask.CompletedTask;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_reply.Count == 0)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        var count = Math.Min(buffer.Length, _reply.Count);
        for (var i = 0; i < count; i++)
            buffer.Span[i] = _reply.Dequeue();
        return count;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
