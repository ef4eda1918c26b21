using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Conversion;

/// <summary>Settings of the container beside the server that watches it.</summary>
internal sealed record CoordinatorSpec
{
    private const string Field = "coordinator";
    private static readonly string[] Moved = ["resources", "securityContext"];

    /// <summary>Resource requests and limits.</summary>
    [Shape(FragmentShape.Resources)]
    public JsonFragment? Resources { get; init; }

    /// <summary>Security context.</summary>
    [Shape(FragmentShape.ContainerSecurityContext)]
    public JsonFragment? SecurityContext { get; init; }

    /// <summary>Moves the settings into the container of that name, the last one where there was none.</summary>
    public static void Up(JsonObject spec, string container)
    {
        if (spec[Field] is not JsonObject coordinator || !Moved.Any(coordinator.ContainsKey)
            || ContainerDefaults.EnsureObject(spec, "podTemplate") is not { } template
            || ContainerDefaults.EnsureObject(template, "spec") is not { } pod
            || ContainerDefaults.Ensure(pod, "containers", container, first: false) is not { } target)
        {
            spec.Remove(Field);
            return;
        }

        spec.Remove(Field);
        foreach (var name in Moved)
        {
            if (!coordinator.TryGetPropertyValue(name, out var value))
                continue;
            coordinator.Remove(name);
            target[name] = value;
        }
    }

    /// <summary>Moves the settings out of the container of that name. Before <see cref="FlatPodTemplate.Down"/>, which takes the containers away.</summary>
    public static void Down(JsonObject spec, string container)
    {
        spec.Remove(Field);
        var source = spec["podTemplate"].Member("spec").Member("containers").Objects().FirstOrDefault(c => c["name"].AsText() == container);
        if (source is null)
            return;
        var coordinator = new JsonObject();
        foreach (var name in Moved)
        {
            if (!source.TryGetPropertyValue(name, out var value))
                continue;
            source.Remove(name);
            coordinator[name] = value;
        }

        if (coordinator.Count > 0)
            spec[Field] = coordinator;
    }
}
