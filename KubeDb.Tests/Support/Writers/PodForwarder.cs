using System.Net;
using System.Net.Sockets;

namespace KubeDb.Tests.Support.Writers;

/// <summary>
/// What stands between clients outside and a pod that keeps its name and changes its address, as a load balancer for one pod does: a port of this machine
/// that leads to a port of the pod, wherever that is. A connection ends when either side ends it.
/// </summary>
internal sealed class PodForwarder : IAsyncDisposable
{
    // An address that a pod had a moment ago answers nothing at all, and a client would take the silence for a slow server.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Task<string?>> _address;
    private readonly int _port;
    private readonly Task _loop;

    /// <summary>Begins.</summary>
    /// <param name="address">Address of the pod at present; null while it has none.</param>
    /// <param name="port">Port of the pod.</param>
    public PodForwarder(Func<Task<string?>> address, int port)
    {
        (_address, _port) = (address, port);
        _listener.Start();
        _loop = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                connections.RemoveAll(c => c.IsCompleted);
                connections.Add(ForwardAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                if (await _address() is not { } address)
                    return;
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(ends.Token);
                patience.CancelAfter(Patience);
                await server.ConnectAsync(address, _port, patience.Token);
                var (near, far) = (client.GetStream(), server.GetStream());
                await Task.WhenAny(near.CopyToAsync(far, ends.Token), far.CopyToAsync(near, ends.Token));
                await ends.CancelAsync();
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or HttpRequestException)
            {
                // The client sees its connection end.
            }
        }
    }
}
