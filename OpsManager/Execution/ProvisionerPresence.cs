using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// Watches the lease of the Provisioner. It is compared with itself only, by this process's own clock, so that a wrong clock on either
/// side proves nothing: one that did not change for longer than it lasts is nobody's. One that was given back, or that is not there, proves
/// nothing at once either: between two leaders, or before the first, the next one may be reading what it will apply.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="lease">Where the Provisioner's lease is; null when it runs without one, which proves nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class ProvisionerPresence(IKubernetesClient client, ObjectKey? lease, TimeProvider time)
{
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private (string Version, long Since)? _seen;

    /// <summary>True only when it is proven that none is: no lease, a released one, or one that nobody renewed for its whole duration.</summary>
    public async Task<bool> IsAbsentAsync(CancellationToken cancel)
    {
        if (lease is not { } key)
            return false;
        var answer = await client.GetAsync<Lease>(key, cancel);
        if (!answer.Succeeded)
            return answer.Error.Kind == ApiErrorKind.NotFound && IsUnchangedFor("", HandOver);
        var held = answer.Value.Spec;
        return IsUnchangedFor(
            answer.Value.Metadata.ResourceVersion,
            held.HolderIdentity.Length == 0 ? HandOver : TimeSpan.FromSeconds(held.LeaseDurationSeconds + 1));
    }

    private bool IsUnchangedFor(string version, TimeSpan span)
    {
        lock (_lock)
        {
            if (_seen is not { } seen || seen.Version != version)
            {
                _seen = (version, time.GetTimestamp());
                return false;
            }

            return time.GetElapsedTime(seen.Since) > span;
        }
    }
}
