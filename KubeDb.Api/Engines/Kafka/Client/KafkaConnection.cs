using System.Buffers.Binary;
using System.Globalization;
using Nito.AsyncEx;

namespace KubeDb.Api.Engines.Kafka.Client;

/// <summary>
/// Requests and answers over any stream (plain or TLS). One request at a time: a call waits for the answer of the one before. A time-out, a cancellation
/// or an I/O error in the middle of a request makes the connection unusable, because the next answer could belong to the lost request; every later call
/// then fails with <see cref="IOException"/>. It is not connected again.
/// </summary>
internal sealed class KafkaConnection(Stream stream, TimeProvider time, KafkaClientOptions options) : IAsyncDisposable
{
    private readonly AsyncLock _turn = new();
    private Dictionary<short, (short Oldest, short Newest)> _offered = [];
    private int _number;
    private bool _broken;

    public delegate T Answer<out T>(ref KafkaReader reader);

    /// <summary>Asks which requests the server takes. From then on none is sent that it does not.</summary>
    public async Task NegotiateAsync(CancellationToken cancel)
    {
        var offered = await SendAsync(
            KafkaApi.ApiVersions,
            static w => w.Text("kubedb").Text("1").End(),
            static (ref KafkaReader r) =>
            {
                // To a version that it does not know, a server answers in the oldest: the error is at the same place in all.
                if (r.Error() is not KafkaError.None and var error)
                    throw new KafkaRefusedException(error, $"The server does not say which requests it takes: {error.Shown()}. Servers from Kafka 3.3 on do.");
                return r.Array(7, static (ref KafkaReader each) =>
                {
                    var api = (Key: each.Int16(), Oldest: each.Int16(), Newest: each.Int16());
                    each.End();
                    return api;
                });
            },
            cancel);
        _offered = new(offered.Select(o => KeyValuePair.Create(o.Key, (o.Oldest, o.Newest))).DistinctBy(o => o.Key));
    }

    /// <summary>True when the server takes a request.</summary>
    public bool Takes(KafkaApi api) => _offered.TryGetValue(api.Key, out var versions) && api.Version >= versions.Oldest && api.Version <= versions.Newest;

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="api">Which request.</param>
    /// <param name="write">Writes its fields.</param>
    /// <param name="read">Reads those of its answer.</param>
    /// <param name="cancel">Cancels the wait, not what the server does.</param>
    public async Task<T> SendAsync<T>(KafkaApi api, Action<KafkaWriter> write, Answer<T> read, CancellationToken cancel)
    {
        // A lock that is free is given also to a caller that was cancelled, whose request would then break the connection.
        cancel.ThrowIfCancellationRequested();
        if (api != KafkaApi.ApiVersions && !Takes(api))
            throw new KafkaRefusedException(KafkaError.UnsupportedVersion, string.Create(CultureInfo.InvariantCulture, $"The server does not take {api.Name} version {api.Version}{Offered(api)}."));
        using (await _turn.LockAsync(cancel))
        {
            if (_broken)
                throw new IOException("The connection was closed, or broke during an earlier request.");
            var number = ++_number;
            var request = Request(api, number, write);
            _broken = true;
            var answer = await BoundAsync(c => ExchangeAsync(request, c), cancel);
            var result = Read(api, number, answer, read);
            _broken = false;
            return result;
        }
    }

    public ValueTask DisposeAsync()
    {
        _broken = true;
        return stream.DisposeAsync();
    }

    private string Offered(KafkaApi api) => _offered.TryGetValue(api.Key, out var versions)
        ? string.Create(CultureInfo.InvariantCulture, $", only {versions.Oldest} to {versions.Newest}")
        : "";

    private static byte[] Request(KafkaApi api, int number, Action<KafkaWriter> write)
    {
        var writer = new KafkaWriter().Int32(0).Int16(api.Key).Int16(api.Version).Int32(number).LegacyText(KafkaClientOptions.ClientId);
        if (api.IsFlexible)
            writer.End();
        write(writer);
        var request = writer.Written.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length - 4);
        return request;
    }

    private static T Read<T>(KafkaApi api, int number, byte[] answer, Answer<T> read)
    {
        var reader = new KafkaReader(answer);
        if (reader.Int32() != number)
            throw new IOException("The peer answers a request that was not sent: it does not speak the protocol of Kafka.");
        if (api.HasFlexibleAnswer)
            reader.End();
        return read(ref reader);
    }

    private async Task<byte[]> ExchangeAsync(byte[] request, CancellationToken cancel)
    {
        await stream.WriteAsync(request, cancel);
        await stream.FlushAsync(cancel);
        var head = new byte[4];
        await FillAsync(head, cancel);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length < 4 || length > options.LargestAnswer)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The peer announces an answer of {length} bytes, where 4 to {options.LargestAnswer} are possible: it does not speak the protocol of Kafka, or not without TLS."));
        var answer = new byte[length];
        await FillAsync(answer, cancel);
        return answer;
    }

    private async Task FillAsync(byte[] buffer, CancellationToken cancel)
    {
        try
        {
            await stream.ReadExactlyAsync(buffer, cancel);
        }
        catch (EndOfStreamException e)
        {
            throw new IOException("The server closed the connection.", e);
        }
    }

    private async Task<T> BoundAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        using var bound = new CancellationTokenSource(options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            return await work(both.Token);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"No answer within {options.Timeout.TotalSeconds:0.###} s."));
        }
    }
}

/// <summary>Bounds of a connection.</summary>
public sealed record KafkaClientOptions
{
    /// <summary>The name that servers know the client by.</summary>
    public const string ClientId = "kubedb";

    /// <summary>Bound of each request, answer included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest answer, in bytes: room for the partitions of a large cluster.</summary>
    public int LargestAnswer { get; init; } = 0x2000000;
}
