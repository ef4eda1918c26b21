using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;
using Microsoft.AspNetCore.Http;

namespace KubeDb.Bench.Double;

/// <summary>What a path of the API names.</summary>
/// <param name="Type">The kind.</param>
/// <param name="Namespace">Empty for none or all.</param>
/// <param name="Name">Null for a collection.</param>
/// <param name="Subresource">Null for the object itself.</param>
internal sealed record ApiPath(ResourceType Type, string Namespace, string? Name, string? Subresource);

/// <summary>Reads HTTP requests as requests of the client's interface.</summary>
internal static class HttpRequests
{
    /// <summary>The kind and object of a path; null when it names no kind that is served.</summary>
    public static ApiPath? Path(string path, IEnumerable<Kind> kinds)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        var rest = parts is ["api", ..] ? parts.AsSpan(Math.Min(2, parts.Length)) : parts.AsSpan(Math.Min(3, parts.Length));
        var (group, version) = parts is ["api", var v, ..] ? ("", v) : parts is ["apis", var g, var w, ..] ? (g, w) : ("?", "");
        var ns = "";
        if (rest is ["namespaces", var named, _, ..])
        {
            ns = named;
            rest = rest[2..];
        }

        if (rest.Length == 0)
            return null;
        var plural = rest[0];
        var kind = kinds.FirstOrDefault(k => k.Group == group && k.Plural == plural && k.Versions.Contains(version));
        return kind is null
            ? null
            : new(
                new ResourceType(group, version, plural, kind.Name, kind.Namespaced),
                ns,
                rest.Length > 1 ? rest[1] : null,
                rest.Length > 2 ? rest[2] : null);
    }

    /// <summary>The request with its body read.</summary>
    public static async Task<ApiRequest> ReadAsync(HttpContext http, ApiPath path)
    {
        var query = http.Request.Query;
        var verb = Verb(http.Request, path.Name);
        JsonNode? body = null;
        if (verb is not (ApiVerb.Get or ApiVerb.List))
        {
            using var bytes = new MemoryStream();
            await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
            body = bytes.Length == 0 ? null : JsonNode.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }

        return new ApiRequest
        {
            Verb = verb,
            Type = path.Type,
            Namespace = path.Namespace,
            Name = path.Name,
            Subresource = path.Subresource,
            Body = body,
            FieldManager = query["fieldManager"],
            Force = query["force"] == "true",
            LabelSelector = query["labelSelector"],
            FieldSelector = query["fieldSelector"],
            ResourceVersion = query["resourceVersion"],
            Limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var limit) ? limit : 0,
            Continue = query["continue"],
            MetadataOnly = IsMetadataOnly(http.Request),
        };
    }

    /// <summary>The options of a watch.</summary>
    public static WatchOptions Watch(HttpRequest request, ApiPath path) => new()
    {
        Namespace = path.Namespace,
        ResourceVersion = request.Query["resourceVersion"].ToString(),
        LabelSelector = request.Query["labelSelector"],
        FieldSelector = request.Query["fieldSelector"],
        MetadataOnly = IsMetadataOnly(request),
        Timeout = TimeSpan.FromSeconds(int.TryParse(request.Query["timeoutSeconds"], CultureInfo.InvariantCulture, out var s) ? s : 300),
    };

    private static bool IsMetadataOnly(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("as=PartialObjectMetadata", StringComparison.Ordinal);

    private static ApiVerb Verb(HttpRequest request, string? name) => request.Method switch
    {
        "GET" => name is null ? ApiVerb.List : ApiVerb.Get,
        "POST" => ApiVerb.Create,
        "PUT" => ApiVerb.Update,
        "DELETE" => ApiVerb.Delete,
        _ when request.ContentType == "application/apply-patch+yaml" => ApiVerb.Apply,
        _ when request.ContentType == "application/json-patch+json" => ApiVerb.JsonPatch,
        _ => ApiVerb.MergePatch,
    };
}
