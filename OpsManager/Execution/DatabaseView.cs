using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Execution;

/// <summary>Where what is known of the databases of one engine comes from.</summary>
internal sealed record WorldSources
{
    /// <summary>The engine.</summary>
    public required IEngine Engine { get; init; }

    /// <summary>Databases as stored, not defaulted.</summary>
    public required ICache<IDatabase> Databases { get; init; }

    /// <summary>The catalog.</summary>
    public required ICache<ICatalogVersion> Versions { get; init; }

    /// <summary>Requests.</summary>
    public required ICache<IOpsRequest> Requests { get; init; }

    /// <summary>Pods of databases.</summary>
    public required ICache<Pod> Pods { get; init; }

    /// <summary>PetSets of databases.</summary>
    public required ICache<PetSet> PetSets { get; init; }

    /// <summary>The optional parts of the API server.</summary>
    public required Func<ServerOffers> Offers { get; init; }

    /// <summary>Everything that a blueprint of the (stored) database needs, or what is missing.</summary>
    public required Func<IDatabase, CancellationToken, Task<Gathered>> GatherAsync { get; init; }

    /// <summary>Applies a blueprint of the database.</summary>
    public required Func<DatabaseFacts, Blueprint, CancellationToken, Task<StepResult>> ApplyAsync { get; init; }
}

/// <summary>Facts, or why there are none yet.</summary>
internal readonly record struct Gathered(DatabaseFacts? Facts, StepResult Otherwise);

/// <summary>Secrets by name, or the first one that is missing.</summary>
internal readonly record struct NamedSecrets(IReadOnlyDictionary<string, Secret> Secrets, Violation? Missing);

/// <summary>Something is missing that is needed to talk to the servers.</summary>
internal sealed class NotKnownException(StepResult why) : Exception(why.Message)
{
    /// <summary>What is missing, as a wait.</summary>
    public StepResult Why { get; } = StepResult.Wait(why.Reason, why.Message, TimeSpan.FromSeconds(5));
}

