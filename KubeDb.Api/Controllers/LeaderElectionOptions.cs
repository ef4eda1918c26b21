using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>
/// The times of an election. Writes stop <see cref="RenewDeadline"/> after the last renewal was sent, others take the lease no earlier than
/// <see cref="LeaseDuration"/> after they saw it: the difference is the margin for requests on their way.
/// </summary>
public sealed record LeaderElectionOptions
{
    /// <summary>Namespace and name of the lease.</summary>
    public required ObjectKey Lease { get; init; }

    /// <summary>Unique to this process; shown as the lease's holder.</summary>
    public required string Identity { get; init; }

    /// <summary>How long the lease has to go unrenewed before another may take it. Whole seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after its last renewal was sent the leader may still write. Shorter than <see cref="LeaseDuration"/>.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause between attempts, before up to a fifth of it more at random.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Checks that the times fit together.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public void Validate()
    {
        if (LeaseDuration <= RenewDeadline || RenewDeadline <= RetryPeriod * 1.2 || RetryPeriod <= TimeSpan.Zero)
            throw new ArgumentException("A lease needs LeaseDuration > RenewDeadline > 1.2 × RetryPeriod > 0.");
    }
}
