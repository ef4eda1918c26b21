using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Engines.Kafka.Configuration;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>Connections to nodes whose settings are changed together: on all of them or on none.</summary>
internal sealed class OpenBrokers : IAsyncDisposable
{
    // Said of a number of threads that differs too much from the present one: a start takes it.
    private const string TooFar = "Dynamic thread count update validation failed";

    private readonly List<(string Pod, int Id, KafkaClient Client)> _nodes = [];
    private readonly Stack<(KafkaClient Client, KafkaResource Resource, IReadOnlyList<KafkaSettingChange> Back)> _done = [];

    /// <summary>No node is among them.</summary>
    public bool IsEmpty => _nodes.Count == 0;

    /// <summary>The settings of a node, by name, as it tells them itself.</summary>
    /// <exception cref="IOException">It does not tell them.</exception>
    public static async Task<IReadOnlyDictionary<string, KafkaSetting>> DescribeAsync(KafkaClient client, int id, IReadOnlyCollection<string> names, CancellationToken cancel)
    {
        if (await client.DescribeSettingsAsync([KafkaResource.Broker(id)], names, cancel) is not [var told])
            throw new IOException("The server's answer does not name what was asked.");
        return told.Error == KafkaError.None
            ? told.Settings.DistinctBy(s => s.Name).ToDictionary(s => s.Name, StringComparer.Ordinal)
            : throw new KafkaRefusedException(told.Error, $"The server does not tell its settings: {told.Error.Shown(told.Message)}.");
    }

    /// <summary>Takes a connection over.</summary>
    public void Add(string pod, int id, KafkaClient client) => _nodes.Add((pod, id, client));

    /// <summary>Sets what is wanted, by key, null for the default; takes all of it back when one node does not take it.</summary>
    public async Task<LiveChange> SetAsync(IReadOnlyDictionary<string, string?> wanted, CancellationToken cancel)
    {
        try
        {
            foreach (var node in _nodes)
            {
                if (await SetAsync(node.Pod, node.Id, node.Client, wanted, cancel) is { } failed)
                {
                    await TakeBackAsync(cancel);
                    return failed;
                }
            }

            return new(LiveChangeKind.Applied, $"{string.Join(", ", wanted.Keys)} on {_nodes.Count} of {_nodes.Count} brokers");
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            await TakeBackAsync(cancel);
            return new(LiveChangeKind.NeedsRestart, $"a broker did not answer: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>
    /// Takes away what was set in running nodes and hides what they have read at their start. The sentence says what a node does not have yet; null for
    /// nothing.
    /// </summary>
    public async Task<string?> UncoverAsync(IReadOnlyDictionary<string, string?> wanted, CancellationToken cancel)
    {
        foreach (var (pod, id, client) in _nodes)
        {
            try
            {
                var told = await DescribeAsync(client, id, [.. wanted.Keys], cancel);
                foreach (var (key, value) in wanted.Where(w => told.ContainsKey(w.Key)))
                {
                    var need = LiveNeed.Of(id, told[key], value);
                    if (need is { Change: { } change, IsInFile: true } && await client.AlterSettingsAsync(need.Resource, [change], validateOnly: false, cancel) is { IsOk: false } kept)
                        return $"{pod} keeps what was set of {key} while it ran: {Words(kept)}";
                    if (!need.IsInEffect)
                        return $"{pod} does not have the new value of {key} yet";
                }
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return $"{pod} can not be asked: {e.Message.TrimEnd('.')}";
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, _, client) in _nodes)
            await client.DisposeAsync();
    }

    private async Task<LiveChange?> SetAsync(string pod, int id, KafkaClient client, IReadOnlyDictionary<string, string?> wanted, CancellationToken cancel)
    {
        var told = await DescribeAsync(client, id, [.. wanted.Keys], cancel);
        if (wanted.Keys.FirstOrDefault(k => !told.ContainsKey(k)) is { } untold)
            return new(LiveChangeKind.NeedsRestart, $"{pod} does not tell {untold}");
        var needs = wanted.Select(w => LiveNeed.Of(id, told[w.Key], w.Value)).ToList();
        if (needs.FirstOrDefault(n => n is { IsInEffect: false, Change: null }) is { } atStart)
            return new(LiveChangeKind.NeedsRestart, $"the default of {atStart.Back.Name} comes back only at start");
        foreach (var group in needs.Where(n => n.Change is not null).GroupBy(n => n.Resource))
        {
            var result = await client.AlterSettingsAsync(group.Key, [.. group.Select(n => n.Change!)], validateOnly: false, cancel);
            var names = string.Join(", ", group.Select(n => n.Back.Name));
            if (!result.IsOk)
            {
                return result.Message?.Contains(TooFar, StringComparison.Ordinal) == true
                    ? new(LiveChangeKind.NeedsRestart, $"{names} takes effect only at start: the number of threads changes too much for a running server")
                    : new(LiveChangeKind.Refused, $"{pod} refuses {names}: {Words(result)}");
            }

            _done.Push((client, group.Key, [.. group.Select(n => n.Back)]));
        }

        return null;
    }

    private async Task TakeBackAsync(CancellationToken cancel)
    {
        while (_done.TryPop(out var step))
        {
            try
            {
                await step.Client.AlterSettingsAsync(step.Resource, step.Back, validateOnly: false, cancel);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                // The broker is gone; what it was told is uncovered once it has read its file.
            }
        }
    }

    // The server's words, from which the value may have to be kept out of sight, end at its first sentence.
    private static string Words(KafkaResult result) => result.Shown.Split('\n')[0];
}