/// <summary>The world as it concerns the databases of one engine: read from memory where that is enough.</summary>
internal sealed class DatabaseView(WorldSources sources, IKubernetesClient client)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <summary>The engine.</summary>
    public IEngine Engine => sources.Engine;

    /// <summary>The optional parts of the API server.</summary>
    public ServerOffers Offers => sources.Offers();

    /// <summary>The database, defaulted; null when there is none.</summary>
    public IDatabase? Database(ObjectKey key) => sources.Databases.Get(key) is { } stored ? Defaulted(stored) : null;

    /// <summary>The database as the server has it now, defaulted; null when there is none.</summary>
    public async Task<IDatabase?> ReadDatabaseAsync(ObjectKey key, CancellationToken cancel)
    {
        var kinds = Engine.Kinds;
        var request = new ApiRequest { Verb = ApiVerb.Get, Type = kinds.Database, Namespace = key.Namespace, Name = key.Name };
        return (await client.SendAsync(request, kinds.DecodeDatabase, cancel)).OrNotFound() is { } stored ? Seen(stored) : null;
    }

    /// <summary>Takes in a database that a call returned.</summary>
    public IDatabase Seen(IDatabase stored)
    {
        sources.Databases.Observe(stored);
        return Defaulted(stored);
    }

    /// <summary>The database of this JSON, defaulted.</summary>
    public IDatabase Decode(JsonObject json) => Defaulted(Engine.Kinds.DecodeDatabase(Encoding.UTF8.GetBytes(json.ToJsonString())));

    /// <summary>The database's catalog version; null when the catalog has none of that name.</summary>
    public ICatalogVersion? VersionOf(IDatabase database) => sources.Versions.Get(new ObjectKey("", database.Spec.Version));

    /// <summary>The requests that name the database.</summary>
    public IReadOnlyList<IOpsRequest> RequestsOf(ObjectKey database) =>
        [.. sources.Requests.List(database.Namespace).Where(r => r.DatabaseName == database.Name)];

    /// <summary>The request of that name; null when there is none.</summary>
    public IOpsRequest? Request(ObjectKey key) => sources.Requests.Get(key);

    /// <summary>The database's pods, by name.</summary>
    public IReadOnlyList<Pod> PodsOf(IDatabase database) =>
        [.. Children(sources.Pods, database).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)];

    /// <summary>How many pods the database's PetSets want.</summary>
    public int DesiredPods(IDatabase database) => Children(sources.PetSets, database).Sum(p => p.Spec.Replicas ?? 1);

    /// <summary>Takes in a pod that a call returned.</summary>
    public void Observe(Pod pod) => sources.Pods.Observe(pod);

    /// <summary>Done once what stands behind the PetSets has their newest templates, so that a pod made now is made from them.</summary>
    public StepResult PetSetsObserved(IDatabase database)
    {
        var behind = Children(sources.PetSets, database).FirstOrDefault(p => p.Status.ObservedGeneration < p.Metadata.Generation);
        return behind is null
            ? StepResult.Done
            : StepResult.Wait("PetSetNotObserved", $"PetSet {behind.Metadata.Key} is not carried out yet; the Provisioner does that.", Soon);
    }

    /// <summary>What is needed to talk to the servers.</summary>
    /// <exception cref="NotKnownException">It is not there.</exception>
    public async Task<DatabaseInstances> InstancesAsync(IDatabase database, CancellationToken cancel)
    {
        var gathered = await sources.GatherAsync(database, cancel);
        return gathered.Facts is { } facts
            ? new DatabaseInstances { Database = facts.Database, Version = facts.Version, Credential = facts.Credential, Pods = PodsOf(database) }
            : throw new NotKnownException(gathered.Otherwise);
    }

    /// <summary>Everything that is known of the database, or what is missing.</summary>
    public Task<Gathered> GatherAsync(IDatabase database, CancellationToken cancel) => sources.GatherAsync(database, cancel);

    /// <summary>Applies everything that the database needs, as its spec now says.</summary>
    public async Task<StepResult> ApplyAsync(IDatabase database, CancellationToken cancel)
    {
        var gathered = await sources.GatherAsync(database, cancel);
        return gathered.Facts is { } facts
            ? await sources.ApplyAsync(facts, Engine.Describe(facts), cancel)
            : gathered.Otherwise;
    }

    /// <summary>Reads the secrets.</summary>
    public async Task<NamedSecrets> SecretsAsync(string ns, IReadOnlyList<SecretReference> references, CancellationToken cancel)
    {
        var found = new Dictionary<string, Secret>(StringComparer.Ordinal);
        foreach (var reference in references)
        {
            if ((await client.GetAsync<Secret>(new ObjectKey(ns, reference.Name), cancel)).OrNotFound() is not { } secret)
                return new NamedSecrets(found, new Violation(reference.Path, "SecretNotFound", $"{reference.Path} names Secret {ns}/{reference.Name}, which does not exist."));
            if (reference.RequiredKeys.FirstOrDefault(k => !secret.Data.ContainsKey(k)) is { } key)
                return new NamedSecrets(found, new Violation(reference.Path, "SecretKeyMissing", $"Secret {ns}/{reference.Name}, named by {reference.Path}, has no key {key}."));
            found[reference.Name] = secret;
        }

        return new NamedSecrets(found, null);
    }

    /// <summary>True when the namespace is being deleted, or is gone.</summary>
    public async Task<bool> NamespaceGoesAsync(string ns, CancellationToken cancel) =>
        (await client.GetAsync<Namespace>(new ObjectKey("", ns), cancel)).OrNotFound() is not { Metadata.IsDeleting: false };

    private IDatabase Defaulted(IDatabase stored) => Engine.Default(stored, sources.Versions.Get(new ObjectKey("", stored.Spec.Version)));

    private IEnumerable<T> Children<T>(ICache<T> cache, IDatabase database)
        where T : class, IKubernetesObject =>
        cache.WithLabel(database.Metadata.Namespace, DatabaseLabels.Instance, database.Metadata.Name)
            .Where(c => DatabaseLabels.AreOf(Engine, database.Metadata.Name, c.Metadata));
}
