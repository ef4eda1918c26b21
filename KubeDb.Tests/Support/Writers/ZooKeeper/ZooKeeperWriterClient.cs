using System.Globalization;
using System.Net.Sockets;
using KubeDb.Api.Engines.ZooKeeper.Client;

namespace KubeDb.Tests.Support.Writers.ZooKeeper;

/// <summary>
/// Creates a node for each number through one address, such as a service's; after any trouble it connects again. Fails at once, as a client does that
/// leaves retries to its user.
/// </summary>
/// <param name="host">The address.</param>
internal sealed class ZooKeeperWriterClient(string host) : IWriterClient
{
    private static readonly ZooKeeperClientOptions Options = new() { Timeout = TimeSpan.FromSeconds(2), SessionTimeout = TimeSpan.FromSeconds(10) };
    private readonly string _folder = $"/writer-{Guid.NewGuid():N}";
    private ZooKeeperClient? _client;

    /// <summary>Sessions that were opened; the first among them.</summary>
    public int Sessions { get; private set; }

    public async Task WriteAsync(int number, CancellationToken cancel)
    {
        try
        {
            var client = await ConnectAsync(cancel);
            var written = await client.CreateAsync(Path(number), "written"u8.ToArray(), ZooKeeperAcl.Open, ZooKeeperNodeKind.Persistent, cancel);

            // Of a write that was not acknowledged nobody knows whether it is there.
            if (!written.IsOk && written.Error != ZooKeeperError.NodeExists)
                throw new IOException($"the server answers {written.Error}");
        }
        catch
        {
            await DropAsync();
            throw;
        }
    }

    public async Task<IReadOnlyCollection<int>> ReadAsync(IReadOnlyList<int> numbers, CancellationToken cancel)
    {
        try
        {
            var client = await ConnectAsync(cancel);
            await client.SyncAsync(_folder, cancel);
            var there = (await client.GetChildrenAsync(_folder, cancel)).Value!.Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToHashSet();
            return [.. numbers.Where(there.Contains)];
        }
        catch
        {
            await DropAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await DropAsync();

    private string Path(int number) => string.Create(CultureInfo.InvariantCulture, $"{_folder}/{number}");

    private async Task<ZooKeeperClient> ConnectAsync(CancellationToken cancel)
    {
        if (_client is not null)
            return _client;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, 2181, cancel);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var client = await ZooKeeperClient.OpenAsync(new NetworkStream(socket, ownsSocket: true), TimeProvider.System, Options, cancel);
        Sessions++;
        _client = client;
        await client.CreateAsync(_folder, Array.Empty<byte>(), ZooKeeperAcl.Open, ZooKeeperNodeKind.Persistent, cancel);
        return client;
    }

    private async Task DropAsync()
    {
        if (_client is { } client)
            await client.DisposeAsync();
        _client = null;
    }
}
