using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Controllers;

[TestFixture]
[Category("Unit")]
public sealed class WorkQueueTests
{
    private static readonly ObjectKey A = new("n", "a");
    private static readonly ObjectKey B = new("n", "b");
    private static readonly ObjectKey C = new("n", "c");

    private readonly VirtualTime _time = new();
    private WorkQueue _queue = null!;

    [SetUp]
    public void SetUp() => _queue = new WorkQueue(new WorkQueueOptions { Name = "test", BackoffCap = TimeSpan.FromSeconds(1) }, _time);

    [TearDown]
    public void TearDown() => _queue.Dispose();

    [Test]
    public void A_key_added_often_is_handed_out_once()
    {
        _queue.Add(A);
        _queue.Add(A);

        Assert.That(Take(), Is.EqualTo(A));
        Assert.That(Take(), Is.Null);
    }

    [Test]
    public void It_is_idle_only_while_nothing_waits_and_nothing_is_worked_on()
    {
        Assert.That(_queue.IsIdle, Is.True);
        _queue.AddAfter(B, TimeSpan.FromHours(1));
        _queue.Add(A);
        Assert.That(_queue.IsIdle, Is.False, "one waits");
        Take();
        Assert.That(_queue.IsIdle, Is.False, "one is worked on");
        _queue.Add(A);
        _queue.Done(A);
        Assert.That(_queue.IsIdle, Is.False, "it comes again");
        Take();
        _queue.Done(A);
        Assert.That(_queue.IsIdle, Is.True, "a delay does not count");
    }

    [Test]
    public void A_key_that_is_worked_on_comes_again_only_after_it_is_done()
    {
        _queue.Add(A);
        Take();
        _queue.Add(A);
        _queue.Add(A);
        Assert.That(Take(), Is.Null, "two workers on one key");

        _queue.Done(A);
        Assert.That(Take(), Is.EqualTo(A));
        _queue.Done(A);
        Assert.That(Take(), Is.Null);
    }

    [Test]
    public void A_fresh_key_overtakes_the_backlog_and_lifts_itself_out_of_it()
    {
        _queue.Add(A, Lane.Backlog);
        _queue.Add(B, Lane.Backlog);
        _queue.Add(C, Lane.Fresh);
        _queue.Add(B, Lane.Fresh);

        Assert.That(_queue.Depth, Is.EqualTo(3));
        Assert.That(new[] { Take(), Take(), Take(), Take() }, Is.EqualTo(new ObjectKey?[] { C, B, A, null }));
        Assert.That(_queue.Depth, Is.Zero);
    }

    [Test]
    public void A_fresh_change_during_the_work_is_fresh_afterwards()
    {
        _queue.Add(A, Lane.Backlog);
        Take();
        _queue.Add(A, Lane.Fresh);
        _queue.Add(A, Lane.Backlog);
        _queue.Add(B, Lane.Backlog);
        _queue.Done(A);

        Assert.That(Take(), Is.EqualTo(A));
    }

    [Test]
    public void A_flood_of_changes_does_not_starve_the_backlog()
    {
        _queue.Add(A, Lane.Backlog);
        for (var i = 0; i < 40; i++)
            _queue.Add(new ObjectKey("n", $"fresh{i}"));
        var taken = Enumerable.Range(0, 20).Select(_ => Take()).ToList();

        Assert.That(taken.IndexOf(A), Is.InRange(10, 19));
    }

    [Test]
    public void Failures_double_the_delay_up_to_the_cap_until_a_success()
    {
        var delays = Enumerable.Range(0, 10).Select(_ => Retry().TotalMilliseconds);
        Assert.That(delays, Is.EqualTo(new double[] { 5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000 }));

        _queue.Forget(A);
        Assert.That(Retry().TotalMilliseconds, Is.EqualTo(5));

        TimeSpan Retry()
        {
            _queue.Add(A);
            Take();
            var delay = _queue.AddWithBackoff(A);
            _queue.Done(A);
            _time.Advance(delay - TimeSpan.FromMilliseconds(1));
            Assert.That(Take(), Is.Null);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.That(Take(), Is.EqualTo(A));
            _queue.Done(A);
            return delay;
        }
    }

    [Test]
    public void The_earlier_of_two_delays_holds_and_work_ends_a_delay()
    {
        _queue.AddAfter(A, TimeSpan.FromSeconds(10));
        _queue.AddAfter(A, TimeSpan.FromSeconds(2));
        _queue.AddAfter(A, TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(Take(), Is.EqualTo(A));
        _queue.Done(A);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(Take(), Is.Null);
    }

    [Test]
    public void A_waiting_worker_gets_the_next_key_and_a_cancelled_one_loses_none()
    {
        using var cancel = new CancellationTokenSource();
        var first = _queue.TakeAsync(cancel.Token);
        var second = _queue.TakeAsync(CancellationToken.None);
        cancel.Cancel();
        _queue.Add(A);

        Assert.That(second.Wait(TimeSpan.FromSeconds(10)));
        Assert.That(second.Result, Is.EqualTo(A));
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());
    }

    private ObjectKey? Take()
    {
        using var cancel = new CancellationTokenSource();
        var take = _queue.TakeAsync(cancel.Token);
        if (take.IsCompletedSuccessfully)
            return take.Result;
        cancel.Cancel();
        return null;
    }
}
