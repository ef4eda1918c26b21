using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines;

/// <summary>What a round of maintenance saw and did to the running servers of a database.</summary>
public sealed record MaintenanceReport
{
    /// <summary>The health, as the same observation shows it.</summary>
    public required HealthReport Health { get; init; }

    /// <summary>
    /// The value of label <c>kubedb.com/role</c> by pod (<see cref="PodRoles"/>); a pod that is left out keeps the label it has. Null when the
    /// roles are not known this time, or the engine has none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Roles { get; init; }

    /// <summary>What was done; empty when nothing was missing.</summary>
    public IReadOnlyList<MaintenanceAction> Actions { get; init; } = [];

    /// <summary>When the next round is due; null when the next health check is.</summary>
    public TimeSpan? Again { get; init; }

    /// <summary>A round that only checked.</summary>
    public static MaintenanceReport Of(HealthReport health) => new() { Health = health };
}

/// <summary>Something that maintenance did to running servers; becomes an event of the database.</summary>
/// <param name="Reason">Stable id, reason of the event.</param>
/// <param name="Message">The sentence for people: what was seen and what was done.</param>
/// <param name="IsWarning">Something was lost, or a person should look.</param>
public sealed record MaintenanceAction(string Reason, string Message, bool IsWarning = false);

/// <summary>Values of label <c>kubedb.com/role</c> on pods.</summary>
public static class PodRoles
{
    /// <summary>The label.</summary>
    public const string Label = "kubedb.com/role";

    /// <summary>Takes writes.</summary>
    public const string Primary = "primary";

    /// <summary>Follows a primary.</summary>
    public const string Standby = "standby";
}

/// <summary>Servers that announce a change of roles: sooner than the next round of maintenance sees it, and without a request.</summary>
public interface IRoleFeed
{
    /// <summary>
    /// Listens until it is cancelled or no server can be listened to any more; it is then called again after a while, with the servers as they
    /// are by then.
    /// </summary>
    /// <param name="instances">The servers that announce.</param>
    /// <param name="changed">Called with kind and key of the database whose roles changed; short, and never throws.</param>
    /// <param name="cancel">Ends it.</param>
    Task ListenAsync(DatabaseInstances instances, Action<ResourceType, ObjectKey> changed, CancellationToken cancel);
}

/// <summary>A database that the spec of another one names.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Key">Its namespace and name.</param>
/// <param name="Path">The field that names it, such as <c>spec.sentinelRef</c>.</param>
/// <param name="Role">What it is for; the key of <see cref="DatabaseFacts.Peers"/> and <see cref="DatabaseInstances.Peers"/>.</param>
public sealed record DatabaseReference(ResourceType Kind, ObjectKey Key, string Path, string Role)
{
    /// <summary>The database is described without it while it is not there.</summary>
    public bool IsOptional { get; init; }
}

/// <summary>A database that another one names, as far as that one has to know it.</summary>
/// <param name="Database">The database, defaulted.</param>
/// <param name="Version">Its catalog version.</param>
/// <param name="Credential">Its credential; null when its authentication is off.</param>
public sealed record PeerFacts(IDatabase Database, ICatalogVersion Version, Credential? Credential);
