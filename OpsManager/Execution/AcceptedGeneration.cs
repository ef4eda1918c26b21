using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Queue;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// A request is carried out as it was when it was first seen. <c>status.observedGeneration</c> records the generation of that spec with the
/// first write of the status and is never raised afterwards, so a later generation means that somebody edited the spec.
/// </summary>
internal static class AcceptedGeneration
{
    /// <summary>The generation that the request was accepted with; its present one before it is accepted.</summary>
    public static long GenerationOf(IOpsRequest request) =>
        request.Status.ObservedGeneration > 0 ? request.Status.ObservedGeneration : request.Metadata.Generation;

    /// <summary>True when the spec was edited after the request was accepted.</summary>
    public static bool IsEdited(IOpsRequest request) =>
        // The API server counts the request for deletion as a generation, too.
        request.Metadata.Generation - (request.Metadata.IsDeleting ? 1 : 0) > GenerationOf(request);

    /// <summary>Why an edited request is not carried out.</summary>
    /// <param name="kind">Kind of the request.</param>
    /// <param name="request">The request.</param>
    public static Verdict Edited(string kind, IOpsRequest request) => new(
        request,
        Reasons.OpsSpecImmutable,
        $"spec was edited after the request was accepted (generation {GenerationOf(request)}, now {request.Metadata.Generation}); nothing was done. "
        + $"The spec of a request can not be changed: create another {kind}.");
}
