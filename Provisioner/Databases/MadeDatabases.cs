using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Databases;

/// <summary>The databases that another one has made for itself: halted with it, and deleted by its policy.</summary>
internal static class MadeDatabases
{
    /// <summary>
    /// Writes fields of the spec of each that is not being deleted and does not have them. Applied under the manager of blueprints, which writes them
    /// again as the spec of the owner says.
    /// </summary>
    /// <exception cref="ApiException">The server refused.</exception>
    public static async Task FollowAsync(DatabaseParts parts, IDatabase owner, JsonObject spec, CancellationToken cancel)
    {
        foreach (var type in parts.Caches.OwnedKinds.Where(k => k.IsDatabase).Select(k => k.Type))
        {
            foreach (var made in parts.Caches.MadeBy(type, owner).Where(m => !m.Metadata.IsDeleting))
            {
                if ((await parts.Client.GetAsync(type, made.Metadata.Key, cancel)).OrNotFound() is not { } live || IsSo(live["spec"], spec))
                    continue;
                var patch = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["uid"] = made.Metadata.Uid },
                    ["spec"] = spec.DeepClone(),
                };
                _ = (await parts.Client.MergePatchAsync(type, made.Metadata.Key, patch, FieldManagers.Blueprint, null, OwnedObjectDecoder.Decode, cancel)).OrNotFound();
            }
        }
    }

    private static bool IsSo(JsonNode? present, JsonObject wanted) => wanted.All(field => JsonNode.DeepEquals(present?[field.Key], field.Value));
}
