using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>
/// A TEST DOUBLE of a Kubernetes API server, in this process and under virtual time. It keeps the semantics that a controller can tell
/// apart: versions, generations, optimistic locking, server-side apply with field ownership, subresources, finalizers, owner references,
/// namespaces, paged lists, watches with bookmarks and compaction. The suite <c>ApiSemantics</c> runs the same tests against it and
/// against a real kube-apiserver and so keeps it from drifting.
/// </summary>
/// <remarks>
/// Not thread-safe: use it under a <see cref="Simulation"/>, or from one flow of control. It has no authorization and no admission but
/// defaults, schema and namespace life cycle; validation of built-in kinds is limited to metadata.
/// </remarks>
public sealed partial class InMemoryApiServer
{
    private readonly Dictionary<(string Group, string Plural), Kind> _kinds = [];
    private readonly List<Action<Change>> _observers = [];
    private readonly HashSet<ITimer> _timers = [];
    private long _ids;

    /// <summary>Starts with the built-in kinds and the namespaces default and kube-system.</summary>
    public InMemoryApiServer(TimeProvider time)
    {
        Time = time;
        _start = time.GetTimestamp();
        foreach (var kind in BuiltInKinds.All())
            Register(kind);
        foreach (var ns in new[] { "default", "kube-system" })
            CreateNamespace(ns);
        Collector = new GarbageCollector(this);
        Observe(Collector.Changed);
    }

    /// <summary>Starts with the kinds and objects of another one, whose clock must not be ahead.</summary>
    public InMemoryApiServer(TimeProvider time, InMemoryApiServer from)
    {
        Time = time;
        _start = time.GetTimestamp();
        _kinds = new(from._kinds);
        _ids = from._ids;
        Store = from.Store.Copy();
        Collector = new GarbageCollector(this);
        Observe(Collector.Changed);
    }

    private readonly long _start;

    /// <summary>The clock of the server.</summary>
    public TimeProvider Time { get; }

