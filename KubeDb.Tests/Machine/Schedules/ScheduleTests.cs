using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace KubeDb.Tests.Machine.Schedules;

/// <summary>
/// Random schedules of users' acts and faults of all kinds. Once the faults end, every request has to end within its deadline and the database
/// has to be Ready; nobody may have written what was not theirs; and a world at rest has to be silent.
/// </summary>
/// <remarks>
/// The seeds are fixed, so that a build does not fail for something that another one let pass. <c>KUBEDB_SCHEDULES</c> tries so many with new
/// seeds instead; <c>KUBEDB_SCHEDULE</c> plays the one schedule that it holds, as a failure prints it.
/// </remarks>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.All)]
public sealed class ScheduleTests
{
    private const int Batches = 4;
    private const int PerBatch = 30;
    private static int _tried;

    private static IEnumerable<ulong> Seeds => Wanted is null
        ? Enumerable.Range(1, Batches).Select(i => (ulong)i)
        : Enumerable.Range(0, Batches).Select(_ => (ulong)Random.Shared.NextInt64());

    private static int? Wanted => int.TryParse(Environment.GetEnvironmentVariable("KUBEDB_SCHEDULES"), CultureInfo.InvariantCulture, out var count) ? count : null;

    [OneTimeTearDown]
    public static void Count() => TestContext.Progress.WriteLine($"Schedules: {_tried} tried.");

    [TestCaseSource(nameof(Seeds))]
    public void Every_schedule_ends_well(ulong seed)
    {
        var config = Config.QuickThrowOnFailure
            .WithStartSize(50)
            .WithEndSize(50)
            .WithMaxTest(Wanted is { } wanted ? Math.Max(1, wanted / Batches) : PerBatch)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed, (seed << 1) | 1), FSharpOption<int>.None)));
        Check.One(config, Prop.ForAll(Arb.From(Any, s => s.Simpler()), (Action<Schedule>)(s => EndsWell(s))));
    }

    /// <summary>Those that once found a fault of the product, and those that show what each invariant is for.</summary>
    [TestCaseSource(nameof(Known))]
    public void A_known_schedule_ends_well(string schedule) => EndsWell(Schedule.Parse(schedule));

    private static IEnumerable<string> Known =>
        Environment.GetEnvironmentVariable("KUBEDB_SCHEDULE") is { Length: > 0 } one
            ? [one]
            :
            [
                "0 restart; 1 usurped ops 4; 30 usurped provisioner 4",
                "0 events-stalled ops 4; 0 deposed ops 6; 0 restart",
                "0 at-start; 0 monitor; 1 delete-service; 2 kill ops 1; 3 kill provisioner 1",
                "0 crash; 1 partition ops 8; 2 live; 8 forget; 20 missed ops 8; 21 missed provisioner 8; 22 restart",
            ];

    private static Gen<Schedule> Any { get; } =
        from acts in Gen.Choose(1, 4).SelectMany(n => Act.ListOf(n))
        from faults in Gen.Choose(1, 8).SelectMany(n => Fault.ListOf(n))
        select new Schedule([.. acts.Concat(faults).OrderBy(h => h.At)]);

    private static Gen<Happening> Act =>
        from at in Gen.Choose(0, Player.Length / 2)
        from what in Gen.Elements<string>(Acts.Names)
        select new Happening(at, what, "", 0);

    private static Gen<Happening> Fault =>
        from at in Gen.Choose(0, Player.Length)
        from what in Gen.Elements<string>(Faults.Names)
        from who in Gen.Elements("ops", "provisioner")
        from number in Gen.Choose(1, 8)
        select new Happening(at, what, who, number);

    private static void EndsWell(Schedule schedule)
    {
        Interlocked.Increment(ref _tried);
        var wrongs = Player.Play(schedule);
        if (wrongs.Count > 0)
            throw new AssertionException($"KUBEDB_SCHEDULE=\"{schedule}\"\n{string.Join('\n', wrongs)}");
    }
}
