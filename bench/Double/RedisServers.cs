using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Resp;

namespace KubeDb.Bench.Double;

/// <summary>
/// A DOUBLE of any number of Redis servers, one on each loopback address that somebody connects to: enough for health checks, live
/// configuration and restarts. It accepts every password.
/// </summary>
internal sealed class RedisServers : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Any, RedisConnector.Port);
    private readonly ConcurrentDictionary<IPAddress, ConcurrentDictionary<string, string>> _parameters = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private long _commands;

    /// <summary>Starts to listen.</summary>
    public RedisServers()
    {
        _listener.Start(1024);
        _accepting = AcceptAsync();
    }

    /// <summary>Commands answered.</summary>
    public long Commands => Interlocked.Read(ref _commands);

    /// <summary>The address of the server of a pod.</summary>
    public static string Address(int number) => $"127.77.{number / 250}.{(number % 250) + 1}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var socket = await _listener.AcceptSocketAsync(_stop.Token);
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var owned = socket;
        var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
        if (!IPAddress.IsLoopback(address))
            return;
        socket.NoDelay = true;
        await using var stream = new NetworkStream(socket);
        var reader = new RespReader(stream, RespLimits.Default);
        var keys = new Dictionary<string, string>();
        try
        {
            while (true)
            {
                var command = await reader.ReadAsync(_stop.Token);
                Interlocked.Increment(ref _commands);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(Answer(address, keys, [.. command.Items.Select(i => i.Text)])), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has gone, or the bench ends.
        }
    }

    private string Answer(IPAddress address, Dictionary<string, string> keys, string[] words)
    {
        switch (words[0].ToUpperInvariant())
        {
            case "PING":
                return "+PONG\r\n";
            case "SET":
                keys[words[1]] = words[2];
                return "+OK\r\n";
            case "GET":
                return Bulk(keys.GetValueOrDefault(words[1]));
            case "DEL":
                return keys.Remove(words[1]) ? ":1\r\n" : ":0\r\n";
            case "INFO":
                return Bulk("# Persistence\r\nloading:0\r\nasync_loading:0\r\naof_enabled:1\r\naof_last_write_status:ok\r\nrdb_last_bgsave_status:ok\r\n");
            case "CONFIG":
                return Config(_parameters.GetOrAdd(address, static _ => new(StringComparer.OrdinalIgnoreCase)), words);
            default:
                return "+OK\r\n";
        }
    }

    private static string Config(ConcurrentDictionary<string, string> parameters, string[] words)
    {
        if (words[1].Equals("GET", StringComparison.OrdinalIgnoreCase))
            return $"*2\r\n{Bulk(words[2])}{Bulk(parameters.GetValueOrDefault(words[2], "10000"))}";
        foreach (var pair in words.Skip(2).Chunk(2))
            parameters[pair[0]] = pair[1];
        return "+OK\r\n";
    }

    private static string Bulk(string? text) =>
        text is null ? "$-1\r\n" : string.Create(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n");
}
