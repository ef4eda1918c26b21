namespace KubeDb.Tests.EndToEnd.Kafka;

/// <summary>The guides of a topology and of its TLS, on three controllers and three brokers: restart, reconfigure, TLS added, rotated, issuer changed, removed.</summary>
[TestFixture(Kafka39, Category = "Full"), TestFixture(Kafka42)]
[Category("Full")]
public sealed class TopologyTests(string version) : KafkaJourney(version)
{
    protected override string Name => "kafka-prod";

    protected override IReadOnlyList<string> Brokers => [$"{Name}-broker-0", $"{Name}-broker-1", $"{Name}-broker-2"];

    [SetUp]
    public Task NeedsCertManager() => RequireCertManagerAsync();

    [Test]
    public async Task The_guide_of_a_topology_from_plain_to_TLS_and_back()
    {
        using var first = await MakeIssuerAsync("kafka-ca-issuer", "ca");
        using var second = await MakeIssuerAsync("kf-new-issuer", "ca-updated");
        await Apply(Topology(Name, Version, more: Outside("broker.properties", "controller.properties") + "\n  brokerRack: {topologyKey: kubernetes.io/hostname}"));
        await KafkaIs(Name, "Ready");
        await LooksAsDocumented();
        await RestartBareAsync([.. Enumerable.Range(0, 3).Select(n => $"{Name}-controller-{n}"), .. Brokers], IsReplicated);
        await KafkaIs(Name, "Ready");
        await BeginAsync();

        await Ask("restart", "Restart", "apply: Always");
        await Ask("kf-reconfigure", "Reconfigure", "configuration: {applyConfig: {broker.properties: \"log.retention.hours=150\"}}");
        Assert.That(await Settings(Brokers[0], "log.retention.hours"), Is.EqualTo(new[] { "150", "150", "150" }));

        await ChangesTls();
        await EndAsync();
    }

    private async Task LooksAsDocumented()
    {
        var quorum = await Quorum(Brokers[0]);
        var machine = (await Pod(Brokers[0]))!.Spec.NodeName;
        Assert.Multiple(async () =>
        {
            foreach (var child in (string[])[$"petset/{Name}-broker", $"petset/{Name}-controller", $"secret/{Name}-broker-config", $"secret/{Name}-controller-config", $"pvc/{Name}-data-{Name}-controller-2"])
                Assert.That(await Exists(child), child);
            Assert.That(await Settings(Brokers[0], "broker.rack"), Is.All.EqualTo(machine));
            Assert.That(quorum["CurrentVoters"], Does.Contain("1000").And.Contain("1001").And.Contain("1002"));
            Assert.That(quorum["CurrentObservers"], Does.Contain("0").And.Contain("1").And.Contain("2"));
        });
    }

    private async Task ChangesTls()
    {
        Assert.That(await Settings(Brokers[0], "ssl.keystore.location"), Is.All.EqualTo("null"));
        await Ask("kf-add-tls", "ReconfigureTLS", "tls: {issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: kafka-ca-issuer}, certificates: [{alias: client, subject: {organizations: [kafka]}}]}");
        Assert.Multiple(async () =>
        {
            Assert.That(await Run(Brokers[0], "cat config/clientauth.properties"), Does.Contain("security.protocol=SASL_SSL").And.Contain("ssl.truststore.location=/var/private/ssl/server.truststore.jks"));
            Assert.That((await Get("kf", Name))!["spec"]!["enableSSL"]!.GetValue<bool>(), Is.True);
            Assert.That((await Secret($"{Name}-keystore-cred"))!.Data.Keys, Is.EquivalentTo(new[] { "ssl.keystore.password", "ssl.truststore.password", "ssl.key.password" }));
            Assert.That((await Secret($"{Name}-broker-config"))!.Data.Keys, Is.EquivalentTo(new[] { "config.properties", "clientauth.properties", "ssl.properties" }));
        });
        await ProducesAndConsumes("over-tls");

        using var old = await CertificateAsync(Name, "server");
        var uids = await Uids();
        await Ask("kf-rotate", "ReconfigureTLS", "tls: {rotateCertificates: true}");
        using var rotated = await CertificateAsync(Name, "server");
        Assert.That(rotated.SerialNumber, Is.Not.EqualTo(old.SerialNumber));
        Assert.That(await Uids(), Is.EqualTo(uids), "no pod was restarted");
        foreach (var broker in Brokers)
            Assert.That(await Serial(broker), Is.EqualTo(rotated.SerialNumber).IgnoreCase, broker);

        await Ask("kf-change-issuer", "ReconfigureTLS", "tls: {issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: kf-new-issuer}}");
        using var changed = await CertificateAsync(Name, "server");
        Assert.That(changed.Issuer, Does.Contain("ca-updated"));
        foreach (var broker in Brokers)
            Assert.That(await Serial(broker), Is.EqualTo(changed.SerialNumber).IgnoreCase, broker);

        await Ask("kf-remove", "ReconfigureTLS", "tls: {remove: true}");
        Assert.Multiple(async () =>
        {
            Assert.That(await Run(Brokers[0], "cat config/clientauth.properties"), Does.Contain("security.protocol=SASL_PLAINTEXT"));
            Assert.That(await Exists($"secret/{Name}-server-cert"), Is.False);
        });
        await ProducesAndConsumes("plain-again");
    }

    // As a handshake shows it, whatever the files say.
    private async Task<string> Serial(string broker) =>
        (await Run(broker, "openssl s_client -connect localhost:9092 </dev/null 2>/dev/null | openssl x509 -noout -serial")).Split('=')[^1].Trim();
}
