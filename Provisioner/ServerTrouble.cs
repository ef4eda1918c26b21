using System.Collections.Concurrent;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner;

/// <summary>
/// Distinguishes a server that fails now and then, which is retried silently, from one that fails each time on one object, which is reported.
/// Counts in memory: after a start it takes as many passes again.
/// </summary>
internal sealed class ServerTrouble
{
    private const int Often = 3;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<ObjectKey, int> _failures = new();

    /// <summary>True when the failure is to be reported: it is the server's own (5xx), and not the first on this object in a row.</summary>
    public bool Lasts(ObjectKey key, ApiError error) =>
        error.Kind is ApiErrorKind.ServerError && error.Code is not (502 or 503 or 504) && _failures.AddOrUpdate(key, 1, static (_, n) => n + 1) >= Often;

    /// <summary>A pass succeeded, or the object is gone.</summary>
    public void Forget(ObjectKey key) => _failures.TryRemove(key, out _);

    /// <summary>A wait that quotes the server.</summary>
    public static Outcome Wait(ApiError error) => Outcome.Wait(
        Reasons.ServerFails,
        $"The API server fails each time: {error.Message.TrimEnd('.')}. If the sentence names a part of the spec, correct it; else see the server's log. It is tried again.",
        Again);
}
