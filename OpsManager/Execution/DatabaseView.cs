using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Execution;

/// <summary>The databases of one engine and what belongs to them, read from memory where that is enough.</summary>
internal sealed class DatabaseView(IEngine engine, DatabaseCaches caches, Gatherer gatherer, BlueprintApplier applier, IKubernetesClient client)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <summary>The engine.</summary>
    public IEngine Engine => engine;

    /// <summary>Everything that is watched.</summary>
    public DatabaseCaches Caches => caches;

    /// <summary>The optional parts of the API server.</summary>
    public ServerOffers Offers => caches.Offers;

    private EngineCaches Own => caches.Of(engine);

    /// <summary>The database, defaulted; null when there is none.</summary>
    public IDatabase? Database(ObjectKey key) => Own.Databases.Get(key) is { } stored ? Defaulted(stored) : null;

    /// <summary>The database as the server has it now, defaulted; null when there is none.</summary>
    public async Task<IDatabase?> ReadDatabaseAsync(ObjectKey key, CancellationToken cancel)
    {
        var kinds = engine.Kinds;
        var request = new ApiRequest { Verb = ApiVerb.Get, Type = kinds.Database, Namespace = key.Namespace, Name = key.Name };
        return (await client.SendAsync(request, kinds.DecodeDatabase, cancel)).OrNotFound() is { } stored ? Observe(stored) : null;
    }

    /// <summary>Takes in a database that a call returned.</summary>
    public IDatabase Observe(IDatabase stored)
    {
        Own.Databases.Observe(stored);
        return Defaulted(stored);
    }

    /// <summary>The database of this JSON, defaulted for the version.</summary>
    public IDatabase Decode(JsonObject json, ICatalogVersion version) => engine.Default(engine.Kinds.DecodeDatabase(Utf8(json)), version);

    /// <summary>The catalog version of this JSON.</summary>
    public ICatalogVersion DecodeVersion(JsonObject json) => engine.Kinds.DecodeVersion(Utf8(json));

    /// <summary>The catalog version of that name; null when the catalog has none.</summary>
    public ICatalogVersion? Version(string name) => Own.Versions.Get(new ObjectKey("", name));

    /// <summary>The requests that name the database.</summary>
    public IReadOnlyList<IOpsRequest> RequestsOf(ObjectKey database) =>
        [.. Own.OpsRequests.List(database.Namespace).Where(r => r.DatabaseName == database.Name)];

    /// <summary>The request of that name; null when there is none.</summary>
    public IOpsRequest? Request(ObjectKey key) => Own.OpsRequests.Get(key);

    /// <summary>The database's pods, by name.</summary>
    public IReadOnlyList<Pod> PodsOf(IDatabase database) => caches.PodsOf(engine, database);

    /// <summary>Takes in a pod that a call returned.</summary>
    public void Observe(Pod pod) => caches.Pods.Observe(pod);

    /// <summary>Done once what stands behind the PetSets has their newest templates, so that a pod made now is made from them.</summary>
    public StepResult PetSetsObserved(IDatabase database)
    {
        var behind = PetSetsOf(database).FirstOrDefault(p => p.Status.ObservedGeneration < p.Metadata.Generation);
        return behind is null
            ? StepResult.Done
            : StepResult.Wait(Reasons.PetSetNotObserved, $"PetSet {behind.Metadata.Key} is not carried out yet; the Provisioner does that.", Soon);
    }

    /// <summary>The database's PetSets, by name.</summary>
    public IReadOnlyList<PetSet> PetSetsOf(IDatabase database) => caches.PetSetsOf(database);

    /// <summary>Everything that is known of the database, or what is missing.</summary>
    /// <param name="database">The database.</param>
    /// <param name="version">Its version where that is known already; null to look into the catalog.</param>
    /// <param name="cancel">Cancels the calls.</param>
    public Task<Gathered<DatabaseFacts>> GatherAsync(IDatabase database, ICatalogVersion? version, CancellationToken cancel) =>
        gatherer.GatherAsync(engine, database, version, cancel);

    /// <summary>The running servers of the database that the facts describe.</summary>
    public DatabaseInstances Instances(DatabaseFacts facts) => gatherer.Instances(engine, facts);

    /// <summary>Applies everything that the database needs, as the facts describe it. At rest it sends nothing.</summary>
    public async Task<StepResult> ApplyAsync(DatabaseFacts facts, CancellationToken cancel) =>
        StepResult.Of((await applier.ApplyAsync(engine, facts.Database, engine.Describe(facts), cancel)).Outcome);

    /// <summary>Reads the secrets by name, or says which one is missing.</summary>
    public async Task<Gathered<IReadOnlyDictionary<string, Secret>>> SecretsAsync(string ns, IReadOnlyList<SecretReference> references, CancellationToken cancel)
    {
        var found = new Dictionary<string, Secret>(StringComparer.Ordinal);
        foreach (var reference in references)
        {
            if ((await client.GetAsync<Secret>(new ObjectKey(ns, reference.Name), cancel)).OrNotFound() is not { } secret)
                return Outcome.Fail(Reasons.SecretNotFound, $"{reference.Path} names Secret {ns}/{reference.Name}, which does not exist.");
            if (reference.RequiredKeys.FirstOrDefault(k => !secret.Data.ContainsKey(k)) is { } key)
                return Outcome.Fail(Reasons.SecretKeyMissing, $"Secret {ns}/{reference.Name}, named by {reference.Path}, has no key {key}.");
            found[reference.Name] = secret;
        }

        return found;
    }

    /// <summary>The object as the server has it now, with all its fields.</summary>
    /// <exception cref="ApiException">It can not be read.</exception>
    public async Task<JsonObject> ReadRawAsync(ResourceType type, ObjectKey key, CancellationToken cancel) => (await client.GetAsync(type, key, cancel)).OrThrow();

    /// <summary>True when the namespace is being deleted, or is gone.</summary>
    public async Task<bool> NamespaceGoesAsync(string ns, CancellationToken cancel) =>
        (await client.GetAsync<Namespace>(new ObjectKey("", ns), cancel)).OrNotFound() is not { Metadata.IsDeleting: false };

    private IDatabase Defaulted(IDatabase stored) => engine.Default(stored, Version(stored.Spec.Version));

    private static byte[] Utf8(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
