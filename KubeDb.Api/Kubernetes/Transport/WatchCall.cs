using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>One watch from its request to its end. Events are cut out of the stream's bytes and decoded in place.</summary>
internal sealed class WatchCall<T>(
    ApiTransport transport, KubernetesClientOptions limits, ResourceType type, WatchOptions options, ObjectDecoder<T> decode)
    where T : class
{
    private readonly Uri _uri = transport.Address(RequestMessages.Target(type, options));

    private string What => $"watch of {type} at {_uri.GetLeftPart(UriPartial.Path)}";

    /// <summary>Runs the watch.</summary>
    public async IAsyncEnumerable<WatchEvent<T>> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var (response, failure) = await OpenAsync(cancel);
        if (response is null)
        {
            yield return Failed(failure!);
            yield break;
        }

        using (response)
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancel);
            await foreach (var e in WatchStream.ReadAsync(stream, What, Settings(), decode, cancel))
                yield return e;
        }
    }

    private WatchSettings Settings() =>
        new(options.IdleTimeout, limits.MaxWatchLineBytes, limits.Time, type is { Group: "", Plural: "secrets" });

    private async Task<(HttpResponseMessage? Response, ApiError? Error)> OpenAsync(CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(limits.RequestTimeout, limits.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        var started = limits.Time.GetTimestamp();
        HttpResponseMessage? response = null;
        ApiError? error = null;
        try
        {
            response = await transport.SendAsync(() => RequestMessages.Message(HttpMethod.Get, _uri, metadataOnly: options.MetadataOnly), either.Token);
            if (!response.IsSuccessStatusCode)
                error = await RefusalAsync(response, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            error = ApiErrors.TimedOut(What, limits.RequestTimeout);
        }
        catch (Exception e) when (e is not OperationCanceledException && !cancel.IsCancellationRequested)
        {
            error = ApiErrors.FromException(e, What, transport.TlsProblem);
        }

        ClientMeter.Record("watch", (int?)response?.StatusCode ?? 0, limits.Time.GetElapsedTime(started));
        if (error is null)
            return (response, null);
        response?.Dispose();
        return (null, error);
    }

    private async Task<ApiError> RefusalAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        using var body = new PooledBytes(4096);
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        await body.ReadToEndAsync(stream, limits.MaxOutputBytes, cancel);
        return ApiErrors.FromResponse(response, body.Span, What, secret: false, limits.Time.GetUtcNow());
    }

    private static WatchEvent<T> Failed(ApiError error) => new(WatchEventType.Error, null, "", error);
}

/// <summary>How a watch's stream is read.</summary>
/// <param name="IdleTimeout">Longest silence.</param>
/// <param name="MaxLineBytes">Longest event.</param>
/// <param name="Time">The clock.</param>
/// <param name="IsSecret">The events are about Secrets.</param>
internal sealed record WatchSettings(TimeSpan IdleTimeout, int MaxLineBytes, TimeProvider Time, bool IsSecret);

/// <summary>Reads the lines of a watch.</summary>
internal static class WatchStream
{
    private static readonly StreamPipeReaderOptions PipeOptions = new(bufferSize: 16 << 10, minimumReadSize: 4 << 10, leaveOpen: true);

