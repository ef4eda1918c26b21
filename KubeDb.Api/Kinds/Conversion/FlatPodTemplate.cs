using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Conversion;

/// <summary>Overrides of a database's pods and workloads, with the settings of the server's container beside those of the pod.</summary>
internal sealed record FlatPodTemplate
{
    private const string Containers = "containers";
    private const string EphemeralContainers = "ephemeralContainers";

    // Name beside the pod's fields, name in the container.
    private static readonly (string Flat, string Field)[] Moved =
    [
        ("args", "args"), ("env", "env"), ("resources", "resources"), ("livenessProbe", "livenessProbe"), ("readinessProbe", "readinessProbe"),
        ("lifecycle", "lifecycle"), ("containerSecurityContext", "securityContext"), ("volumeMounts", "volumeMounts"),
    ];

    /// <summary>Labels and annotations of the workloads.</summary>
    public MetadataTemplate? Controller { get; init; }

    /// <summary>Labels and annotations of the pods.</summary>
    public MetadataTemplate? Metadata { get; init; }

    /// <summary>Overrides of the pod spec, and of the server's container.</summary>
    [Shape(FragmentShape.FlatPodSpec)]
    public JsonFragment? Spec { get; init; }

    /// <summary>Moves the settings of the server into its container, which is the first where there was none.</summary>
    public static void Up(JsonObject spec, string container)
    {
        if (spec["podTemplate"].Member("spec") is not JsonObject pod || !Moved.Any(m => pod.ContainsKey(m.Flat))
            || ContainerDefaults.Ensure(pod, Containers, container, first: true) is not { } server)
            return;
        foreach (var (flat, field) in Moved)
        {
            if (!pod.TryGetPropertyValue(flat, out var value))
                continue;
            pod.Remove(flat);
            server[field] = value;
        }
    }

    /// <summary>Moves the settings of the server out of its container, and takes out what such a template has no place for.</summary>
    public static void Down(JsonObject spec, string container)
    {
        if (spec["podTemplate"] is not JsonObject template || template["spec"] is not JsonObject pod)
            return;
        var server = pod[Containers].Objects().FirstOrDefault(c => c["name"].AsText() == container);
        var hadContainers = pod.Remove(Containers) | pod.Remove(EphemeralContainers);
        foreach (var (flat, field) in Moved)
        {
            // What a pod has under the name, such as resources of all its containers together, is something else.
            pod.Remove(flat);
            if (server is null || !server.TryGetPropertyValue(field, out var value))
                continue;
            server.Remove(field);
            pod[flat] = value;
        }

        if (!hadContainers || pod.Count > 0)
            return;
        template.Remove("spec");
        if (template.Count == 0)
            spec.Remove("podTemplate");
    }
}
