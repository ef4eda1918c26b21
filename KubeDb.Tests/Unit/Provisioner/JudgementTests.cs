using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Provisioner.Credentials;
using KubeDb.Provisioner.Databases;
using KubeDb.Provisioner.Health;
using KubeDb.Provisioner.PetSets;

namespace KubeDb.Tests.Unit.Provisioner;

[TestFixture]
[Category("Unit")]
public sealed class JudgementTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [TestCase("Delete", false, "Deleted", "Kept")]
    [TestCase(null, false, "Deleted", "Kept")]
    [TestCase("WipeOut", false, "Deleted", "Deleted")]
    [TestCase("Halt", false, "Kept", "Kept")]
    [TestCase("DoNotTerminate", true, "Kept", "Kept")]
    [TestCase("NeverHeardOf", false, "Kept", "Kept")]
    public void The_deletion_policy_decides_over_data(string? policy, bool refused, string claims, string credential)
    {
        var plan = DeletionPlan.For(policy);

        Assert.That((plan.IsRefused, plan.Claims.ToString(), plan.Credential.ToString()), Is.EqualTo((refused, claims, credential)));
    }

    [TestCase("WipeOut", true, false, false, "Deleted")]
    [TestCase("WipeOut", false, false, false, "Kept")]
    [TestCase("WipeOut", true, true, false, "Kept")]
    [TestCase("WipeOut", true, false, true, "Kept")]
    [TestCase("Delete", true, false, false, "Kept")]
    [TestCase("Halt", true, false, false, "Kept")]
    public void A_credential_goes_only_with_its_last_owner(string policy, bool own, bool external, bool shared, string fate) =>
        Assert.That(DeletionPlan.For(policy).CredentialFate(own, external, shared).ToString(), Is.EqualTo(fate));

    [Test]
    public void Failures_count_only_in_a_row_and_of_one_kind()
    {
        static HealthReport Fails(string label) => new(new HealthFailure(label, "seen", false));
        var judgement = HealthJudgement.Unknown.Next(HealthReport.Healthy, 3);

        foreach (var label in new[] { "ping", "ping", "write", "ping", "ping" })
            judgement = judgement.Next(Fails(label), 3);
        Assert.That(judgement.Verdict, Is.EqualTo(HealthVerdict.Healthy), "no kind failed three times in a row");

        judgement = judgement.Next(Fails("ping"), 3);
        Assert.That(judgement.Verdict, Is.EqualTo(new HealthVerdict(false, false, "ping", "seen")));

        judgement = judgement.Next(HealthReport.Healthy, 3);
        Assert.That(judgement.Verdict, Is.EqualTo(HealthVerdict.Healthy));
    }

    [TestCase("True", "True", true, true, true)]
    [TestCase("False", "True", false, true, true)]
    [TestCase("True", "True", false, true, false)]
    [TestCase("False", "True", false, false, false)]
    [TestCase(null, "False", false, false, false)]
    public void A_verdict_is_news_unless_both_conditions_say_it(string? ready, string accepting, bool isReady, bool accepts, bool told)
    {
        List<Condition> conditions = [new() { Type = ConditionTypes.AcceptingConnection, Status = accepting }];
        if (ready is not null)
            conditions.Add(new() { Type = ConditionTypes.Ready, Status = ready });

        Assert.That(new HealthVerdict(accepts, isReady, "", "").IsToldBy(conditions), Is.EqualTo(told));
    }

    [Test]
    public void The_words_of_a_failure_that_lasts_do_not_change()
    {
        var judgement = HealthJudgement.Unknown;
        for (var i = 0; i < 3; i++)
            judgement = judgement.Next(new(new HealthFailure("ping", $"timed out after {i} ms", false)), 1);

        Assert.That(judgement.Verdict!.Message, Is.EqualTo("timed out after 0 ms"));
    }

    [Test]
    public void Passwords_have_every_class_of_character_and_use_the_whole_alphabet()
    {
        var random = new Random(7);
        var generator = new PasswordGenerator(random.NextBytes);
        var passwords = Enumerable.Range(0, 2000).Select(_ => generator.Next()).ToList();

        Assert.That(passwords, Has.All.Matches<string>(p => p!.Length == 16 && p!.Any(char.IsAsciiLetterUpper) && p!.Any(char.IsAsciiLetterLower) && p!.Any(char.IsAsciiDigit)));
        Assert.That(passwords.Distinct().Count(), Is.EqualTo(passwords.Count));
        var counts = passwords.SelectMany(p => p).GroupBy(c => c).ToDictionary(g => g.Key, g => g.Count());
        Assert.That(counts, Has.Count.EqualTo(62));
        Assert.That(counts.Values.Max(), Is.LessThan(2 * counts.Values.Min()), "no character is favoured");
    }

    [Test]
    public void A_draft_writes_only_its_own_conditions_and_keeps_times_of_what_did_not_change()
    {
        var stored = new DatabaseStatus
        {
            Conditions =
            [
                new Condition { Type = "Paused", Status = "True", LastTransitionTime = Now },
                DatabaseConditions.AllReplicasReady() with { LastTransitionTime = Now },
            ],
        };
        var draft = new DatabaseStatusDraft(stored, Now.AddHours(1).AddMilliseconds(5));

        Assert.That(draft.Set(DatabaseConditions.AllReplicasReady()), Is.False);
        Assert.That(draft.Set(DatabaseConditions.Ready("Redis", new("demo", "cache"), 3)), Is.True);

        var written = KubeDb.Api.Kinds.KindsJson.Decode<DatabaseStatus>(draft.ToJson(3));
        Assert.That(written.Conditions.Select(c => (c.Type, c.LastTransitionTime)), Is.EqualTo(new[] { ("ReplicaReady", Now), ("Ready", Now.AddHours(1)) }));
    }

    [Test]
    public void A_pause_names_its_holder_and_the_answer_names_it_too()
    {
        var holder = new PauseHolder("RedisOpsRequest", new("demo", "restart.v1"), "uid-1");
        var held = new DatabaseStatus
        {
            Conditions = [new Condition { Type = "Paused", Status = "True", Reason = holder.Kind, Message = "The database is held by RedisOpsRequest demo/restart.v1 (uid uid-1)." }],
        };

        Assert.That(Pause.Holder(held), Is.EqualTo(holder));
        var answered = held with { Conditions = [.. held.Conditions, Pause.Acknowledge(held, Now)!] };
        Assert.That(Pause.IsAcknowledged(answered, "uid-1"), Is.True);
        Assert.That(Pause.IsAcknowledged(answered, "uid-2"), Is.False);
        Assert.That(Pause.Acknowledge(DatabaseStatus.None, Now), Is.Null);
    }

    [Test]
    public void A_pause_set_by_hand_counts_although_it_names_nobody()
    {
        var held = new DatabaseStatus { Conditions = [new Condition { Type = "Paused", Status = "True", Message = "maintenance" }] };

        Assert.That((Pause.IsPaused(held), Pause.Holder(held)), Is.EqualTo((true, (PauseHolder?)null)));
        Assert.That(Pause.Acknowledge(held, Now)!.Message, Does.Contain("by hand"));
    }

    [Test]
    public void What_an_old_server_does_not_know_is_left_out_everywhere()
    {
        var tolerance = new SchemaTolerance();
        const string refusal =
            "failed to create typed patch object: errors:\n  .spec.minReadySeconds: field not declared in schema\n"
            + "  .spec.template.spec.containers[name=\"redis\"].resizePolicy: field not declared in schema";
        var manifest = (JsonObject)JsonNode.Parse(
            """{"spec":{"minReadySeconds":3,"replicas":1,"template":{"spec":{"containers":[{"name":"redis","resizePolicy":[]},{"name":"exporter","resizePolicy":[]}]}}}}""")!;

        Assert.That(tolerance.Learn(new ApiError(ApiErrorKind.ServerError, 500, "InternalError", refusal)), Is.True);
        tolerance.Trim(manifest);

        Assert.That(manifest.ToJsonString(), Is.EqualTo("""{"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"redis"},{"name":"exporter"}]}}}}"""));
        Assert.That(tolerance.Learn(new ApiError(ApiErrorKind.ServerError, 500, "InternalError", refusal)), Is.False, "nothing new");
        Assert.That(tolerance.Learn(new ApiError(ApiErrorKind.ServerError, 500, "InternalError", "etcd: no leader")), Is.False);
    }
}
