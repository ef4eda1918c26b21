using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.ApiServer;

/// <summary>
/// What the product relies on in an API server. The same tests run against the in-memory double and against a real kube-apiserver, so
/// that the double can not drift from it: what passes here and fails there is a defect of the double.
/// </summary>
public abstract partial class ApiSemantics
{
    protected static readonly ResourceType ConfigMaps = new("", "v1", "configmaps", "ConfigMap");
    protected static readonly ResourceType Secrets = new("", "v1", "secrets", "Secret");
    protected static readonly ResourceType Services = new("", "v1", "services", "Service");
    protected static readonly ResourceType Namespaces = new("", "v1", "namespaces", "Namespace", false);
    protected static readonly ResourceType StatefulSets = new("apps", "v1", "statefulsets", "StatefulSet");
    protected static readonly ResourceType Widgets = new("tests.kubedb.com", "v1", "widgets", "Widget");
    protected static readonly ResourceType Absent = new("absent.kubedb.com", "v1", "ghosts", "Ghost");

    /// <summary>A custom kind with what ours use: status and scale, keyed and set lists, open and closed parts, defaults.</summary>
    protected const string WidgetDefinition =
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.tests.kubedb.com"},
        "spec":{"group":"tests.kubedb.com","scope":"Namespaced","names":{"plural":"widgets","singular":"widget","kind":"Widget","listKind":"WidgetList"},
        "versions":[{"name":"v1","served":true,"storage":true,
        "subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"}},
        "schema":{"openAPIV3Schema":{"type":"object","properties":{
        "spec":{"type":"object","properties":{"replicas":{"type":"integer"},"mode":{"type":"string","enum":["One","Two"],"default":"One"},
        "tags":{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set"},
        "words":{"type":"array","items":{"type":"string"}},
        "labels":{"type":"object","additionalProperties":{"type":"string"}},
        "template":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
        "parts":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
        "items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"size":{"type":"integer"},"note":{"type":"string"}}}}}},
        "status":{"type":"object","properties":{"phase":{"type":"string"},"replicas":{"type":"integer"},
        "conditions":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["type"],
        "items":{"type":"object","required":["type"],"properties":{"type":{"type":"string"},"status":{"type":"string"},"reason":{"type":"string"}}}}}}}}}}]}}
        """;

    /// <summary>Runs a test body with a client and a namespace of its own, on the server that the subclass brings.</summary>
    protected abstract Task Run(Func<IKubernetesClient, string, Task> body);

    /// <summary>Sees to it that version 1 is older than all that the server remembers of the widgets.</summary>
    protected abstract Task ForgetAsync();

    protected static CancellationToken None => CancellationToken.None;

    protected static JsonObject ConfigMap(string ns, string name, string data = """{"a":"1"}""") =>
        Json.Parse($$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}","namespace":"{{ns}}"},"data":{{data}}}""");

    protected static JsonObject Widget(string ns, string name, string spec) =>
        Json.Parse($$"""{"apiVersion":"tests.kubedb.com/v1","kind":"Widget","metadata":{"name":"{{name}}","namespace":"{{ns}}"},"spec":{{spec}}}""");

    protected static Task<ApiResult<JsonObject>> Send(
        IKubernetesClient client,
        ApiVerb verb,
        ResourceType type,
        string ns,
        string? name,
        JsonNode? body = null,
        string? manager = null,
        string? subresource = null,
        bool force = false) =>
        client.SendAsync(
            new ApiRequest
            {
                Verb = verb,
                Type = type,
                Namespace = ns,
                Name = name,
                Body = body,
                FieldManager = manager,
                Subresource = subresource,
                Force = force,
            },
            KubernetesVerbs.DecodeJson,
            None);

    protected static Task<ApiResult<JsonObject>> Apply(
        IKubernetesClient client, ResourceType type, JsonObject body, string manager, bool force = true, string? subresource = null) =>
        Send(client, ApiVerb.Apply, type, body.Namespace(), body.Name(), body, manager, subresource, force);

    protected static JsonObject Ok(ApiResult<JsonObject> result)
    {
        Assert.That(result.Error, Is.Null);
        return result.Value!;
    }

    protected static void Refused(ApiResult<JsonObject> result, ApiErrorKind kind, string? message = null)
    {
        Assert.That(result.Succeeded, Is.False, $"expected {kind}");
        Assert.That(result.Error!.Kind, Is.EqualTo(kind), result.Error.Message);
        if (message is not null)
            Assert.That(result.Error.Message, Is.EqualTo(message));
    }

    protected static string Version(JsonObject value) => value["metadata"].Text("resourceVersion");

    /// <summary>The fieldsV1 of one manager, as the server wrote it; empty when it owns nothing.</summary>
    protected static string Owned(JsonObject value, string manager, string operation, string subresource = "") =>
        value["metadata"]!["managedFields"].Objects()
            .Where(e => e.Text("manager") == manager && e.Text("operation") == operation && e.Text("subresource") == subresource)
            .Select(e => Sorted(e["fieldsV1"])!.ToJsonString(Plain))
            .FirstOrDefault() ?? "";

    private static readonly System.Text.Json.JsonSerializerOptions Plain =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonNode? Sorted(JsonNode? node) => node is JsonObject map
        ? new JsonObject(map.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, Sorted(f.Value))))
        : node?.DeepClone();
}
