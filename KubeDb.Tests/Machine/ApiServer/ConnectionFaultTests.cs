using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.ApiServer;

/// <summary>The in-memory server lies, loses and dies exactly as it was told to.</summary>
[TestFixture]
[Category("Machine")]
public sealed class ConnectionFaultTests
{
    private static readonly ResourceType ConfigMaps = new("", "v1", "configmaps", "ConfigMap");
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly List<IDisposable> _connections = [];
    private Simulation _simulation = null!;
    private InMemoryApiServer _server = null!;

    [SetUp]
    public void Start()
    {
        _simulation = new Simulation();
        _server = new InMemoryApiServer(_simulation.Time);
    }

    [TearDown]
    public void Stop()
    {
        _connections.ForEach(c => c.Dispose());
        _connections.Clear();
    }

    [Test]
    public void A_request_lost_before_has_no_effect_and_a_lost_answer_has() => Run(async () =>
    {
        var connection = Connect();
        connection.Faults.OnWrite(1, Fault.LostBefore).OnWrite(2, Fault.LostAnswer);

        var before = await Create(connection, "a");
        var after = await Create(connection, "b");

        Assert.That(before.Error!.Kind, Is.EqualTo(ApiErrorKind.Unreachable));
        Assert.That(after.Error!.Kind, Is.EqualTo(ApiErrorKind.Unreachable));
        Assert.That(Exists("a"), Is.False);
        Assert.That(Exists("b"), Is.True);
        Assert.That(connection.Journal.Writes.Select(w => w.TookEffect), Is.EqualTo(new[] { false, true }));
    });

    [Test]
    public void A_process_dies_before_or_after_a_write_and_says_nothing_more() => Run(async () =>
    {
        var early = Connect();
        var late = Connect();
        early.KillBeforeWrite(2);
        late.KillAfterWrite(1);

        Assert.That((await Create(early, "a")).Succeeded, Is.True);
        Assert.That(await Dies(() => Create(early, "b")), Is.True);
        Assert.That(await Dies(() => Create(late, "c")), Is.True);
        Assert.That(await Dies(() => Create(late, "d")), Is.True);

        Assert.That(new[] { "a", "b", "c", "d" }.Where(Exists), Is.EqualTo(new[] { "a", "c" }));
        Assert.That(late.Killed.IsCancellationRequested, Is.True);
    });

