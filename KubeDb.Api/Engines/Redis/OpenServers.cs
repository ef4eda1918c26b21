using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Engines.Redis.Resp;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Connections to all servers of a database, to change them together: all of them or none.</summary>
internal sealed class OpenServers : IAsyncDisposable
{
    private readonly List<(string Name, RespClient Client, RedisServerConfig Config)> _servers = [];

    /// <summary>No server is open.</summary>
    public bool IsEmpty => _servers.Count == 0;

    /// <summary>Takes over a connection; it is closed with the others.</summary>
    public void Add(string name, RespClient client, RedisFlavour flavour) => _servers.Add((name, client, new(client, flavour)));

    /// <summary>Sets the parameters in every server. When one does not take them, those before it are set back.</summary>
    public async Task<LiveChange> SetAsync(IReadOnlyList<LiveSetting> settings, CancellationToken cancel)
    {
        var done = new List<(RedisServerConfig Config, IReadOnlyList<LiveSetting> Previous)>();
        foreach (var (name, _, config) in _servers)
        {
            LiveChange change;
            try
            {
                (change, var previous) = await config.SetAsync(settings, cancel);
                done.Add((config, previous));
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                change = new(LiveChangeKind.NeedsRestart, $"{name} can not be asked: {e.Message}");
            }

            if (change.Kind == LiveChangeKind.Applied)
                continue;
            var undone = "";
            foreach (var (earlier, before) in done)
                undone += await RestoreAsync(earlier, before, cancel);
            return change with { Message = change.Message + undone };
        }

        return new(LiveChangeKind.Applied, $"set {string.Join(", ", settings)} in the running server{(_servers.Count == 1 ? "" : "s")}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, client, _) in _servers)
            await client.DisposeAsync();
    }

    private static async Task<string> RestoreAsync(RedisServerConfig config, IReadOnlyList<LiveSetting> previous, CancellationToken cancel)
    {
        try
        {
            return await config.RestoreAsync(previous, cancel);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return $"; not set back: {e.Message}";
        }
    }
}
