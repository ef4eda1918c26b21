using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>
/// A client that writes at a steady rate through the database's service, each write under a key of its own, and counts what it sees:
/// errors, the longest time without an acknowledged write, and acknowledged writes that are not there in the end.
/// </summary>
public sealed class ServiceWriter : IAsyncDisposable
{
    private const int ReadAtOnce = 500;

    private readonly string _address, _password, _keys = $"writer:{Guid.NewGuid():N}";
    private readonly int _perSecond;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _errors = [];
    private Task _loop = Task.CompletedTask;
    private int _acknowledged;
    private TimeSpan _longestGap;

    private ServiceWriter(string address, string password, int perSecond, TimeSpan patience) =>
        (_address, _password, _perSecond, _patience) = (address, password, perSecond, patience);

    /// <summary>Waits until the service answers, then starts writing, from where on every error counts; returns after the first acknowledged write.</summary>
    /// <param name="ns">The database's namespace.</param>
    /// <param name="database">The database.</param>
    /// <param name="perSecond">Writes a second.</param>
    /// <param name="patience">
    /// How long the service may lead nowhere before the first and after the last write: where the API server is restarted, Kubernetes itself may
    /// need a minute to find back to it.
    /// </param>
    public static async Task<ServiceWriter> StartAsync(string ns, string database, int perSecond, TimeSpan patience = default)
    {
        var address = (await ClusterReader.Shared.ServiceAsync(ns, database))!.Spec.ClusterIP;
        var password = (await ClusterReader.Shared.SecretAsync(ns, $"{database}-auth"))!.Data["password"];
        var writer = new ServiceWriter(address, Encoding.UTF8.GetString(password), perSecond, patience);
        (await writer.ReachAsync(TimeSpan.FromSeconds(Math.Max(20, patience.TotalSeconds)))).Dispose();
        writer._loop = writer.WriteAsync();
        var clock = Stopwatch.StartNew();
        while (Volatile.Read(ref writer._acknowledged) == 0)
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
                throw new TimeoutException($"No write through {address} was acknowledged: {string.Join("; ", writer._errors.Take(3))}");
            await Task.Delay(20);
        }

        return writer;
    }

    /// <summary>Stops after so many more acknowledged writes, and reads back what was acknowledged.</summary>
    public async Task<WriterReport> StopAsync(int after = 1)
    {
        var target = Volatile.Read(ref _acknowledged) + after;
        var clock = Stopwatch.StartNew();
        while (Volatile.Read(ref _acknowledged) < target && clock.Elapsed < TimeSpan.FromSeconds(30))
            await Task.Delay(20);
        await _stop.CancelAsync();
        await _loop;
        using var connection = await ReachAsync(_patience);
        var there = 0;
        foreach (var keys in Enumerable.Range(1, _acknowledged).Select(Key).Chunk(ReadAtOnce))
            there += int.Parse(await connection.AskAsync(["EXISTS", .. keys]), CultureInfo.InvariantCulture);
        return new WriterReport(_acknowledged, _acknowledged - there, [.. _errors], _longestGap);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"{_keys}:{number}");

    // A database can be Ready a moment before the node's rules lead from its service to its pod.
    private async Task<Connection> ReachAsync(TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await ConnectAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException && clock.Elapsed < limit)
            {
                await Task.Delay(20);
            }
        }
    }

    private async Task WriteAsync()
    {
        var pause = TimeSpan.FromSeconds(1.0 / _perSecond);
        var last = Stopwatch.GetTimestamp();
        Connection? connection = null;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                connection ??= await ConnectAsync(_stop.Token);
                await connection.AskAsync("SET", Key(_acknowledged + 1), "written");
                var gap = Stopwatch.GetElapsedTime(last);
                _longestGap = gap > _longestGap ? gap : _longestGap;
                last = Stopwatch.GetTimestamp();
                Interlocked.Increment(ref _acknowledged);
            }
            catch (Exception e) when (e is IOException or SocketException or InvalidOperationException or OperationCanceledException or TimeoutException)
            {
                if (!_stop.IsCancellationRequested)
                    _errors.Add(e.Message);
                connection?.Dispose();
                connection = null;
            }

            await Task.Delay(pause);
        }

        connection?.Dispose();
    }

    private async Task<Connection> ConnectAsync(CancellationToken cancel)
    {
        var client = new TcpClient { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        await client.ConnectAsync(_address, 6379, limit.Token);
        var connection = new Connection(client);
        await connection.AskAsync("AUTH", _password);
        return connection;
    }

    /// <summary>A test client of its own, so that a fault in the product's client can not hide itself.</summary>
    private sealed class Connection(TcpClient client) : IDisposable
    {
        private readonly StreamReader _reader = new(client.GetStream(), Encoding.UTF8);

        public async Task<string> AskAsync(params string[] words)
        {
            var text = new StringBuilder($"*{words.Length}\r\n");
            foreach (var word in words)
                text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), limit.Token);
            var line = await _reader.ReadLineAsync(limit.Token) ?? throw new IOException("the server closed the connection");
            return line[0] switch
            {
                '-' => throw new InvalidOperationException(line[1..]),
                '$' => line == "$-1" ? "" : await _reader.ReadLineAsync(limit.Token) ?? throw new IOException("the server closed the connection"),
                _ => line[1..],
            };
        }

        public void Dispose()
        {
            _reader.Dispose();
            client.Dispose();
        }
    }
}

/// <summary>What a <see cref="ServiceWriter"/> saw.</summary>
/// <param name="Acknowledged">Writes that the server acknowledged.</param>
/// <param name="Lost">Acknowledged writes that are gone.</param>
/// <param name="Errors">Failed writes and connections, in order.</param>
/// <param name="LongestGap">Longest time between two acknowledged writes.</param>
public sealed record WriterReport(int Acknowledged, int Lost, IReadOnlyList<string> Errors, TimeSpan LongestGap);
