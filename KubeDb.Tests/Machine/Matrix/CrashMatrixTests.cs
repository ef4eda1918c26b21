using KubeDb.Tests.Support.World;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>
/// Each scenario is played once unharmed, to count the writes of both operators; then once per write of each, killed before it and killed after
/// it, and started again; and with another replica taking over. The end must be the same, nothing may have happened twice, nothing may be told
/// over and over, and the log may hold no error.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.All)]
public sealed class CrashMatrixTests
{
    private static int _kills;
    private static int _places;

    /// <summary>Of the writes, one in so many is tried with a successor from another replica.</summary>
    private const int TakeOverEvery = 5;

    /// <summary>Of the writes of events, which nothing depends on, one in so many is tried.</summary>
    private const int EventsEvery = 3;

    /// <summary>Kills tried in each scenario: as many as the fast layer has time for, unless the environment says how many, or <c>all</c>.</summary>
    private static int Most(Scenario scenario) => Environment.GetEnvironmentVariable("KUBEDB_KILLS") switch
    {
        "all" => int.MaxValue,
        { Length: > 0 } count => int.Parse(count, System.Globalization.CultureInfo.InvariantCulture),
        _ => Math.Max(1, 6 / scenario.Cost),
    };

    internal static IEnumerable<Scenario> Scenarios => [.. ProvisioningScenarios.All, .. OperationScenarios.All, .. LedgerScenarios.All, .. ZooKeeperScenarios.All, .. TlsScenarios.All, .. ZooKeeperTlsScenarios.All, .. KafkaScenarios.All, .. KafkaTlsScenarios.All, .. DruidScenarios.All];

    [OneTimeTearDown]
    public static void Count() => TestContext.Progress.WriteLine($"Crash matrix: {Scenarios.Count()} scenarios, {_kills} kills of {_places}.");

    [TestCaseSource(nameof(Scenarios))]
    public void Killed_before_or_after_any_write_it_ends_the_same(object scenario)
    {
        var subject = (Scenario)scenario;
        var prepared = subject.Prepare();
        var unharmed = TakenSteps.Record(subject, prepared);
        Assert.That(string.Join('\n', unharmed.Wrongs), Is.Empty, unharmed.World.Report);
        var failures = new List<string>();
        foreach (var harm in Chosen(subject, [.. Harms(unharmed.World)]))
        {
            Interlocked.Increment(ref _kills);
            if (Try(subject, prepared, harm, unharmed) is { } failure)
                failures.Add(failure);
            if (failures.Count >= 3)
                break;
        }

        Assert.That(failures, Is.Empty, () => string.Join("\n\n", failures));
    }

    /// <summary>Those that are tried now: evenly spread, from another one on in each scenario.</summary>
    private static IEnumerable<Harm> Chosen(Scenario scenario, IReadOnlyList<Harm> all)
    {
        Interlocked.Add(ref _places, all.Count);
        var step = (int)Math.Ceiling(all.Count / (double)Most(scenario));
        return step < 2 ? all : all.Where((_, i) => i % step == scenario.Name.Sum(c => c) % step);
    }

    private static IEnumerable<Harm> Harms(TestWorld unharmed)
    {
        foreach (var who in new Func<TestWorld, Operator>[] { w => w.Provisioner, w => w.Ops })
        {
            var number = 0;
            foreach (var write in who(unharmed).Writes)
            {
                number++;
                if (write.Type.Plural == "events" && number % EventsEvery != 0)
                    continue;
                yield return new Harm(who, number, Before: true, TakenOver: false);
                yield return new Harm(who, number, Before: false, TakenOver: false);
                if (number % TakeOverEvery == 0)
                    yield return new Harm(who, number, Before: number % 2 == 0, TakenOver: true);
            }
        }
    }

    private static string? Try(Scenario scenario, TestWorld prepared, Harm harm, Trial unharmed)
    {
        Trial? harmed = null;
        string wrong;
        try
        {
            harmed = Trial.Play(scenario, prepared, harm);
            wrong = (harm.Hit is null ? "The write was never made." : "")
                + string.Join('\n', harmed.Wrongs)
                + EndState.Difference(unharmed.End, harmed.End)
                + EndState.Difference(unharmed.Effects, harmed.Effects)
                + Storm(scenario, unharmed.Events, harmed.Events);
        }
        catch (Exception e) when (e is AssertionException or TimeoutException)
        {
            wrong = e.Message;
        }

        return wrong.Length == 0
            ? null
            : $"{scenario}, killed {(harm.Before ? "before" : "after")} write {harm.Write}{(harm.TakenOver ? ", taken over" : "")}: {harm.Hit}\n{wrong}\n{harmed?.World.Report()}";
    }

    // A process that starts again may tell again what it does again, once; more often only where one sentence is told of several pods.
    private static string Storm(Scenario scenario, IReadOnlyDictionary<string, long> wanted, IReadOnlyDictionary<string, long> found) =>
        string.Concat(found.Where(f => f.Value > wanted.GetValueOrDefault(f.Key, 1) + scenario.ToldAgain).Select(f => $"\n+ told {f.Value} times: {f.Key}"));
}
