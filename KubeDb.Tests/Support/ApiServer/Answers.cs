using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>What the server says to one request: the bytes of an object, a list or a Status, or an error.</summary>
/// <param name="Utf8">The body of a success; null after an error.</param>
/// <param name="Error">The error; null after a success.</param>
public sealed record Answer(byte[]? Utf8, ApiError? Error)
{
    /// <summary>A stored object.</summary>
    public static Answer Of(Stored stored) => new(stored.Utf8, null);

    /// <summary>Any body.</summary>
    public static Answer Of(JsonNode body) => new(Json.Bytes(body), null);

    /// <summary>An error.</summary>
    public static Answer Of(ApiError error) => new(null, error);
}

/// <summary>The sentences of the real server.</summary>
internal static class Errors
{
    public static ApiError NoSuchApi { get; } = new(ApiErrorKind.NotFound, 404, "NotFound", "the server could not find the requested resource");

    public static ApiError Unreachable { get; } = new(ApiErrorKind.Unreachable, 0, "", "the connection was cut");

    public static ApiError Expired(string what) => new(ApiErrorKind.Gone, 410, "Expired", what);

    public static ApiError TooOld(long asked, long oldest) => Expired($"too old resource version: {asked} ({oldest})");

    public static ApiError NotFound(Kind kind, string name) =>
        new(ApiErrorKind.NotFound, 404, "NotFound", $"{kind.Qualified} \"{name}\" not found");

    public static ApiError AlreadyExists(Kind kind, string name) =>
        new(ApiErrorKind.AlreadyExists, 409, "AlreadyExists", $"{kind.Qualified} \"{name}\" already exists");

    public static ApiError Conflict(Kind kind, string name, string why) =>
        new(ApiErrorKind.Conflict, 409, "Conflict", $"Operation cannot be fulfilled on {kind.Qualified} \"{name}\": {why}");

    public static ApiError Modified(Kind kind, string name) =>
        Conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiError ApplyConflict(string sentence) => new(ApiErrorKind.Conflict, 409, "Conflict", sentence);

    public static ApiError Precondition(Kind kind, string name, string what, string asked, string actual, string possibly) =>
        new(
            ApiErrorKind.Conflict,
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {Singular(kind)} \"{name}\": the {what} in the precondition ({asked}) does not match the {what} in record ({actual}). The object might have been {possibly}");

    public static ApiError Invalid(Kind kind, string name, string what) =>
        new(ApiErrorKind.Invalid, 422, "Invalid", $"{Singular(kind)} \"{name}\" is invalid: {what}");

    public static ApiError BadRequest(string what) => new(ApiErrorKind.BadRequest, 400, "BadRequest", what);

    public static ApiError NotAllowed { get; } = new(ApiErrorKind.Other, 405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static ApiError Forbidden(Kind kind, string name, string why) =>
        new(ApiErrorKind.Forbidden, 403, "Forbidden", $"{kind.Qualified} \"{name}\" is forbidden: {why}");

    public static ApiError Budget(string what, TimeSpan? wait) => new(ApiErrorKind.TooManyRequests, 429, "TooManyRequests", what, wait);

    public static ApiError Internal(string what) => new(ApiErrorKind.ServerError, 500, "InternalError", what);

    private static string Singular(Kind kind) => kind.Group.Length == 0 ? kind.Name : $"{kind.Name}.{kind.Group}";
}
