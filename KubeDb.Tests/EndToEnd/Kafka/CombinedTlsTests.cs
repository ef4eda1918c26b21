using KubeDb.Tests.EndToEnd.Faults;

namespace KubeDb.Tests.EndToEnd.Kafka;

/// <summary>The guide "Reconfigure TLS" on three nodes that are broker and controller; once with both operators killed again and again, and a broker in each operation.</summary>
[TestFixture(Kafka39, false), TestFixture(Kafka40, false), TestFixture(Kafka42, false), TestFixture(Kafka42, true)]
[Category("Full")]
public sealed class CombinedTlsTests : KafkaJourney
{
    private readonly bool _kills;

    public CombinedTlsTests(string version, bool kills)
        : base(version) => (_kills, Crashes) = (kills, kills ? new(13) : null);

    protected override string Name => "kafka-tls";

    protected override IReadOnlyList<string> Brokers => [$"{Name}-0", $"{Name}-1", $"{Name}-2"];

    [SetUp]
    public Task NeedsCertManager() => RequireCertManagerAsync();

    [Test]
    public async Task The_guide_from_plain_to_TLS_and_back()
    {
        using var first = await MakeIssuerAsync("kafka-ca-issuer", "ca");
        using var second = await MakeIssuerAsync("kf-new-issuer", "ca-updated");
        await Apply(Combined(Name, Version, more: Outside("server.properties")));
        await KafkaIs(Name, "Ready");
        await BeginAsync();
        await using var killer = OperatorKiller.Start(_kills, seed: 13, TestContext.Out.WriteLine);
        await Ask("kf-add-tls", "ReconfigureTLS", "tls: {issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: kafka-ca-issuer}}");
        Assert.That(await Settings(Brokers[0], "ssl.keystore.location"), Is.All.EqualTo("/var/private/ssl/server.keystore.jks"));
        await ProducesAndConsumes("over-tls");
        await Ask("kf-rotate", "ReconfigureTLS", "tls: {rotateCertificates: true}");
        await Ask("kf-change-issuer", "ReconfigureTLS", "tls: {issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: kf-new-issuer}}");
        using var changed = await CertificateAsync(Name, "server");
        Assert.That(changed.Issuer, Does.Contain("ca-updated"));
        await Ask("kf-remove", "ReconfigureTLS", "tls: {remove: true}");
        Assert.That(await Settings(Brokers[0], "ssl.keystore.location"), Is.All.EqualTo("null"));
        await ProducesAndConsumes("plain-again");
        await EndAsync();
    }
}
