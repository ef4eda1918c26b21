using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;

namespace KubeDb.Tests.Machine.Schedules;

/// <summary>What goes wrong in a schedule, with the process of an operator that leads at that moment.</summary>
internal static class Faults
{
    private static readonly Dictionary<string, Action<TestWorld, Operator, OperatorProcess, int>> All = new()
    {
        ["kill"] = (_, _, p, _) => p.Kill(),
        ["kill-before-write"] = (_, _, p, n) => AtWrite(p, n, Fault.KilledBefore),
        ["kill-after-write"] = (_, _, p, n) => AtWrite(p, n, Fault.KilledAfter),
        ["lost"] = (_, _, p, n) => p.Connection.Faults.On(_ => true, Fault.LostBefore, n),
        ["answer-lost"] = (_, _, p, n) => p.Connection.Faults.On(IsWrite, Fault.LostAnswer, n),
        ["conflict"] = (_, _, p, n) => p.Connection.Faults.On(IsWrite, Fault.Conflict, n),
        ["server-error"] = (_, _, p, n) => p.Connection.Faults.On(_ => true, Fault.ServerError, n),
        ["throttled"] = (_, _, p, n) => p.Connection.Faults.On(_ => true, Fault.Throttled(TimeSpan.FromSeconds(2)), n),
        ["gone"] = (_, _, p, n) => p.Connection.Faults.On(e => e.Verb == "list", Fault.Gone, n),
        ["slow"] = (_, _, p, n) => p.Connection.Faults.On(_ => true, Fault.Slow(TimeSpan.FromSeconds(3)), n),
        ["stale"] = (w, _, p, n) => p.Connection.Faults.On(e => e.Does is RequestKind.Read && TestWorld.IsNoLease(e), Fault.Stale(w.Server.Version - (5 * n)), n),
        ["cut"] = (_, _, p, n) => p.Connection.Faults.OnEvent(_ => true, WatchFaultKind.Cut, default, n),
        ["ended"] = (_, _, p, n) => p.Connection.Faults.OnEvent(_ => true, WatchFaultKind.End, default, n),
        ["expired"] = (_, _, p, n) => p.Connection.Faults.OnEvent(_ => true, WatchFaultKind.Gone, default, n),
        ["repeated"] = (_, _, p, n) => p.Connection.Faults.OnEvent(_ => true, WatchFaultKind.Repeat, default, 5 * n),
        ["late"] = (_, _, p, n) => p.Connection.Faults.OnEvent(_ => true, WatchFaultKind.Delay, TimeSpan.FromSeconds(n), n),
        ["missed"] = (_, _, p, n) => p.Connection.Faults.OnEvent(_ => true, WatchFaultKind.Drop, default, n),
        ["partition"] = (w, _, p, n) => Partition(w, p, TimeSpan.FromSeconds(4 * n)),
        ["usurped"] = (w, o, p, n) =>
        {
            if (o.Alive.Count() < 2)
                o.Start();
            Partition(w, p, TimeSpan.FromSeconds(15 + (3 * n)));
        },
        ["deposed"] = (w, o, p, n) =>
        {
            if (o.Alive.Count() < 2)
                o.Start();
            var end = w.Now + TimeSpan.FromSeconds(8 * n);
            p.Connection.Faults.On(e => !TestWorld.IsNoLease(e) && w.Now < end, Fault.LostBefore, int.MaxValue);
        },
        ["events-stalled"] = (_, _, p, n) => p.Connection.Faults.On(e => IsWrite(e) && e.Type.Plural == "events", Fault.ServerError, n),
        ["clock"] = (_, _, p, n) => p.Clock.Error = TimeSpan.FromMinutes(n % 2 == 0 ? n : -n),
        ["compact"] = (w, _, _, _) => w.Server.Compact(),
        ["servers-mute"] = (w, _, _, n) => Mute(w, TimeSpan.FromSeconds(2 * n)),
    };

    /// <summary>Names of all faults.</summary>
    public static IReadOnlyList<string> Names => [.. All.Keys];

    /// <summary>Lets it happen; nothing when no process of the operator runs.</summary>
    public static void Strike(TestWorld world, Happening happening)
    {
        var target = happening.Who == "ops" ? world.Ops : world.Provisioner;
        if ((target.Leader ?? target.Alive.LastOrDefault()) is { } process)
            All[happening.What](world, target, process, happening.Number);
    }

    /// <summary>Ends all faults; what was missed is listed anew.</summary>
    public static void End(TestWorld world)
    {
        foreach (var process in world.Provisioner.Alive.Concat(world.Ops.Alive))
        {
            process.Connection.Faults.Clear();
            process.Connection.Faults.Expire();
        }
    }

    private static bool IsWrite(JournalEntry entry) => entry.Does is RequestKind.Write;

    private static void AtWrite(OperatorProcess process, int number, Fault fault)
    {
        var count = 0;
        process.Connection.Faults.On(e => IsWrite(e) && ++count == number, fault);
    }

    private static void Partition(TestWorld world, OperatorProcess process, TimeSpan time)
    {
        process.Connection.Faults.Partitioned = true;
        world.Server.After(time, () => process.Connection.Faults.Partitioned = false);
    }

    private static void Mute(TestWorld world, TimeSpan time)
    {
        var servers = world.Redis.Running.ToList();
        servers.ForEach(s => s.Answers = false);
        world.Server.After(time, () => servers.ForEach(s => s.Answers = world.Redis.Running.Contains(s)));
    }
}
