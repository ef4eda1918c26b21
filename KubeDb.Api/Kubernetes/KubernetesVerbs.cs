using System.Text.Json.Nodes;

namespace KubeDb.Api.Kubernetes;

/// <summary>The verbs of the Kubernetes API as callers read them; each is one request.</summary>
public static class KubernetesVerbs
{
    /// <summary>Reads one object, newest state.</summary>
    public static Task<ApiResult<T>> GetAsync<T>(this IKubernetesClient client, ObjectKey key, CancellationToken cancel)
        where T : class, IKubernetesObject<T> =>
        client.SendAsync(new ApiRequest { Verb = ApiVerb.Get, Type = T.Resource, Namespace = key.Namespace, Name = key.Name }, T.Decode, cancel);

    /// <summary>Reads one object of any kind as JSON, newest state.</summary>
    public static Task<ApiResult<JsonObject>> GetAsync(this IKubernetesClient client, ResourceType type, ObjectKey key, CancellationToken cancel) =>
        client.SendAsync(new ApiRequest { Verb = ApiVerb.Get, Type = type, Namespace = key.Namespace, Name = key.Name }, DecodeJson, cancel);

    /// <summary>Creates an object; its kind, namespace and name are the body's.</summary>
    public static Task<ApiResult<JsonObject>> CreateAsync(this IKubernetesClient client, ResourceType type, JsonObject body, CancellationToken cancel) =>
        client.SendAsync(new ApiRequest { Verb = ApiVerb.Create, Type = type, Namespace = NamespaceOf(body), Body = body }, DecodeJson, cancel);

    /// <summary>Replaces an object, or a subresource of it, if it still has the body's resourceVersion.</summary>
    public static Task<ApiResult<JsonObject>> UpdateAsync(
        this IKubernetesClient client, ResourceType type, JsonObject body, string? subresource, CancellationToken cancel) =>
        client.SendAsync(
            new ApiRequest { Verb = ApiVerb.Update, Type = type, Namespace = NamespaceOf(body), Name = NameOf(body), Subresource = subresource, Body = body },
            DecodeJson,
            cancel);

    /// <summary>
    /// Server-side apply, taking fields over from other owners. A <c>metadata.resourceVersion</c> in the body makes it conditional;
    /// a <c>metadata.uid</c> keeps it from creating an object anew.
    /// </summary>
    public static Task<ApiResult<T>> ApplyAsync<T>(
        this IKubernetesClient client, ResourceType type, JsonObject body, string fieldManager, string? subresource, ObjectDecoder<T> decode, CancellationToken cancel) =>
        client.SendAsync(
            new ApiRequest
            {
                Verb = ApiVerb.Apply,
                Type = type,
                Namespace = NamespaceOf(body),
                Name = NameOf(body),
                Subresource = subresource,
                Body = body,
                FieldManager = fieldManager,
                Force = true,
            },
            decode,
            cancel);

    /// <summary>JSON merge patch; a <c>metadata.resourceVersion</c> in it makes it conditional.</summary>
    public static Task<ApiResult<T>> MergePatchAsync<T>(
        this IKubernetesClient client, ResourceType type, ObjectKey key, JsonObject patch, string fieldManager, string? subresource, ObjectDecoder<T> decode, CancellationToken cancel) =>
        client.SendAsync(
            new ApiRequest
            {
                Verb = ApiVerb.MergePatch,
                Type = type,
                Namespace = key.Namespace,
                Name = key.Name,
                Subresource = subresource,
                Body = patch,
                FieldManager = fieldManager,
            },
            decode,
            cancel);

    /// <summary>
    /// Deletes the object that was seen, and no other: the UID, and the resourceVersion where given, are preconditions (409 otherwise).
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="type">The kind.</param>
    /// <param name="seen">Metadata of a live read.</param>
    /// <param name="propagation"><c>Background</c>, <c>Foreground</c> or <c>Orphan</c>.</param>
    /// <param name="exactVersion">Also demand the resourceVersion that was seen.</param>
    /// <param name="cancel">Cancels the call.</param>
    public static Task<ApiResult<JsonObject>> DeleteAsync(
        this IKubernetesClient client, ResourceType type, ObjectMeta seen, string propagation, bool exactVersion, CancellationToken cancel)
    {
        var preconditions = new JsonObject { ["uid"] = seen.Uid };
        if (exactVersion)
            preconditions["resourceVersion"] = seen.ResourceVersion;
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = propagation,
            ["preconditions"] = preconditions,
        };
        return client.SendAsync(
            new ApiRequest { Verb = ApiVerb.Delete, Type = type, Namespace = seen.Namespace, Name = seen.Name, Body = body }, DecodeJson, cancel);
    }

    /// <summary>Reads a page of objects.</summary>
    public static Task<ApiResult<ObjectPage<T>>> ListAsync<T>(
        this IKubernetesClient client, ApiRequest request, ObjectDecoder<T> decode, CancellationToken cancel) =>
        client.SendAsync(request with { Verb = ApiVerb.List }, utf8 => ListDecoder.Decode(utf8, decode), cancel);

    /// <summary>Decodes into a mutable tree.</summary>
    public static JsonObject DecodeJson(ReadOnlySpan<byte> utf8)
    {
        var reader = JsonLimits.Reader(utf8);
        return JsonNode.Parse(ref reader) as JsonObject ?? throw new System.Text.Json.JsonException("Expected a JSON object.");
    }

    private static string NamespaceOf(JsonObject body) => body["metadata"]?["namespace"]?.GetValue<string>() ?? "";

    private static string NameOf(JsonObject body) =>
        body["metadata"]?["name"]?.GetValue<string>() ?? throw new ArgumentException("The object has no metadata.name.", nameof(body));
}
