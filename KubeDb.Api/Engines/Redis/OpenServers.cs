using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Engines.Redis.Resp;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Takes a change of one server back. Empty when it worked, otherwise the end of a sentence that says what did not.</summary>
internal delegate Task<string> UndoLive(CancellationToken cancel);

/// <summary>Connections to all servers of a database, to change them together: all of them or none.</summary>
internal sealed class OpenServers : IAsyncDisposable
{
    private readonly List<(string Name, RespClient Client, RedisServerConfig Config)> _servers = [];
    private readonly List<(string Name, UndoLive Undo)> _done = [];

    /// <summary>No server is open.</summary>
    public bool IsEmpty => _servers.Count == 0;

    /// <summary>Takes over a connection; it is closed with the others.</summary>
    public void Add(string name, RespClient client, RedisFlavour flavour) => _servers.Add((name, client, new(client, flavour)));

    /// <summary>Sets the parameters in every server. When one does not take them, everything that was changed so far is set back.</summary>
    public async Task<LiveChange> SetAsync(IReadOnlyList<LiveSetting> settings, CancellationToken cancel) =>
        await ChangeAsync(
            async (_, config) =>
            {
                var (change, before) = await config.SetAsync(settings, cancel);
                return (change, c => config.RestoreAsync(before, c));
            },
            cancel) ?? new(LiveChangeKind.Applied, $"set {string.Join(", ", settings)} in the running server{(_servers.Count == 1 ? "" : "s")}");

    /// <summary>Makes the users of every server what the change says. When one does not take it, everything that was changed so far is set back.</summary>
    public async Task<LiveChange> SetUsersAsync(FileChange users, CancellationToken cancel) =>
        await ChangeAsync((client, _) => new RedisServerUsers(client).SetAsync(users, cancel), cancel)
        ?? new(LiveChangeKind.Applied, $"set the users in the running server{(_servers.Count == 1 ? "" : "s")}");

    /// <summary>Changes one server after the other; null when all took it.</summary>
    private async Task<LiveChange?> ChangeAsync(
        Func<RespClient, RedisServerConfig, Task<(LiveChange Change, UndoLive Undo)>> set, CancellationToken cancel)
    {
        foreach (var (name, client, config) in _servers)
        {
            LiveChange change;
            try
            {
                (change, var undo) = await set(client, config);
                _done.Add((name, undo));
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
            foreach (var (earlier, undo) in Enumerable.Reverse(_done))
                undone += await UndoAsync(earlier, undo, cancel);
            return change with { Message = change.Message + undone };
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, client, _) in _servers)
            await client.DisposeAsync();
    }

    private static async Task<string> UndoAsync(string name, UndoLive undo, CancellationToken cancel)
    {
        try
        {
            return await undo(cancel) is { Length: > 0 } left ? $"{left} in {name}" : "";
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return $"; not set back in {name}: {e.Message}";
        }
    }
}
