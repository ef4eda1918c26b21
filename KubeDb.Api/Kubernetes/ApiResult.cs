using System.Diagnostics.CodeAnalysis;

namespace KubeDb.Api.Kubernetes;

/// <summary>What a call to the API server came to: a value, or an error that never holds any part of a request's body.</summary>
public readonly record struct ApiResult<T>
{
    /// <summary>A successful call.</summary>
    public ApiResult(T value) => Value = value;

    /// <summary>A failed call.</summary>
    public ApiResult(ApiError error) => Error = error;

    /// <summary>The value; default when the call failed.</summary>
    public T? Value { get; }

    /// <summary>The error; null when the call succeeded.</summary>
    public ApiError? Error { get; }

    /// <summary>True when the server answered with success.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    /// <summary>The value of a call that has to succeed here.</summary>
    /// <exception cref="ApiException">The call failed.</exception>
    public T OrThrow() => Succeeded ? Value : throw new ApiException(Error);

    /// <summary>The value, or default when the object does not exist.</summary>
    /// <exception cref="ApiException">The call failed otherwise.</exception>
    public T? OrNotFound() => Succeeded ? Value : Error.Kind == ApiErrorKind.NotFound ? default : throw new ApiException(Error);
}

/// <summary>The errors that callers tell apart.</summary>
public enum ApiErrorKind
{
    /// <summary>No answer: the connection failed, was cut, or the time ran out. A write may have happened.</summary>
    Unreachable,

    /// <summary>400: the request makes no sense to the server.</summary>
    BadRequest,

    /// <summary>401.</summary>
    Unauthorized,

    /// <summary>403: RBAC or admission refused.</summary>
    Forbidden,

    /// <summary>404: the object, or the whole API, is not there.</summary>
    NotFound,

    /// <summary>409 on create: the name is taken.</summary>
    AlreadyExists,

    /// <summary>409: resourceVersion, precondition or field owner does not match.</summary>
    Conflict,

    /// <summary>410: the version asked for is compacted; list again.</summary>
    Gone,

    /// <summary>422: the object breaks its schema or validation.</summary>
    Invalid,

    /// <summary>429: the server, or a disruption budget on eviction, asks to wait.</summary>
    TooManyRequests,

    /// <summary>5xx.</summary>
    ServerError,

    /// <summary>This process does not lead, so the write was not sent.</summary>
    NotLeader,

    /// <summary>Another status.</summary>
    Other,
}

/// <summary>An API server's refusal.</summary>
/// <param name="Kind">The class of error.</param>
/// <param name="Code">HTTP status; 0 without an answer.</param>
/// <param name="Reason">The server's machine-readable reason.</param>
/// <param name="Message">The server's sentence.</param>
/// <param name="RetryAfter">How long the server asked to wait; null when it did not.</param>
public sealed record ApiError(ApiErrorKind Kind, int Code, string Reason, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>Reason of a refusal to create something in a namespace that is being deleted.</summary>
    public const string NamespaceTerminating = "NamespaceTerminating";

    /// <summary>The namespace is being deleted, which nothing reverses: there is nothing more to do in it.</summary>
    public bool IsNamespaceGoing => Reason == NamespaceTerminating;

    /// <summary>404 for one object: it was deleted meanwhile. Not so where the server does not serve the kind.</summary>
    public bool IsObjectGone => Kind is ApiErrorKind.NotFound && Message.EndsWith("\" not found", StringComparison.Ordinal);

    /// <summary>
    /// The server can not take the object as it is, now or later. Server-side apply answers 500, too, to one that breaks the schema of its kind,
    /// such as a list with two items of one key.
    /// </summary>
    public bool IsObjectRefused => Kind is ApiErrorKind.Invalid or ApiErrorKind.BadRequest || Code is 405 or 413 or 415
        || (Kind is ApiErrorKind.ServerError
            && (Message.Contains("failed to create typed", StringComparison.Ordinal) || Message.Contains("duplicate entries for key", StringComparison.Ordinal)));

    /// <summary>403, and somebody can grant what is missing.</summary>
    public bool IsRefusal => Kind is ApiErrorKind.Forbidden && !IsNamespaceGoing;

    /// <summary>403 by authorisation: the operator's account lacks a right, or the server has not read its roles yet.</summary>
    public bool IsRightMissing => IsRefusal && Message.Contains("is forbidden: User \"", StringComparison.Ordinal);

    /// <summary>True when sending the same again later can succeed without anyone changing anything.</summary>
    public bool IsTransient => Kind is ApiErrorKind.Unreachable or ApiErrorKind.TooManyRequests or ApiErrorKind.ServerError or ApiErrorKind.Conflict;
}

/// <summary>Carries an <see cref="ApiError"/> out of code that can not go on; caught where a reconcile ends.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It always carries an error.")]
public sealed class ApiException(ApiError error) : Exception(error.Message)
{
    /// <summary>The error.</summary>
    public ApiError Error { get; } = error;
}
