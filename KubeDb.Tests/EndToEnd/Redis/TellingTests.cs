namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>Why pods do not run is said on the database, in the words of the real cluster.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.Children)]
public sealed class TellingTests : ClusterTest
{
    [Test]
    public async Task A_quota_is_told_until_it_allows_the_pod()
    {
        await Apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: \"0\"}}}");
        await Apply(Redis("refused"));
        await Eventually(async () => (await Told("refused")).Contains("exceeded quota", StringComparison.Ordinal), "the quota is told");

        await KubectlHere("delete", "resourcequota", "few");
        await WaitForPhase("refused", "Ready");
        await Eventually(async () => await Told("refused") == "", "nothing keeps the pods from running");
    }

    [Test]
    public async Task A_pod_that_no_node_takes_is_told_and_replaced_once_its_template_is_corrected()
    {
        await Apply(Redis("astray"));
        await WaitForPhase("astray", "Ready");
        await KubectlHere("patch", "rd", "astray", "--type=merge", "-p", """{"spec":{"podTemplate":{"spec":{"nodeSelector":{"disk":"none-such"}}}}}""");
        await Eventually(async () => (await KubectlHere("get", "statefulset", "astray", "-o", "yaml")).Contains("none-such", StringComparison.Ordinal), "the template is applied");
        await KubectlHere("delete", "pod", "astray-0");
        await Eventually(async () => (await Told("astray")).Contains("can not be scheduled", StringComparison.Ordinal), "it is told");

        await KubectlHere("patch", "rd", "astray", "--type=merge", "-p", """{"spec":{"podTemplate":{"spec":{"nodeSelector":null}}}}""");
        await WaitForPhase("astray", "Ready");
    }

    [Test]
    public async Task A_server_that_ends_again_and_again_is_quoted()
    {
        await Apply(Redis("damaged"));
        await WaitForPhase("damaged", "Ready");
        await RedisCli("damaged-0", "set", "greeting", "hello");
        await KubectlHere("exec", "damaged-0", "--", "sh", "-c", "for f in /data/appendonlydir/*.incr.aof; do echo nonsense > $f; done");
        await KubectlHere("delete", "pod", "damaged-0");
        await Eventually(async () => (await Told("damaged")).Contains("Bad file format", StringComparison.Ordinal), "the server is quoted");
    }

    [Test]
    public async Task DoNotTerminate_does_not_hold_a_namespace_up()
    {
        await Apply(Redis("immortal", more: "deletionPolicy: DoNotTerminate"));
        await WaitForPhase("immortal", "Ready");

        await KubectlHere("delete", "namespace", Namespace, "--timeout=60s");
    }

    private Task<string> Told(string database) =>
        KubectlHere("get", "rd", database, "-o", "jsonpath={.status.conditions[?(@.type==\"PodsRunning\")].message}");
}
