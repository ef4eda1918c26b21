using System.Text.Json.Nodes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support.World;

/// <summary>What happened in a world and can not be told from its end: objects made and lost, values that came and went.</summary>
internal sealed class Sightings
{
    /// <summary>The API groups of databases and of requests.</summary>
    private const string Databases = "kubedb.com";
    private const string Requests = "ops.kubedb.com";

    private readonly InMemoryApiServer _server;
    private readonly Dictionary<string, List<string>> _credentials = [];

    public Sightings(InMemoryApiServer server)
    {
        _server = server;
        server.Observe(Changed);
    }

    /// <summary>Pods that were made, by name, in order.</summary>
    public List<(string Name, string Uid)> PodsMade { get; } = [];

    /// <summary>Other objects that were made, as <c>Kind name</c>, in order.</summary>
    public List<string> Made { get; } = [];

    /// <summary>Objects that went, as <c>Kind name</c>, in order.</summary>
    public List<string> Gone { get; } = [];

    /// <summary>Types of conditions that requests had.</summary>
    public HashSet<string> ConditionTypes { get; } = [];

    /// <summary>How often a database's condition Paused came.</summary>
    public int Pauses { get; private set; }

    /// <summary>The most pods of a PetSet that were not Ready at one time.</summary>
    public int MostDown { get; private set; }

    /// <summary>Counts pods that are down from now on.</summary>
    public bool CountsDown { get; set; }

    /// <summary>Secrets with a password whose content was more than one in the course of time, by name.</summary>
    public IEnumerable<string> ChangedCredentials => _credentials.Where(c => c.Value.Count > 1).Select(c => c.Key);

    private void Changed(Change change)
    {
        var now = change.Now.Object;
        if (now.Namespace() != TestWorld.Ns || change.Now.Kind.Name is "Event")
            return;
        var kind = change.Now.Kind.Name;
        if (change.Before is null && kind == "Pod")
            PodsMade.Add((now.Name(), now.Uid()));
        else if (change.Before is null)
            Made.Add($"{kind} {now.Name()}");
        else if (change.Deleted)
            Gone.Add($"{kind} {now.Name()}");
        if (kind == "Secret" && now["data"].Text("password") is { Length: > 0 } password)
            Note(now.Name(), $"{now["data"].Text("username")}:{password}");
        if (change.Now.Kind.Group == Databases && IsPaused(now) && !IsPaused(change.Before?.Object))
            Pauses++;
        if (change.Now.Kind.Group == Requests)
            ConditionTypes.UnionWith(now.At("status", "conditions").Objects().Select(c => c.Text("type")));
        if (kind == "Pod" && CountsDown)
            CountDown(now);
    }

    private static bool IsPaused(JsonObject? database) => database.At("status", "conditions").Objects().Any(c => c.Text("type") == "Paused");

    private void Note(string secret, string content)
    {
        if (!_credentials.TryGetValue(secret, out var known))
            _credentials[secret] = known = [];
        if (!known.Contains(content))
            known.Add(content);
    }

    private void CountDown(JsonObject pod)
    {
        var set = pod.Name()[..pod.Name().LastIndexOf('-')];
        var wanted = _server.Store.Find(_server.KindOf("apps", "statefulsets"), TestWorld.Ns, set)?.Object["spec"].Number("replicas") ?? 0;
        var up = _server.Store.All(_server.KindOf("", "pods"))
            .Count(p => p.Object.Namespace() == TestWorld.Ns && p.Object.Name().StartsWith(set + "-", StringComparison.Ordinal) && !p.Object.IsDeleting() && FakeCluster.IsReady(p.Object));
        MostDown = Math.Max(MostDown, (int)wanted - up);
    }
}
