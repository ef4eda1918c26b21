using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Unit.Kinds;

[TestFixture]
[Category("Unit")]
public sealed class ConditionTests
{
    private static readonly DateTimeOffset Then = new(2026, 8, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Then.AddMinutes(5);

    // One row of the contract's table each, in order; + is True, - is False.
    [TestCase("", "")]
    [TestCase("+HealthCheckPaused +Halted +Provisioned +Ready", "Unknown")]
    [TestCase("-HealthCheckPaused +Provisioned +Ready", "Ready")]
    [TestCase("+ProvisioningStarted", "Provisioning")]
    [TestCase("+ProvisioningStarted +Halted", "Halted")]
    [TestCase("+Halted +DataRestoreStarted", "Halted")]
    [TestCase("-Halted +ProvisioningStarted", "Provisioning")]
    [TestCase("+ProvisioningStarted +DataRestoreStarted", "DataRestoring")]
    [TestCase("+ProvisioningStarted +DataRestoreStarted +DataRestored", "Provisioning")]
    [TestCase("+ProvisioningStarted +DataRestoreStarted -DataRestored", "NotReady")]
    [TestCase("-DataRestored +Provisioned +Ready", "NotReady")]
    [TestCase("+Provisioned -AcceptingConnection -ReplicaReady -Ready", "NotReady")]
    [TestCase("+ProvisioningStarted -AcceptingConnection", "Provisioning")]
    [TestCase("+Provisioned +AcceptingConnection -ReplicaReady +Ready", "Critical")]
    [TestCase("+ProvisioningStarted -ReplicaReady", "Provisioning")]
    [TestCase("+Provisioned +ReplicaReady -Ready", "Critical")]
    [TestCase("+ProvisioningStarted -Ready", "Provisioning")]
    [TestCase("+Provisioned +Ready", "Ready")]
    [TestCase("+ProvisioningStarted +Ready", "Provisioning")]
    [TestCase("+ProvisioningStarted +Provisioned", "Provisioning")]
    [TestCase("+Provisioned", "")]
    [TestCase("+Paused +Provisioned +Ready +ProvisioningStarted", "Ready")]
    public void The_first_row_that_matches_is_the_phase(string conditions, string phase)
    {
        var list = conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(c => new Condition { Type = c[1..], Status = c[0] == '+' ? "True" : "False" })
            .ToArray();

        Assert.That(PhaseRule.Of(list), Is.EqualTo(phase));
        Assert.That(PhaseRule.Of([.. list.Reverse()]), Is.EqualTo(phase), "The order of conditions does not matter.");
    }

    [Test]
    public void A_write_that_says_nothing_new_changes_nothing()
    {
        IReadOnlyList<Condition> list = [Ready(generation: 2)];

        Assert.That(list.Set(Ready(generation: 2), Now), Is.SameAs(list));
    }

    [TestCase("False", "A", "m", 2)]
    [TestCase("True", "B", "m", 2)]
    [TestCase("True", "A", "other", 2)]
    [TestCase("True", "A", "m", 3)]
    public void Any_other_write_replaces_it_in_its_place_with_a_new_time(string status, string reason, string message, long generation)
    {
        IReadOnlyList<Condition> list = [Ready(2), new Condition { Type = "Other", Status = "True", LastTransitionTime = Then }];
        var written = new Condition { Type = "Ready", Status = status, Reason = reason, Message = message, ObservedGeneration = generation };

        var result = list.Set(written, Now);

        Assert.That(result, Is.EqualTo(new[] { written with { LastTransitionTime = Now }, list[1] }));
        Assert.That(list[0], Is.EqualTo(Ready(2)), "The list given is not changed.");
    }

    [Test]
    public void An_older_observation_never_overwrites_a_newer_one()
    {
        IReadOnlyList<Condition> list = [Ready(generation: 5)];

        Assert.That(list.Set(Ready(generation: 4) with { Status = "False" }, Now), Is.SameAs(list));
        Assert.That(list.Set(Ready(generation: 0) with { Status = "False" }, Now)[0].Status, Is.EqualTo("False"), "Without generation it is current.");
    }

    [Test]
    public void A_new_type_is_added_and_can_be_removed()
    {
        IReadOnlyList<Condition> none = [];

        var one = none.Set(Ready(1), Now);

        Assert.That(one, Has.Count.EqualTo(1));
        Assert.That(one.Remove("Ready"), Is.Empty);
        Assert.That(one.Remove("Paused"), Is.SameAs(one));
    }

    [Test]
    public void The_documented_sentences_are_word_for_word()
    {
        var key = new ObjectKey("demo", "rd");

        Assert.Multiple(() =>
        {
            Assert.That(DatabaseConditions.ProvisioningStarted("Redis", key).Message, Is.EqualTo("The KubeDB operator has started the provisioning of Redis: demo/rd"));
            Assert.That(DatabaseConditions.AllReplicasReady().Message, Is.EqualTo("All desired replicas are ready."));
            Assert.That(DatabaseConditions.SomeReplicasNotReady(key, 1, 0).Message, Is.EqualTo("All desired replicas are not ready. For PetSet: demo/rd desired replicas: 1, ready replicas: 0."));
            Assert.That(DatabaseConditions.PetSetsMissing(3, 1).Message, Is.EqualTo("All PetSets are not available. Desire number of PetSet: 3, Available: 1"));
            Assert.That(DatabaseConditions.AcceptingConnection("Redis", key, "rdClient", 1).Message, Is.EqualTo("The Redis: demo/rd is accepting rdClient requests."));
            Assert.That(DatabaseConditions.Ready("Redis", key, 1).Message, Is.EqualTo("The Redis: demo/rd is ready."));
            Assert.That(DatabaseConditions.Provisioned("Redis", key, 1).Message, Is.EqualTo("The Redis: demo/rd is successfully provisioned."));
            Assert.That(OpsConditionTypes.EvictPodMessage("rd-0", true), Is.EqualTo("evict pod; ConditionStatus:True; PodName:rd-0"));
            Assert.That(OpsConditionTypes.IsPodReadyMessage("rd-0", false), Is.EqualTo("is pod ready; ConditionStatus:False; PodName:rd-0"));
        });
    }

    [Test]
    public void Every_reason_is_explained_once()
    {
        Assert.Multiple(() =>
        {
            foreach (var table in ReasonTables.Types)
            {
                var explained = ReasonTables.Of(table).Select(r => r.Id).ToArray();
                var declared = table.GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetValue(null)!);

                Assert.That(explained, Is.Unique);
                Assert.That(explained, Is.EquivalentTo(declared), table.Name);
                Assert.That(table == typeof(Reasons) ? [] : explained.Intersect(Reasons.All.Select(r => r.Id)), Is.Empty, table.Name);
            }
        });
    }

    private static Condition Ready(long generation) =>
        new() { Type = "Ready", Status = "True", Reason = "A", Message = "m", ObservedGeneration = generation, LastTransitionTime = Then };
}
