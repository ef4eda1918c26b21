using System.Net.Sockets;

namespace KubeDb.Api.Engines;

/// <summary>Connects over TCP.</summary>
public sealed class TcpDialer : IEngineDialer
{
    /// <inheritdoc/>
    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, cancel);
            return client.GetStream();
        }
        catch (SocketException problem)
        {
            client.Dispose();
            throw Problem(host, port, problem);
        }
        catch (OperationCanceledException)
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>What is thrown where no connection came about.</summary>
    internal static IOException Problem(string host, int port, SocketException problem) => new($"{host}:{port}: {problem.Message}", problem);
}
