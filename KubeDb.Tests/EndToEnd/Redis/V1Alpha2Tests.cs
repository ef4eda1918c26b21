using System.Text.Json.Nodes;

namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>
/// The guides that are written in v1alpha2, as they are but for their sizes: applied, Ready, and read back in both versions. The Provisioner converts, by the
/// way that API servers take to it.
/// </summary>
[TestFixture]
public sealed class V1Alpha2Tests : ClusterTest
{
    private const string Old = "redis.v1alpha2.kubedb.com", New = "redis.v1.kubedb.com";
    private const string Small = """podTemplate: {spec: {resources: {requests: {cpu: 20m, memory: 64Mi}, limits: {memory: 128Mi} } } }""";
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Test]
    public async Task The_quickstart_with_a_termination_policy()
    {
        await Apply(Manifest("redis-quickstart", $"{Durable}\n{Small}\nterminationPolicy: DoNotTerminate"));
        await WaitForPhase("redis-quickstart", "Ready");

        Assert.That((string?)(await Spec(New, "redis-quickstart"))["deletionPolicy"], Is.EqualTo("DoNotTerminate"));
        Assert.That((string?)(await Spec(Old, "redis-quickstart"))["terminationPolicy"], Is.EqualTo("DoNotTerminate"));
        var limit = (await Pod("redis-quickstart-0"))!.Spec.Containers.Single(c => c.Name == "redis").Resources.Limits["memory"];
        Assert.That(limit.ToString(), Is.EqualTo("128Mi"));
        await TryKubectl("delete", Old, "redis-quickstart", "--wait=false");
        Assert.That((await Pod("redis-quickstart-0"))!.Metadata.DeletionTimestamp, Is.Null, "its policy holds, in whatever version the deletion is asked for");

        await KubectlHere("patch", Old, "redis-quickstart", "--type=merge", "-p", """{"spec":{"terminationPolicy":"WipeOut"}}""");
        await KubectlHere("delete", Old, "redis-quickstart", "--timeout=60s");
        await Eventually(async () => await Claim("data-redis-quickstart-0") is null, "the volume is gone");
    }

    [Test]
    public async Task A_database_that_a_script_fills()
    {
        await Apply("""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: redis-init-script}
            data: {init.sh: "redis-cli set hello world"}
            """);
        await Apply(Manifest("rd-init-script", $"{Durable}\n{Small}\ninit: {{script: {{configMap: {{name: redis-init-script}} }} }}\nterminationPolicy: WipeOut"));
        await WaitForPhase("rd-init-script", "Ready");

        Assert.That(await RedisCli("rd-init-script-0", "get", "hello"), Is.EqualTo("world"));
        Assert.That((bool?)(await Spec(Old, "rd-init-script"))["init"]!["initialized"], Is.True, "what the operator writes is in both versions");
    }

    [Test]
    public async Task A_cluster_whose_replicas_are_counted_without_the_master()
    {
        await Apply(Manifest("redis-cluster", $"mode: Cluster\ncluster: {{master: 3, replicas: 1}}\n{Durable}\n{Small}\nterminationPolicy: WipeOut"));
        await WaitForPhase("redis-cluster", "Ready", Long);

        Assert.That((await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=redis-cluster")).Count, Is.EqualTo(6));
        Assert.That(((int?)(await Spec(New, "redis-cluster"))["cluster"]!["shards"], (int?)(await Spec(New, "redis-cluster"))["cluster"]!["replicas"]), Is.EqualTo((3, 2)));
        Assert.That(((int?)(await Spec(Old, "redis-cluster"))["cluster"]!["master"], (int?)(await Spec(Old, "redis-cluster"))["cluster"]!["replicas"]), Is.EqualTo((3, 1)));

        await Apply(Restart("restart", "redis-cluster"));
        await WaitForSuccess("restart", Long);
    }

    /// <summary>What the operator told API servers is put back, so that objects are converted again.</summary>
    [TestCase("redises"), TestCase("redissentinels")]
    public async Task A_definition_that_forgot_the_webhook_is_told_again(string plural)
    {
        await Kubectl("patch", "crd", $"{plural}.kubedb.com", "--type=merge", "-p", """{"spec":{"conversion":{"strategy":"None","webhook":null}}}""");

        await Eventually(
            async () => await Kubectl("get", "crd", $"{plural}.kubedb.com", "-o", "jsonpath={.spec.conversion.webhook.clientConfig.caBundle}") is { Length: > 0 }, "it is told");
    }

    private static string Durable => "storageType: Durable\nstorage: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi} } }";

    private static string Manifest(string name, string spec) => $$"""
        apiVersion: kubedb.com/v1alpha2
        kind: Redis
        metadata: {name: {{name}}}
        spec:
          version: "{{Redis7}}"
        {{string.Join('\n', spec.Split('\n').Select(line => "  " + line))}}
        """;

    private async Task<JsonObject> Spec(string kind, string name) => (JsonObject)JsonNode.Parse(await KubectlHere("get", kind, name, "-o", "json"))!["spec"]!;
}
