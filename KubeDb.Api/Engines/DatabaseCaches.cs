using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>The objects of one engine's own kinds.</summary>
/// <param name="Databases">The databases.</param>
/// <param name="Versions">The catalog.</param>
/// <param name="OpsRequests">The requests.</param>
public sealed record EngineCaches(Informer<IDatabase> Databases, Informer<ICatalogVersion> Versions, Informer<IOpsRequest> OpsRequests);

/// <summary>
/// Everything that both processes watch. Of secrets and other children only what is read is kept: the content of labelled credentials, the
/// metadata of the rest.
/// </summary>
public sealed class DatabaseCaches
{
    private readonly Dictionary<IEngine, EngineCaches> _engines = [];
    private readonly Dictionary<ResourceType, (Informer<OwnedObject> Objects, AnnotatedObjects Annotated)> _owned = [];

    // Users' secrets: identity and version only. Together with those of databases this covers every secret, and none is held twice.
    private readonly Informer<OwnedObject> _otherSecrets;

    /// <summary>Adds the informers to the process.</summary>
    public DatabaseCaches(IReadOnlyList<IEngine> engines, OperatorRuntime runtime)
    {
        // Kinds of one family share a catalog.
        var versions = new Dictionary<ResourceType, Informer<ICatalogVersion>>();
        foreach (var engine in engines)
        {
            if (!versions.TryGetValue(engine.Kinds.Version, out var catalog))
                versions[engine.Kinds.Version] = catalog = runtime.AddInformer(new InformerOptions<ICatalogVersion> { Type = engine.Kinds.Version, Decode = engine.Kinds.DecodeVersion });
            _engines.Add(engine, new EngineCaches(
                runtime.AddInformer(new InformerOptions<IDatabase> { Type = engine.Kinds.Database, Decode = engine.Kinds.DecodeDatabase }),
                catalog,
                runtime.AddInformer(new InformerOptions<IOpsRequest> { Type = engine.Kinds.OpsRequest, Decode = engine.Kinds.DecodeOpsRequest })));
        }

        References = new DatabaseReferences(_engines);

        PetSets = runtime.AddInformer(new InformerOptions<PetSet> { Type = PetSet.Resource, Decode = PetSet.Decode, IndexOwners = true });
        Pods = runtime.AddInformer(new InformerOptions<Pod> { Type = Pod.Resource, Decode = Pod.Decode, LabelSelector = DatabaseLabels.Managed });
        Secrets = runtime.AddInformer(new InformerOptions<Secret>
        {
            Type = Secret.Resource,
            Decode = ObservedKinds.ManagedSecret,
            LabelSelector = DatabaseLabels.Managed,
        });
        _otherSecrets = runtime.AddInformer(new InformerOptions<OwnedObject>
        {
            Type = Secret.Resource,
            Decode = ObservedKinds.Identity,
            LabelSelector = DatabaseLabels.NotManaged,
            IndexLabel = null,
            MetadataOnly = true,
        });
        Claims = runtime.AddInformer(new InformerOptions<PersistentVolumeClaim>
        {
            Type = PersistentVolumeClaim.Resource,
            Decode = PersistentVolumeClaim.Decode,
            LabelSelector = DatabaseLabels.Managed,
        });
        OwnedKinds = KubeDb.Api.Engines.OwnedKinds.Of(engines);
        foreach (var kind in OwnedKinds)
        {
            var objects = runtime.AddInformer(Options(kind));
            _owned.Add(kind.Type, (objects, new AnnotatedObjects(objects)));
        }
    }

    /// <summary>The kinds of children that are put back when changed, and deleted when a database is halted or no longer needs them.</summary>
    public IReadOnlyList<OwnedKind> OwnedKinds { get; }

    /// <summary>The engines.</summary>
    public IReadOnlyCollection<IEngine> Engines => _engines.Keys;

    /// <summary>Which databases name which others.</summary>
    public DatabaseReferences References { get; }

    /// <summary>The engine of a kind of databases; null when there is none.</summary>
    public IEngine? EngineOf(ResourceType kind) => _engines.Keys.FirstOrDefault(e => e.Kinds.Database == kind);

    /// <summary>PetSets, those of users among them.</summary>
    public Informer<PetSet> PetSets { get; }

    /// <summary>Pods of databases.</summary>
    public Informer<Pod> Pods { get; }

    /// <summary>Secrets of databases; content only of credentials.</summary>
    public Informer<Secret> Secrets { get; }

    /// <summary>Identity and version of any secret; null when none is known. Users' secrets are read only when named.</summary>
    public ObjectMeta? SecretIdentity(ObjectKey key) => (Secrets.Get(key) as IKubernetesObject ?? _otherSecrets.Get(key))?.Metadata;

