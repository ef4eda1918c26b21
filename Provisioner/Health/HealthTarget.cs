using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Health;

/// <summary>What is checked, and how often.</summary>
internal sealed record HealthTarget
{
    /// <summary>The database.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>Its UID: a database deleted and created again is another.</summary>
    public required ObjectUid Uid { get; init; }

    /// <summary>The engine that knows how to check.</summary>
    public required IEngine Engine { get; init; }

    /// <summary>The servers as they are now; null when they can not be checked at the moment, and nothing is concluded from that.</summary>
    public required Func<DatabaseInstances?> Instances { get; init; }

    /// <summary>Identifies what the checks depend on (<see cref="DatabaseCaches.MembershipOf"/>): when it changes, one is due at once.</summary>
    public string Servers { get; init; } = "";

    /// <summary>Called when the verdict, the roles or the certificates changed; short, and never throws.</summary>
    public required Action Changed { get; init; }

    /// <summary>Called with what maintenance did to the servers; short, and never throws.</summary>
    public Action<MaintenanceAction> Acted { get; init; } = static _ => { };

    /// <summary>Time between checks while all is well.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A round of checks that takes longer has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Failures of one kind in a row that change the verdict.</summary>
    public int FailureThreshold { get; init; } = 1;
}
