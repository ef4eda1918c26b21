using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>Why pods are restarted; the name is the reason of the event that announces it.</summary>
public enum RestartReason
{
    /// <summary>A user asked for it.</summary>
    RestartRequested,

    /// <summary>A setting takes effect only at start.</summary>
    ConfigurationChanged,

    /// <summary>A changed configuration is taken back.</summary>
    ConfigurationRestored,

    /// <summary>Certificates, or where they are mounted, changed.</summary>
    CertificatesChanged,

    /// <summary>Another version of the server.</summary>
    VersionChanged,

    /// <summary>Other CPU or memory.</summary>
    ResourcesChanged,
}

/// <summary>How the members of a database are restarted safely. The roller asks; it knows no engine.</summary>
public interface IRestartStrategy
{
    /// <summary>
    /// The pod that goes next, of those still to go: replicas before primaries, followers before the leader. Asked anew before each restart,
    /// since roles move.
    /// </summary>
    /// <param name="instances">The servers.</param>
    /// <param name="old">The pods still to go, by name; at least one.</param>
    /// <param name="reason">Why they go.</param>
    /// <param name="cancel">Cancels the calls.</param>
    Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel);

    /// <summary>
    /// Makes the pod dispensable before it goes (leadership moved away, data safe). Asked of every pod that has an address, Ready or not; a
    /// server that can not be asked is dispensable. Idempotent.
    /// </summary>
    Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel);

    /// <summary>Whether the restarted pod serves again and has caught up, as its server says.</summary>
    Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel);
}

/// <summary>Yes, or not yet and why.</summary>
/// <param name="IsReady">Yes.</param>
/// <param name="Reason">What is still missing; empty when nothing is.</param>
public readonly record struct Readiness(bool IsReady, string Reason)
{
    /// <summary>Yes.</summary>
    public static Readiness Yes => new(true, "");

    /// <summary>Not yet.</summary>
    public static Readiness NotYet(string reason) => new(false, reason);
}
