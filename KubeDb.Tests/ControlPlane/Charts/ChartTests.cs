using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Unit.Kinds;
using YamlDotNet.RepresentationModel;

namespace KubeDb.Tests.ControlPlane.Charts;

/// <summary>The charts, linted and rendered by the real Helm, and accepted by the real API server.</summary>
[TestFixture]
[Category("ControlPlane")]
public sealed class ChartTests
{
    private static string Charts => Path.Combine(RepositoryFiles.Root, "charts");

    [SetUp]
    public async Task RequireHelm()
    {
        if (Environment.GetEnvironmentVariable("KUBEDB_TEST_KUBECONFIG") is null)
            Assert.Ignore("No cluster: run hack/test control-plane, which brings one up.");
        Assert.That((await Tool.RunAsync("helm", ["version"])).ExitCode, Is.Zero, "helm is on PATH");
    }

    [TestCase("kubedb-crds")]
    [TestCase("kubedb-catalog")]
    [TestCase("kubedb-provisioner")]
    [TestCase("kubedb-ops-manager")]
    public async Task A_chart_passes_the_strict_linter(string chart)
    {
        var lint = await Tool.RunAsync("helm", ["lint", "--strict", Path.Combine(Charts, chart)]);

        Assert.That(lint.ExitCode, Is.Zero, lint.Everything);
    }

    [TestCase("kubedb-provisioner", "replicaCount=-1")]
    [TestCase("kubedb-ops-manager", "replicaCont=2")]
    [TestCase("kubedb-provisioner", "logLevel=loud")]
    [TestCase("kubedb-provisioner", "webhook.port=0")]
    [TestCase("kubedb-catalog", "images.redisExporter=")]
    public async Task A_value_that_makes_no_sense_is_refused(string chart, string value)
    {
        var rendered = await Tool.RunAsync("helm", ["template", "x", Path.Combine(Charts, chart), "--set", value]);

        Assert.That(rendered.ExitCode, Is.Not.Zero, rendered.Output);
    }

    [TestCase("kubedb-provisioner")]
    [TestCase("kubedb-ops-manager")]
    public async Task An_operator_is_restricted_and_can_be_highly_available(string chart)
    {
        var manifests = await Render(chart, "replicaCount=2", "monitoring.agent=prometheus.io/operator");
        var deployment = manifests.Single(m => Text(m, "kind") == "Deployment");
        var pod = deployment["spec"]["template"]["spec"];
        var context = pod["containers"][0]["securityContext"];

        Assert.Multiple(() =>
        {
            Assert.That(Text(deployment["spec"], "replicas"), Is.EqualTo("2"));
            Assert.That(Text(context, "runAsNonRoot"), Is.EqualTo("true"));
            Assert.That(Text(context, "readOnlyRootFilesystem"), Is.EqualTo("true"));
            Assert.That(Text(context, "allowPrivilegeEscalation"), Is.EqualTo("false"));
            Assert.That(((YamlSequenceNode)context["capabilities"]["drop"]).Single().ToString(), Is.EqualTo("ALL"));
            Assert.That(manifests.Select(m => Text(m, "kind")), Has.Member("PodDisruptionBudget").And.Member("ServiceMonitor"));
            Assert.That(Rules(manifests).SelectMany(r => r), Has.None.EqualTo("*"), "no right is given by wildcard");
        });
    }

    /// <summary>The definitions' files name the service of the documented release, so that it is right before any operator has said so.</summary>
    [Test]
    public async Task The_conversion_webhook_has_a_service_where_the_definitions_look_for_it()
    {
        var manifests = await Render("kubedb-provisioner");
        var service = manifests.Single(m => Text(m, "kind") == "Service" && Text(m["metadata"], "name").EndsWith("-webhook", StringComparison.Ordinal));
        var container = manifests.Single(m => Text(m, "kind") == "Deployment")["spec"]["template"]["spec"]["containers"][0];
        var definition = CustomKinds.ObjectOf(await File.ReadAllTextAsync(Path.Combine(RepositoryFiles.Crds, "kubedb.com_redises.yaml")));

        Assert.Multiple(() =>
        {
            Assert.That(Text(service["metadata"], "name"), Is.EqualTo((string?)definition["spec"]!["conversion"]!["webhook"]!["clientConfig"]!["service"]!["name"]));
            Assert.That((Text(service["spec"]["ports"][0], "port"), Text(service["spec"]["ports"][0], "targetPort")), Is.EqualTo(("443", "webhook")));
            Assert.That(((YamlSequenceNode)container["args"]).Select(a => a.ToString()), Has.Member("--webhook-bind-address=:9443").And.Member($"--webhook-service={Text(service["metadata"], "name")}"));
            Assert.That(((YamlSequenceNode)container["ports"]).Select(p => $"{Text(p, "name")} {Text(p, "containerPort")}"), Has.Member("webhook 9443"));
        });
    }

