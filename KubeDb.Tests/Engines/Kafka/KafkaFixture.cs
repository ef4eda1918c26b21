namespace KubeDb.Tests.Engines.Kafka;

/// <summary>Tests with a cluster of their own each.</summary>
[Category("Full")]
public abstract class KafkaFixture(EngineVersion version) : EngineFixture(version)
{
    private RealNodes? _nodes;

    private protected RealNodes Nodes => _nodes!;

    [TearDown]
    public async Task Remove()
    {
        if (_nodes is not null)
            await _nodes.DisposeAsync();
    }

    /// <summary>Makes a cluster of which no node runs.</summary>
    private protected async Task MakeAsync(int brokers = 3, int controllers = 0) => _nodes = await RealNodes.MakeAsync(Version, brokers, controllers);

    /// <summary>Makes a cluster and waits until it is healthy.</summary>
    private protected async Task FormAsync(int brokers = 3, int controllers = 0)
    {
        await MakeAsync(brokers, controllers);
        await Nodes.StartAsync(Nodes.Pods);
        await Nodes.SettleAsync();
    }
}
