using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Schema;

namespace KubeDb.CrdGenerator;

/// <summary>
/// Schemas of the Kubernetes-owned pieces. Their first level is declared; what lies below is kept as it is, whatever it is.
/// The fields stand in <see cref="KubernetesFields"/>, for the operators know them too.
/// </summary>
internal static class FragmentSchemas
{
    private const string QuantityPattern =
        @"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$";

    private const string VolumeSources =
        "awsElasticBlockStore:object azureDisk:object azureFile:object cephfs:object cinder:object configMap:object csi:object "
        + "downwardAPI:object emptyDir:object ephemeral:object fc:object flexVolume:object flocker:object gcePersistentDisk:object "
        + "gitRepo:object glusterfs:object hostPath:object image:object iscsi:object nfs:object persistentVolumeClaim:object "
        + "photonPersistentDisk:object portworxVolume:object projected:object quobyte:object rbd:object scaleIO:object "
        + "secret:object storageos:object vsphereVolume:object";

    /// <summary>A new schema of the shape.</summary>
    public static JsonObject Of(FragmentShape shape) => shape switch
    {
        FragmentShape.Any => Keep(new JsonObject()),
        FragmentShape.AnyObject or FragmentShape.WorkloadPodTemplate => AnyObject(),
        FragmentShape.PodSpec => Keep(Fields(KubernetesFields.PodSpec)),
        FragmentShape.FlatPodSpec => Keep(Fields(KubernetesFields.FlatPodSpec)),
        FragmentShape.VolumeClaimSpec => Fields(KubernetesFields.VolumeClaimSpec),
        FragmentShape.ServiceSpec => Fields(KubernetesFields.ServiceSpec),
        FragmentShape.Resources => Resources(),
        FragmentShape.ContainerSecurityContext => Fields(KubernetesFields.ContainerSecurityContext),
        FragmentShape.LabelSelector => LabelSelector(),
        FragmentShape.InitScript => Fields(VolumeSources + " git:object scriptPath:string"),
        FragmentShape.VolumeTier => Fields(VolumeSources + " maxConnections:int64 mountPath:string subPath:string"),
        _ => throw new InvalidOperationException($"No schema for {shape}."),
    };

    /// <summary>An amount: a number or a text such as 1Gi.</summary>
    public static JsonObject Quantity() => new()
    {
        ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" }),
        ["pattern"] = QuantityPattern,
        ["x-kubernetes-int-or-string"] = true,
    };

    private static JsonObject Fields(string fields)
    {
        var properties = new JsonObject();
        foreach (var field in fields.Split(' '))
        {
            var parts = field.Split(':');
            properties[parts[0]] = Field(parts[1]);
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties };
    }

    private static JsonObject Field(string type) => type switch
    {
        "string" or "boolean" => new JsonObject { ["type"] = type },
        "int32" or "int64" => new JsonObject { ["type"] = "integer", ["format"] = type },
        "object" => AnyObject(),
        "objects" => List(AnyObject()),
        "named" => List(Named()),
        "strings" => List(Field("string")),
        "atomicStrings" => Atomic(List(Field("string"))),
        "amounts" => Amounts(),
        "requirements" => Resources(),
        "selector" => LabelSelector(),
        "policy" => Policy(),
        _ => throw new InvalidOperationException($"No field type {type}."),
    };

    private static JsonObject AnyObject() => Keep(new JsonObject { ["type"] = "object" });

    private static JsonObject Named() => Keep(new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { ["name"] = Field("string") },
        ["required"] = new JsonArray("name"),
    });

    private static JsonObject Policy() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { ["name"] = new JsonObject { ["type"] = "string" } },
        ["default"] = new JsonObject { ["name"] = "default" },
    };

    private static JsonObject LabelSelector() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["matchExpressions"] = Atomic(List(AnyObject())),
            ["matchLabels"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = Field("string") },
        },
    };

    private static JsonObject Resources()
    {
        var schema = Amounts();
        var claims = List(new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["name"] = Field("string"), ["request"] = Field("string") },
            ["required"] = new JsonArray("name"),
        });
        claims["x-kubernetes-list-type"] = "map";
        claims["x-kubernetes-list-map-keys"] = new JsonArray("name");
        schema["properties"]!["claims"] = claims;
        return schema;
    }

    private static JsonObject Amounts() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["limits"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = Quantity() },
            ["requests"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = Quantity() },
        },
    };

    private static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    private static JsonObject Atomic(JsonObject list)
    {
        list["x-kubernetes-list-type"] = "atomic";
        return list;
    }

    private static JsonObject Keep(JsonObject schema)
    {
        schema["x-kubernetes-preserve-unknown-fields"] = true;
        return schema;
    }
}
