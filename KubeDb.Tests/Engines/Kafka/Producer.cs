using System.Globalization;
using System.Text;
using KubeDb.Api.Engines.Kafka.Client;

namespace KubeDb.Tests.Engines.Kafka;

/// <summary>
/// Writes numbers to the partitions of a topic, each until it is acknowledged, by the listener that the user has added. Like a client's own, its attempts
/// go to whoever leads by then.
/// </summary>
internal sealed class Producer : IAsyncDisposable
{
    public const string Topic = "numbers";
    public const int Partitions = 3;
    private readonly RealNodes _nodes;
    private readonly CancellationTokenSource _ends = new();
    private readonly Dictionary<int, KafkaClient> _clients = [];
    private readonly Dictionary<int, int> _leaders = [];
    private readonly Task _work;
    private readonly int _size;
    private int _acknowledged;

    private Producer(RealNodes nodes, int size)
    {
        (_nodes, _size) = (nodes, size);
        _work = Task.Run(RunAsync);
    }

    /// <summary>How many numbers were acknowledged.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Makes the topic, of three copies of which two have to be in sync, and begins.</summary>
    /// <param name="nodes">The cluster.</param>
    /// <param name="size">Bytes of a record at least: blanks follow the number.</param>
    public static async Task<Producer> StartAsync(RealNodes nodes, int size = 0)
    {
        await using (var client = await nodes.ClientAsync(nodes.BrokerPods[0]))
            Assert.That(await client.CreateTopicAsync(new(Topic, Partitions, 3, new Dictionary<string, string> { ["min.insync.replicas"] = "2" }), CancellationToken.None), Is.EqualTo(new KafkaResult(KafkaError.None, null)));
        await nodes.SettleAsync();
        return new(nodes, size);
    }

    /// <summary>Ends, and reads everything back: every acknowledged number is there.</summary>
    public async Task VerifyAsync()
    {
        await _ends.CancelAsync();
        await _work;
        var read = new HashSet<int>();
        for (var partition = 0; partition < Partitions; partition++)
        {
            await using var asked = await _nodes.ClientAsync(_nodes.BrokerPods[0]);
            var leader = (await asked.MetadataAsync([Topic], CancellationToken.None)).Topics[0].Partitions.First(p => p.Index == partition).Leader;
            await using var client = await _nodes.ClientAsync(_nodes.PodOf(leader));
            for (var at = 0L; ;)
            {
                var fetched = await client.FetchAsync(Topic, partition, at, TimeSpan.Zero, CancellationToken.None);
                Assert.That(fetched.Error, Is.EqualTo(KafkaError.None));
                if (fetched.Records.Count == 0)
                    break;
                read.UnionWith(fetched.Records.Select(r => int.Parse(Encoding.ASCII.GetString(r.Value.Span).TrimEnd(), CultureInfo.InvariantCulture)));
                at = fetched.Records[^1].Offset + 1;
            }
        }

        Assert.That(Enumerable.Range(0, _acknowledged).Except(read), Is.Empty, "acknowledged numbers that are not there");
        TestContext.Out.WriteLine($"{_acknowledged} records acknowledged, none lost");
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _work;
        _ends.Dispose();
    }

    private async Task RunAsync()
    {
        for (var number = 0; !_ends.IsCancellationRequested;)
        {
            if (await TryAsync(number))
            {
                Volatile.Write(ref _acknowledged, ++number);
                await Task.Delay(20);
            }
            else
            {
                await Task.Delay(100);
            }
        }

        foreach (var client in _clients.Values)
            await client.DisposeAsync();
    }

    private async Task<bool> TryAsync(int number)
    {
        var partition = number % Partitions;
        try
        {
            if (!_leaders.ContainsKey(partition))
                await RefreshAsync();
            if (_leaders.GetValueOrDefault(partition, -1) is not (>= 0 and var leader))
                return false;
            if (!_clients.TryGetValue(leader, out var client))
                client = _clients[leader] = await _nodes.OwnClientAsync(_nodes.PodOf(leader));
            var (result, _) = await client.ProduceAsync(Topic, partition, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture).PadRight(_size)), DateTimeOffset.UtcNow, CancellationToken.None);
            if (result.IsOk)
                return true;
            _leaders.Clear();
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            _leaders.Clear();
            foreach (var client in _clients.Values)
                await client.DisposeAsync();
            _clients.Clear();
        }

        return false;
    }

    private async Task RefreshAsync()
    {
        foreach (var pod in _nodes.BrokerPods)
        {
            try
            {
                await using var client = await _nodes.OwnClientAsync(pod);
                foreach (var partition in (await client.MetadataAsync([Topic], CancellationToken.None)).Topics[0].Partitions)
                    _leaders[partition.Index] = partition.Leader;
                return;
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                // The next one.
            }
        }
    }
}
