using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>Something that users do to databases, and that has to come to the same end wherever an operator is killed.</summary>
/// <param name="Name">Its name in the test's output.</param>
/// <param name="Act">What the user does, waiting for what comes of it.</param>
internal sealed record Scenario(string Name, Func<TestWorld, Task> Act)
{
    /// <summary>The operation that it is about, by <c>spec.type</c>; empty for the work of the Provisioner alone.</summary>
    public string Operation { get; init; } = "";

    /// <summary>Lines of the end that may differ, where what is recorded depends on what was seen in time; empty for none.</summary>
    public string Tolerated { get; init; } = "";

    /// <summary>How often a process that starts again may tell one sentence again; more than once where the sentence names no pod.</summary>
    public int ToldAgain { get; init; } = 1;

    /// <summary>It is played in so many times the time of others, and so with so many times fewer kills where the environment does not say how many.</summary>
    public int Cost { get; init; } = 1;

    /// <summary>What is so before; never harmed.</summary>
    public Func<TestWorld, Task> Given { get; init; } = static _ => Task.CompletedTask;

    /// <summary>The world in which it begins: at rest, to be copied for each trial.</summary>
    public TestWorld Prepare()
    {
        var world = new TestWorld();
        world.Play(async () =>
        {
            world.Provisioner.Start();
            world.Ops.Start();
            await world.PassAsync(1);
            await Given(world);
            await world.RestAsync();
        });
        return world;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Where an operator is killed.</summary>
/// <param name="Who">Picks the operator.</param>
/// <param name="Write">At which of its writes since the beginning of the scenario, from 1.</param>
/// <param name="Before">Before the server sees the write; otherwise after it took effect.</param>
/// <param name="TakenOver">Another replica takes over; otherwise the same one is started again.</param>
internal sealed record Harm(Func<TestWorld, Operator> Who, int Write, bool Before, bool TakenOver)
{
    /// <summary>The write that it is killed at, once it was.</summary>
    public JournalEntry? Hit { get; private set; }

    /// <summary>Sets it up.</summary>
    public void Arm(TestWorld world)
    {
        var who = Who(world);
        var victim = who.Leader ?? who.Last;
        who.ComesBack = !TakenOver;
        var count = 0;
        victim.Connection.Faults.On(
            e =>
            {
                if (e.Does is not RequestKind.Write || !TestWorld.IsNoLease(e) || ++count != Write)
                    return false;
                Hit = e;
                return true;
            },
            Before ? Fault.KilledBefore : Fault.KilledAfter);
    }
}

/// <summary>What came of playing a scenario once.</summary>
internal sealed class Trial
{
    // Requests record each step and each pod; nothing else is written as often, unless two writers, or two passes, undo each other's work.
    private const int MostWrites = 100;

    private Trial(TestWorld world, string tolerated)
    {
        World = world;
        End = [.. EndState.Of(world).Where(l => tolerated.Length == 0 || !l.Contains(tolerated, StringComparison.Ordinal))];
        Effects =
        [
            .. world.Seen.PodsMade.Select(p => $"made Pod {p.Name}"),
            .. world.Seen.Made.Select(m => EndState.Normal($"made {m}")),
            .. world.Seen.Gone.Select(g => EndState.Normal($"gone {g}")),
            $"most down {world.Seen.MostDown}",
        ];
        Events = world.Server.PeekAll(ResourceTypes.Event)
            .GroupBy(e => EndState.Normal($"{e["involvedObject"].Text("kind")} {e["involvedObject"].Text("name")} {e.Text("reason")}: {e.Text("message")}"))
            .ToDictionary(g => g.Key, g => g.Sum(e => e.Number("count") ?? 1));
        Wrongs =
        [
            .. world.Guard.Wrongs,
            .. world.Logs.Errors,
            .. world.Seen.ChangedCredentials.Select(c => $"the credential {c} changed"),
            .. world.AllRequests.Where(r => r["metadata"]!["finalizers"].Texts().Count > 0).Select(r => $"{r.Name()} is still held"),
            .. world.Provisioner.Writes.Concat(world.Ops.Writes).Where(w => w.Type.Plural != "events").GroupBy(w => $"{w.Type.Plural} {w.Key} {w.Subresource}")
                .Where(g => g.Count() > MostWrites).Select(g => $"{g.Key} was written {g.Count()} times"),
        ];
        if (world.AllRequests.Any())
            Wrongs = [.. Wrongs, .. world.AllDatabases.Where(d => TestWorld.ConditionOf(d, "Paused") is not null).Select(d => $"{d.Text("kind")} {d.Name()} is still paused")];
    }

    /// <summary>The world at its end.</summary>
    public TestWorld World { get; }

    /// <summary>The end as users see it.</summary>
    public IReadOnlyList<string> End { get; }

    /// <summary>Objects that were made and that went, in no order: nothing happened twice when they are the same.</summary>
    public IReadOnlyList<string> Effects { get; }

    /// <summary>Events by their text, and how often each was told.</summary>
    public IReadOnlyDictionary<string, long> Events { get; }

    /// <summary>What must never be seen, whatever happens.</summary>
    public IReadOnlyList<string> Wrongs { get; }

    /// <summary>Plays a scenario in a copy of its world.</summary>
    public static Trial Play(Scenario scenario, TestWorld prepared, Harm? harm, Action<TestWorld>? before = null)
    {
        var world = new TestWorld(prepared);
        before?.Invoke(world);
        world.Play(async () =>
        {
            world.Provisioner.Start();
            world.Ops.Start();
            if (harm is { TakenOver: true })
                harm.Who(world).Start();
            await world.PassAsync(1);
            if (world.Provisioner.Writes.Concat(world.Ops.Writes).FirstOrDefault() is { } idle)
                throw new AssertionException($"Operators that start into a world at rest write: {idle}");
            harm?.Arm(world);
            await scenario.Act(world);
            await world.RestAsync();
        });
        return new Trial(world, scenario.Tolerated);
    }
}
