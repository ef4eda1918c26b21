using System.Collections.Concurrent;
using System.Globalization;
using Confluent.Kafka;

namespace KubeDb.Tests.Support.Writers.Kafka;

/// <summary>A consumer group of one member, which reads a topic from its beginning for as long as it lives and commits what it read.</summary>
internal sealed class KafkaGroup : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(int Partition, int Number), bool> _seen = [];
    private readonly ConcurrentBag<string> _fatal = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly IConsumer<Ignore, string> _consumer;
    private readonly Task _loop;

    /// <summary>Joins the group.</summary>
    public KafkaGroup(ClientConfig config, string topic, string group)
    {
        _consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(new ClientConfig(config)) { GroupId = group, AutoOffsetReset = AutoOffsetReset.Earliest, SessionTimeoutMs = 10_000 })
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler((_, error) =>
            {
                if (error.IsFatal)
                    _fatal.Add(error.Reason);
            })
            .Build();
        _consumer.Subscribe(topic);
        _loop = Task.Run(Read);
    }

    /// <summary>Records that it has read, each counted once.</summary>
    public int Seen => _seen.Count;

    /// <summary>Errors after which it read no more.</summary>
    public IReadOnlyCollection<string> Fatal => _fatal;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _consumer.Close();
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Read()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } record)
                    _seen[(record.Partition.Value, int.Parse(record.Message.Value, CultureInfo.InvariantCulture))] = true;
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                // It reads on by itself.
            }
        }
    }
}
