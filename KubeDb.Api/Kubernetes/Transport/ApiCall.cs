namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>One request with all its attempts.</summary>
internal sealed class ApiCall(ApiTransport transport, KubernetesClientOptions options)
{
    private readonly long _start = options.Time.GetTimestamp();

    /// <summary>Makes the message of an attempt.</summary>
    public required Func<HttpRequestMessage> Build { get; init; }

    /// <summary>Method and address, for people.</summary>
    public required string What { get; init; }

    /// <summary>Value of the <c>verb</c> label of metrics.</summary>
    public required string Verb { get; init; }

    /// <summary>True for a request about a Secret.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Longest answer.</summary>
    public required int Limit { get; init; }

    /// <summary>True when the rules allow another attempt after the error.</summary>
    public required Func<ApiError, bool> MayRetry { get; init; }

    /// <summary>One attempt. Only the caller's cancellation throws.</summary>
    public async ValueTask<Answer> AttemptAsync(CancellationToken cancel)
    {
        var started = options.Time.GetTimestamp();
        var (body, code, error) = await TryAsync(cancel);
        ClientMeter.Record(Verb, error?.Code ?? code, options.Time.GetElapsedTime(started));
        return error is null ? new Answer(body, null, false) : new Answer(null, error, MayRetry(error) && FitsBudget(error));
    }

    private async Task<(PooledBytes? Body, int Code, ApiError? Error)> TryAsync(CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(options.RequestTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        PooledBytes? body = null;
        try
        {
            using var response = await transport.SendAsync(Build, either.Token);
            body = new PooledBytes((int)Math.Min(response.Content.Headers.ContentLength + 1 ?? 16 << 10, Limit));
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            var whole = await body.ReadToEndAsync(stream, Limit, either.Token);
            var code = (int)response.StatusCode;
            if (response.IsSuccessStatusCode && whole)
                return (Interlocked.Exchange(ref body, null), code, null);
            return (null, code, response.IsSuccessStatusCode
                ? ApiErrors.Unreadable(What, $"it is longer than {Limit} bytes; ask for less.")
                : ApiErrors.FromResponse(response, body.Span, What, IsSecret, options.Time.GetUtcNow()));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, 0, limit.IsCancellationRequested
                ? ApiErrors.TimedOut(What, options.RequestTimeout)
                : new ApiError(ApiErrorKind.Unreachable, 0, "NotConnected", $"{What}: no connection in time."));
        }
        catch (Exception e) when (e is not OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return (null, 0, ApiErrors.FromException(e, What, transport.TlsProblem));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The stream broke because of the cancellation.
            throw new OperationCanceledException(cancel);
        }
        finally
        {
            body?.Dispose();
        }
    }

    private bool FitsBudget(ApiError error) =>
        options.Time.GetElapsedTime(_start) + (error.RetryAfter ?? TimeSpan.Zero) <= options.RetryBudget;
}