    /// <summary>
    /// The events of a stream. Ends quietly where the stream ends after a whole line; a stream that breaks, ends within a line, stays
    /// silent too long or makes no sense ends with an error event. Throws on cancellation only.
    /// </summary>
    public static async IAsyncEnumerable<WatchEvent<T>> ReadAsync<T>(
        Stream stream, string what, WatchSettings settings, ObjectDecoder<T> decode, [EnumeratorCancellation] CancellationToken cancel)
        where T : class
    {
        using var idle = new CancellationTokenSource(settings.IdleTimeout, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, idle.Token);
        var pipe = PipeReader.Create(stream, PipeOptions);
        try
        {
            while (true)
            {
                var (buffer, done, error) = await FillAsync(pipe, what, settings, idle, cancel, either.Token);
                if (error is not null)
                {
                    yield return Failed<T>(error);
                    yield break;
                }

                while (TryCutLine(ref buffer, out var line))
                {
                    idle.CancelAfter(settings.IdleTimeout);
                    if (IsBlank(line))
                        continue;
                    var e = Decode(line, what, settings, decode);
                    yield return e;
                    cancel.ThrowIfCancellationRequested();
                    if (e.Type == WatchEventType.Error)
                        yield break;
                }

                var rest = Rest<T>(buffer, done, what, settings);
                pipe.AdvanceTo(buffer.Start, buffer.End);
                if (rest is { } last)
                    yield return last;
                if (rest is not null || done)
                    yield break;
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    private static async ValueTask<(ReadOnlySequence<byte> Buffer, bool Done, ApiError? Error)> FillAsync(
        PipeReader pipe, string what, WatchSettings settings, CancellationTokenSource idle, CancellationToken cancel, CancellationToken either)
    {
        try
        {
            var read = await pipe.ReadAsync(either);
            return (read.Buffer, read.IsCompleted, null);
        }
        catch (Exception e)
        {
            cancel.ThrowIfCancellationRequested();
            return (default, false, idle.IsCancellationRequested
                ? new ApiError(ApiErrorKind.Unreachable, 0, "WatchIdle", $"{what}: no event and no bookmark for {settings.IdleTimeout.TotalSeconds:0} s; the connection counts as dead.")
                : ApiErrors.FromException(e, what, null));
        }
    }

    private static WatchEvent<T>? Rest<T>(in ReadOnlySequence<byte> buffer, bool done, string what, WatchSettings settings)
        where T : class
    {
        if (buffer.Length > settings.MaxLineBytes)
            return Failed<T>(ApiErrors.Unreadable(what, $"an event is longer than {settings.MaxLineBytes} bytes."));
        return done && !IsBlank(buffer)
            ? Failed<T>(new ApiError(ApiErrorKind.Unreachable, 0, "ConnectionLost", $"{what}: the stream ended in the middle of an event."))
            : null;
    }

    private static bool TryCutLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private static bool IsBlank(in ReadOnlySequence<byte> bytes)
    {
        foreach (var part in bytes)
        {
            if (part.Span.ContainsAnyExcept(" \t\r\n"u8))
                return false;
        }

        return true;
    }

    private static WatchEvent<T> Decode<T>(in ReadOnlySequence<byte> line, string what, WatchSettings settings, ObjectDecoder<T> decode)
        where T : class
    {
        if (line.IsSingleSegment)
            return Decode(line.FirstSpan, what, settings, decode);
        var length = (int)line.Length;
        var whole = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            line.CopyTo(whole);
            return Decode(whole.AsSpan(0, length), what, settings, decode);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole, clearArray: settings.IsSecret);
        }
    }

    private static WatchEvent<T> Decode<T>(ReadOnlySpan<byte> line, string what, WatchSettings settings, ObjectDecoder<T> decode)
        where T : class
    {
        try
        {
            var (kind, value) = WatchLine.Split(line);
            var body = line[value];
            if (kind == WatchEventType.Error)
            {
                return Failed<T>(ApiStatus.TryRead(body) is { } status
                    ? ApiErrors.FromStatus(status, status.Code, what, settings.IsSecret)
                    : ApiErrors.Unreadable(what, "an ERROR event without a status."));
            }

            if (kind == WatchEventType.Bookmark)
                return new WatchEvent<T>(kind, null, WatchLine.ResourceVersion(body), null);
            var item = decode(body);
            return new WatchEvent<T>(kind, item, item is IKubernetesObject known ? known.Metadata.ResourceVersion : WatchLine.ResourceVersion(body), null);
        }
        catch (Exception e) when (JsonLimits.IsUnreadable(e))
        {
            return Failed<T>(ApiErrors.Unreadable(what, JsonLimits.Describe(e)));
        }
    }

    private static WatchEvent<T> Failed<T>(ApiError error)
        where T : class => new(WatchEventType.Error, null, "", error);
}
