using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Machine.Engines;

/// <summary>The pause as a lock: one owner, taken and given up by a write that anybody's change in between refuses.</summary>
[TestFixture]
[Category("Machine")]
public sealed class PauseLockTests
{
    private static readonly PauseHolder First = Holder("first"), Second = Holder("second");

    private readonly Simulation _simulation = new();
    private InMemoryApiServer _server = null!;
    private Connection _ops = null!;

    [SetUp]
    public void HaveDatabase()
    {
        _server = new InMemoryApiServer(_simulation.Time);
        _server.Register(CustomKinds.Loose("kubedb.com", "v1", "redises", "Redis"));
        _server.CreateNamespace("demo");
        Write(ApiVerb.Create, """{"apiVersion":"kubedb.com/v1","kind":"Redis","metadata":{"name":"db","namespace":"demo"},"spec":{"version":"8.2.2"}}""");
        _ops = _server.Connect("ops");
    }

    [TearDown]
    public void Disconnect() => _ops.Dispose();

    [Test]
    public void Of_two_requests_one_takes_it_and_keeps_it()
    {
        Assert.That(Acquire(First), Is.EqualTo(PauseEnd.Done));
        Assert.That(Acquire(Second), Is.EqualTo(PauseEnd.HeldByAnother));
        Assert.That(Acquire(First), Is.EqualTo(PauseEnd.Done), "it is held already");
        Assert.That(Pause.Holder(Database.Status), Is.EqualTo(First));
    }

    [Test]
    public void A_request_gives_up_its_own_only()
    {
        Acquire(First);
        Assert.That(Release(Second), Is.EqualTo(PauseEnd.Done), "it holds nothing");
        Assert.That(Pause.Holder(Database.Status), Is.EqualTo(First));
        Assert.That(Release(First), Is.EqualTo(PauseEnd.Done));
        Assert.That(Pause.IsPaused(Database.Status), Is.False);
    }

    [Test]
    public void It_is_not_taken_when_the_database_changed_between_look_and_write()
    {
        var taken = Meanwhile(() => Acquire(First), """{"spec":{"halted":true}}""", null);

        Assert.That(taken, Is.EqualTo(PauseEnd.Conflict));
        Assert.That(Pause.IsPaused(Database.Status), Is.False);
    }

    [Test]
    public void Of_two_that_look_at_the_same_time_one_takes_it()
    {
        var taken = Meanwhile(
            () => Acquire(First),
            $$$"""{"status":{"conditions":[{"type":"Paused","status":"True","reason":"RedisOpsRequest","message":"The database is held by RedisOpsRequest demo/second (uid {{{Second.Uid}}})."}]}}""",
            "status");

        Assert.That(taken, Is.EqualTo(PauseEnd.Conflict));
        Assert.That(Pause.Holder(Database.Status), Is.EqualTo(Second));
    }

    [Test]
    public void Giving_it_up_does_not_undo_what_another_wrote_meanwhile()
    {
        Acquire(First);
        var released = Meanwhile(() => Release(First), """{"status":{"phase":"NotReady"}}""", "status");

        Assert.That(released, Is.EqualTo(PauseEnd.Conflict));
        Assert.That(Release(First), Is.EqualTo(PauseEnd.Done));
        Assert.That(Database.Status.Phase, Is.EqualTo("NotReady"));
    }

    private RedisDatabase Database => RedisDatabase.Decode(Encoding.UTF8.GetBytes(_server.Peek(RedisDatabase.Resource, "demo", "db")!.ToJsonString()));

    private static PauseHolder Holder(string name) => new("RedisOpsRequest", new("demo", name), $"uid-of-{name}");

    private PauseEnd Acquire(PauseHolder holder) => Run(() => Pause.AcquireAsync(_ops, Database, holder, _simulation.Time.GetUtcNow(), default));

    private PauseEnd Release(PauseHolder holder) => Run(() => Pause.ReleaseAsync(_ops, Database, holder.Uid, "kubedb-ops-manager", default));

    private T Run<T>(Func<Task<T>> body) => _simulation.Run(body, TimeSpan.FromMinutes(1));

    /// <summary>Somebody's patch reaches the server while the write is under way.</summary>
    private PauseEnd Meanwhile(Func<PauseEnd> act, string patch, string? subresource)
    {
        _ops.Faults.On(e => e.Write > 0, Fault.Slow(TimeSpan.FromSeconds(2)));
        using var later = _simulation.Time.CreateTimer(
            _ => Write(ApiVerb.MergePatch, patch, subresource), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        return act();
    }

    private void Write(ApiVerb verb, string body, string? subresource = null)
    {
        var request = new ApiRequest
        {
            Verb = verb, Type = RedisDatabase.Resource, Namespace = "demo", Name = verb == ApiVerb.Create ? null : "db", Subresource = subresource, Body = Json.Parse(body),
        };
        Assert.That(_server.Handle(request, "person").Error, Is.Null);
    }
}