    [Test]
    public async Task Without_the_conversion_webhook_nothing_of_it_is_left()
    {
        var manifests = await Render("kubedb-provisioner", "webhook.enabled=false");
        var container = manifests.Single(m => Text(m, "kind") == "Deployment")["spec"]["template"]["spec"]["containers"][0];

        Assert.Multiple(() =>
        {
            Assert.That(manifests.Where(m => Text(m, "kind") == "Service").Select(m => Text(m["metadata"], "name")), Has.None.EndsWith("-webhook"));
            Assert.That(Rules(manifests).SelectMany(r => r), Has.None.EqualTo("customresourcedefinitions"));
            Assert.That(((YamlSequenceNode)container["args"]).Select(a => a.ToString()), Has.Member("--webhook-bind-address=0"));
        });
    }

    [TestCase("kubedb-provisioner")]
    [TestCase("kubedb-ops-manager")]
    public async Task An_operator_is_told_its_pod_and_its_namespace(string chart)
    {
        var deployment = (await Render(chart)).Single(m => Text(m, "kind") == "Deployment");
        var env = (YamlSequenceNode)deployment["spec"]["template"]["spec"]["containers"][0]["env"];
        var told = env.Where(e => ((YamlMappingNode)e).Children.ContainsKey("valueFrom"))
            .ToDictionary(e => Text(e, "name"), e => Text(e["valueFrom"]["fieldRef"], "fieldPath"));

        Assert.That(told, Is.EqualTo(new Dictionary<string, string> { ["POD_NAME"] = "metadata.name", ["POD_NAMESPACE"] = "metadata.namespace" }));
    }

    [TestCase("kubedb-provisioner")]
    [TestCase("kubedb-ops-manager")]
    public async Task Watching_two_namespaces_gives_rights_in_those_alone(string chart)
    {
        var manifests = await Render(chart, "watchNamespaces={blue,green}");
        var roles = manifests.Where(m => Text(m, "kind") == "Role" && Text(m["metadata"], "name") == $"{chart}").Select(m => Text(m["metadata"], "namespace"));
        var bound = manifests.Where(m => Text(m, "kind") == "RoleBinding" && Text(m["roleRef"], "name") == chart).Select(m => Text(m["metadata"], "namespace"));
        var everywhere = manifests.Where(m => Text(m, "kind") is "ClusterRole" or "ClusterRoleBinding").Select(m => Text(m["metadata"], "name"));

        Assert.That(roles, Is.SupersetOf(new[] { "blue", "green" }));
        Assert.That(bound, Is.SupersetOf(new[] { "blue", "green" }));
        Assert.That(everywhere, Is.All.EndsWith("-cluster"));
    }

    [Test]
    public async Task The_umbrella_renders_and_the_server_accepts_it()
    {
        var umbrella = Path.Combine(Charts, "kubedb");
        (await Tool.RunAsync("helm", ["dependency", "build", umbrella])).OrFail();
        (await Tool.RunAsync("kubectl", ["apply", "--validate=false", "-f", Path.Combine(Charts, "kubedb-crds", "crds")])).OrFail();
        var rendered = (await Tool.RunAsync("helm", ["template", "kubedb", umbrella, "--namespace", "default"])).OrFail();

        var accepted = await Tool.RunAsync("kubectl", ["apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-"], rendered);

        Assert.That(accepted.ExitCode, Is.Zero, accepted.Error);
    }

    private static async Task<IReadOnlyList<YamlNode>> Render(string chart, params string[] values)
    {
        var text = (await Tool.RunAsync("helm", ["template", "kubedb", Path.Combine(Charts, chart), .. values.SelectMany(v => new[] { "--set", v })])).OrFail();
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(d => d.RootNode).Where(n => n is YamlMappingNode { Children.Count: > 0 })];
    }

    private static IEnumerable<IEnumerable<string>> Rules(IEnumerable<YamlNode> manifests) =>
        from manifest in manifests
        where Text(manifest, "kind") is "ClusterRole" or "Role"
        from rule in (YamlSequenceNode)manifest["rules"]
        from part in ((YamlMappingNode)rule).Children.Values
        select ((YamlSequenceNode)part).Select(v => v.ToString());

    private static string Text(YamlNode node, string key) =>
        ((YamlMappingNode)node).Children.TryGetValue(key, out var value) ? value.ToString() : "";
}
