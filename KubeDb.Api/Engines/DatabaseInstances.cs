using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>The running servers of a database, and what is needed to talk to them.</summary>
public sealed record DatabaseInstances
{
    /// <summary>The database, defaulted.</summary>
    public required IDatabase Database { get; init; }

    /// <summary>Its catalog version.</summary>
    public required ICatalogVersion Version { get; init; }

    /// <summary>Its pods, by name; those being deleted are among them.</summary>
    public required IReadOnlyList<Pod> Pods { get; init; }

    /// <summary>The credential; null when authentication is off.</summary>
    public Credential? Credential { get; init; }
}

/// <summary>What a round of health checks found.</summary>
/// <param name="Failure">The first failure; null when all is well.</param>
public sealed record HealthReport(HealthFailure? Failure)
{
    /// <summary>All is well.</summary>
    public static HealthReport Healthy { get; } = new((HealthFailure?)null);
}

/// <summary>One failed check.</summary>
/// <param name="Label">The kind of check (contract: client creation, ping, write, read, …); failures are counted by it.</param>
/// <param name="Message">What was seen, for people; never a secret.</param>
/// <param name="AcceptsConnections">The server answers, but something else is wrong.</param>
public sealed record HealthFailure(string Label, string Message, bool AcceptsConnections);

/// <summary>Opens connections to the servers. One place, so that tests can stand in the way.</summary>
public interface IEngineDialer
{
    /// <summary>Connects to a port of a host.</summary>
    /// <exception cref="IOException">No connection came about.</exception>
    Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel);
}

/// <summary>How the members of a database are restarted safely. The roller asks; it knows no engine.</summary>
public interface IRestartStrategy
{
    /// <summary>
    /// The order in which the given pods are restarted, replicas before primaries. Asked anew before each restart, for roles move.
    /// </summary>
    Task<IReadOnlyList<Pod>> OrderAsync(DatabaseInstances instances, IReadOnlyList<Pod> pods, CancellationToken cancel);

    /// <summary>Makes the pod dispensable before it goes (leadership moved away, data safe). Idempotent.</summary>
    Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel);

    /// <summary>The engine's own word that the restarted pod serves again and caught up.</summary>
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
