using Polly;
using Polly.Retry;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>What one attempt brought: bytes, or an error and whether another attempt is allowed.</summary>
internal readonly record struct Answer(PooledBytes? Body, ApiError? Error, bool MayRetry);

/// <summary>
/// When a request is sent again.
/// <list type="bullet">
/// <item>The connection was never made: always, since nothing was sent (but not after a refused certificate).</item>
/// <item>429, and 503 with Retry-After: the server did not take the request up; always, after the time it asked for. Except an eviction,
/// whose 429 is the word of a disruption budget and belongs to the caller.</item>
/// <item>403 for want of a right, on a connection opened a moment ago: a server that has just started refuses everything until it has read
/// its roles. On an older connection the right is missing indeed.</item>
/// <item>Other 5xx, a lost answer, a time-out: the request may have been carried out, so only where a repetition can do no harm:
/// reads, replace, apply, and patches and deletes that state what they expect. A create is never repeated then: the caller gets
/// <see cref="ApiErrorKind.Unreachable"/> and looks, so an <see cref="ApiErrorKind.AlreadyExists"/> always speaks of someone else's object
/// or of an earlier call's. A repeated conditional write whose first answer was lost ends in <see cref="ApiErrorKind.Conflict"/>, a
/// repeated delete in <see cref="ApiErrorKind.NotFound"/>.</item>
/// </list>
/// </summary>
internal static class RetryPolicy
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RolesAreRead = TimeSpan.FromSeconds(10);

    /// <summary>The pipeline that carries the rules out; the attempts say in <see cref="Answer.MayRetry"/> what is allowed.</summary>
    public static ResiliencePipeline<Answer> Pipeline(KubernetesClientOptions options)
    {
        var builder = new ResiliencePipelineBuilder<Answer> { TimeProvider = options.Time };
        if (options.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<Answer>
            {
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result.MayRetry),
                MaxRetryAttempts = options.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = options.RetryDelay,
                MaxDelay = LongestDelay,
                UseJitter = true,
                Randomizer = options.Jitter,
                DelayGenerator = static args => ValueTask.FromResult(args.Outcome.Result.Error?.RetryAfter),
            });
        }

        return builder.Build();
    }

    /// <summary>True when the rules allow to send the request again after this error.</summary>
    /// <param name="request">The request.</param>
    /// <param name="error">What came of it.</param>
    /// <param name="connected">Age of the newest connection.</param>
    public static bool Allows(ApiRequest request, ApiError error, TimeSpan connected)
    {
        if (error.IsRightMissing)
            return connected < RolesAreRead;
        if (error.Kind == ApiErrorKind.TooManyRequests)
            return request.Subresource != "eviction";
        if (error is { Code: 503, RetryAfter: not null })
            return true;
        return error switch
        {
            { Kind: ApiErrorKind.Unreachable, Reason: "TlsFailed" } => false,
            { Kind: ApiErrorKind.Unreachable, Reason: "NotConnected" or "NameNotFound" or "ProxyFailed" } => true,
            { Kind: ApiErrorKind.Unreachable or ApiErrorKind.ServerError } => IsRepeatable(request),
            _ => false,
        };
    }

    private static bool IsRepeatable(ApiRequest request) => request.Verb switch
    {
        ApiVerb.Get or ApiVerb.List or ApiVerb.Update or ApiVerb.Apply => true,
        ApiVerb.MergePatch => request.Body?["metadata"]?["resourceVersion"] is not null,
        ApiVerb.JsonPatch => request.Body is System.Text.Json.Nodes.JsonArray steps && steps.Any(s => s?["op"]?.GetValue<string>() == "test"),
        ApiVerb.Delete => request.Body?["preconditions"]?["uid"] is not null,
        _ => false,
    };
}
