using System.Diagnostics;

namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>Something happens to a replica of an operator in mid-operation.</summary>
[TestFixture]
public sealed class OperatorFaultTests : FaultTest
{
    /// <summary>How long three undisturbed operations take, in seconds: random points lie within.</summary>
    private const double Course = 8;

    [Test]
    public async Task The_OpsManager_is_killed_at_random_points()
    {
        await using var operations = await BeginAsync();
        await KillAsync(Operators.OpsManager, operations);
        await LetGoAsync();
        await KillAsync(Operators.OpsManager, operations);
        await EndsWellAsync(operations);
    }

    [Test]
    public async Task The_Provisioner_is_killed_while_it_provisions_and_while_operations_run()
    {
        await using var operations = await BeginAsync();
        await Apply(Redis("fresh", more: "deletionPolicy: WipeOut"));
        await KillAsync(Operators.Provisioner, operations);
        await EndsWellAsync(operations);
        await WaitForPhase("fresh", "Ready");
        var pod = (await Pod("fresh-0"))!;
        Assert.Multiple(async () =>
        {
            Assert.That(pod.Status.ContainerStatuses[0].RestartCount, Is.Zero);
            Assert.That(await RedisCli("fresh-0", "set", "greeting", "hello"), Is.EqualTo("OK"));
        });
        await KubectlHere("delete", "rd/fresh", "--timeout=60s");
    }

    [Test]
    public async Task Both_leaders_are_replaced_by_a_rollout()
    {
        await using var operations = await BeginAsync();
        await AtRandom(Course);
        Told($"rollout at {await WhereAsync(operations)}");
        foreach (var name in (string[])[Operators.OpsManager, Operators.Provisioner])
            (await Operators.KubectlAsync("rollout", "restart", $"deployment/{name}")).OrFail();
        await Operators.SettledAsync();
        await EndsWellAsync(operations);
    }

    [Test]
    public Task A_leader_that_is_cut_off_writes_nothing_once_another_leads() =>
        TakeOverAsync(static r => ["cut", r.Address], static r => ["heal", r.Address], endsWhileAway: true);

    /// <summary>
    /// As a node that hangs does it: no code of the process runs meanwhile, and all of it goes on where it stood. Given back as soon as another
    /// leads, for later the kubelet replaces what does not answer its probes.
    /// </summary>
    [Test]
    public Task A_leader_that_stood_still_writes_nothing_when_it_goes_on() =>
        TakeOverAsync(static r => ["kill", r.Container, "STOP"], static r => ["kill", r.Container, "CONT"], endsWhileAway: false);

    private async Task TakeOverAsync(Func<Replica, string[]> takeAway, Func<Replica, string[]> giveBack, bool endsWhileAway)
    {
        await using var operations = await BeginAsync();
        var old = new List<(string Name, Replica Replica)>();
        foreach (var name in (string[])[Operators.OpsManager, Operators.Provisioner])
            old.Add((name, await Operators.LeaderAsync(name)));
        await WhenAsync(operations, FaultStage.Restarted, "Restart");
        try
        {
            foreach (var (_, replica) in old)
                await HackCluster.RunAsync(takeAway(replica));
            var where = await WhereAsync(operations);
            Told($"taken away at {where}");
            Assert.That(where, Does.Contain($"{operations.Request(FaultStage.Restarted)}=Progressing"));
            foreach (var (name, replica) in old)
                Told($"{name}: {replica.Pod} → {(await Operators.LeaderAfterAsync(name, replica)).Pod}");
            if (endsWhileAway)
                await EndsWellAsync(operations);
        }
        finally
        {
            foreach (var (_, replica) in old)
                await HackCluster.RunAsync(giveBack(replica));
        }

        var back = DateTimeOffset.UtcNow;
        Told("given back");
        foreach (var (name, replica) in old)
            await Eventually(() => Task.FromResult(LeaseReads(name, replica, back) > 1), $"{replica.Pod} stands by", TimeSpan.FromMinutes(1));
        if (!endsWhileAway)
            await EndsWellAsync(operations);
        foreach (var (name, replica) in old)
            OneWroteAfterTheOther(name, replica, operations.Began);
    }

    [Test]
    public async Task Watches_are_reset_again_and_again()
    {
        await using var operations = await BeginAsync();
        for (var reset = 0; reset < 4; reset++)
        {
            await AtRandom(Course / 4);
            foreach (var name in (string[])[Operators.OpsManager, Operators.Provisioner])
            {
                foreach (var replica in await Operators.ReplicasAsync(name))
                    await HackCluster.RunAsync("reset", replica.Address);
            }
        }

        await EndsWellAsync(operations);
    }

    private async Task KillAsync(string name, Operations operations)
    {
        await AtRandom(Course);
        var leader = await Operators.LeaderAsync(name);
        Told($"{leader.Pod} killed at {await WhereAsync(operations)}");
        await HackCluster.RunAsync("kill", leader.Container);
        var clock = Stopwatch.StartNew();
        Told($"{(await Operators.LeaderAfterAsync(name, leader)).Pod} leads after {clock.Elapsed.TotalSeconds:F1} s");
    }

    private static int LeaseReads(string name, Replica replica, DateTimeOffset since) =>
        HackCluster.CallsOf(name, since).Count(c => c is { Verb: "get", Resource: "leases", Succeeded: true } && c.Address == replica.Address && c.Name == name);

    private static void OneWroteAfterTheOther(string name, Replica old, DateTimeOffset since)
    {
        var writes = HackCluster.CallsOf(name, since).Where(c => c.IsWrite).ToList();
        var first = writes.Where(c => c.Address != old.Address && c.Succeeded).MinBy(c => c.Received);
        Assert.That(first, Is.Not.Null, $"{name}: the other replica took over");
        var late = writes.Where(c => c.Address == old.Address && c.Ended > first!.Received).ToList();
        Assert.That(late, Is.Empty, $"{name}: writes of the old leader after {first}");
    }
}
