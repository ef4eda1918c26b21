using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Kinds;

namespace KubeDb.Tests.ControlPlane.Charts;

/// <summary>
/// What the operators may not do, asked of the real API server, with the roles of the charts in force: one release for all namespaces, one for
/// a single one. What they may do is what the end-to-end tests need (AfterEndToEnd).
/// </summary>
[TestFixture("kubedb-provisioner"), TestFixture("kubedb-ops-manager")]
[Category("ControlPlane")]
public sealed class RightsTests(string chart)
{
    private const string Home = "rights-home", Blue = "rights-blue", Green = "rights-green";

    private string _roles = "";

    [OneTimeSetUp]
    public async Task Install()
    {
        if (Environment.GetEnvironmentVariable("KUBEDB_TEST_KUBECONFIG") is null)
            Assert.Ignore("No cluster: run hack/test control-plane, which brings one up.");
        _roles = await Render("everywhere") + "\n---\n" + await Render("scoped", $"watchNamespaces={{{Blue}}}");
        foreach (var ns in (string[])[Home, Blue, Green])
            (await Tool.RunAsync("kubectl", ["apply", "-f", "-"], $"{{apiVersion: v1, kind: Namespace, metadata: {{name: {ns}}}}}")).OrFail();
        (await Tool.RunAsync("kubectl", ["apply", "-f", "-"], _roles)).OrFail();
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        if (_roles.Length > 0)
            await Tool.RunAsync("kubectl", ["delete", "--ignore-not-found", "--wait=false", "-f", "-"], _roles);
    }

    [TestCase("get", "secrets", Blue, true, true)]
    [TestCase("list", "secrets", Green, true, false)]
    [TestCase("patch", "redises.kubedb.com", Green, true, false)]
    [TestCase("list", "secrets", "", true, false)]
    [TestCase("update", "secrets", Blue, false, false)]
    [TestCase("create", "pods", Blue, false, false)]
    [TestCase("create", "pods/exec", Blue, false, false)]
    [TestCase("create", "pods/portforward", Blue, false, false)]
    [TestCase("create", "serviceaccounts/token", Blue, false, false)]
    [TestCase("impersonate", "users", "", false, false)]
    [TestCase("escalate", "roles.rbac.authorization.k8s.io", Blue, false, false)]
    [TestCase("bind", "roles.rbac.authorization.k8s.io", Blue, false, false)]
    [TestCase("create", "clusterroles.rbac.authorization.k8s.io", "", false, false)]
    [TestCase("create", "clusterrolebindings.rbac.authorization.k8s.io", "", false, false)]
    [TestCase("create", "deployments.apps", Blue, false, false)]
    [TestCase("delete", "namespaces", Blue, false, false)]
    [TestCase("list", "namespaces", "", false, false)]
    [TestCase("list", "nodes", "", false, false)]
    [TestCase("get", "nodes/proxy", "", false, false)]
    [TestCase("get", "configmaps", Blue, false, false)]
    [TestCase("create", "customresourcedefinitions.apiextensions.k8s.io", "", false, false)]
    [TestCase("create", "validatingwebhookconfigurations.admissionregistration.k8s.io", "", false, false)]
    [TestCase("delete", "redises.kubedb.com", Blue, false, false)]
    [TestCase("delete", "redisopsrequests.ops.kubedb.com", Blue, false, false)]
    [TestCase("*", "*", Blue, false, false)]
    public async Task A_right_is_given_or_not(string verb, string resource, string ns, bool everywhere, bool scoped)
    {
        Assert.Multiple(async () =>
        {
            Assert.That(await MayAsync("everywhere", verb, resource, ns), Is.EqualTo(everywhere), "release for all namespaces");
            Assert.That(await MayAsync("scoped", verb, resource, ns), Is.EqualTo(scoped), $"release for {Blue}");
        });
    }

    /// <summary>A lease is written by its own process only; an operator may not take the other's.</summary>
    [Test]
    public async Task The_lease_of_the_other_is_left_alone()
    {
        var other = chart == "kubedb-provisioner" ? "kubedb-ops-manager" : "kubedb-provisioner";
        Assert.That(await MayAsync("everywhere", "update", $"leases.coordination.k8s.io/{chart}", Home), Is.True);
        Assert.That(await MayAsync("everywhere", "update", $"leases.coordination.k8s.io/{other}", Home), Is.False);
    }

    /// <summary>The Provisioner says in the definitions of the kinds that it converts where it is; nothing else of them, and of no other.</summary>
    [TestCase("list", "redises.kubedb.com", true)]
    [TestCase("watch", "redissentinels.kubedb.com", true)]
    [TestCase("patch", "redises.kubedb.com", true)]
    [TestCase("patch", "zookeepers.kubedb.com", false)]
    [TestCase("patch", "petsets.apps.k8s.appscode.com", false)]
    [TestCase("update", "redises.kubedb.com", false)]
    [TestCase("delete", "redises.kubedb.com", false)]
    public async Task Only_definitions_of_converted_kinds_are_changed(string verb, string definition, bool provisioner)
    {
        var expected = provisioner && chart == "kubedb-provisioner";
        foreach (var release in (string[])["everywhere", "scoped"])
            Assert.That(await MayAsync(release, verb, $"customresourcedefinitions.apiextensions.k8s.io/{definition}", ""), Is.EqualTo(expected), release);
    }

    [TestCase("patch", "scoped-provisioner-webhook-cert", true)]
    [TestCase("watch", "scoped-provisioner-webhook-cert", true)]
    [TestCase("get", "other", false)]
    [TestCase("patch", "other", false)]
    [TestCase("delete", "scoped-provisioner-webhook-cert", false)]
    public async Task A_release_for_other_namespaces_has_one_secret_at_home(string verb, string secret, bool provisioner) =>
        Assert.That(await MayAsync("scoped", verb, $"secrets/{secret}", Home), Is.EqualTo(provisioner && chart == "kubedb-provisioner"));

    private async Task<bool> MayAsync(string release, string verb, string resource, string ns)
    {
        string[] scope = ns.Length == 0 ? ["--all-namespaces"] : ["-n", ns];
        var parts = resource.Split('/');
        string[] what = parts.Length == 2 && parts[0] is "leases.coordination.k8s.io" or "customresourcedefinitions.apiextensions.k8s.io" or "secrets" ? [resource] : parts.Length == 2 ? [parts[0], $"--subresource={parts[1]}"] : [resource];
        var account = $"{release}-{chart["kubedb-".Length..]}";
        var answer = await Tool.RunAsync("kubectl", ["auth", "can-i", verb, .. what, .. scope, $"--as=system:serviceaccount:{Home}:{account}"]);
        var said = answer.Output.Trim();
        Assert.That(said, Is.EqualTo("yes").Or.StartsWith("no"), answer.Everything);
        return said == "yes";
    }

    private async Task<string> Render(string release, params string[] values) => (await Tool.RunAsync("helm",
    [
        "template", release, Path.Combine(RepositoryFiles.Root, "charts", chart), "--namespace", Home, "-s", "templates/rbac.yaml", "-s", "templates/serviceaccount.yaml",
        .. values.SelectMany(v => new[] { "--set", v }),
    ])).OrFail();
}
