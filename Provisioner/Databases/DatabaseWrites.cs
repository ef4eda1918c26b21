using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Databases;

/// <summary>The writes to a database object itself, besides its status. Each is conditional on the resource version that was read.</summary>
internal static class DatabaseWrites
{
    /// <summary>The finalizer: blocks the deletion until the data is handled as the deletion policy says.</summary>
    public const string Finalizer = "kubedb.com";

    /// <summary>Sets the finalizers.</summary>
    /// <exception cref="ApiException">The server refused; a conflict when the database changed meanwhile.</exception>
    public static Task<IDatabase> PatchFinalizersAsync(DatabaseParts parts, IDatabase database, IEnumerable<string> finalizers, CancellationToken cancel) =>
        PatchAsync(
            parts,
            database,
            new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = new JsonArray([.. finalizers.Select(f => (JsonNode)f)]) } },
            cancel);

    /// <summary>Sets fields of the spec.</summary>
    /// <exception cref="ApiException">The server refused; a conflict when the database changed meanwhile.</exception>
    public static Task<IDatabase> PatchSpecAsync(DatabaseParts parts, IDatabase database, JsonObject spec, CancellationToken cancel) =>
        PatchAsync(parts, database, new JsonObject { ["spec"] = spec }, cancel);

    /// <summary>Sets annotations.</summary>
    /// <exception cref="ApiException">The server refused; a conflict when the database changed meanwhile.</exception>
    public static Task<IDatabase> PatchAnnotationsAsync(DatabaseParts parts, IDatabase database, JsonObject annotations, CancellationToken cancel) =>
        PatchAsync(parts, database, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } }, cancel);

    private static async Task<IDatabase> PatchAsync(DatabaseParts parts, IDatabase database, JsonObject patch, CancellationToken cancel)
    {
        if (patch["metadata"] is not JsonObject metadata)
            patch["metadata"] = metadata = [];
        metadata["uid"] = database.Metadata.Uid;
        metadata["resourceVersion"] = database.Metadata.ResourceVersion;
        var kinds = parts.Engine.Kinds;
        var result = await parts.Client.MergePatchAsync(
            kinds.Database, database.Metadata.Key, patch, FieldManagers.Provisioner, null, kinds.DecodeDatabase, cancel);
        var written = result.OrThrow();
        parts.Caches.Of(parts.Engine).Databases.Observe(written);
        return written;
    }
}
