using KubeDb.Api.Engines.Diagnosis;

namespace KubeDb.Tests.Engines.Kafka;

/// <summary>A broker whose disk is full: it ends and says why, the others go on, and it comes back once there is space.</summary>
[TestFixtureSource(typeof(KafkaForms))]
public sealed class FullDiskTests(EngineVersion version, int controllers) : KafkaFixture(version)
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Test]
    public async Task A_broker_whose_disk_is_full_is_named_with_its_reason_and_comes_back_with_nothing_lost()
    {
        await MakeAsync(controllers: controllers);
        var full = Nodes.BrokerPods[2];
        await Nodes.LimitDiskAsync(full, 32);
        await Nodes.StartAsync(Nodes.Pods);
        await Nodes.SettleAsync();
        await using var producer = await Producer.StartAsync(Nodes, size: 100_000);
        await Nodes.UntilAsync(async () => await Nodes.HasEndedAsync(full) ? null : $"{full} goes on with a full disk, {producer.Acknowledged} records later.");

        var said = LastWords.Of(await Nodes.LogAsync(full), []);
        TestContext.Out.WriteLine(said);
        Assert.That(said, Does.Contain("No space left on device"));
        var failure = (await Nodes.Health.ProbeAsync(Nodes.Instances, Never)).Failure!;
        Assert.That((failure.Message.Contains(full, StringComparison.Ordinal), failure.AcceptsConnections), Is.EqualTo((true, true)), failure.Message);
        var before = producer.Acknowledged;
        await Nodes.UntilAsync(() => Task.FromResult(producer.Acknowledged > before + Producer.Partitions ? null : $"Nobody takes records while {full} is down."));

        // Of the others none may go while this one is behind.
        var next = Nodes.PodOf(Nodes.BrokerPods[0]);
        Assert.That((await Nodes.Restarts.PrepareAsync(Nodes.Instances, next, Never)).IsReady, Is.False);

        await Nodes.LimitDiskAsync(full, 1024);
        await Nodes.StartAsync(full);
        await Nodes.UntilAsync(() => Nodes.Restarts.CaughtUpAsync(Nodes.Instances, Nodes.PodOf(full), Never));
        await producer.VerifyAsync();
    }
}
