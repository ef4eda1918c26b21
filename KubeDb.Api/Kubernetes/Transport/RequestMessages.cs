using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>Turns requests into HTTP messages. The body is encoded once and serves every attempt.</summary>
internal static class RequestMessages
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue Metadata = PartialJson("PartialObjectMetadata");
    private static readonly MediaTypeWithQualityHeaderValue MetadataList = PartialJson("PartialObjectMetadataList");

    /// <summary>The path and query of a request.</summary>
    public static string Target(ApiRequest request)
    {
        if (request.Name is null && request.Verb is not (ApiVerb.List or ApiVerb.Create))
            throw new ArgumentException($"{request.Verb} of {request.Type} needs a name.", nameof(request));
        if (request.Type.Namespaced && request.Namespace.Length == 0 && request.Verb != ApiVerb.List)
            throw new ArgumentException($"{request.Verb} of {request.Type} needs a namespace.", nameof(request));

        var query = new Query();
        if (request.Verb is ApiVerb.List or ApiVerb.Get)
        {
            query.Add("labelSelector", request.LabelSelector);
            query.Add("fieldSelector", request.FieldSelector);
            query.Add("resourceVersion", request.ResourceVersion);
            query.Add("limit", request.Limit > 0 ? request.Limit.ToString(CultureInfo.InvariantCulture) : null);
            query.Add("continue", request.Continue);
        }
        else if (request.Verb != ApiVerb.Delete)
        {
            query.Add("fieldManager", request.FieldManager);
            query.Add("force", request is { Verb: ApiVerb.Apply, Force: true } ? "true" : null);
        }

        // The name in the path of a create is that of the object whose subresource is created (an eviction of a pod).
        var name = request is { Verb: ApiVerb.Create, Subresource: null } ? null : request.Name;
        return request.Type.Path(request.Namespace, name, request.Subresource) + query;
    }

    /// <summary>The path and query of a watch.</summary>
    public static string Target(ResourceType type, WatchOptions options)
    {
        var query = new Query();
        query.Add("watch", "true");
        query.Add("allowWatchBookmarks", "true");
        query.Add("resourceVersion", options.ResourceVersion);
        query.Add("timeoutSeconds", Math.Max(1, (long)options.Timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        query.Add("labelSelector", options.LabelSelector);
        query.Add("fieldSelector", options.FieldSelector);
        return type.Path(options.Namespace) + query;
    }

    /// <summary>The method of a verb.</summary>
    public static HttpMethod Method(ApiVerb verb) => verb switch
    {
        ApiVerb.Get or ApiVerb.List => HttpMethod.Get,
        ApiVerb.Create => HttpMethod.Post,
        ApiVerb.Update => HttpMethod.Put,
        ApiVerb.Apply or ApiVerb.MergePatch or ApiVerb.JsonPatch => HttpMethod.Patch,
        _ => HttpMethod.Delete,
    };

    /// <summary>The body as UTF-8 JSON; null without one.</summary>
    public static ReadOnlyMemory<byte>? Encode(JsonNode? body)
    {
        if (body is null)
            return null;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            body.WriteTo(writer);
        return buffer.WrittenMemory;
    }

    /// <summary>A message for one attempt.</summary>
    /// <param name="method">Method.</param>
    /// <param name="uri">Address.</param>
    /// <param name="verb">Decides the content type.</param>
    /// <param name="body">Body; null for none.</param>
    /// <param name="metadataOnly">Ask for the metadata of objects; a server that can not do that sends them whole.</param>
    public static HttpRequestMessage Message(
        HttpMethod method, Uri uri, ApiVerb verb = ApiVerb.Get, ReadOnlyMemory<byte>? body = null, bool metadataOnly = false)
    {
        var message = new HttpRequestMessage(method, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (metadataOnly)
            message.Headers.Accept.Add(verb is ApiVerb.List ? MetadataList : Metadata);
        message.Headers.Accept.Add(Json);
        if (body is { } bytes)
        {
            message.Content = new ReadOnlyMemoryContent(bytes);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType(verb));
        }

        return message;
    }

    private static MediaTypeWithQualityHeaderValue PartialJson(string kind)
    {
        var type = new MediaTypeWithQualityHeaderValue("application/json");
        type.Parameters.Add(new NameValueHeaderValue("as", kind));
        type.Parameters.Add(new NameValueHeaderValue("g", "meta.k8s.io"));
        type.Parameters.Add(new NameValueHeaderValue("v", "v1"));
        return type;
    }

    // Apply takes YAML on every version; JSON is YAML.
    private static string ContentType(ApiVerb verb) => verb switch
    {
        ApiVerb.Apply => "application/apply-patch+yaml",
        ApiVerb.MergePatch => "application/merge-patch+json",
        ApiVerb.JsonPatch => "application/json-patch+json",
        _ => "application/json",
    };

    /// <summary>Builds a query string; null values are left out.</summary>
    internal sealed class Query
    {
        private readonly StringBuilder _text = new();

        public void Add(string key, string? value)
        {
            if (string.IsNullOrEmpty(value))
                return;
            _text.Append(_text.Length == 0 ? '?' : '&').Append(key).Append('=').Append(Uri.EscapeDataString(value));
        }

        public override string ToString() => _text.ToString();
    }
}