    /// <summary>Calls back with the key of any secret that appears, changes or goes, and whether it is one of the first list.</summary>
    public void OnSecretChange(Action<ObjectKey, bool> changed)
    {
        Secrets.Subscribe(change => changed(change.Latest.Metadata.Key, change.IsInitial));
        _otherSecrets.Subscribe(change => changed(change.Latest.Metadata.Key, change.IsInitial));
    }

    /// <summary>Claims of databases.</summary>
    public Informer<PersistentVolumeClaim> Claims { get; }

    /// <summary>The objects of an engine's own kinds.</summary>
    public EngineCaches Of(IEngine engine) => _engines[engine];

    /// <summary>What the API server currently serves.</summary>
    public ServerOffers Offers => new(
        Owned(ResourceTypes.PodDisruptionBudget).IsServed, Owned(ResourceTypes.ServiceMonitor).IsServed, Owned(ResourceTypes.Certificate).IsServed);

    /// <summary>The children of a kind of <see cref="OwnedKinds"/>.</summary>
    public Informer<OwnedObject> Owned(ResourceType type) => _owned[type].Objects;

    /// <summary>True for a kind of <see cref="OwnedKinds"/> that the server serves.</summary>
    public bool IsOwned(ResourceType type) => _owned.TryGetValue(type, out var known) && known.Objects.IsServed;

    /// <summary>Databases of the engine with this name and namespace whose UID is the one given; null when there is none.</summary>
    public IDatabase? Database(IEngine engine, ObjectKey key, string uid) =>
        Of(engine).Databases.Get(key) is { } database && database.Metadata.Uid == uid ? database : null;

