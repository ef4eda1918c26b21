using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Unit.Kinds;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Blueprints;

/// <summary>What only engines with several groups of pods ask of the builders; the rest is in the golden files.</summary>
[TestFixture, Category("Unit")]
public sealed class BuilderTests
{
    private static readonly Dictionary<string, string> Brokers = new() { ["kubedb.com/role"] = "broker" };

    [TestCase(1, null)]
    [TestCase(2, 1)]
    [TestCase(3, 1)]
    [TestCase(4, 1)]
    [TestCase(5, 2)]
    [TestCase(7, 3)]
    public void A_disruption_budget_leaves_a_majority(int replicas, int? away)
    {
        var budget = PetSetObjects.DisruptionBudget(Describe(), "shop-broker", replicas, Brokers);

        Assert.That((int?)budget?.Manifest["spec"].Number("maxUnavailable"), Is.EqualTo(away));
        if (budget is null)
            return;
        Assert.That((budget.Type, budget.Name, budget.Owner), Is.EqualTo((ResourceTypes.PodDisruptionBudget, "shop-broker", (Api.Kinds.Apps.PetSet.Resource, "shop-broker"))));
        Assert.That(budget.Manifest["spec"]!["selector"]!["matchLabels"].Text("kubedb.com/role"), Is.EqualTo("broker"));
    }

    [Test]
    public void An_old_server_gets_a_budget_of_the_old_version()
    {
        var budget = PetSetObjects.DisruptionBudget(Describe(policyV1: false), "shop", 3)!;
        Assert.That((budget.Type, budget.Manifest.Text("apiVersion")), Is.EqualTo((ResourceTypes.PodDisruptionBudgetV1Beta1, "policy/v1beta1")));
    }

    [Test]
    public void A_group_is_told_from_the_others_by_its_labels()
    {
        var warnings = new List<SpecWarning>();
        var template = new PodTemplate { Spec = Api.Kubernetes.JsonFragment.Parse("""{"containers":[{"name":"kafka","image":"mine"}]}""") };
        var set = PetSetObjects.Describe(
            Describe(),
            new()
            {
                Name = "shop-broker",
                Replicas = 3,
                MainContainer = "kafka",
                Pod = Json.Parse("""{"containers":[{"name":"kafka","image":"ours"}]}"""),
                Template = template,
                TemplatePath = "spec.topology.broker.podTemplate",
                Group = Brokers,
                Claims = [PetSetObjects.Claim("data", null)],
            },
            warnings).Manifest;

        var spec = set["spec"]!;
        foreach (var labels in new[] { set["metadata"]!["labels"], spec["selector"]!["matchLabels"], spec["template"]!["metadata"]!["labels"] })
            Assert.That(labels.Text("kubedb.com/role"), Is.EqualTo("broker"));
        Assert.That((spec.Number("replicas"), spec.Text("serviceName")), Is.EqualTo((3, "shop-pods")));
        Assert.That(spec["template"]!["metadata"]!["annotations"].Text("kubectl.kubernetes.io/default-container"), Is.EqualTo("kafka"));
        Assert.That(warnings.Single().Path, Is.EqualTo("spec.topology.broker.podTemplate.spec.containers[0].image"));
    }

    [Test]
    public void A_service_of_a_role_selects_its_pods_and_renumbers_each_port_by_its_name()
    {
        var d = Describe(""","serviceTemplates":[{"alias":"primary","spec":{"type":"NodePort","ports":[{"name":"b","port":91,"nodePort":30091},{"name":"c","port":1}]}}]""");
        var spec = ServiceObjects.Client(d, "primary", "shop-brokers", [ServiceObjects.Port("a", 80, "a"), ServiceObjects.Port("b", 90, "b")], Brokers)["spec"]!;

        Assert.That(spec["selector"].Text("kubedb.com/role"), Is.EqualTo("broker"));
        Assert.That(spec["ports"]!.AsArray().Select(p => (p.Text("name"), p.Number("port"), p!["nodePort"]?.GetValue<int>())), Is.EqualTo(new (string, long, int?)[] { ("a", 80, null), ("b", 91, 30091) }));
        Assert.That(spec.Text("type"), Is.EqualTo("NodePort"));
    }

    [Test]
    public void What_is_in_no_or_another_namespace_is_beyond_the_database()
    {
        var here = DesiredObject.Of(ResourceTypes.ConfigMap, new k8s.Models.V1ConfigMap { Metadata = new() { Name = "a", NamespaceProperty = "demo" } });
        var elsewhere = DesiredObject.Of(ResourceTypes.ConfigMap, new k8s.Models.V1ConfigMap { Metadata = new() { Name = "a", NamespaceProperty = "other" } });
        var nowhere = DesiredObject.Of(ResourceTypes.Namespace, new k8s.Models.V1ConfigMap { Metadata = new() { Name = "a" } });
        var database = new Api.Kubernetes.ObjectMeta { Namespace = "demo", Name = "shop" };

        Assert.That(new[] { here, elsewhere, nowhere }.Select(o => o.IsBeyond(database)), Is.EqualTo(new[] { false, true, true }));
    }

    private static DatabaseDescription Describe(string more = "", bool policyV1 = true) => new(new DatabaseFacts
    {
        Database = RedisDatabase.Decode(Encoding.UTF8.GetBytes(
            $$$"""{"metadata":{"name":"shop","namespace":"demo","uid":"0-123456"},"spec":{"version":"8.2.2"{{{more}}} } }""")),
        Version = RedisSamples.Version("8.2.2"),
        Offers = new(policyV1, ServiceMonitors: true, CertManager: false),
    });
}
