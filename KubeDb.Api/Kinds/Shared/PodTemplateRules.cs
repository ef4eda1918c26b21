using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>What a pod template may not use, because the operator does.</summary>
/// <param name="Volumes">Names of volumes.</param>
/// <param name="Paths">Directories.</param>
/// <param name="Variables">Environment variables.</param>
public sealed record PodTemplateRules(IReadOnlyList<string> Volumes, IReadOnlyList<string> Paths, IReadOnlyList<string> Variables)
{
    private static readonly string[] ContainerLists = ["containers", "initContainers", "ephemeralContainers"];
    private static readonly string[] PodLists = ["imagePullSecrets", "hostAliases", "topologySpreadConstraints"];
    private static readonly string[] ContainerKeyedLists = ["env", "ports", "volumeMounts", "volumeDevices", "resizePolicy"];

    /// <summary>What is wrong with a pod spec; <paramref name="path"/> is the field that holds it.</summary>
    public IEnumerable<Violation> Check(JsonFragment? podSpec, string path)
    {
        if (podSpec is null)
            return [];
        return podSpec.ToNode() is JsonObject pod
            ? [.. Containers(pod, path), .. CheckVolumes(pod, path), .. Duplicates(pod, path, PodLists)]
            : [Form(path, "is not an object")];
    }

    /// <summary>The reserved directory that a path lies in, or null.</summary>
    public string? ReservedPathOf(string path)
    {
        var wanted = path.TrimEnd('/');
        return Paths.FirstOrDefault(reserved =>
            wanted == reserved.TrimEnd('/') || wanted.StartsWith(reserved.TrimEnd('/') + "/", StringComparison.Ordinal));
    }

    private IEnumerable<Violation> Containers(JsonObject pod, string path)
    {
        var names = new HashSet<string>();
        foreach (var list in ContainerLists)
        {
            if (pod[list] is null)
                continue;
            if (pod[list] is not JsonArray containers)
            {
                yield return Form($"{path}.{list}", "is not a list");
                continue;
            }

            for (var i = 0; i < containers.Count; i++)
            {
                foreach (var violation in CheckContainer(containers[i], $"{path}.{list}[{i}]", names))
                    yield return violation;
            }
        }
    }

    private IEnumerable<Violation> CheckContainer(JsonNode? node, string path, HashSet<string> names)
    {
        if (node is not JsonObject container)
            return [Form(path, "is not an object")];
        var name = container["name"].AsText();
        if (string.IsNullOrEmpty(name))
            return [Form($"{path}.name", "is missing: every container needs a name")];
        var duplicate = names.Add(name) ? [] : new[] { Form($"{path}.name", $"'{name}' is the name of another container, too") };
        return
        [
            .. duplicate, .. Mounts(container, path), .. Environment(container, path), .. Duplicates(container, path, ContainerKeyedLists),
            .. ContainerResources(container["resources"], $"{path}.resources"),
        ];
    }

    private IEnumerable<Violation> Mounts(JsonObject container, string path)
    {
        foreach (var (mount, at) in Items(container, "volumeMounts", path))
        {
            if (mount?.Member("mountPath").AsText() is not { } mountPath)
                yield return Form($"{at}.mountPath", "is missing");
            else if (ReservedPathOf(mountPath) is { } reserved)
                yield return new Violation($"{at}.mountPath", Reasons.ReservedMountPath, $"Cannot use mountPath {mountPath} because of reservedMountPaths path {reserved}");
        }
    }

    private IEnumerable<Violation> Environment(JsonObject container, string path)
    {
        foreach (var (variable, at) in Items(container, "env", path))
        {
            if (variable?.Member("name").AsText() is not { Length: > 0 } name)
                yield return Form($"{at}.name", "is missing");
            else if (Variables.Contains(name))
                yield return new Violation($"{at}.name", Reasons.ReservedVariable, $"environment variable {name} is forbidden to use in the pod template: the operator sets it. Remove it");
        }
    }

    private IEnumerable<Violation> CheckVolumes(JsonObject pod, string path)
    {
        var names = new HashSet<string>();
        foreach (var (volume, at) in Items(pod, "volumes", path))
        {
            if (volume?.Member("name").AsText() is not { Length: > 0 } name)
                yield return Form($"{at}.name", "is missing: every volume needs a name");
            else if (Volumes.Contains(name))
                yield return new Violation($"{at}.name", Reasons.ReservedVolumeName, $"Cannot use a reserve volume name: {name}");
            else if (!names.Add(name))
                yield return Form($"{at}.name", $"'{name}' is the name of another volume, too");
        }
    }

    /// <summary>What is wrong with resource requests and limits.</summary>
    public static IEnumerable<Violation> ContainerResources(JsonNode? resources, string path)
    {
        if (resources is null)
            yield break;
        if (resources is not JsonObject)
        {
            yield return Form(path, "is not an object");
            yield break;
        }

        foreach (var part in (string[])["requests", "limits"])
        {
            if (resources[part] is not JsonObject amounts)
            {
                if (resources[part] is not null)
                    yield return Form($"{path}.{part}", "is not an object");
                continue;
            }

            foreach (var (name, amount) in amounts)
            {
                if (Quantity.Parse(amount.AsScalar()) is not { } value || value < 0)
                    yield return Form($"{path}.{part}.{name}", "is not an amount such as 500m or 1Gi");
                else if (part == "requests" && Quantity.Parse(resources.Member("limits").Member(name).AsScalar()) < value)
                    yield return Form($"{path}.requests.{name}", "is above the limit");
            }
        }
    }

    /// <summary>Items of the given lists that repeat the key of an earlier one: the API server refuses such a list.</summary>
    /// <param name="parent">The object with the lists.</param>
    /// <param name="path">Field that holds it.</param>
    /// <param name="lists">Names of the lists.</param>
    public static IEnumerable<Violation> Duplicates(JsonObject parent, string path, params IEnumerable<string> lists) =>
        from list in lists
        where parent[list] is JsonArray
        from found in ListKeys.Duplicates(list, (JsonArray)parent[list]!)
        let at = $"{path}.{list}[{found.Index}]"
        select new Violation(
            at, Reasons.DuplicateKey, $"{at} repeats '{found.Key}' of {path}.{list}[{found.Earlier}]: each may stand there once. Remove one of the two");

    private static IEnumerable<(JsonNode? Item, string Path)> Items(JsonObject parent, string list, string path)
    {
        if (parent[list] is not JsonArray items)
            return parent[list] is null ? [] : [(null, $"{path}.{list}")];
        return items.Select((item, i) => (item, $"{path}.{list}[{i}]"));
    }

    private static Violation Form(string path, string what) => new(path, Reasons.PodTemplateInvalid, $"{path} {what}");
}