    [Test]
    public void Refusals_delays_and_a_partition_are_seen_by_the_caller() => Run(async () =>
    {
        var connection = Connect();
        connection.Faults
            .OnRequest(1, Fault.Throttled(TimeSpan.FromSeconds(3)))
            .OnRequest(2, Fault.ServerError)
            .OnRequest(3, Fault.Slow(TimeSpan.FromMinutes(1)));

        var throttled = await Create(connection, "a");
        var failed = await Create(connection, "a");
        var began = _simulation.Time.Elapsed;
        var slow = await Create(connection, "a");
        connection.Faults.Partitioned = true;
        var cut = await Create(connection, "b");

        Assert.That(throttled.Error!.RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(failed.Error!.Code, Is.EqualTo(500));
        Assert.That(slow.Succeeded, Is.True);
        Assert.That(_simulation.Time.Elapsed - began, Is.GreaterThan(TimeSpan.FromMinutes(1)));
        Assert.That(cut.Error!.Kind, Is.EqualTo(ApiErrorKind.Unreachable));
    });

    [TestCase(WatchFaultKind.Drop, "a c")]
    [TestCase(WatchFaultKind.Repeat, "a b b c")]
    [TestCase(WatchFaultKind.Delay, "a b c")]
    [TestCase(WatchFaultKind.Cut, "a Unreachable")]
    [TestCase(WatchFaultKind.Gone, "a Gone")]
    [TestCase(WatchFaultKind.End, "a")]
    public void A_watch_is_lied_to(WatchFaultKind kind, string expected) => Run(async () =>
    {
        var connection = Connect();
        connection.Faults.OnEvent(e => e.Key.Name == "b", kind, TimeSpan.FromSeconds(9));
        var from = _server.Version;
        foreach (var name in new[] { "a", "b", "c" })
            await Create(connection, name);

        var seen = await Watch(connection, from, TimeSpan.FromSeconds(20));

        Assert.That(string.Join(' ', seen), Is.EqualTo(expected));
    });

    [Test]
    public void A_quiet_watch_gets_bookmarks_and_without_them_counts_as_dead() => Run(async () =>
    {
        var heard = Connect();
        var deaf = Connect();
        deaf.Faults.NoBookmarks = true;

        var bookmarks = await Watch(heard, _server.Version, TimeSpan.FromMinutes(4), bookmarks: true);
        var dead = await Watch(deaf, _server.Version, TimeSpan.FromMinutes(4), bookmarks: true);

        Assert.That(bookmarks, Has.Count.EqualTo(4).And.All.EqualTo("bookmark"), "one a minute, the last 2 s before the end");
        Assert.That(dead, Is.EqualTo(new[] { "Unreachable" }));
    });

    [Test]
    public void A_compacted_version_is_gone_for_watches_and_for_pages() => Run(async () =>
    {
        var connection = Connect();
        var from = _server.Version;
        foreach (var name in new[] { "a", "b", "c" })
            await Create(connection, name);
        var request = new ApiRequest { Verb = ApiVerb.List, Type = ConfigMaps, Namespace = "default", Limit = 1 };
        var page = (await connection.ListAsync(request, KubernetesVerbs.DecodeJson, None)).OrThrow();
        await Create(connection, "d");
        _server.Compact();

        var next = await connection.ListAsync(request with { Continue = page.Continue }, KubernetesVerbs.DecodeJson, None);

        Assert.That(next.Error!.Kind, Is.EqualTo(ApiErrorKind.Gone));
        Assert.That(await Watch(connection, from, TimeSpan.FromSeconds(1)), Is.EqualTo(new[] { "Gone" }));
    });

    [Test]
    public void A_list_can_be_stale_by_order_or_by_a_lagging_cache() => Run(async () =>
    {
        var connection = Connect();
        await Create(connection, "a");
        var old = _server.Version;
        await Task.Delay(TimeSpan.FromSeconds(10), _simulation.Time);
        await Create(connection, "b");
        _server.CacheLag = TimeSpan.FromSeconds(5);
        async Task<string> Names(string? version)
        {
            var request = new ApiRequest { Verb = ApiVerb.List, Type = ConfigMaps, Namespace = "default", ResourceVersion = version };
            return string.Join(' ', (await connection.ListAsync(request, KubernetesVerbs.DecodeJson, None)).OrThrow().Items.Select(i => i.Name()));
        }

        Assert.That(await Names(null), Is.EqualTo("a b"));
        Assert.That(await Names("0"), Is.EqualTo("a"));
        connection.Faults.On(e => e.Verb == "list", Fault.Stale(old));
        Assert.That(await Names(null), Is.EqualTo("a"));
        Assert.That(await Names(null), Is.EqualTo("a b"));
    });

    [Test]
    public void Discovery_names_what_is_served_and_not_what_is_absent() => Run(async () =>
    {
        _server.Unregister("policy", "poddisruptionbudgets");

        var offer = (await new ApiDiscovery(Connect()).GetAsync(None)).OrThrow();

        Assert.That(offer.Version, Is.EqualTo(new KubernetesVersion(1, 36)));
        Assert.That(offer.Serves(ConfigMaps), Is.True);
        Assert.That(offer.Resources.Any(r => r.Group == "policy"), Is.False);
    });

    // Throws.InstanceOf would block the only thread there is.
    private async Task<bool> Dies(Func<Task> act)
    {
        var call = act();
        await Task.Delay(TimeSpan.FromMinutes(1), _simulation.Time);
        return !call.IsCompleted;
    }

    private Connection Connect()
    {
        var connection = _server.Connect("test");
        _connections.Add(connection);
        return connection;
    }

    private void Run(Func<Task> body) => _simulation.Run(body, TimeSpan.FromHours(1));

    private bool Exists(string name) => _server.Peek(ConfigMaps, "default", name) is not null;

    private static Task<ApiResult<JsonObject>> Create(Connection connection, string name) =>
        connection.CreateAsync(ConfigMaps, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" } }, None);

    private static async Task<List<string>> Watch(Connection connection, long from, TimeSpan timeout, bool bookmarks = false)
    {
        var seen = new List<string>();
        var options = new WatchOptions { ResourceVersion = from.ToString(System.Globalization.CultureInfo.InvariantCulture), Timeout = timeout };
        await foreach (var e in connection.WatchAsync(ConfigMaps, options, KubernetesVerbs.DecodeJson, None))
        {
            if (e.Type != WatchEventType.Bookmark)
                seen.Add(e.Object?.Name() ?? e.Error!.Kind.ToString());
            else if (bookmarks)
                seen.Add("bookmark");
        }

        return seen;
    }
}
