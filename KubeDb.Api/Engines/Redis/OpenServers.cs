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
        var done = new List<(string Name, RedisServerConfig Config, IReadOnlyList<LiveSetting> Previous)>();
        foreach (var (name, _, config) in _servers)
        {
            LiveChange change;
            try
            {
                (change, var before) = await config.SetAsync(settings, cancel);
                done.Add((name, config, before));
                if (_servers.Count > 1)
                    change = change with { Message = $"{name}: {change.Message}" };
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                change = new(LiveChangeKind.NeedsRestart, $"the connection to {name} broke, and whether it took the change is not known: {e.Message}");
            }

            if (change.Kind == LiveChangeKind.Applied)
                continue;
            var undone = "";
            foreach (var (earlier, server, previous) in done)
                undone += await RestoreAsync(earlier, server, previous, cancel);
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

    private static async Task<string> RestoreAsync(string name, RedisServerConfig config, IReadOnlyList<LiveSetting> previous, CancellationToken cancel)
    {
        try
        {
            return await config.RestoreAsync(previous, cancel) is { Length: > 0 } left ? $"{left} in {name}" : "";
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return $"; not set back in {name}: {e.Message}";
        }
    }
}
