using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <content>Gets and paged lists.</content>
public sealed partial class InMemoryApiServer
{
    private Answer Get(Call call)
    {
        var found = call.Request.ResourceVersion == "0" && CacheLag > TimeSpan.Zero
            ? Store.AllAt(call.Kind, Store.VersionAt(Now - CacheLag)).FirstOrDefault(s => s.Object.Namespace() == call.Namespace && s.Object.Name() == call.Name)
            : Store.Find(call.Kind, call.Namespace, call.Name);
        if (found is null)
            return Answer.Of(Errors.NotFound(call.Kind, call.Name));
        if (call.Request.Subresource == "scale")
            return Answer.Of(ScaleOf(found));
        return Sent(found, call.Request.Type, call.Request.MetadataOnly);
    }

    private Answer List(Call call, long? snapshot = null)
    {
        var request = call.Request;
        var version = snapshot ?? (request.ResourceVersion == "0" && CacheLag > TimeSpan.Zero ? Store.VersionAt(Now - CacheLag) : Store.Version);
        var after = "";
        if (!string.IsNullOrEmpty(request.Continue))
        {
            var token = Encoding.UTF8.GetString(Convert.FromBase64String(request.Continue)).Split('|');
            version = long.Parse(token[0], CultureInfo.InvariantCulture);
            after = token[1];
        }

        if (version < Store.Compacted)
            return Answer.Of(Errors.Expired("The provided continue parameter is too old to display a consistent list result."));

        // One more than asked for, to know whether there is more.
        var page = Matching(call.Kind, version, request, after).Take(request.Limit > 0 ? request.Limit + 1 : int.MaxValue).ToList();
        var next = "";
        if (request.Limit > 0 && page.Count > request.Limit)
        {
            page.RemoveAt(request.Limit);
            next = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{version.ToString(CultureInfo.InvariantCulture)}|{page[^1].Key}"));
        }

        return new(WriteList(request, page, version, next), null);
    }

    private IEnumerable<Stored> Matching(Kind kind, long version, ApiRequest request, string after = "")
    {
        var labels = Selectors.Labels(request.LabelSelector);
        var fields = Selectors.Fields(request.FieldSelector);
        return Store.AllAt(kind, version).SkipWhile(s => after.Length > 0 && string.CompareOrdinal(s.Key, after) <= 0).Where(
            s => (request.Namespace.Length == 0 || s.Object.Namespace() == request.Namespace) && labels(s.Object) && fields(s.Object));
    }

    private static byte[] WriteList(ApiRequest request, List<Stored> page, long version, string next)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", (request.MetadataOnly ? "PartialObjectMetadata" : request.Type.Kind) + "List");
            writer.WriteString("apiVersion", request.MetadataOnly ? "meta.k8s.io/v1" : request.Type.ApiVersion);
            writer.WriteStartObject("metadata");
            writer.WriteString("resourceVersion", version.ToString(CultureInfo.InvariantCulture));
            if (next.Length > 0)
                writer.WriteString("continue", next);
            writer.WriteEndObject();
            writer.WriteStartArray("items");
            foreach (var item in page)
                writer.WriteRawValue(Sent(item, request.Type, request.MetadataOnly).Utf8, skipInputValidation: true);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    // Versions of a kind differ in name only: no conversion webhook runs here.
    internal static Answer Sent(Stored stored, ResourceType type, bool metadataOnly = false)
    {
        if (metadataOnly)
            return new(stored.Metadata, null);
        if (stored.Object.Text("apiVersion") == type.ApiVersion)
            return Answer.Of(stored);
        var copy = stored.Object.Copy();
        copy["apiVersion"] = type.ApiVersion;
        return Answer.Of(copy);
    }

    private static JsonObject ScaleOf(Stored stored)
    {
        var value = stored.Object;
        var selector = value.At("spec", "selector", "matchLabels") as JsonObject ?? [];
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = value.Name(),
                ["namespace"] = value.Namespace(),
                ["uid"] = value.Uid(),
                ["resourceVersion"] = value["metadata"].Text("resourceVersion"),
                ["creationTimestamp"] = value["metadata"].Text("creationTimestamp"),
            },
            ["spec"] = new JsonObject { ["replicas"] = value["spec"].Number("replicas") ?? 1 },
            ["status"] = new JsonObject
            {
                ["replicas"] = value["status"].Number("replicas") ?? 0,
                ["selector"] = string.Join(",", selector.Select(l => $"{l.Key}={l.Value}")),
            },
        };
    }
}