    /// <summary>How long a request travels; virtual time.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long an event takes to reach a watch.</summary>
    public TimeSpan WatchLatency { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How often a quiet watch gets a bookmark.</summary>
    public TimeSpan BookmarkInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How far gets and lists of version "0" lag behind.</summary>
    public TimeSpan CacheLag { get; set; }

    /// <summary>
    /// Minor version that discovery names. As 20 it also refuses empty texts in applied custom resources, and applies each list of a custom kind
    /// that has an amount among its fields as one value, as that version does.
    /// </summary>
    public int Minor { get; set; } = 36;

    /// <summary>The garbage collector and the namespace controller.</summary>
    public GarbageCollector Collector { get; }

    /// <summary>Runs commands in pods; without it exec answers that the pod has no such container.</summary>
    public Func<ExecRequest, ExecResult>? OnExec { get; set; }

    /// <summary>Gives logs of containers; without it they are empty.</summary>
    public Func<LogRequest, string>? OnLogs { get; set; }

    /// <summary>The objects.</summary>
    internal ObjectStore Store { get; private init; } = new();

    /// <summary>The version of the newest change.</summary>
    public long Version => Store.Version;

    /// <summary>Opens a connection of a process; the name is its default field manager and shows in the journal.</summary>
    public Connection Connect(string process) => new(this, process);

    /// <summary>Serves a kind, in place of one of the same group and plural.</summary>
    public void Register(Kind kind) => _kinds[(kind.Group, kind.Plural)] = kind;

    /// <summary>Serves the kinds that custom resource definitions in YAML declare.</summary>
    public void RegisterYaml(string yaml)
    {
        foreach (var kind in CustomKinds.FromYaml(yaml))
            Register(kind);
    }

    /// <summary>Stops serving a kind: its API is absent from now on.</summary>
    public void Unregister(string group, string plural) => _kinds.Remove((group, plural));

    /// <summary>Forgets all changes up to now: older watches and lists answer 410.</summary>
    public void Compact() => Store.Compact(Store.Version);

    /// <summary>Creates a namespace.</summary>
    public void CreateNamespace(string name) =>
        Handle(
            new ApiRequest
            {
                Verb = ApiVerb.Create,
                Type = KindOf("", "namespaces").Resource,
                Body = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } },
            },
            "test");

    /// <summary>The newest state of an object, as a copy; null when it does not exist.</summary>
    public JsonObject? Peek(ResourceType type, string ns, string name) =>
        _kinds.TryGetValue((type.Group, type.Plural), out var kind) ? Store.Find(kind, ns, name)?.Object.Copy() : null;

    /// <summary>Copies of all objects of a kind, by namespace and name.</summary>
    public IReadOnlyList<JsonObject> PeekAll(ResourceType type) =>
        _kinds.TryGetValue((type.Group, type.Plural), out var kind) ? Store.All(kind).Select(s => s.Object.Copy()).ToList() : [];

    /// <summary>Serves one request at once, without travel time or faults.</summary>
    public Answer Handle(ApiRequest request, string user)
    {
        if (!_kinds.TryGetValue((request.Type.Group, request.Type.Plural), out var kind) || !kind.Versions.Contains(request.Type.Version))
            return Answer.Of(Errors.NoSuchApi);
        var call = new Call(request, kind, user);
        return request.Verb switch
        {
            ApiVerb.Get => Get(call),
            ApiVerb.List => List(call),
            ApiVerb.Create when request.Subresource == "eviction" => Evict(call),
            ApiVerb.Create => Create(call),
            ApiVerb.Update => Update(call),
            ApiVerb.Apply => Apply(call),
            ApiVerb.MergePatch or ApiVerb.JsonPatch => Patch(call),
            ApiVerb.Delete => Delete(call),
            _ => Answer.Of(Errors.NotAllowed),
        };
    }

    /// <summary>Serves one request; a read can be answered from an older state.</summary>
    internal Answer Serve(ApiRequest request, string user, long? stale)
    {
        if (stale is null || request.Verb is not (ApiVerb.Get or ApiVerb.List) || !_kinds.TryGetValue((request.Type.Group, request.Type.Plural), out var kind))
            return Handle(request, user);
        var version = Math.Clamp(stale.Value, Store.Compacted, Store.Version);
        if (request.Verb == ApiVerb.List)
            return List(new Call(request, kind, user), version);
        var found = Matching(kind, version, request).FirstOrDefault(s => s.Object.Name() == request.Name);
        return found is null ? Answer.Of(Errors.NotFound(kind, request.Name!)) : Sent(found, request.Type, request.MetadataOnly);
    }

    /// <summary>Calls back after every change, in the order of the changes.</summary>
    internal void Observe(Action<Change> observer) => _observers.Add(observer);

    /// <summary>Ends <see cref="Observe"/>.</summary>
    internal void Forget(Action<Change> observer) => _observers.Remove(observer);

    /// <summary>Runs something later, in virtual time.</summary>
    internal void After(TimeSpan delay, Action action)
    {
        ITimer? timer = null;
        timer = Time.CreateTimer(
            _ =>
            {
                _timers.Remove(timer!);
                timer!.Dispose();
                action();
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _timers.Add(timer);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Time since the server started.</summary>
    internal TimeSpan Now => Time.GetElapsedTime(_start);

    /// <summary>The wall clock as the server writes it.</summary>
    internal string Stamp => Json.Stamp(Time.GetUtcNow());

    /// <summary>All kinds served.</summary>
    internal IEnumerable<Kind> Kinds => _kinds.Values;

    /// <summary>A kind that is served.</summary>
    internal Kind KindOf(string group, string plural) => _kinds[(group, plural)];

    /// <summary>A kind by group and name; null when it is not served.</summary>
    internal Kind? KindNamed(string apiVersion, string name)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : apiVersion[..slash];
        return _kinds.Values.FirstOrDefault(k => k.Group == group && k.Name == name);
    }

    private Change Commit(Change change)
    {
        foreach (var observer in _observers.ToArray())
            observer(change);
        return change;
    }

    private string NewUid() => $"00000000-0000-4000-8000-{++_ids:x12}";

    private string NewSuffix() => (++_ids).ToString("x5", CultureInfo.InvariantCulture);

    private sealed record Call(ApiRequest Request, Kind Kind, string User)
    {
        public string Namespace => Kind.Namespaced ? Request.Namespace : "";

        public string Name => Request.Name ?? "";

        public string Manager => string.IsNullOrEmpty(Request.FieldManager) ? User : Request.FieldManager;

        public FieldWriter Writer(bool applies) => new(Manager, applies, Request.Type.ApiVersion, Request.Subresource ?? "");
    }
}
