using System.Diagnostics;
using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Unit.Controllers;

[TestFixture]
[Category("Unit")]
public sealed class ControllerTests
{
    private static readonly ObjectKey A = new("n", "a");
    private static readonly ObjectKey B = new("n", "b");

    [Test]
    public void Keys_run_in_parallel_but_one_key_never_twice_at_a_time() => Run(async (rig, sim) =>
    {
        var running = new HashSet<ObjectKey>();
        var most = 0;
        var calls = 0;
        rig.Start(
            async (key, cancel) =>
            {
                Assert.That(running.Add(key), "two workers on one key");
                most = Math.Max(most, running.Count);
                calls++;
                await Task.Delay(TimeSpan.FromSeconds(1), sim.Time, cancel);
                running.Remove(key);
                return Outcome.Done;
            });
        for (var i = 0; i < 50; i++)
        {
            rig.Queue.Add(A);
            rig.Queue.Add(B);
            await Task.Delay(TimeSpan.FromMilliseconds(100), sim.Time);
        }

        Assert.That(most, Is.EqualTo(2));
        Assert.That(calls, Is.InRange(8, 12));
    });

    [Test]
    public void A_wait_looks_again_after_its_time() => Run(async (rig, sim) =>
    {
        var at = new List<double>();
        rig.Start((_, _) =>
        {
            at.Add(sim.Time.Elapsed.TotalSeconds);
            return Task.FromResult(at.Count < 3 ? Outcome.Wait("Thing", "waits", TimeSpan.FromSeconds(10)) : Outcome.Done);
        });
        rig.Queue.Add(A);
        await Task.Delay(TimeSpan.FromMinutes(1), sim.Time);

        Assert.That(at, Is.EqualTo(new double[] { 0, 10, 20 }));
    });

    [Test]
    public void A_fault_is_tried_again_and_ends_nothing() => Run(async (rig, sim) =>
    {
        var calls = 0;
        rig.Start((_, _) => ++calls < 5 ? throw new InvalidOperationException("broken") : Task.FromResult(Outcome.Done));
        rig.Queue.Add(A);
        await Task.Delay(TimeSpan.FromMinutes(1), sim.Time);

        Assert.That(calls, Is.EqualTo(5));
        Assert.That(rig.Log.Lines.Count(l => l.Level is LogLevel.Error), Is.EqualTo(4));
    });

    [Test]
    public void A_namespace_that_goes_is_left_alone_quietly() => Run(async (rig, sim) =>
    {
        var calls = 0;
        rig.Start((_, _) =>
        {
            calls++;
            throw new ApiException(new ApiError(ApiErrorKind.Forbidden, 403, ApiError.NamespaceTerminating, "because it is being terminated"));
        });
        rig.Queue.Add(A);
        await Task.Delay(TimeSpan.FromMinutes(5), sim.Time);

        Assert.That(calls, Is.EqualTo(1));
        Assert.That(rig.Log.Lines.Where(l => l.Level >= LogLevel.Warning), Is.Empty);
    });

    [Test]
    public void A_conflict_is_tried_again_quietly() => Run(async (rig, sim) =>
    {
        var calls = 0;
        rig.Start((_, _) => ++calls < 3
            ? throw new ApiException(new ApiError(ApiErrorKind.Conflict, 409, "Conflict", "the object has been modified"))
            : Task.FromResult(Outcome.Done));
        rig.Queue.Add(A);
        await Task.Delay(TimeSpan.FromMinutes(1), sim.Time);

        Assert.That(calls, Is.EqualTo(3));
        Assert.That(rig.Log.Lines.Where(l => l.Level >= LogLevel.Warning), Is.Empty);
    });

