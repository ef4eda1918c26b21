using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Unit.Controllers;

[TestFixture]
[Category("Unit")]
public sealed class LeaderElectionTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    [Test]
    public void One_of_two_leads_and_keeps_leading() => Run(async (world, sim) =>
    {
        var a = world.Replica("a");
        await sim.UntilAsync(() => a.Election.IsLeader, Tick);
        var b = world.Replica("b");
        for (var i = 0; i < 600; i++)
        {
            await Task.Delay(Tick, sim.Time);
            Assert.That((a.Election.IsLeader, b.Election.IsLeader), Is.EqualTo((true, false)));
        }

        Assert.That(a.Election.Term!.Number, Is.EqualTo(1));
    });

    [Test]
    public void A_release_hands_over_at_once() => Run(async (world, sim) =>
    {
        var a = world.Replica("a");
        await sim.UntilAsync(() => a.Election.IsLeader, Tick);
        var b = world.Replica("b");
        await Task.Delay(TimeSpan.FromSeconds(5), sim.Time);
        var lost = a.Election.Term!.Lost;
        await world.ReleaseAsync(a);
        Assert.That(lost.IsCancellationRequested);
        Assert.That(a.Client.Dropped, Is.Zero, "every write has ended");
        Assert.That(world.Store.Holder, Is.Empty);
        var released = sim.Time.Elapsed;
        await sim.UntilAsync(() => b.Election.IsLeader, Tick);

        Assert.That(sim.Time.Elapsed - released, Is.LessThan(TimeSpan.FromSeconds(3)));
        Assert.That(world.Store.Transitions, Is.EqualTo(1));
    });

    [Test]
    public void A_leader_that_is_cut_off_stops_writing_before_another_leads([Values(0, 300, -300)] int clockError) => Run(async (world, sim) =>
    {
        var a = world.Replica("a");
        await sim.UntilAsync(() => a.Election.IsLeader, Tick);
        var b = world.Replica("b", TimeSpan.FromSeconds(clockError));
        await Task.Delay(TimeSpan.FromSeconds(30), sim.Time);
        a.Client.Cut = true;
        var cut = sim.Time.Elapsed;
        var lastOfA = TimeSpan.Zero;
        while (!b.Election.IsLeader)
        {
            if ((await a.WriteAsync()).Succeeded)
                lastOfA = sim.Time.Elapsed;
            Assert.That((await b.WriteAsync()).Error?.Kind, Is.EqualTo(ApiErrorKind.NotLeader));
            await Task.Delay(Tick, sim.Time);
        }

        var took = sim.Time.Elapsed;
        Assert.That(lastOfA, Is.GreaterThan(cut), "a cut from the lease alone must not stop writes at once");
        Assert.That(took - lastOfA, Is.GreaterThan(TimeSpan.FromSeconds(4)), "margin between the last write of the old leader and the new one");
        Assert.That(took - cut, Is.LessThan(TimeSpan.FromSeconds(20)));
        Assert.That(a.Election.IsLeader, Is.False);
        Assert.That(a.Client.Dropped, Is.EqualTo(1), "nothing that the network holds back may arrive later");
        Assert.That((await a.WriteAsync()).Error?.Kind, Is.EqualTo(ApiErrorKind.NotLeader));
    });

    [Test]
    public void A_wrong_clock_takes_no_lease_that_is_renewed([Values(300, -300)] int clockError) => Run(async (world, sim) =>
    {
        var a = world.Replica("a");
        await sim.UntilAsync(() => a.Election.IsLeader, Tick);
        var b = world.Replica("b", TimeSpan.FromSeconds(clockError));
        for (var i = 0; i < 600; i++)
        {
            await Task.Delay(Tick, sim.Time);
            Assert.That(b.Election.IsLeader, Is.False);
        }

        Assert.That(a.Election.Term!.Number, Is.EqualTo(1));
    });

    [Test]
    public void A_write_on_its_way_is_cut_off_when_the_right_ends() => Run(async (world, sim) =>
    {
        var a = world.Replica("a");
        await sim.UntilAsync(() => a.Election.IsLeader, Tick);
        await Task.Delay(TimeSpan.FromSeconds(30), sim.Time);
        a.Client.Cut = true;
        a.Writes.Hang = true;
        var began = sim.Time.Elapsed;
        var result = await a.WriteAsync();

        Assert.That(result.Error?.Kind, Is.EqualTo(ApiErrorKind.Unreachable));
        Assert.That(sim.Time.Elapsed - began, Is.InRange(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(10)));
    });

    /// <summary>Another counts from when the renewal came to the server, which is not after the answer left it.</summary>
    [Test]
    public void The_right_to_write_counts_from_when_a_renewal_was_sent() => Run(async (world, sim) =>
    {
        var a = world.Replica("a");
        a.Client.AnswersAfter = TimeSpan.FromSeconds(3);
        await sim.UntilAsync(() => a.Election.IsLeader, Tick);
        await Task.Delay(TimeSpan.FromSeconds(30), sim.Time);
        a.Client.Cut = true;
        await sim.UntilAsync(() => !a.Election.IsLeader, Tick);

        Assert.That(sim.Time.Elapsed - a.Client.LastHandled, Is.LessThanOrEqualTo(TimeSpan.FromSeconds(10) + Tick));
    });

    [Test]
    public void A_long_write_outlives_renewals() => Run(async (world, sim) =>
    {
        var a = world.Replica("a");
        await sim.UntilAsync(() => a.Election.IsLeader, Tick);
        a.Writes.Takes = TimeSpan.FromSeconds(40);

        Assert.That((await a.WriteAsync()).Succeeded);
    });

    [Test]
    public void A_renewal_whose_answer_is_lost_costs_nothing() => Run(async (world, sim) =>
    {
        var a = world.Replica("a");
        await sim.UntilAsync(() => a.Election.IsLeader, Tick);
        a.Client.LoseAnswers = 1;
        await Task.Delay(TimeSpan.FromMinutes(1), sim.Time);

        Assert.That(a.Client.LoseAnswers, Is.Zero);
        Assert.That(a.Election.Term?.Number, Is.EqualTo(1));
    });

    [Test]
    public void A_leader_that_was_cut_off_leads_again_in_a_new_term() => Run(async (world, sim) =>
    {
        var a = world.Replica("a");
        await sim.UntilAsync(() => a.Election.IsLeader, Tick);
        var first = a.Election.Term!;
        a.Client.Cut = true;
        await sim.UntilAsync(() => !a.Election.IsLeader, Tick);
        a.Client.Cut = false;
        var second = await a.Election.WaitAsync(CancellationToken.None);

        Assert.That(first.Lost.IsCancellationRequested);
        Assert.That(second.Number, Is.EqualTo(2));
        Assert.That(second.Lost.IsCancellationRequested, Is.False);
    });

    [Test]
    public void A_lease_that_someone_deleted_is_made_anew() => Run(async (world, sim) =>
    {
        var a = world.Replica("a");
        await sim.UntilAsync(() => a.Election.IsLeader, Tick);
        world.Store.Lease = null;
        await Task.Delay(TimeSpan.FromSeconds(6), sim.Time);

        Assert.That(world.Store.Holder, Is.EqualTo("a"));
        Assert.That(a.Election.IsLeader);
    });

    [Test]
    public void Reads_pass_the_fence() => Run(async (world, _) =>
    {
        var b = world.Replica("b", join: false);
        var read = await b.Fenced.GetAsync(LeaseRecord.Type, new("ns", "any"), CancellationToken.None);

        Assert.That(read.Succeeded);
        Assert.That((await b.WriteAsync()).Error?.Kind, Is.EqualTo(ApiErrorKind.NotLeader));
    });

    [Test]
    public void Times_that_leave_no_margin_are_refused() =>
        Assert.Throws<ArgumentException>(() => new LeaderElectionOptions { Lease = new("n", "l"), Identity = "i", RenewDeadline = TimeSpan.FromSeconds(15) }.Validate());

    private static void Run(Func<World, Simulation, Task> body)
    {
        var sim = new Simulation();
        sim.Run(
            async () =>
            {
                var world = new World(sim.Time);
                await body(world, sim);
                await world.StopAsync();
            },
            TimeSpan.FromHours(1));
    }

    private sealed class World(VirtualTime time)
    {
        private readonly List<(Replica Replica, CancellationTokenSource Stop, Task Running)> _replicas = [];

        public LeaseStore Store { get; } = new();

        public Replica Replica(string identity, TimeSpan clockError = default, bool join = true)
        {
            var clock = new WrongClock(time, clockError);
            var client = new LeaseClient(Store, time);
            var options = new LeaderElectionOptions { Lease = new("ns", "lease"), Identity = identity };
            var election = new LeaderElection(options, client, clock, new Random(identity[0]), NullLogger<LeaderElection>.Instance);
            var writes = new SlowWrites(time);
            var replica = new Replica(election, client, writes, new FencedClient(writes, election));
            var stop = new CancellationTokenSource();
            _replicas.Add((replica, stop, join ? election.RunAsync(stop.Token) : Task.CompletedTask));
            return replica;
        }

        public async Task ReleaseAsync(Replica replica)
        {
            var (_, stop, running) = _replicas.Single(r => r.Replica == replica);
            Stop(stop);
            await running;
            await replica.Election.ReleaseAsync(CancellationToken.None);
        }

        public async Task StopAsync()
        {
            foreach (var (replica, stop, running) in _replicas)
            {
                Stop(stop);
                await running;
                replica.Election.Dispose();
                stop.Dispose();
            }
        }

        private static void Stop(CancellationTokenSource stop) => stop.Cancel();
    }

    private sealed record Replica(LeaderElection Election, LeaseClient Client, SlowWrites Writes, FencedClient Fenced)
    {
        public Task<ApiResult<JsonObject>> WriteAsync() =>
            Fenced.CreateAsync(LeaseRecord.Type, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "x" } }, CancellationToken.None);
    }

    private sealed class LeaseStore
    {
        private int _version;

        public JsonObject? Lease { get; set; }

        public string Holder => (string?)Lease?["spec"]?["holderIdentity"] ?? "";

        public int Transitions => (int?)Lease?["spec"]?["leaseTransitions"] ?? -1;

        public ApiResult<JsonObject> Handle(ApiRequest request)
        {
            var current = (string?)Lease?["metadata"]?["resourceVersion"];
            switch (request.Verb)
            {
                case ApiVerb.Get:
                    return Lease is null ? Fail(ApiErrorKind.NotFound) : new(Lease);
                case ApiVerb.Create when Lease is not null:
                    return Fail(ApiErrorKind.AlreadyExists);
                case ApiVerb.Update when Lease is null:
                    return Fail(ApiErrorKind.NotFound);
                case ApiVerb.Update when (string?)request.Body!["metadata"]!["resourceVersion"] != current:
                    return Fail(ApiErrorKind.Conflict);
                default:
                    Lease = (JsonObject)request.Body!.DeepClone();
                    Lease["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
                    return new(Lease);
            }
        }

        private static ApiResult<JsonObject> Fail(ApiErrorKind kind) => new(new ApiError(kind, 0, $"{kind}", $"{kind}"));
    }

    private sealed class LeaseClient(LeaseStore store, VirtualTime time) : FakeClient
    {
        public bool Cut { get; set; }

        public int LoseAnswers { get; set; }

        /// <summary>How long the answer of a request that was handled is on its way.</summary>
        public TimeSpan AnswersAfter { get; set; }

        /// <summary>When the server carried out the last write.</summary>
        public TimeSpan LastHandled { get; private set; }

        public int Dropped { get; private set; }

        public override void DropConnections() => Dropped++;

        protected override async Task<ApiResult<JsonObject>> HandleAsync(ApiRequest request, CancellationToken cancel)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancel);
            if (Cut)
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancel);
            var result = store.Handle(request);
            if (request.Verb is not ApiVerb.Get && result.Succeeded)
                LastHandled = time.Elapsed;
            await Task.Delay(AnswersAfter, time, cancel);
            if (LoseAnswers == 0 || request.Verb is ApiVerb.Get)
                return result;
            LoseAnswers--;
            return new(new ApiError(ApiErrorKind.Unreachable, 0, "", "the answer was lost"));
        }
    }

    private sealed class SlowWrites(TimeProvider time) : FakeClient
    {
        public bool Hang { get; set; }

        public TimeSpan Takes { get; set; } = TimeSpan.FromMilliseconds(1);

        protected override async Task<ApiResult<JsonObject>> HandleAsync(ApiRequest request, CancellationToken cancel)
        {
            await Task.Delay(Hang ? Timeout.InfiniteTimeSpan : Takes, time, cancel);
            return new(new JsonObject());
        }
    }

    private sealed class WrongClock(TimeProvider time, TimeSpan error) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + error;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }
}
