using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Databases;

/// <summary>A step of a reconcile.</summary>
internal delegate Task<Outcome> DatabaseStep(DatabasePass pass, CancellationToken cancel);

/// <summary>What one reconcile of a database knows and has worked out so far.</summary>
internal sealed class DatabasePass(IEngine engine, IDatabase stored, StatusDraft status)
{
    /// <summary>The engine.</summary>
    public IEngine Engine { get; } = engine;

    /// <summary>The database as stored, without defaults.</summary>
    public IDatabase Stored { get; set; } = stored;

    /// <summary>The status as it is to become.</summary>
    public StatusDraft Status { get; } = status;

    /// <summary>The database with its defaults, and its version; null before that is known.</summary>
    public ResolvedDatabase? Resolved { get; set; }

    /// <summary>Everything that describes the database; null before it is gathered.</summary>
    public DatabaseFacts? Facts { get; set; }

    /// <summary>What was described of the database; null before it is.</summary>
    public Blueprint? Blueprint { get; set; }

    /// <summary>How many PetSets the database should have; null when this pass did not work it out.</summary>
    public int? WantedPetSets { get; set; }

    /// <summary>True when everything that the database needs is as the spec says it; false when this pass did not come so far.</summary>
    public bool IsApplied { get; set; }

    /// <summary>True when nothing more is to be observed or written: the object is gone, or about to go.</summary>
    public bool IsOver { get; set; }

    /// <summary>When the database is looked at again even if no event comes; null for "an event will tell".</summary>
    public TimeSpan? Again { get; private set; }

    /// <summary>Its namespace and name.</summary>
    public ObjectKey Key => Stored.Metadata.Key;

    /// <summary>Its kind, as sentences name it.</summary>
    public string Kind => Engine.Kinds.Name;

    /// <summary>Generation of the spec that this pass looks at.</summary>
    public long Generation => Stored.Metadata.Generation;

    /// <summary>What its events are about.</summary>
    public EventTarget Target => EventTarget.Of(Engine.Kinds.Database, Stored.Metadata);

    /// <summary>Looks at the database again after this long, or sooner.</summary>
    public void LookAgain(TimeSpan after) => Again = Again < after ? Again : after;

    /// <summary>True for a child that an earlier database of this name owns.</summary>
    public bool IsOfPredecessor(ObjectMeta child) =>
        child.OwnerReferences.Any(o => o.Kind == Engine.Kinds.Database.Kind && o.Name == Key.Name && o.Uid != Stored.Metadata.Uid);

    /// <summary>Runs the steps until one says something else than to continue.</summary>
    public async Task<Outcome> RunAsync(CancellationToken cancel, params DatabaseStep[] steps)
    {
        foreach (var step in steps)
        {
            var outcome = await step(this, cancel);
            if (outcome.Kind != OutcomeKind.Continue)
                return outcome;
        }

        return Outcome.Done;
    }
}
