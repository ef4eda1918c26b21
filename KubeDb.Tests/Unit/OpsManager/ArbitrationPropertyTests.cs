using FsCheck;
using FsCheck.Fluent;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Queue;
using static KubeDb.Tests.Unit.OpsManager.QueueCases;

namespace KubeDb.Tests.Unit.OpsManager;

/// <summary>What holds of arbitration for any requests.</summary>
[TestFixture]
[Category("Unit")]
public sealed class ArbitrationPropertyTests
{
    private static readonly string[] Waiting = ["", "Pending", "Approved"];

    [Test]
    public void The_order_in_which_requests_are_seen_does_not_matter() => ForAll(c =>
        Text(Settle(c.Facts, c.Find)) == Text(Settle(c.Facts with { Requests = [.. c.Facts.Requests.Reverse()] }, c.Find)));

    [Test]
    public void Every_request_that_waits_has_one_place() => ForAll(c =>
    {
        var decision = Settle(c.Facts, c.Find);
        var places = Places(decision).CountBy(r => r.Metadata.Name).ToList();
        var expected = c.Facts.Requests.Where(IsWaiting).Select(r => r.Metadata.Name);
        return places.All(p => p.Value == 1) && (decision.Merge is not null || expected.All(name => places.Any(p => p.Key == name)));
    });

    [Test]
    public void What_has_ended_or_is_not_ours_to_start_has_none() => ForAll(c =>
        Places(Settle(c.Facts, c.Find)).All(r => r.Status.Phase is "" or "Pending" or "Approved" or "Progressing"));

    [Test]
    public void Whatever_can_not_start_blocks_nothing_that_can() => ForAll(c =>
    {
        var decision = Settle(c.Facts, c.Find);
        var anyRuns = c.Facts.Requests.Any(r => r.Status.Phase == "Progressing");
        var startable = c.Facts.Requests.Any(r => IsWaiting(r) && CanStart(r, c) && c.Find(r).Kind == FindingKind.Sound);
        return anyRuns || !startable || decision.Run is not null || decision.Merge is not null;
    });

    [Test]
    public void Nothing_is_skipped_or_merged_but_for_what_can_start_and_is_sound() => ForAll(c =>
    {
        var decision = Settle(c.Facts, c.Find);
        var merged = decision.Merge?.Sources ?? [];
        return merged.All(s => CanStart(s, c) && c.Find(s).Kind == FindingKind.Sound)
            && merged.Select(s => (s.Apply, s.Configuration?.Restart)).Distinct().Count() <= 1
            && decision.Skips.All(s => CanStart(s.Request, c) && c.Facts.Requests.Any(r =>
                s.Message.Contains($"demo/{r.Metadata.Name} ", StringComparison.Ordinal) && r.Type == s.Request.Type && CanStart(r, c) && c.Find(r).Kind == FindingKind.Sound
                && Arbitration.OldestFirst.Compare(s.Request, r) < 0));
    });

    [Test]
    public void Played_to_the_end_the_good_ones_take_effect_as_if_one_after_the_other_oldest_first() => ForAll(c =>
    {
        var requests = c.Facts.Requests.Where(r => r.Status.Phase is "" or "Pending" or "Approved").Select(r => (RedisOpsRequest)r).ToList();
        var ready = c with { Facts = c.Facts with { Database = Ready, Requests = requests } };
        var (effects, skipped) = Play(ready);
        var expected = requests.Order(Arbitration.OldestFirst)
            .Where(r => IsWaiting(r) && !AcceptedGeneration.IsEdited(r) && c.Find(r).Kind == FindingKind.Sound && !skipped.Contains(r.Metadata.Name))
            .ToList();

        // A Restart changes nothing, so when it comes does not matter.
        return effects.Where(e => !IsRestart(e)).SequenceEqual(expected.Where(r => r.Type != "Restart").Select(r => r.Metadata.Name))
            && effects.Where(IsRestart).SequenceEqual(expected.Where(r => r.Type == "Restart").Select(r => r.Metadata.Name));

        bool IsRestart(string name) => requests.Single(r => r.Metadata.Name == name).Spec.Type == "Restart";
    });

    /// <summary>Carries decisions out until nothing can be done any more: names in the order in which they took effect, and those skipped.</summary>
    private static (List<string> Effects, List<string> Skipped) Play(Case c)
    {
        var requests = c.Facts.Requests.ToList();
        var (effects, skipped) = (new List<string>(), new List<string>());
        var contents = requests.ToDictionary(r => r.Metadata.Name, r => (IReadOnlyList<string>)[r.Metadata.Name]);
        for (var turn = 0; turn < 50; turn++)
        {
            var decision = Settle(c.Facts with { Requests = requests }, c.Find);
            requests.RemoveAll(r => decision.Failures.Any(f => f.Request == r) || decision.Skips.Any(s => s.Request == r));
            skipped.AddRange(decision.Skips.Select(s => s.Request.Metadata.Name));
            if (decision.Merge is { } merge)
            {
                var merged = Request($"merged{turn}", "Reconfigure", 100, annotation: MergeRecord.Value(merge.Sources), conditions: Done(OpsConditionTypes.OriginalOpsSkipped));
                var annotations = new Dictionary<string, string>(merged.Metadata.Annotations) { [MergeRecord.PlaceAnnotation] = MergeRecord.Place(merge.Sources) };
                requests.RemoveAll(r => merge.Sources.Contains(r));
                requests.Add(merged with { Metadata = merged.Metadata with { Annotations = annotations }, Spec = ((RedisOpsRequest)merge.Sources[0]).Spec });
                contents[merged.Metadata.Name] = [.. merge.Sources.SelectMany(s => contents[s.Metadata.Name])];
            }
            else if (decision.Run is { } run)
            {
                requests.Remove(run);
                if (c.Find(run).Kind == FindingKind.Sound)
                    effects.AddRange(contents[run.Metadata.Name]);
            }
            else if (decision.Failures.Count + decision.Skips.Count == 0)
            {
                return (effects, skipped);
            }
        }

        throw new AssertionException("The queue does not end.");
    }

