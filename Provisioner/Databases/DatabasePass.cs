using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Databases;

/// <summary>A step of a reconcile.</summary>
internal delegate Task<Outcome> DatabaseStep(DatabasePass pass, CancellationToken cancel);

/// <summary>State of one reconcile of a database.</summary>
internal sealed class DatabasePass(IEngine engine, IDatabase stored, DatabaseStatusDraft status)
{
    /// <summary>The engine.</summary>
    public IEngine Engine { get; } = engine;

    /// <summary>The database as stored, without defaults.</summary>
    public IDatabase Stored { get; set; } = stored;

    /// <summary>The status as it is to become.</summary>
    public DatabaseStatusDraft Status { get; } = status;

    /// <summary>The database with its defaults, and its version; null before that is known.</summary>
    public ResolvedDatabase? Resolved { get; set; }

    /// <summary>The state of the database that <see cref="Resolved"/> was made of.</summary>
    public IDatabase? ResolvedFrom { get; set; }

    /// <summary>Everything that describes the database; null before it is gathered.</summary>
    public DatabaseFacts? Facts { get; set; }

    /// <summary>The state of the database and of what it owns, as <see cref="SettledDatabases"/> tells states apart.</summary>
    public UInt128 State { get; set; }

    /// <summary>True when everything was as described in this very state: neither description nor checks of the facts are needed.</summary>
    public bool IsSettled { get; set; }

    /// <summary>False when anything was written, warned of, or asked of a server: the next pass has to look again.</summary>
    public bool MaySettle { get; set; } = true;

    /// <summary>The blueprint; null before the engine has described the database, and when nothing had to be described.</summary>
    public Blueprint? Blueprint { get; set; }

    /// <summary>How many PetSets the database should have; null when this pass stopped before the blueprint.</summary>
    public int? WantedPetSets { get; set; }

    /// <summary>True when every object is as the spec asks; false when this pass stopped before.</summary>
    public bool IsApplied { get; set; }

    /// <summary>True when nothing more is to be observed or written: the object is gone, or about to go.</summary>
    public bool IsOver { get; set; }

    /// <summary>When the database is requeued even if no event arrives; null when an event will requeue it.</summary>
    public TimeSpan? Again { get; private set; }

    /// <summary>Its namespace and name.</summary>
    public ObjectKey Key => Stored.Metadata.Key;

    /// <summary>Its kind, as sentences name it.</summary>
    public string Kind => Engine.Kinds.Name;

    /// <summary>Its kind, as the sentences of provisioning name it.</summary>
    public string ProvisionedKind => Engine.Sentences.ProvisionedKind ?? Kind;

    /// <summary>Its kind, as the sentences about its health name it.</summary>
    public string CheckedKind => Engine.Sentences.CheckedKind ?? Kind;

    /// <summary>Generation of the spec that this pass reconciles.</summary>
    public long Generation => Stored.Metadata.Generation;

    /// <summary>The object that its events refer to.</summary>
    public EventTarget Target => EventTarget.Of(Engine.Kinds.Database, Stored.Metadata);

    /// <summary>Requeues the database after this long at the latest.</summary>
    public void RequeueAfter(TimeSpan after) => Again = Again < after ? Again : after;

    /// <summary>True for a child that an earlier database of this name owns.</summary>
    public bool IsOfPredecessor(ObjectMeta child) =>
        child.OwnerReferences.Any(o => o.Kind == Engine.Kinds.Database.Kind && o.Name == Key.Name && o.Uid != Stored.Metadata.Uid);

    /// <summary>Runs the steps until one returns another outcome than Continue.</summary>
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
