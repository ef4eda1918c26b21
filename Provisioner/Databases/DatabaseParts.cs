using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Provisioner.Credentials;
using KubeDb.Provisioner.Health;

namespace KubeDb.Provisioner.Databases;

/// <summary>What the reconcile of databases works with.</summary>
internal sealed record DatabaseParts
{
    /// <summary>The engine.</summary>
    public required IEngine Engine { get; init; }

    /// <summary>The API server.</summary>
    public required IKubernetesClient Client { get; init; }

    /// <summary>Applies and deletes single objects.</summary>
    public required Applier Applier { get; init; }

    /// <summary>Applies blueprints.</summary>
    public required BlueprintApplier Blueprints { get; init; }

    /// <summary>What is watched.</summary>
    public required DatabaseCaches Caches { get; init; }

    /// <summary>The StatefulSets behind the PetSets.</summary>
    public required ICache<StatefulSet> StatefulSets { get; init; }

    /// <summary>Collects facts.</summary>
    public required Gatherer Gatherer { get; init; }

    /// <summary>Finds pauses that outlived their request.</summary>
    public required PauseLeaks Leaks { get; init; }

    /// <summary>Index of which database names which secrets and AppBindings.</summary>
    public required ObjectUse ObjectUse { get; init; }

    /// <summary>Writes events.</summary>
    public required IEventRecorder Events { get; init; }

    /// <summary>Maintains servers and checks health.</summary>
    public required HealthMonitor Health { get; init; }

    /// <summary>Requeues a database whose health or roles changed.</summary>
    public required Action<ObjectKey> HealthChanged { get; init; }

    /// <summary>Remembers the last good description of databases whose present spec can not be carried out.</summary>
    public required LastGood LastGood { get; init; }

    /// <summary>Makes passwords.</summary>
    public required PasswordGenerator Passwords { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
