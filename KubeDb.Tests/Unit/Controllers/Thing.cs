using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Unit.Controllers;

/// <summary>The smallest observed object.</summary>
internal sealed record Thing(ObjectMeta Metadata, string Value) : IKubernetesObject<Thing>
{
    public static ResourceType Resource { get; } = new("tests.example.com", "v1", "things", "Thing");

    public static Thing Decode(ReadOnlySpan<byte> utf8)
    {
        var json = KubernetesVerbs.DecodeJson(utf8);
        var meta = json["metadata"]!;
        var owner = (string?)meta["owner"];
        return new Thing(
            new ObjectMeta
            {
                Name = (string)meta["name"]!,
                Namespace = (string?)meta["namespace"] ?? "",
                Uid = (string?)meta["uid"] ?? "",
                ResourceVersion = (string?)meta["resourceVersion"] ?? "",
                Labels = (meta["labels"] as JsonObject)?.ToDictionary(l => l.Key, l => (string)l.Value!) ?? [],
                OwnerReferences = owner is null ? [] : [new OwnerReference { Kind = "Boss", Name = owner, Uid = owner, Controller = true }],
            },
            (string?)json["value"] ?? "");
    }

    public static Thing Of(string name, string uid, int version, string value = "", string ns = "a", string? owner = null, string? instance = null) =>
        Decode(System.Text.Encoding.UTF8.GetBytes(Json(name, uid, version, value, ns, owner, instance).ToJsonString()));

    public static JsonObject Json(string name, string uid, int version, string value = "", string ns = "a", string? owner = null, string? instance = null)
    {
        var meta = new JsonObject { ["name"] = name, ["namespace"] = ns, ["uid"] = uid, ["resourceVersion"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        if (owner is not null)
            meta["owner"] = owner;
        if (instance is not null)
            meta["labels"] = new JsonObject { ["app.kubernetes.io/instance"] = instance };
        return new JsonObject { ["metadata"] = meta, ["value"] = value };
    }
}
