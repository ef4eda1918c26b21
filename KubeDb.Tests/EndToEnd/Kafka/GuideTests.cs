namespace KubeDb.Tests.EndToEnd.Kafka;

/// <summary>The guides from the quickstart over Restart to Reconfigure, on three nodes that are broker and controller.</summary>
[TestFixture(Kafka39, Category = "Full"), TestFixture(Kafka40, Category = "Full"), TestFixture(Kafka42)]
public sealed class GuideTests(string version) : KafkaJourney(version)
{
    protected override string Name => "kafka-quickstart";

    protected override IReadOnlyList<string> Brokers => [$"{Name}-0", $"{Name}-1", $"{Name}-2"];

    [Test]
    public async Task The_guides_from_quickstart_to_restart_and_reconfigure()
    {
        await Apply(Combined(Name, Version, more: Outside("server.properties")));
        await KafkaIs(Name, "Ready");
        await LooksAsDocumented();
        await ProducesAndConsumes("sample");
        await RestartBareAsync(Brokers, IsReplicated);
        await KafkaIs(Name, "Ready");
        await BeginAsync();
        await Restarts();
        await Reconfigures();
        await EndAsync();

        await KubectlHere("delete", "kf", Name, "--timeout=120s");
        await Eventually(async () => await Claim($"{Name}-data-{Name}-0") is null && await Secret($"{Name}-auth") is null, "nothing is left of it");
    }

    private async Task LooksAsDocumented()
    {
        Assert.That((await KubectlHere("get", "kafkas.kubedb.com")).Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[] { "NAME", "VERSION", "STATUS", "AGE" }));
        string[] children =
        [
            $"petset/{Name}", $"statefulset/{Name}", $"service/{Name}-pods", $"secret/{Name}-auth", $"secret/{Name}-config", $"appbinding/{Name}", $"pdb/{Name}", $"serviceaccount/{Name}",
            .. Brokers.Select(b => $"pvc/{Name}-data-{b}"),
        ];
        foreach (var child in children)
            Assert.That(await Exists(child), child);
        var conditions = (await Get("kf", Name))!["status"]!["conditions"]!.AsArray().ToDictionary(c => c!["type"]!.GetValue<string>(), c => c!["message"]!.GetValue<string>());
        var quorum = await Quorum(Brokers[0]);
        var id = await Run(Brokers[0], "echo $KAFKA_CLUSTER_ID");
        var login = await Run(Brokers[0], "cat $HOME/config/clientauth.properties");
        Assert.Multiple(async () =>
        {
            Assert.That((await Service($"{Name}-pods"))!.Spec.Ports.Select(p => $"{p.Name} {p.Port}"), Is.EqualTo(new[] { "broker 9092", "controller 9093", "local 29092" }));
            Assert.That((await Secret($"{Name}-auth"))!.Data.Keys, Is.EquivalentTo(new[] { "username", "password" }));
            Assert.That((await Secret($"{Name}-config"))!.Data.Keys, Is.EquivalentTo(new[] { "config.properties", "clientauth.properties" }));
            Assert.That(conditions["AcceptingConnection"], Is.EqualTo($"The Kafka: {Namespace}/{Name} is accepting client requests."));
            Assert.That(conditions["Provisioned"], Is.EqualTo($"The Kafka: {Namespace}/{Name} is successfully provisioned."));
            Assert.That(quorum["ClusterId"], Is.EqualTo(id));
            Assert.That(System.Text.RegularExpressions.Regex.Matches(quorum["CurrentVoters"], "\"id\": ?([0-9]+)|(?<=[\\[, ])([0-9]+)(?=[,\\]])").Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value), Is.EquivalentTo(new[] { "0", "1", "2" }));
            Assert.That(login, Does.Contain("security.protocol=SASL_PLAINTEXT").And.Contain("sasl.mechanism=PLAIN"));
        });
    }

    private async Task Restarts()
    {
        var uids = await Uids();
        await Ask("restart", "Restart", "apply: Always");
        var story = await Story("restart");
        string[] documented =
        [
            "Restart: Kafka ops-request has started to restart kafka nodes",
            .. Brokers.SelectMany(b => new[] { $"EvictPod--{b}: evict pod; ConditionStatus:True; PodName:{b}", $"CheckPodRunning--{b}: check pod running; ConditionStatus:True; PodName:{b}" }),
            "RestartNodes: Successfully Restarted Kafka nodes",
            "Successful: Controller has successfully restart the Kafka replicas",
        ];
        Assert.Multiple(async () =>
        {
            Assert.That(story, Is.SupersetOf(documented));
            Assert.That(story[^2..], Is.EqualTo(documented[^2..]));
            Assert.That((await Uids()).Intersect(uids), Is.Empty, "every pod is new");
            Assert.That(await Condition("kf", Name, "Paused"), Is.Null);
        });
    }

    private async Task Reconfigures()
    {
        await Ask("kafka-reconfigure", "Reconfigure", "configuration: {applyConfig: {server.properties: \"log.retention.hours=125\"}}");
        Assert.That(await Settings(Brokers[0], "log.retention.hours"), Is.EqualTo(new[] { "125", "125", "125" }));

        var uids = await Uids();
        await Ask("kafka-reconfigure-live", "Reconfigure", "configuration: {applyConfig: {server.properties: \"message.max.bytes=2097152\"}}");
        Assert.That(await Settings(Brokers[0], "message.max.bytes"), Is.EqualTo(new[] { "2097152", "2097152", "2097152" }));
        Assert.That(await Uids(), Is.EqualTo(uids), "brokers take it while they run");

        await Apply(Request("kafka-owned", "Reconfigure", Name, "configuration: {applyConfig: {server.properties: \"process.roles=broker\"}}"));
        await KubectlHere("wait", "--for=jsonpath={.status.phase}=Failed", "kfops/kafka-owned", "--timeout=60s");
        Assert.That(string.Join('\n', await Story("kafka-owned")), Does.Contain("process.roles"));
        await KafkaIs(Name, "Ready");
    }
}
