using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Engines.Kafka;

/// <summary>TLS of a real cluster: three rolls each way, in which records are taken all the time, and certificates that change while nodes run.</summary>
[TestFixtureSource(typeof(KafkaForms))]
public sealed class NodeTlsTests(EngineVersion version, int controllers) : KafkaFixture(version)
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly TestAuthority _authority = new("first");

    [OneTimeTearDown]
    public void Forget() => _authority.Dispose();

    [Test]
    public async Task Three_rolls_each_way_and_new_certificates_lose_no_acknowledged_record()
    {
        using var other = new TestAuthority("second");
        await FormAsync(controllers: controllers);
        await Nodes.IssueAsync(_authority);
        await using var producer = await Producer.StartAsync(Nodes);
        foreach (var protocol in new[] { PeerProtocol.PlainAcceptsTls, PeerProtocol.TlsAcceptsPlain, PeerProtocol.Tls })
            await RollAsync(protocol, producer);
        await Nodes.UntilAsync(ShownAsync);
        await Nodes.SettleAsync();

        // Of the same authority: no restart. The tool in the pod trusts what the node shows.
        await Nodes.IssueAsync(_authority);
        Assert.That((await ShownAsync()).IsReady, Is.False);
        await Nodes.UntilAsync(() => Nodes.Tls.ReloadAsync(Nodes.Instances, Never));
        var tool = await Nodes.InPodAsync(
            Nodes.BrokerPods[0], $"bin/kafka-configs.sh --bootstrap-server {Nodes.Address(Nodes.BrokerPods[0])}:9092 --command-config config/clientauth.properties --describe --entity-type brokers --entity-name {Nodes.IdOf(Nodes.BrokerPods[0])} --all | grep ssl.keystore");
        Assert.That(tool.Output, Does.Contain("ssl.keystore.location=/var/private/ssl/server.keystore.jks").And.Not.Contain("DYNAMIC_BROKER_CONFIG"));

        // Of another: trusted first, by a roll.
        await Nodes.IssueAsync(_authority, other);
        await RollAsync(PeerProtocol.Tls, producer);
        await Nodes.IssueAsync(other, _authority);
        await Nodes.UntilAsync(() => Nodes.Tls.ReloadAsync(Nodes.Instances, Never));
        foreach (var pod in Nodes.Pods)
            Assert.That((await Nodes.Tls.ServedAsync(Nodes.Instances, Nodes.PodOf(pod), Never)).Served?.Issuer, Is.EqualTo("CN=second"), pod);
        await Nodes.SettleAsync();

        // A node that is told by the others' new certificates who they are.
        await RestartAsync(Nodes.PodOf(Nodes.Pods[0]), producer);
        foreach (var protocol in new[] { PeerProtocol.TlsAcceptsPlain, PeerProtocol.PlainAcceptsTls, PeerProtocol.Plain })
            await RollAsync(protocol, producer);
        await Nodes.SettleAsync();
        await producer.VerifyAsync();
    }

    [Test]
    public async Task A_node_waits_for_files_of_its_own_protocol()
    {
        await MakeAsync(brokers: 1);
        await Nodes.StartAsync(Nodes.Pods);
        await Nodes.SettleAsync();
        await Nodes.StopAsync(Nodes.Pods);
        Nodes.Protocol = PeerProtocol.Tls;
        await Nodes.StartAsync(Nodes.Pods);
        await Nodes.SaysAsync(Nodes.Pods[0], "waiting until");
        Assert.That((await Nodes.RunsAsync(Nodes.Pods[0], "live.sh"), await Nodes.RunsAsync(Nodes.Pods[0], "ready.sh")), Is.EqualTo((true, false)));
        await Nodes.IssueAsync(_authority);
        await Nodes.SettleAsync();
    }

    private async Task<Readiness> ShownAsync() => await Nodes.Tls.ShownAsync(Nodes.Instances, Never);

    /// <summary>Restarts every node as the roller does, while the producer goes on.</summary>
    private async Task RollAsync(PeerProtocol protocol, Producer producer)
    {
        Nodes.Protocol = protocol;
        var left = Nodes.Pods.ToList();
        while (left.Count > 0)
        {
            var pod = await Nodes.Restarts.NextAsync(Nodes.Instances, [.. left.Select(Nodes.PodOf)], RestartReason.CertificatesChanged, Never);
            await RestartAsync(pod, producer);
            left.Remove(pod.Metadata.Name);
        }
    }

    private async Task RestartAsync(KubeDb.Api.Kubernetes.Models.Pod pod, Producer producer)
    {
        var name = pod.Metadata.Name;
        await Nodes.UntilAsync(() => Nodes.Restarts.PrepareAsync(Nodes.Instances, pod, Never));
        await Nodes.StopAsync(name);
        var before = producer.Acknowledged;
        await Nodes.UntilAsync(() => Task.FromResult(producer.Acknowledged > before + Producer.Partitions ? null : $"Nobody takes records while {name} goes to {Nodes.Protocol}."));
        await Nodes.StartAsync(name);
        await Nodes.UntilAsync(() => Nodes.Restarts.CaughtUpAsync(Nodes.Instances, pod, Never));
    }
}
