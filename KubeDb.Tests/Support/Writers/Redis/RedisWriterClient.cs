using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace KubeDb.Tests.Support.Writers.Redis;

/// <summary>
/// Writes through one connection, to wherever <paramref name="find"/> leads; after any trouble it is asked again. Fails at once, as a client does
/// that leaves retries to its user.
/// </summary>
/// <param name="find">Finds the server that takes the writes now.</param>
/// <param name="password">The password; null for none.</param>
/// <param name="replicas">How many replicas have to have a write before it counts as acknowledged (WAIT); 0 for none.</param>
/// <param name="tag">A hash tag that keeps the keys in one slot; empty for none.</param>
/// <param name="certificate">Finds what it shows to servers that speak TLS, asked before each connection as a client does that follows its secret; null to speak plain only.</param>
internal sealed class RedisWriterClient(
    Func<CancellationToken, Task<(string Host, int Port)>> find, string? password, int replicas = 0, string tag = "", Func<Task<X509Certificate2?>>? certificate = null) : IWriterClient
{
    private const int WaitMilliseconds = 1000;
    private readonly string _keys = $"writer:{Guid.NewGuid():N}:{(tag.Length > 0 ? $"{{{tag}}}:" : "")}";
    private RedisConnection? _connection;

    /// <summary>Through one address, such as a service's.</summary>
    public static RedisWriterClient Through(string host, string? password, int replicas = 0) =>
        new(_ => Task.FromResult((host, 6379)), password, replicas);

    /// <summary>Asks the sentinels for the master, as a client does that knows Sentinel.</summary>
    public static RedisWriterClient OfMaster(Func<Task<IReadOnlyList<string>>> sentinels, string? sentinelPassword, string master, Func<string, string> resolve, string? password, int replicas = 0) =>
        new(cancel => MasterAsync(sentinels, sentinelPassword, master, resolve, cancel), password, replicas);

    /// <summary>Asks the nodes of a cluster for the owner of the slot of the hash tag, as a client does that knows clusters.</summary>
    public static RedisWriterClient OfSlot(Func<Task<IReadOnlyList<string>>> nodes, string tag, string? password, int replicas = 0, Func<Task<X509Certificate2?>>? certificate = null) =>
        new(cancel => OwnerAsync(nodes, tag, password, certificate, cancel), password, replicas, tag, certificate);

    public async Task WriteAsync(int number, CancellationToken cancel)
    {
        try
        {
            _connection ??= await ConnectAsync(cancel);
            await _connection.AskAsync(cancel, "SET", Key(number), "written");
            if (replicas == 0)
                return;
            var have = await _connection.AskAsync(cancel, "WAIT", $"{replicas}", $"{WaitMilliseconds}");
            if (int.Parse(have, CultureInfo.InvariantCulture) < replicas)
                throw new IOException($"only {have} of {replicas} replicas have the write");
        }
        catch
        {
            Drop();
            throw;
        }
    }

    public async Task<IReadOnlyCollection<int>> ReadAsync(IReadOnlyList<int> numbers, CancellationToken cancel)
    {
        try
        {
            _connection ??= await ConnectAsync(cancel);
            var there = new List<int>();
            var count = int.Parse(await _connection.AskAsync(cancel, ["EXISTS", .. numbers.Select(Key)]), CultureInfo.InvariantCulture);
            if (count == numbers.Count)
                return numbers.ToList();
            foreach (var number in numbers)
            {
                if (await _connection.AskAsync(cancel, "EXISTS", Key(number)) == "1")
                    there.Add(number);
            }

            return there;
        }
        catch
        {
            Drop();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        Drop();
        return ValueTask.CompletedTask;
    }

    private string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"{_keys}{number}");

    private void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private async Task<RedisConnection> ConnectAsync(CancellationToken cancel)
    {
        var (host, port) = await find(cancel);
        using var shown = await ShownAsync(certificate);
        return await RedisConnection.OpenAsync(host, port, password, cancel, shown);
    }

    private static Task<X509Certificate2?> ShownAsync(Func<Task<X509Certificate2?>>? certificate) => certificate?.Invoke() ?? Task.FromResult<X509Certificate2?>(null);

    private static async Task<(string Host, int Port)> MasterAsync(
        Func<Task<IReadOnlyList<string>>> sentinels, string? password, string master, Func<string, string> resolve, CancellationToken cancel)
    {
        var answer = await AskAnyAsync(await sentinels(), 26379, password, c => c.AskAsync(cancel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", master), cancel);
        var parts = answer.Split('\n');
        return parts.Length == 2 ? (resolve(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture)) : throw new IOException($"no sentinel knows {master}");
    }

    private static async Task<(string Host, int Port)> OwnerAsync(
        Func<Task<IReadOnlyList<string>>> nodes, string tag, string? password, Func<Task<X509Certificate2?>>? certificate, CancellationToken cancel)
    {
        using var shown = await ShownAsync(certificate);
        var table = await AskAnyAsync(await nodes(), 6379, password, async c =>
        {
            var slot = await c.AskAsync(cancel, "CLUSTER", "KEYSLOT", $"{{{tag}}}");
            return $"{slot}\n{await c.AskAsync(cancel, "CLUSTER", "NODES")}";
        }, cancel, shown);
        var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var slot = int.Parse(lines[0], CultureInfo.InvariantCulture);
        foreach (var words in lines.Skip(1).Select(l => l.Trim().Split(' ')).Where(w => w.Length > 8))
        {
            if (words[2].Contains("master", StringComparison.Ordinal) && !words[2].Contains("fail", StringComparison.Ordinal) && words.Skip(8).Any(r => Holds(r, slot)))
                return (words[1].Split(':')[0], 6379);
        }

        throw new IOException($"no node owns slot {slot}");
    }

    private static bool Holds(string range, int slot)
    {
        if (range.StartsWith('['))
            return false;
        var ends = range.Split('-').Select(e => int.Parse(e, CultureInfo.InvariantCulture)).ToArray();
        return slot >= ends[0] && slot <= ends[^1];
    }

    private static async Task<string> AskAnyAsync(
        IReadOnlyList<string> hosts, int port, string? password, Func<RedisConnection, Task<string>> ask, CancellationToken cancel, X509Certificate2? certificate = null)
    {
        Exception? last = null;
        foreach (var host in hosts)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(TimeSpan.FromMilliseconds(300));
            try
            {
                using var connection = await RedisConnection.OpenAsync(host, port, password, limit.Token, certificate);
                return await ask(connection);
            }
            catch (Exception problem) when (!cancel.IsCancellationRequested)
            {
                last = problem;
            }
        }

        throw new IOException($"none of {hosts.Count} servers answers: {last?.Message}", last);
    }
}
