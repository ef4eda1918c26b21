using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using KubeDb.Api.Kubernetes.Configuration;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>Makes <see cref="ApiError"/>s of answers and of failures to get one. No part of a request's body gets in.</summary>
internal static class ApiErrors
{
    /// <summary>The error of an answer with a failure status.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body, or the start of it.</param>
    /// <param name="what">Method and address, for people.</param>
    /// <param name="secret">The request was about a Secret: the server's sentence is kept only where it can not quote one.</param>
    /// <param name="now">The time, for a Retry-After that is a date.</param>
    public static ApiError FromResponse(HttpResponseMessage response, ReadOnlySpan<byte> body, string what, bool secret, DateTimeOffset now)
    {
        var code = (int)response.StatusCode;
        var wait = RetryAfter(response.Headers.RetryAfter, now);
        return ApiStatus.TryRead(body) is { } status
            ? FromStatus(status, code, what, secret, wait)
            : new ApiError(KindOf(code, null), code, response.StatusCode.ToString(), Unexplained(response, what), wait);
    }

    /// <summary>The error that a Status describes.</summary>
    public static ApiError FromStatus(ApiStatus status, int code, string what, bool secret, TimeSpan? wait = null)
    {
        if (status.Code != 0)
            code = status.Code;
        if (wait is null && status.Details is { RetryAfterSeconds: > 0 } details)
            wait = TimeSpan.FromSeconds(details.RetryAfterSeconds);
        var reason = string.IsNullOrEmpty(status.Reason) ? ((HttpStatusCode)code).ToString() : status.Reason;
        if (status.Details?.Causes?.Any(c => c.Reason == ApiError.NamespaceTerminating) == true)
            reason = ApiError.NamespaceTerminating;
        var kind = KindOf(code, status.Reason);
        return new ApiError(kind, code, reason, Sentence(status, kind, what, secret), wait);
    }

    /// <summary>The error of a request that got no whole answer.</summary>
    public static ApiError FromException(Exception failure, string what, string? tlsProblem) => failure switch
    {
        KubernetesConfigurationException e => new ApiError(ApiErrorKind.Unauthorized, 0, "NoCredentials", $"{what}: not sent: {e.Message}"),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } e =>
            new ApiError(ApiErrorKind.Unreachable, 0, "TlsFailed", $"{what}: no secure connection: {tlsProblem ?? Innermost(e)}"),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            new ApiError(ApiErrorKind.Unreachable, 0, "NameNotFound", $"{what}: the host name does not resolve; check the server address and DNS."),
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } e =>
            new ApiError(ApiErrorKind.Unreachable, 0, "ProxyFailed", $"{what}: the proxy did not connect: {Innermost(e)}"),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } e =>
            new ApiError(ApiErrorKind.Unreachable, 0, "NotConnected", $"{what}: no connection: {Innermost(e)}"),
        AuthenticationException e => new ApiError(ApiErrorKind.Unreachable, 0, "TlsFailed", $"{what}: no secure connection: {tlsProblem ?? e.Message}"),
        _ => new ApiError(ApiErrorKind.Unreachable, 0, "ConnectionLost", $"{what}: the connection broke before the whole answer was in: {Innermost(failure)}"),
    };

    /// <summary>The error of a request that took too long.</summary>
    public static ApiError TimedOut(string what, TimeSpan limit) =>
        new(ApiErrorKind.Unreachable, 0, "TimedOut", string.Create(CultureInfo.InvariantCulture, $"{what}: no whole answer within {limit.TotalSeconds:0.#} s."));

    /// <summary>The error of an answer that makes no sense.</summary>
    public static ApiError Unreadable(string what, string why) =>
        new(ApiErrorKind.Other, 0, "UnreadableAnswer", $"{what}: the answer can not be read: {why}");

    private static ApiErrorKind KindOf(int code, string? reason) => (code, reason) switch
    {
        (_, "Expired" or "Gone") or (410, _) => ApiErrorKind.Gone,
        (_, "AlreadyExists") => ApiErrorKind.AlreadyExists,
        (400, _) => ApiErrorKind.BadRequest,
        (401, _) => ApiErrorKind.Unauthorized,
        (403, _) => ApiErrorKind.Forbidden,
        (404, _) => ApiErrorKind.NotFound,
        (409, _) => ApiErrorKind.Conflict,
        (422, _) => ApiErrorKind.Invalid,
        (429, _) => ApiErrorKind.TooManyRequests,
        ( >= 500, _) => ApiErrorKind.ServerError,
        _ => ApiErrorKind.Other,
    };

    private static string Sentence(ApiStatus status, ApiErrorKind kind, string what, bool secret)
    {
        if (secret && kind is ApiErrorKind.BadRequest or ApiErrorKind.Invalid)
        {
            var fields = status.Details?.Causes?.Select(c => c.Field).Where(f => !string.IsNullOrEmpty(f)).Distinct().ToArray() ?? [];
            return $"{what}: the server refused the Secret{(fields.Length == 0 ? "" : " because of " + string.Join(", ", fields))} (values withheld).";
        }

        var message = string.IsNullOrEmpty(status.Message) ? $"{what}: {status.Reason ?? "failed"} ({status.Code})" : status.Message;

        // The server's JSON decoder quotes the bytes around a mistake; those are the request's.
        var quote = message.IndexOf("error found in #", StringComparison.Ordinal);
        return quote < 0 ? message : message[..quote].TrimEnd(' ', ',', ';') + " (quotation withheld)";
    }

    private static string Unexplained(HttpResponseMessage response, string what) =>
        $"{what}: HTTP {(int)response.StatusCode} {response.ReasonPhrase} without a Kubernetes status " +
        $"({response.Content.Headers.ContentType?.MediaType ?? "no content type"}); it may come from a proxy or load balancer in between.";

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        if (header?.Delta is { } delta)
            return delta;
        return header?.Date is { } date ? TimeSpan.FromTicks(Math.Max(0, (date - now).Ticks)) : null;
    }

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message;
    }
}
