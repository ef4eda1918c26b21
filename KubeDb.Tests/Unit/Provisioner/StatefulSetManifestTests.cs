using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Provisioner.PetSets;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Unit.Provisioner;

[TestFixture]
[Category("Unit")]
public sealed class StatefulSetManifestTests
{
    private static PetSet Set(string more = "", string podSpec = """{"containers":[{"name":"db","image":"db:1","futureField":{"kept":true}}]}""", string claims = "[]") =>
        KindsJson.Decode<PetSet>(Json.Parse(
            $$$"""
              {"metadata":{"name":"cache","namespace":"demo","uid":"u1","labels":{"team":"a"}},
              "spec":{"replicas":2,"serviceName":"cache-pods","selector":{"matchLabels":{"app":"x"}},
              "template":{"metadata":{"labels":{"app":"x"}},"spec":{{{podSpec}}}},"volumeClaimTemplates":{{{claims}}}{{{more}}}}}
              """));

    private static PlacementPolicy Policy(string spec) => KindsJson.Decode<PlacementPolicy>(Json.Parse($$"""{"metadata":{"name":"p"},"spec":{{spec}}}"""));

    [Test]
    public void It_is_the_petset_with_fixed_update_rules_and_owner()
    {
        var manifest = StatefulSetManifest.Build(Set(), null);

        Assert.That(manifest["spec"]!["updateStrategy"].Text("type"), Is.EqualTo("OnDelete"));
        Assert.That(manifest["spec"].Text("podManagementPolicy"), Is.EqualTo("Parallel"));
        Assert.That(manifest["spec"].Number("replicas"), Is.EqualTo(2));
        Assert.That(manifest["metadata"]!["labels"].Text("team"), Is.EqualTo("a"));
        Assert.That(manifest["metadata"]!["ownerReferences"]![0].Text("uid"), Is.EqualTo("u1"));
        var container = manifest.At("spec", "template", "spec")!["containers"]![0]!;
        Assert.That(container["futureField"]!.ToJsonString(), Is.EqualTo("""{"kept":true}"""), "what this code does not know goes through");
    }

    [Test]
    public void Without_a_policy_pods_spread_softly_over_zones_and_nodes()
    {
        var spread = StatefulSetManifest.Build(Set(), null).At("spec", "template", "spec")!["topologySpreadConstraints"].Objects().ToList();

        Assert.That(spread.Select(s => (s.Text("topologyKey"), s.Text("whenUnsatisfiable"))), Is.EqualTo(new[]
        {
            ("topology.kubernetes.io/zone", "ScheduleAnyway"), ("kubernetes.io/hostname", "ScheduleAnyway"),
        }));
        Assert.That(spread[0]["labelSelector"]!.ToJsonString(), Is.EqualTo("""{"matchLabels":{"app":"x"}}"""));
    }

    [Test]
    public void The_users_own_spread_wins_and_hard_rules_hold_in_every_alternative()
    {
        var policy = Policy(
            """
            {"zoneSpreadConstraint":{"maxSkew":2},"nodeSpreadConstraint":{"maxSkew":1,"whenUnsatisfiable":"ScheduleAnyway"},
            "affinity":{"nodeAffinity":[{"topologyKey":"disk","domains":[{"values":["ssd"]},{"values":["nvme"]}]},
            {"topologyKey":"rack","whenUnsatisfiable":"ScheduleAnyway","weight":7,"domains":[{"values":["r1"]}]}]}}
            """);
        var set = Set(podSpec:
            """
            {"containers":[],"topologySpreadConstraints":[{"maxSkew":5,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"DoNotSchedule"}],
            "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"Exists"}]},{}]}}}}
            """);

        var spec = StatefulSetManifest.Build(set, policy).At("spec", "template", "spec")!;

        Assert.That(spec["topologySpreadConstraints"].Objects().Select(s => (s.Text("topologyKey"), s.Number("maxSkew"), s.Text("whenUnsatisfiable"))), Is.EqualTo(new[]
        {
            ("kubernetes.io/hostname", (long?)5, "DoNotSchedule"), ("topology.kubernetes.io/zone", (long?)2, "DoNotSchedule"),
        }));
        var affinity = spec.At("affinity", "nodeAffinity")!;
        var terms = affinity.At("requiredDuringSchedulingIgnoredDuringExecution")!["nodeSelectorTerms"].Objects();
        Assert.That(terms.Select(t => string.Join(',', t["matchExpressions"].Objects().Select(e => e.Text("key")))), Is.EqualTo(new[] { "a,disk", "disk" }));
        var preferred = affinity["preferredDuringSchedulingIgnoredDuringExecution"].Objects().Single();
        Assert.That((preferred.Number("weight"), preferred["preference"]!["matchExpressions"]![0].Text("key")), Is.EqualTo(((long?)7, "rack")));
    }

    [Test]
    public void Only_what_can_not_change_in_place_changes_the_fixed_parts()
    {
        static string Fixed(PetSet set) => StatefulSetManifest.Build(set, null)["metadata"]!["annotations"].Text(StatefulSetManifest.FixedParts);
        const string Claim = """[{"metadata":{"name":"data"},"spec":{"resources":{"requests":{"storage":"1Gi"}}}}]""";
        var before = Fixed(Set(claims: Claim));

        Assert.That(Fixed(Set(claims: Claim, podSpec: """{"containers":[{"name":"other"}]}""", more: ""","minReadySeconds":3""")), Is.EqualTo(before));
        Assert.That(Fixed(Set(claims: Claim.Replace("1Gi", "2Gi", StringComparison.Ordinal))), Is.Not.EqualTo(before));
    }

    [Test]
    public void Fields_of_newer_servers_are_sent_only_when_asked_for()
    {
        var plain = (JsonObject)StatefulSetManifest.Build(Set(more: ""","minReadySeconds":0"""), null)["spec"]!;
        var rich = (JsonObject)StatefulSetManifest.Build(
            Set(more: ""","minReadySeconds":3,"ordinals":{"start":2},"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Delete"}"""), null)["spec"]!;

        Assert.That(new[] { "minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy" }, Has.None.Matches<string>(f => plain.ContainsKey(f!)));
        Assert.That(new[] { "minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy" }, Has.All.Matches<string>(f => rich.ContainsKey(f!)));
    }
}