    [Test]
    public void A_reconcile_that_hangs_is_cancelled_and_tried_again() => Run(async (rig, sim) =>
    {
        var calls = 0;
        rig.Start(async (_, cancel) =>
        {
            if (++calls == 1)
                await Task.Delay(Timeout.InfiniteTimeSpan, sim.Time, cancel);
            return Outcome.Done;
        });
        rig.Queue.Add(A);
        await Task.Delay(TimeSpan.FromSeconds(119), sim.Time);
        Assert.That(calls, Is.EqualTo(1));
        await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);

        Assert.That(calls, Is.EqualTo(2));
    });

    [Test]
    public void Workers_act_only_while_leading_and_a_lost_term_cancels_them() => Run(async (rig, sim) =>
    {
        var begun = 0;
        var cancelled = 0;
        using var leading = new ManualLeadership();
        rig.Start(
            async (_, cancel) =>
            {
                begun++;
                await using var told = cancel.Register(() => cancelled++);
                await Task.Delay(TimeSpan.FromSeconds(60), sim.Time, cancel);
                return Outcome.Done;
            },
            leading);
        rig.Queue.Add(A);
        await Task.Delay(TimeSpan.FromSeconds(5), sim.Time);
        Assert.That(begun, Is.Zero);

        leading.Begin();
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        Assert.That(begun, Is.EqualTo(1));

        leading.End();
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        Assert.That((begun, cancelled), Is.EqualTo((1, 1)));

        leading.Begin();
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        Assert.That(begun, Is.EqualTo(2), "what was cancelled is done in the next term");
    });

    [Test]
    public void Work_begins_when_the_last_informer_has_its_list_and_not_later() => Run(async (rig, sim) =>
    {
        var server = new ScriptedServer(sim.Time);
        var options = new InformerOptions<Thing> { Type = Thing.Resource, Decode = Thing.Decode };
        var informers = Enumerable.Range(0, 2).Select(_ => new Informer<Thing>(options, server, sim.Time, new Random(1), NullLogger<Informer<Thing>>.Instance)).ToList();
        using var stop = new CancellationTokenSource();
        var began = new List<TimeSpan>();
        rig.Start(
            (_, _) =>
            {
                began.Add(sim.Time.Elapsed);
                return Task.FromResult(Outcome.Done);
            },
            needs: informers);
        rig.Queue.Add(A);
        var running = new List<Task> { informers[1].RunAsync(stop.Token) };
        await Task.Delay(TimeSpan.FromMilliseconds(1234), sim.Time);
        Assert.That(began, Is.Empty);
        running.Add(informers[0].RunAsync(stop.Token));
        await Task.Delay(TimeSpan.FromSeconds(5), sim.Time);
        stop.Cancel();
        await Task.WhenAll(running);

        Assert.That(began, Is.EqualTo(new[] { TimeSpan.FromMilliseconds(1234) }));
    });

    [Test]
    public void A_stop_before_the_informers_have_synced_ends_it_without_work() => Run(async (rig, sim) =>
    {
        var never = new Informer<Thing>(
            new InformerOptions<Thing> { Type = Thing.Resource, Decode = Thing.Decode }, new ScriptedServer(sim.Time), sim.Time, new Random(1), NullLogger<Informer<Thing>>.Instance);
        var calls = 0;
        rig.Start(
            (_, _) =>
            {
                calls++;
                return Task.FromResult(Outcome.Done);
            },
            needs: [never]);
        rig.Queue.Add(A);
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        await rig.StopAsync();

        Assert.That((calls, sim.Time.Elapsed), Is.EqualTo((0, TimeSpan.FromSeconds(1))));
    });

    [Test]
    public void A_stop_lets_a_reconcile_finish_but_not_for_ever() => Run(async (rig, sim) =>
    {
        var ended = new List<string>();
        rig.Start(async (key, cancel) =>
        {
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(key == A ? 5 : 3600), sim.Time, cancel);
                ended.Add(key.Name + " finished");
            }
            catch (OperationCanceledException)
            {
                ended.Add(key.Name + " cancelled");
                throw;
            }

            return Outcome.Done;
        });
        rig.Queue.Add(A);
        rig.Queue.Add(B);
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        await rig.StopAsync();

        Assert.That(ended, Is.EqualTo(new[] { "a finished", "b cancelled" }));
        Assert.That(sim.Time.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(11)));
    });

    [Test]
    public void Every_reconcile_is_a_span_and_its_log_lines_name_object_and_number() => Run(async (rig, sim) =>
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == Instruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = a =>
            {
                if (a.OperationName == "reconcile test")
                    spans.Add(a);
            },
        };
        ActivitySource.AddActivityListener(listener);
        rig.Start((_, _) => Task.FromResult(Outcome.Fail("Bad", "it is bad")));
        rig.Queue.Add(A);
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);

        Assert.That(spans.Single().GetTagItem("object"), Is.EqualTo("n/a"));
        Assert.That(spans.Single().GetTagItem("result"), Is.EqualTo("fail"));
        Assert.That(rig.Log.Lines.Single(l => l.Level is LogLevel.Warning).Scope, Is.EqualTo("test n/a #1"));
    });

    private static void Run(Func<Rig, Simulation, Task> body)
    {
        var sim = new Simulation();
        sim.Run(
            async () =>
            {
                using var rig = new Rig(sim.Time);
                await body(rig, sim);
                await rig.StopAsync();
            },
            TimeSpan.FromHours(3));
    }

    private sealed class Rig(TimeProvider time) : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task _running = Task.CompletedTask;

        public WorkQueue Queue { get; } = new(new WorkQueueOptions { Name = "test" }, time);

        public RecordingLogger<Controller> Log { get; } = new();

        public void Start(
            Func<ObjectKey, CancellationToken, Task<Outcome>> reconcile, ILeadership? leadership = null, IReadOnlyList<IInformer>? needs = null)
        {
            var options = new ControllerOptions { Workers = 3, Needs = needs ?? [] };
            _running = new Controller(new Reconciler(reconcile), Queue, leadership ?? new AlwaysLeading(), options, time, Log).RunAsync(_stop.Token);
        }

        public Task StopAsync()
        {
            _stop.Cancel();
            return _running;
        }

        public void Dispose()
        {
            _stop.Dispose();
            Queue.Dispose();
        }
    }

    private sealed class Reconciler(Func<ObjectKey, CancellationToken, Task<Outcome>> reconcile) : IReconciler
    {
        public string Name => "test";

        public Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel) => reconcile(key, cancel);
    }
}