    /// <summary>The pods of a database, by name.</summary>
    public IReadOnlyList<Pod> PodsOf(IEngine engine, IDatabase database) =>
    [
        .. Pods.WithLabel(database.Metadata.Namespace, DatabaseLabels.Instance, database.Metadata.Name)
            .Where(p => DatabaseLabels.AreOf(engine, database.Metadata.Name, p.Metadata))
            .OrderBy(p => p.Metadata.Name, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Identifies what rounds of maintenance depend on: the Ready pods of the database and of those it names, and which databases name it.
    /// </summary>
    public string MembershipOf(IEngine engine, IDatabase database)
    {
        var parts = PodsOf(engine, database).Where(p => p.IsReady).Select(p => p.Metadata.Uid);
        foreach (var reference in engine.DatabaseReferences(database))
        {
            if (EngineOf(reference.Kind) is { } peer && Of(peer).Databases.Get(reference.Key) is { } named)
                parts = [.. parts, .. PodsOf(peer, named).Where(p => p.IsReady).Select(p => p.Metadata.Uid)];
        }

        return string.Join(',', parts.Concat(References.UsersOf(engine.Kinds.Database, database.Metadata.Key).Select(u => u.Key.ToString()!)));
    }

    /// <summary>The PetSets of the database's own servers, by name.</summary>
    public IReadOnlyList<PetSet> PetSetsOf(IDatabase database) => [.. AllPetSetsOf(database).Where(p => !IsCompanion(database, p.Metadata))];

    /// <summary>
    /// The PetSets that the database controls, by name: its own, and those of other servers that it has beside them, which have labels of their own
    /// (<see cref="DesiredObject.IsCompanion"/>).
    /// </summary>
    public IReadOnlyList<PetSet> AllPetSetsOf(IDatabase database) =>
        [.. PetSets.ControlledBy(database.Metadata.Uid).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)];

    /// <summary>The claims of the servers that the database has beside its own, by name.</summary>
    public IReadOnlyList<PersistentVolumeClaim> CompanionClaimsOf(IDatabase database) =>
    [
        .. AllPetSetsOf(database).Where(p => IsCompanion(database, p.Metadata)).SelectMany(p => Claims
            .WithLabel(database.Metadata.Namespace, DatabaseLabels.Instance, p.Metadata.Labels.GetValueOrDefault(DatabaseLabels.Instance) ?? "")
            .Where(c => c.Metadata.Labels.GetValueOrDefault(DatabaseLabels.Name) == p.Metadata.Labels.GetValueOrDefault(DatabaseLabels.Name))),
    ];

    /// <summary>The databases of a kind that this one has made for itself, in any namespace.</summary>
    public IReadOnlyList<OwnedObject> MadeBy(ResourceType type, IDatabase database) =>
        [.. Owned(type).ControlledBy(database.Metadata.Uid).Concat(OwnedBeyond(type, database)).OrderBy(o => o.Metadata.Key.ToString(), StringComparer.Ordinal)];

    /// <summary>The optional kinds of an engine that the server serves.</summary>
    public IReadOnlyList<ResourceType> OfferedOf(IEngine engine) => [.. engine.OwnedKinds.Where(k => k.Optional && IsOwned(k.Type)).Select(k => k.Type)];

    private static bool IsCompanion(IDatabase database, ObjectMeta child) =>
        child.Labels.TryGetValue(DatabaseLabels.Instance, out var instance) && instance != database.Metadata.Name;

    /// <summary>The claims of a database, also those of an earlier one of that name, by name.</summary>
    public IReadOnlyList<PersistentVolumeClaim> ClaimsOf(IEngine engine, IDatabase database) =>
    [
        .. Claims.WithLabel(database.Metadata.Namespace, DatabaseLabels.Instance, database.Metadata.Name)
            .Where(c => DatabaseLabels.AreOf(engine, database.Metadata.Name, c.Metadata))
            .OrderBy(c => c.Metadata.Name, StringComparer.Ordinal),
    ];

    /// <summary>The children of a kind that the database, or a PetSet or service of it, controls, and those that name it as their owner.</summary>
    public IReadOnlyList<OwnedObject> OwnedBy(ResourceType type, IEngine engine, IDatabase database) =>
    [
        .. Owned(type).WithLabel(database.Metadata.Namespace, DatabaseLabels.Instance, database.Metadata.Name)
            .Where(o => DatabaseLabels.AreOf(engine, database.Metadata.Name, o.Metadata) && IsControlledFrom(database, o.Metadata)),
        .. OwnedBeyond(type, database),
    ];

    /// <summary>The children of a kind that Kubernetes does not collect with the database: cluster-scoped, or in another namespace.</summary>
    public IEnumerable<OwnedObject> OwnedBeyond(ResourceType type, IDatabase database) => _owned[type].Annotated.Of(database.Metadata.Uid);

    /// <summary>
    /// Calls back with the key of the database whenever it or one of its children changed. Secrets, and catalog versions, are named rather
    /// than labelled: who reads them says so (<see cref="Gatherer"/>).
    /// </summary>
    public void OnChange(IEngine engine, Action<ObjectKey, Lane> touched)
    {
        var caches = Of(engine);
        caches.Databases.Subscribe(change => touched(change.Latest.Metadata.Key, LaneOf(change.IsInitial)));
        caches.OpsRequests.Subscribe(change => touched(new(change.Latest.Metadata.Namespace, change.Latest.DatabaseName), LaneOf(change.IsInitial)));
        caches.Versions.Subscribe(change => TouchVersion(caches, change.Latest.Metadata.Name, touched));
        References.OnChange(engine, Pods, key => touched(key, Lane.Fresh));
        OnChildChange(PetSets, engine, touched);
        OnChildChange(Pods, engine, touched);
        OnChildChange(Secrets, engine, touched);
        OnChildChange(Claims, engine, touched);
        foreach (var (objects, _) in _owned.Values)
            OnChildChange(objects, engine, touched);
    }

    private static void TouchVersion(EngineCaches caches, string version, Action<ObjectKey, Lane> touched)
    {
        foreach (var database in caches.Databases.List())
        {
            if (database.Spec.Version == version)
                touched(database.Metadata.Key, Lane.Backlog);
        }
    }

    private static void OnChildChange<T>(Informer<T> informer, IEngine engine, Action<ObjectKey, Lane> touched)
        where T : class, IKubernetesObject =>
        informer.Subscribe(change =>
        {
            // At the start the database itself is in the queue.
            if (change.IsInitial)
                return;
            var child = change.Latest.Metadata;
            if (child.Labels.GetValueOrDefault(DatabaseLabels.Name) == engine.Kinds.FullName && child.Labels.TryGetValue(DatabaseLabels.Instance, out var name))
                touched(new(AnnotatedOwner.Of(child)?.Namespace ?? child.Namespace, name), Lane.Fresh);

            // What has labels of its own, such as another database that this one has made for itself.
            else if (child.Controller is { } owner && owner.Kind == engine.Kinds.Database.Kind && owner.ApiVersion == engine.Kinds.Database.ApiVersion)
                touched(new(child.Namespace, owner.Name), Lane.Fresh);
        });

    private static Lane LaneOf(bool isInitial) => isInitial ? Lane.Backlog : Lane.Fresh;

    private static InformerOptions<OwnedObject> Options(OwnedKind kind) => new()
    {
        Type = kind.Type,
        Decode = OwnedObjectDecoder.Decode,
        LabelSelector = kind.UsersToo || kind.IsDatabase ? null : DatabaseLabels.Managed,
        IndexOwners = kind.Type == ResourceTypes.Service || kind.IsDatabase,
        Optional = kind.Optional,
        ProbeInterval = kind.ProbeInterval,
    };

    private bool IsControlledFrom(IDatabase database, ObjectMeta child) =>
        child.Controller is { } owner
        && (owner.UidKey == database.Metadata.UidKey
            || PetSets.ControlledBy(database.Metadata.Uid).Any(p => p.Metadata.UidKey == owner.UidKey)
            || Owned(ResourceTypes.Service).ControlledBy(database.Metadata.Uid).Any(s => s.Metadata.UidKey == owner.UidKey));
}
