namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>While a request holds a database, the OpsManager alone applies its blueprint, whatever it finds: here, with no Provisioner running.</summary>
[TestFixture]
public sealed class OpsManagerAloneTests : ClusterTest
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(4);

    [TearDown]
    public async Task BringTheProvisionerBack() => await RunProvisioners(1);

    [Test]
    public async Task It_makes_what_is_missing_and_removes_what_is_not_wanted()
    {
        await MonitoringTests.ServeServiceMonitorsAsync();
        await Apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: own}}");
        await Apply(Redis("alone", more: "monitor: {agent: prometheus.io/operator}"));
        await Apply(RedisSentinel("watchers", Redis7));
        await WaitForPhase("alone", "Ready");
        await KubectlHere("wait", "--for=jsonpath={.status.phase}=Ready", "rds/watchers", "--timeout=180s");
        await Eventually(() => Exists("servicemonitor/alone-stats"), "the ServiceMonitor is made", Long);
        await RedisCli("alone-0", "set", "greeting", "hello");
        var config = (await Cluster.SecretsAsync(Namespace)).Select(s => $"secret/{s.Metadata.Name}").Single(n => n.StartsWith("secret/alone-", StringComparison.Ordinal) && n != "secret/alone-auth");

        await RunProvisioners(0);
        string[] children = ["service/alone", "service/alone-pods", "service/alone-stats", "serviceaccount/alone", "role/alone", "rolebinding/alone", "appbinding/alone", config, "petset/alone"];
        await KubectlHere(["delete", "--wait=false", "pdb/watchers", .. children]);
        await Eventually(async () => await PodUid("alone-0") == "", "what is missing is really gone");
        await Apply(Reconfigure("mend", "alone", "applyConfig: {redis.conf: \"timeout 33\"}"));
        await Apply("{apiVersion: ops.kubedb.com/v1alpha1, kind: RedisSentinelOpsRequest, metadata: {name: again}, spec: {type: Restart, databaseRef: {name: watchers} } }");
        foreach (var child in children.Append("servicemonitor/alone-stats").Append("pdb/watchers"))
            await Eventually(() => Exists(child), $"{child} is made again");
        await RunProvisioners(1);
        await WaitForSuccess("mend", Long);
        await KubectlHere("wait", "--for=condition=Successful", "rdsops/again", "--timeout=240s");
        await WaitForPhase("alone", "Ready");
        Assert.That(await ConfigGet("alone-0", "timeout"), Is.EqualTo("33"));
        Assert.That(await RedisCli("alone-0", "get", "greeting"), Is.EqualTo("hello"));

        await RunProvisioners(0);
        await KubectlHere("patch", "rd", "alone", "--type=merge", "-p", """{"spec":{"monitor":null,"podTemplate":{"spec":{"serviceAccountName":"own"}}}}""");
        await Apply(Reconfigure("trim", "alone", "applyConfig: {redis.conf: \"timeout 44\"}"));
        foreach (var child in (string[])["servicemonitor/alone-stats", "service/alone-stats", "serviceaccount/alone", "role/alone", "rolebinding/alone"])
            await Eventually(async () => !await Exists(child), $"{child} is removed");
        await RunProvisioners(1);
        await WaitForSuccess("trim", Long);
        Assert.That(await ConfigGet("alone-0", "timeout"), Is.EqualTo("44"));
    }

    private static async Task RunProvisioners(int count)
    {
        await Kubectl("-n", "kubedb", "scale", "deployment", "kubedb-provisioner", $"--replicas={count}");
        if (count == 0)
            await Kubectl("-n", "kubedb", "wait", "--for=delete", "pod", "-l", "app.kubernetes.io/name=kubedb-provisioner", "--timeout=60s");
        else
            await Kubectl("-n", "kubedb", "rollout", "status", "deployment/kubedb-provisioner", "--timeout=90s");
    }
}
