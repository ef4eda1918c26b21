using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>
/// Lets writes through only while this process leads. The right is asked for at the moment of sending, and a write still on its way when the
/// right ends is cut off, so that it can not linger in a retry until another leads. Reads pass always. Commands in containers count as writes.
/// </summary>
public sealed class FencedClient(IKubernetesClient inner, ILeadership leadership) : IKubernetesClient
{
    private static readonly ApiError Refused = new(ApiErrorKind.NotLeader, 0, "NotLeader", "This process does not lead, so nothing was sent.");

    private static readonly ApiError CutOff =
        new(ApiErrorKind.Unreachable, 0, "LeadershipLost", "This process ceased to lead before the answer came; the write may have happened.");

    /// <inheritdoc/>
    public Task<ApiResult<T>> SendAsync<T>(ApiRequest request, ObjectDecoder<T> decode, CancellationToken cancel) =>
        request.Verb is ApiVerb.Get or ApiVerb.List
            ? inner.SendAsync(request, decode, cancel)
            : WriteAsync(token => inner.SendAsync(request, decode, token), cancel);

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType type, WatchOptions options, ObjectDecoder<T> decode, CancellationToken cancel)
        where T : class => inner.WatchAsync(type, options, decode, cancel);

    /// <inheritdoc/>
    public Task<ApiResult<ExecResult>> ExecAsync(ExecRequest request, CancellationToken cancel) =>
        WriteAsync(token => inner.ExecAsync(request, token), cancel);

    /// <inheritdoc/>
    public Task<ApiResult<string>> LogsAsync(LogRequest request, CancellationToken cancel) => inner.LogsAsync(request, cancel);

    /// <inheritdoc/>
    public void DropConnections() => inner.DropConnections();

    private async Task<ApiResult<T>> WriteAsync<T>(Func<CancellationToken, Task<ApiResult<T>>> send, CancellationToken cancel)
    {
        if (leadership.Term is not { } term)
            return new(Refused);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, term.Lost);
        try
        {
            return await send(either.Token);
        }
        catch (OperationCanceledException) when (term.Lost.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return new(CutOff);
        }
    }
}
