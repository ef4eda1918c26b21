using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Support;

[TestFixture]
[Category("Unit")]
public sealed class SimulationTests
{
    [Test]
    public void Hours_pass_in_order_without_waiting()
    {
        var simulation = new Simulation();
        var order = new List<string>();

        async Task Say(string what, double hours)
        {
            await Task.Delay(TimeSpan.FromHours(hours), simulation.Time);
            order.Add(what);
        }

        simulation.Run(() => Task.WhenAll(Say("third", 3), Say("first", 1), Say("second", 2)), TimeSpan.FromDays(1));

        Assert.That(order, Is.EqualTo(new[] { "first", "second", "third" }));
        Assert.That(simulation.Time.Elapsed, Is.EqualTo(TimeSpan.FromHours(3)));
    }

    [Test]
    public void A_program_that_never_ends_is_reported()
    {
        var simulation = new Simulation();

        Assert.Throws<TimeoutException>(() => simulation.Run(() => new TaskCompletionSource().Task, TimeSpan.FromHours(1)));
    }

    [Test]
    public void A_periodic_timer_ticks_until_disposed()
    {
        var time = new VirtualTime();
        var ticks = 0;
        using (time.CreateTimer(_ => ticks++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)))
            time.Advance(TimeSpan.FromSeconds(6));
        time.Advance(TimeSpan.FromSeconds(6));

        Assert.That(ticks, Is.EqualTo(3));
    }
}