    private static IEnumerable<IOpsRequest> Places(Decision d) =>
        [.. d.Failures.Select(f => f.Request), .. d.Skips.Select(s => s.Request), .. d.Merge?.Sources ?? [], .. d.Waits.Select(w => w.Request), .. d.Run is null ? [] : new[] { d.Run }];

    private static string Text(Decision d) => string.Join(
        '\n',
        $"run {d.Run?.Metadata.Name}",
        $"merge {string.Join(',', d.Merge?.Sources.Select(s => s.Metadata.Name) ?? [])}",
        string.Join('\n', d.Failures.Concat(d.Skips).Concat(d.Waits).Select(v => $"{v.Request.Metadata.Name} {v.Reason} {v.Message}").Order(StringComparer.Ordinal)));

    private static bool IsWaiting(IOpsRequest r) => Waiting.Contains(r.Status.Phase) && !r.Metadata.IsDeleting;

    private static bool CanStart(IOpsRequest r, Case c) =>
        !c.Facts.Database.IsHalted && (r.Apply == "Always" || c.Facts.Database.Phase == "Ready") && !AcceptedGeneration.IsEdited(r)
        && c.Facts.Findings.GetValueOrDefault(r.Metadata.Uid) is not { Kind: FindingKind.Waits };

    private static void ForAll(Func<Case, bool> holds) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Cases.ToArbitrary(), holds));

    private static Gen<RedisOpsRequest> Requests =>
        from type in Gen.Elements("Restart", "Reconfigure", "Reconfigure", "Reconfigure", "VerticalScaling", "Unheard")
        from second in Gen.Choose(0, 4)
        from phase in Gen.Elements("", "Pending", "Pending", "Pending", "Pending", "Approved", "WaitingForApproval", "Successful", "Skipped")
        from always in Gen.Elements(true, false)
        from restart in Gen.Elements("auto", "auto", "false")
        from edited in Gen.Elements(false, false, false, false, true)
        from deleting in Gen.Elements(false, false, false, false, true)
        let request = Request("r", type, second, phase, always ? "Always" : null)
        select request with
        {
            Metadata = request.Metadata with { Generation = edited ? 3 : 1, DeletionTimestamp = deleting ? Start : null },
            Spec = request.Spec with { Configuration = new RedisReconfigure { Restart = restart } },
            Status = request.Status with { ObservedGeneration = phase.Length == 0 ? 0 : 1 },
        };

    private static Gen<Case> Cases =>
        from count in Gen.Choose(0, 8)
        from requests in Requests.ListOf(count)
        from running in Gen.Elements(-1, -1, 0, 1)
        from findings in Gen.Elements(FindingKind.Sound, FindingKind.Sound, FindingKind.Sound, FindingKind.Broken).ListOf(count)
        from held in Gen.Elements(false, false, false, true).ListOf(count)
        from phase in Gen.Elements("Ready", "Ready", "Critical")
        from halted in Gen.Elements(false, false, false, false, true)
        from most in Gen.Choose(1, 5)
        let named = requests.Select((r, i) => r with
        {
            Metadata = r.Metadata with { Name = $"r{(i * 5) % 8}", Uid = $"uid-r{(i * 5) % 8}" },
            Status = r.Status with { Phase = i == running ? "Progressing" : r.Status.Phase },
        }).ToList()
        select new Case(
            Facts(Ready with { Phase = phase, IsHalted = halted }, [.. named]) with
            {
                Merge = sources => sources.Count <= most ? [] : null,
                Findings = named.Where((_, i) => held[i]).ToDictionary(r => r.Metadata.Uid, _ => new Finding(FindingKind.Waits, "NotYet", "Not yet.")),
            },
            named.Select((r, i) => (r.Metadata.Uid, Finding: new Finding(findings[i], "Bad", "Bad."))).ToDictionary(f => f.Uid, f => f.Finding));

    /// <summary>Facts, and what a check of each request would find.</summary>
    private sealed record Case(QueueFacts Facts, IReadOnlyDictionary<string, Finding> Checked)
    {
        public Finding Find(IOpsRequest request) =>
            Facts.Findings.GetValueOrDefault(request.Metadata.Uid) ?? Checked.GetValueOrDefault(request.Metadata.Uid) ?? new Finding(FindingKind.Sound);

        public override string ToString() =>
            $"{Facts.Database.Phase} halted {Facts.Database.IsHalted}: "
            + string.Join("; ", Facts.Requests.Select(r => $"{r.Metadata.Name} {r.Type} {r.Metadata.CreationTimestamp:ss} {r.Status.Phase} {r.Apply} {r.Configuration?.Restart} gen {r.Metadata.Generation}{(r.Metadata.IsDeleting ? " deleting" : "")} {Find(r).Kind}"));
    }
}
