using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>
/// Says on an object who owns it where no owner reference can: a cluster-scoped object, or one in another namespace. Kubernetes collects such an
/// object never; whoever deletes the owner deletes it.
/// </summary>
public static class AnnotatedOwner
{
    /// <summary>The annotation: namespace and UID of the owner, with a slash between. Its name and kind are in the labels.</summary>
    public const string Key = "kubedb.com/owner";

    /// <summary>Puts the owner on a manifest.</summary>
    public static void Set(JsonObject manifest, ObjectMeta owner)
    {
        var metadata = manifest["metadata"]!.AsObject();
        if (metadata["annotations"] is not JsonObject annotations)
            metadata["annotations"] = annotations = [];
        annotations[Key] = $"{owner.Namespace}/{owner.Uid}";
    }

    /// <summary>Namespace and UID of the owner; null for an object that has none by annotation.</summary>
    public static (string Namespace, string Uid)? Of(ObjectMeta meta) => Read(meta.Annotations.GetValueOrDefault(Key));

    /// <summary>Namespace of the owner in a manifest's metadata; null when there is none.</summary>
    public static string? NamespaceIn(JsonObject metadata) =>
        metadata["annotations"]?[Key] is JsonValue value && value.TryGetValue(out string? text) ? Read(text)?.Namespace : null;

    /// <summary>UID of the owner of an object, by reference or else by annotation; null for none.</summary>
    public static string? UidOf(ObjectMeta meta) => meta.Controller?.Uid ?? Of(meta)?.Uid;

    private static (string Namespace, string Uid)? Read(string? text) => text?.Split('/') is [var ns, var uid] ? (ns, uid) : null;
}
