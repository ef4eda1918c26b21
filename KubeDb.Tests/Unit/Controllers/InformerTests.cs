using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Unit.Controllers;

[TestFixture]
[Category("Unit")]
public sealed class InformerTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    [Test]
    public void All_pages_are_read_and_indexed() => Run(async (server, start, _) =>
    {
        for (var i = 0; i < 7; i++)
            server.Put($"t{i}", $"u{i}", owner: i < 3 ? "boss" : null, instance: i % 2 == 0 ? "even" : "odd");
        var cache = await start(o => o with { PageSize = 2 });

        Assert.That(cache.List(), Has.Count.EqualTo(7));
        Assert.That(cache.List("a"), Has.Count.EqualTo(7));
        Assert.That(cache.List("b"), Is.Empty);
        Assert.That(Names(cache.ControlledBy("boss")), Is.EqualTo(new[] { "t0", "t1", "t2" }));
        Assert.That(Names(cache.WithLabel("a", "app.kubernetes.io/instance", "odd")), Is.EqualTo(new[] { "t1", "t3", "t5" }));
        Assert.That(cache.WithLabel("b", "app.kubernetes.io/instance", "odd"), Is.Empty);
    });

    [Test]
    public void An_object_that_changes_owner_and_label_moves_in_the_indexes() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", owner: "one", instance: "x");
        var cache = await start(o => o);
        server.Put("t", "u", owner: "two", instance: "y");
        await sim.UntilAsync(() => cache.ControlledBy("two").Count == 1, Tick);

        Assert.That(cache.ControlledBy("one"), Is.Empty);
        Assert.That(cache.WithLabel("a", "app.kubernetes.io/instance", "x"), Is.Empty);
        Assert.That(cache.WithLabel("a", "app.kubernetes.io/instance", "y"), Has.Count.EqualTo(1));
    });

    [Test]
    public void Changes_are_followed_and_reported() => Run(async (server, start, sim) =>
    {
        server.Put("old", "u1", "1");
        var seen = new List<string>();
        var cache = await start(o => o, c => seen.Add($"{c.Old?.Value ?? "-"}>{c.New?.Value ?? "-"}{(c.IsInitial ? " initial" : "")}"));
        server.Put("old", "u1", "2");
        server.Put("new", "u2", "3");
        server.Delete("old");
        await sim.UntilAsync(() => cache.Get(new("a", "old")) is null, Tick);

        Assert.That(seen, Is.EqualTo(new[] { "->1 initial", "1>2", "->3", "2>-" }));
    });

    [Test]
    public void A_watch_that_ends_goes_on_from_where_it_stopped() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", "1");
        var cache = await start(o => o);
        server.CutWatches();
        server.Put("t", "u", "2");
        await sim.UntilAsync(() => cache.Get(new("a", "t"))!.Value == "2", Tick);

        Assert.That(server.Lists, Is.EqualTo(1));
        Assert.That(server.Watches, Is.GreaterThan(1));
    });

    [Test]
    public void After_a_compaction_missed_changes_and_deletions_are_made_up_for() => Run(async (server, start, sim) =>
    {
        server.Put("kept", "u1", "1");
        server.Put("gone", "u2");
        server.Put("reborn", "u3");
        var deleted = new List<string>();
        var cache = await start(o => o, c => { if (c.New is null) deleted.Add(c.Old!.Metadata.Name); });
        server.Silent = true;
        server.Put("kept", "u1", "2");
        server.Delete("gone");
        server.Delete("reborn");
        server.Put("reborn", "u4");
        server.Compacted = server.Version;
        server.Silent = false;
        server.WatchErrors.Enqueue(ScriptedServer.Error(ApiErrorKind.Gone, 410));
        server.CutWatches();
        await sim.UntilAsync(() => server.Lists == 2, Tick);
        await Task.Delay(Tick, sim.Time);

        Assert.That(cache.Get(new("a", "kept"))!.Value, Is.EqualTo("2"));
        Assert.That(cache.Get(new("a", "gone")), Is.Null);
        Assert.That(cache.Get(new("a", "reborn"))!.Metadata.Uid, Is.EqualTo("u4"));
        Assert.That(deleted, Is.EqualTo(new[] { "gone" }));
    });

    [Test]
    public void An_event_the_server_lost_is_made_up_for_by_the_next_list() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", "1");
        server.Put("gone", "v");
        var cache = await start(o => o);
        server.Put("t", "u", "2", tell: false);
        server.Delete("gone", tell: false);
        await Task.Delay(TimeSpan.FromMinutes(2), sim.Time);
        Assert.That(cache.Get(new("a", "t"))!.Value, Is.EqualTo("1"), "the event was meant to be lost");

        server.WatchErrors.Enqueue(ScriptedServer.Error(ApiErrorKind.Gone, 410));
        server.CutWatches();
        await sim.UntilAsync(() => cache.Get(new("a", "t"))!.Value == "2", Tick);

        Assert.That(cache.Get(new("a", "gone")), Is.Null);
    });

    [Test]
    public void A_dead_watch_is_noticed_by_its_silence() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", "1");
        var cache = await start(o => o);
        server.Silent = true;
        server.Put("t", "u", "2");
        await Task.Delay(TimeSpan.FromSeconds(89), sim.Time);
        Assert.That(server.Watches, Is.EqualTo(1));
        await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
        Assert.That(server.Watches, Is.EqualTo(2), "watches that were begun, before anything but the silence tells that the first is dead");
        server.Silent = false;
        server.CutWatches();
        await sim.UntilAsync(() => cache.Get(new("a", "t"))!.Value == "2", Tick);

        Assert.That(server.Watches, Is.GreaterThan(1));
        Assert.That(server.Lists, Is.EqualTo(1));
    });

    [Test]
    public void A_server_in_trouble_is_asked_less_and_less_often() => Run(async (server, start, sim) =>
    {
        var cache = await start(o => o);
        for (var i = 0; i < 1000; i++)
            server.WatchErrors.Enqueue(ScriptedServer.Error(ApiErrorKind.ServerError, 500));
        server.CutWatches();
        await Task.Delay(TimeSpan.FromMinutes(10), sim.Time);

        Assert.That(server.Watches, Is.InRange(10, 40));
        Assert.That(cache.HasSynced);
    });

    [Test]
    public void After_an_own_write_an_older_event_is_ignored() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", "1");
        var cache = await start(o => o);
        server.Silent = true;
        server.Put("t", "u", "2");
        var written = server.Put("t", "u", "3");
        cache.Observe(written);
        var changes = new List<string>();
        ((Informer<Thing>)cache).Subscribe(c => changes.Add(c.New!.Value));
        server.Silent = false;
        server.Put("other", "v", "x");
        await sim.UntilAsync(() => cache.Get(new("a", "other")) is not null, Tick);

        Assert.That(cache.Get(new("a", "t"))!.Value, Is.EqualTo("3"));
        Assert.That(changes, Is.EqualTo(new[] { "3", "x" }), "the replay on subscribing, then nothing of the older states");
    });

    [Test]
    public void A_deleted_object_is_not_resurrected_by_a_late_event() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", "1");
        var cache = await start(o => o);
        server.Silent = true;
        server.Put("t", "u", "2");
        server.Delete("t");
        cache.ObserveDeleted(new("a", "t"), "u");
        var returned = 0;
        ((Informer<Thing>)cache).Subscribe(_ => returned++);
        server.Silent = false;
        server.Put("other", "v");
        await sim.UntilAsync(() => cache.Get(new("a", "other")) is not null, Tick);
        Assert.That(cache.Get(new("a", "t")), Is.Null);
        Assert.That(returned, Is.EqualTo(1), "only the other object");

        server.Put("t", "u2", "new");
        await sim.UntilAsync(() => cache.Get(new("a", "t")) is not null, Tick);
        Assert.That(cache.Get(new("a", "t"))!.Value, Is.EqualTo("new"));
    });

    /// <summary>A deletion that waits for a finalizer is answered with the object; that may come in after the watch told its end.</summary>
    [Test]
    public void A_deleted_object_is_not_resurrected_by_the_late_answer_to_its_deletion() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u");
        var cache = await start(o => o);
        server.Delete("t");
        await sim.UntilAsync(() => cache.Get(new("a", "t")) is null, Tick);
        cache.Observe(Thing.Of("t", "u", server.Version - 1));
        cache.Observe(Thing.Of("t", "u", server.Version + 1));

        Assert.That(cache.Get(new("a", "t")), Is.Null);
        server.Put("t", "another");
        await sim.UntilAsync(() => cache.Get(new("a", "t")) is { Metadata.Uid: "another" }, Tick);
    });

    [Test]
    public void A_late_deletion_of_the_former_object_leaves_the_new_one() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", "1");
        var cache = await start(o => o);
        server.Silent = true;
        server.Delete("t");
        cache.Observe(server.Put("t", "u2", "2"));
        server.Silent = false;
        server.Put("other", "v");
        await sim.UntilAsync(() => cache.Get(new("a", "other")) is not null, Tick);

        Assert.That(cache.Get(new("a", "t"))!.Metadata.Uid, Is.EqualTo("u2"));
    });

    [Test]
    public void A_repeated_event_does_not_bring_an_object_back() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", "1");
        var cache = await start(o => o);
        server.Put("t", "u", "2");
        var repeated = Thing.Json("t", "u", server.Version, "2");
        server.Delete("t");
        server.Tell(WatchEventType.Modified, repeated);
        server.Put("other", "v");
        await sim.UntilAsync(() => cache.Get(new("a", "other")) is not null, Tick);

        Assert.That(cache.Get(new("a", "t")), Is.Null);
    });

    [Test]
    public void What_was_written_while_a_list_was_read_outlives_the_list() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", "1");
        var cache = await start(o => o);
        server.AfterPage = () =>
        {
            server.AfterPage = null;
            cache.Observe(server.Put("fresh", "v", "2", tell: false));
        };
        server.WatchErrors.Enqueue(ScriptedServer.Error(ApiErrorKind.Gone, 410));
        server.CutWatches();
        await sim.UntilAsync(() => server.Lists == 2, Tick);
        await Task.Delay(Tick, sim.Time);

        Assert.That(cache.Get(new("a", "fresh")), Is.Not.Null);
    });

    [Test]
    public void A_server_restored_from_a_backup_is_believed() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", "1");
        server.Put("deleted", "v");
        var cache = await start(o => o);
        var backup = server.BackUp();
        for (var i = 2; i < 20; i++)
            server.Put("t", "u", $"{i}");
        server.Put("new", "w");
        server.Delete("deleted");
        cache.ObserveDeleted(new("a", "deleted"), "v");
        await sim.UntilAsync(() => cache.Get(new("a", "new")) is not null, Tick);

        server.Restore(backup);
        await sim.UntilAsync(() => cache.Get(new("a", "t"))!.Value == "1", Tick);
        Assert.That(cache.Get(new("a", "new")), Is.Null);
        Assert.That(cache.Get(new("a", "deleted")), Is.Not.Null);

        server.Put("t", "u", "after");
        await sim.UntilAsync(() => cache.Get(new("a", "t"))!.Value == "after", Tick);
    });

    [Test]
    public void A_list_of_a_server_that_lags_behind_is_not_believed() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u", "1");
        var backup = server.BackUp();
        server.Put("t", "u", "2");
        server.Put("other", "v");
        var changes = 0;
        var cache = await start(o => o, _ => changes++);
        server.ListOnceFrom(backup);
        server.WatchErrors.Enqueue(ScriptedServer.Error(ApiErrorKind.Gone, 410));
        server.CutWatches();
        await sim.UntilAsync(() => server.Lists == 3, Tick);
        await Task.Delay(Tick, sim.Time);

        Assert.That(cache.List(), Has.Count.EqualTo(2));
        Assert.That(changes, Is.EqualTo(2), "those of the first list");
    });

    [Test]
    public void An_absent_optional_api_counts_as_synced_and_is_found_when_it_appears() => Run(async (server, start, sim) =>
    {
        server.Served = false;
        var cache = await start(o => o with { Optional = true });
        Assert.That(cache.IsServed, Is.False);
        Assert.That(cache.List(), Is.Empty);

        server.Served = true;
        server.Put("t", "u");
        var before = sim.Time.Elapsed;
        await sim.UntilAsync(() => cache.IsServed, Tick);

        Assert.That(sim.Time.Elapsed - before, Is.LessThan(TimeSpan.FromSeconds(91)));
        Assert.That(cache.List(), Has.Count.EqualTo(1));
    });

    [Test]
    public void An_optional_api_that_goes_away_takes_its_objects_along() => Run(async (server, start, sim) =>
    {
        server.Put("t", "u");
        var gone = 0;
        var cache = await start(o => o with { Optional = true }, c => gone += c.New is null ? 1 : 0);
        server.Served = false;
        server.WatchErrors.Enqueue(ScriptedServer.Error(ApiErrorKind.NotFound, 404));
        server.CutWatches();
        await sim.UntilAsync(() => !cache.IsServed, Tick);

        Assert.That(gone, Is.EqualTo(1));
        Assert.That(cache.List(), Is.Empty);
    });

    [TestCase("10", "9", true)]
    [TestCase("9", "10", false)]
    [TestCase("10", "10", false)]
    [TestCase("18446744073709551617", "18446744073709551616", true)]
    [TestCase("opaque-a", "opaque-b", true)]
    [TestCase("opaque-a", "opaque-a", false)]
    public void Versions_are_compared_as_numbers(string candidate, string known, bool newer) =>
        Assert.That(ResourceVersions.IsNewer(candidate, known), Is.EqualTo(newer));

    private static IEnumerable<string> Names(IEnumerable<Thing> things) => things.Select(t => t.Metadata.Name).Order();

    private delegate Task<ICache<Thing>> Start(Func<InformerOptions<Thing>, InformerOptions<Thing>> change, Action<CacheChange<Thing>>? onChange = null);

    private static void Run(Func<ScriptedServer, Start, Simulation, Task> body)
    {
        var sim = new Simulation();
        var server = new ScriptedServer(sim.Time);
        sim.Run(
            async () =>
            {
                using var stop = new CancellationTokenSource();
                var running = Task.CompletedTask;
                await body(
                    server,
                    async (change, onChange) =>
                    {
                        var options = change(new InformerOptions<Thing> { Type = Thing.Resource, Decode = Thing.Decode });
                        var informer = new Informer<Thing>(options, server, sim.Time, new Random(1), NullLogger<Informer<Thing>>.Instance);
                        if (onChange is not null)
                            informer.Subscribe(onChange);
                        running = informer.RunAsync(stop.Token);
                        await informer.SyncedAsync(stop.Token);
                        return informer;
                    },
                    sim);
                await StopAsync(stop, running);
            },
            TimeSpan.FromHours(1));
    }

    private static Task StopAsync(CancellationTokenSource stop, Task running)
    {
        stop.Cancel();
        return running;
    }
}
