using KubeDb.Api.Controllers;
using KubeDb.Tests.Support;
using Nito.AsyncEx;

namespace KubeDb.Tests.Unit.Controllers;

[TestFixture]
[Category("Unit")]
public sealed class AsyncEventsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>With the event's own wait the caller resumes by way of another thread, while the clock has moved on.</summary>
    [Test]
    public void Who_waits_for_an_event_acts_before_the_clock_moves_on() => Run(async sim =>
    {
        using var cancel = new CancellationTokenSource();
        var signal = new AsyncManualResetEvent();
        var waiters = Enumerable.Range(0, 3).Select(_ => ResumedAtAsync(signal, sim, cancel.Token)).ToList();
        await Task.Delay(Second, sim.Time);
        signal.Set();
        await Task.Delay(10 * Second, sim.Time);

        Assert.That(await Task.WhenAll(waiters), Is.All.EqualTo(Second));
    });

    [Test]
    public void An_event_that_is_set_is_not_waited_for() => Run(async sim =>
    {
        var signal = new AsyncManualResetEvent(set: true);

        Assert.That(await ResumedAtAsync(signal, sim, CancellationToken.None), Is.EqualTo(TimeSpan.Zero));
    });

    [TestCase(false)]
    [TestCase(true)]
    public void A_wait_that_is_cancelled_ends_at_once(bool set) => Run(async sim =>
    {
        using var cancel = new CancellationTokenSource();
        var signal = new AsyncManualResetEvent(set);
        if (set)
            cancel.Cancel();
        var wait = signal.UntilSetAsync(cancel.Token);
        await Task.Delay(Second, sim.Time);
        cancel.Cancel();
        await Task.Delay(Second, sim.Time);

        Assert.That(wait.IsCanceled);
    });

    private static async Task<TimeSpan> ResumedAtAsync(AsyncManualResetEvent signal, Simulation sim, CancellationToken cancel)
    {
        await signal.UntilSetAsync(cancel);
        return sim.Time.Elapsed;
    }

    private static void Run(Func<Simulation, Task> body)
    {
        var sim = new Simulation();
        sim.Run(() => body(sim), TimeSpan.FromMinutes(1));
    }
}
