using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>Variables, ports, mounts and volumes of containers. Pure.</summary>
internal static class PodParts
{
    /// <summary>A variable with a value.</summary>
    public static V1EnvVar Variable(string name, string value) => new() { Name = name, Value = value };

    /// <summary>A variable with the value of a field of the pod.</summary>
    public static V1EnvVar FromField(string name, string path) => new() { Name = name, ValueFrom = new() { FieldRef = new() { FieldPath = path } } };

    /// <summary>A variable with the value of a key of a secret.</summary>
    public static V1EnvVar FromSecret(string name, string secret, string key) =>
        new() { Name = name, ValueFrom = new() { SecretKeyRef = new() { Name = secret, Key = key } } };

    /// <summary>A user's variable.</summary>
    public static JsonObject Variable(EnvironmentVariable variable)
    {
        var node = new JsonObject { ["name"] = variable.Name };
        if (variable.ValueFrom is { } source)
            node["valueFrom"] = source.ToNode();
        else
            node["value"] = variable.Value ?? "";
        return node;
    }

    /// <summary>A port of a container.</summary>
    public static V1ContainerPort Port(string name, int port) => new() { Name = name, ContainerPort = port, Protocol = "TCP" };

    /// <summary>A mount.</summary>
    public static V1VolumeMount Mount(string volume, string path) => new() { Name = volume, MountPath = path };

    /// <summary>A volume with the keys of a secret as files.</summary>
    /// <param name="name">Name of the volume.</param>
    /// <param name="secret">Name of the secret.</param>
    /// <param name="mode">Mode of the files; null for the default.</param>
    public static V1Volume SecretVolume(string name, string secret, int? mode = null) =>
        new() { Name = name, Secret = new() { SecretName = secret, DefaultMode = mode } };

    /// <summary>A volume with files of several secrets, which change together. A source without files has all keys of its secret.</summary>
    /// <param name="name">Name of the volume.</param>
    /// <param name="sources">The secrets, each with its keys and the names of their files.</param>
    public static V1Volume ProjectedSecrets(string name, params IReadOnlyList<(string Secret, IReadOnlyList<(string Key, string File)> Files)> sources) => new()
    {
        Name = name,
        Projected = new()
        {
            Sources =
            [
                .. sources.Select(s => new V1VolumeProjection
                {
                    Secret = new() { Name = s.Secret, Items = s.Files.Count == 0 ? null : [.. s.Files.Select(f => new V1KeyToPath { Key = f.Key, Path = f.File })] },
                }),
            ],
        },
    };

    /// <summary>A volume with an annotation of the pod as a file, which changes with it and is empty where there is none.</summary>
    /// <param name="name">Name of the volume.</param>
    /// <param name="annotation">The annotation.</param>
    /// <param name="file">Name of the file.</param>
    public static V1Volume Annotation(string name, string annotation, string file) => new()
    {
        Name = name,
        DownwardAPI = new() { Items = [new() { Path = file, FieldRef = new() { FieldPath = $"metadata.annotations['{annotation}']" } }] },
    };

    /// <summary>An empty directory that goes with the pod.</summary>
    public static V1Volume EmptyDirectory(string name) => new() { Name = name, EmptyDir = new() };

    /// <summary>An empty directory of the size that a claim would have had.</summary>
    public static JsonObject EmptyDirectory(string name, JsonFragment? storage)
    {
        var size = (storage?.ToNode()).Member("resources").Member("requests").Member("storage");
        var volume = Manifests.ToJson(EmptyDirectory(name));
        if (size is not null)
            volume["emptyDir"]!["sizeLimit"] = size.DeepClone();
        return volume;
    }
}
