using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines;

/// <summary>
/// The immutable fields as the database was accepted with them, so that a change is refused where the API server does not evaluate the CEL rules
/// of the definition. The kind of storage is read from the cluster, where editing the spec does not change it: PetSets with claim templates are
/// durable. What initialised the database leaves no trace in the cluster, so an annotation records it.
/// </summary>
public static class AcceptedSpec
{
    /// <summary>Annotation of an initialised database: its <c>spec.init</c> as it was accepted, as JSON.</summary>
    public const string InitAnnotation = "kubedb.com/accepted-init";

    private const string Init = "init";

    /// <summary>
    /// The database as it was accepted: the given one with its immutable fields as they were. The given one itself when they are as they were,
    /// or nothing is known of the time before.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="database">The database, defaulted.</param>
    /// <param name="caches">What is watched.</param>
    public static IDatabase Before(IEngine engine, IDatabase database, DatabaseCaches caches)
    {
        var storage = StorageType(engine, database, caches) is { } type && type != database.Spec.StorageType ? type : null;
        var init = Remembered(database) is { } known && !JsonNode.DeepEquals(known, InitOf(database)) ? known : null;
        if (storage is null && init is null)
            return database;
        var json = KindsJson.WholeOf(database);
        if (json["spec"] is not JsonObject spec)
            json["spec"] = spec = [];
        if (storage is not null)
            spec["storageType"] = storage;
        if (init is not null)
            spec[Init] = init;
        return engine.Kinds.DecodeDatabase(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    /// <summary>The annotation that an initialised database needs and does not have; null when there is nothing to remember.</summary>
    public static string? ToRemember(IDatabase database) =>
        database.Spec.Init is { Initialized: true } && Remembered(database) is null ? InitOf(database)!.ToJsonString() : null;

    // Without PetSets a database that was provisioned is halted, or someone deleted them: its claims then say what it is. One that was never
    // provisioned may find claims of an earlier database of its name.
    private static string? StorageType(IEngine engine, IDatabase database, DatabaseCaches caches)
    {
        if (database.Spec.StorageType is null)
            return null;
        var petSets = caches.PetSetsOf(database);
        if (petSets.Count > 0)
            return petSets.Any(p => p.Spec.VolumeClaimTemplates.Count > 0) ? StorageTypes.Durable : StorageTypes.Ephemeral;
        return database.Status.Conditions.IsTrue(ConditionTypes.Provisioned) && caches.ClaimsOf(engine, database).Count > 0 ? StorageTypes.Durable : null;
    }

    private static JsonObject? InitOf(IDatabase database) => database.Spec.Init is { } init ? KindsJson.ToObject(init) : null;

    private static JsonObject? Remembered(IDatabase database)
    {
        if (!database.Metadata.Annotations.TryGetValue(InitAnnotation, out var text))
            return null;
        try
        {
            return JsonNode.Parse(text, documentOptions: JsonLimits.Document) as JsonObject;
        }
        catch (JsonException)
        {
            // A person edited it: nothing is known, and it is written again.
            return null;
        }
    }
}
