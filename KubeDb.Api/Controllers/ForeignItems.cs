using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>
/// Clears the way where server-side apply alone can not put an object back. It merges lists by key, so an item whose key someone changed by
/// hand stays beside ours, and the two together may break the object's rules (a service with two ports of one name). Then the described
/// lists are set as a whole, and ownership of what that wrote is given up again, so that the apply which follows owns it alone.
/// </summary>
internal static class ForeignItems
{
    private const string Manager = "kubedb-reset";

    /// <summary>Sets the object's described parts as a whole. True when the server took it, and the apply is worth another try.</summary>
    /// <param name="client">The client.</param>
    /// <param name="type">The kind.</param>
    /// <param name="known">The object as it was seen: only this version is changed.</param>
    /// <param name="desired">The whole description.</param>
    /// <param name="cancel">Cancels the calls.</param>
    public static async Task<bool> ReplaceAsync(
        IKubernetesClient client, ResourceType type, ObjectMeta known, JsonObject desired, CancellationToken cancel)
    {
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = known.Uid, ["resourceVersion"] = known.ResourceVersion } };
        foreach (var (name, value) in desired)
        {
            if (name is not ("apiVersion" or "kind" or "metadata"))
                patch[name] = value?.DeepClone();
        }

        var replaced = await client.MergePatchAsync(type, known.Key, patch, Manager, null, KubernetesVerbs.DecodeJson, cancel);
        return replaced.Succeeded && await DisownAsync(client, type, known.Key, replaced.Value, cancel);
    }

    private static async Task<bool> DisownAsync(IKubernetesClient client, ResourceType type, ObjectKey key, JsonObject live, CancellationToken cancel)
    {
        if (live["metadata"]?["managedFields"] is not JsonArray owners)
            return true;
        var others = owners.Where(o => o?["manager"]?.GetValue<string>() != Manager).Select(o => o!.DeepClone()).ToArray();
        var request = new ApiRequest
        {
            Verb = ApiVerb.JsonPatch,
            Type = type,
            Namespace = key.Namespace,
            Name = key.Name,
            FieldManager = Manager,
            Body = new JsonArray(
                new JsonObject { ["op"] = "test", ["path"] = "/metadata/resourceVersion", ["value"] = live["metadata"]!["resourceVersion"]!.DeepClone() },
                new JsonObject { ["op"] = "replace", ["path"] = "/metadata/managedFields", ["value"] = new JsonArray(others) }),
        };
        return (await client.SendAsync(request, KubernetesVerbs.DecodeJson, cancel)).Succeeded;
    }
}
