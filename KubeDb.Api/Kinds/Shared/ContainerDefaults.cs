using System.Text.Json.Nodes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>
/// Fills in what is missing in the containers of a pod template, in place. What the user set stays; a part that does not have the expected
/// form is left alone, for validation to name.
/// </summary>
public static class ContainerDefaults
{
    /// <summary>The container of that name in a list of the pod spec, added (first or last) when there is none; null when the list has no such form.</summary>
    public static JsonObject? Ensure(JsonObject podSpec, string list, string name, bool first)
    {
        if (podSpec[list] is null)
            podSpec[list] = new JsonArray();
        if (podSpec[list] is not JsonArray containers)
            return null;
        if (containers.Objects().FirstOrDefault(c => c["name"].AsText() == name) is { } present)
            return present;
        var added = new JsonObject { ["name"] = name };
        containers.Insert(first ? 0 : containers.Count, added);
        return added;
    }

    /// <summary>The container of that name, added when there is none, with a security context; null when the list has no such form.</summary>
    public static JsonObject? Secured(JsonObject podSpec, string list, string name, bool first, long? user)
    {
        var container = Ensure(podSpec, list, name, first);
        if (container is not null && EnsureObject(container, "securityContext") is { } context)
            SecurityContext(context, user);
        return container;
    }

    /// <summary>The member as an object, created when absent; null when it is something else.</summary>
    public static JsonObject? EnsureObject(JsonObject parent, string name)
    {
        if (parent[name] is null)
            parent[name] = new JsonObject();
        return parent[name] as JsonObject;
    }

    /// <summary>Sets the member when it is absent.</summary>
    public static void Fill(JsonObject parent, string name, JsonNode? value)
    {
        if (parent[name] is null && value is not null)
            parent[name] = value;
    }

    /// <summary>A context that the restricted pod security standard accepts; the user is left out when it is not known.</summary>
    public static void SecurityContext(JsonObject context, long? user)
    {
        Fill(context, "allowPrivilegeEscalation", false);
        if (EnsureObject(context, "capabilities") is { } capabilities)
            Fill(capabilities, "drop", new JsonArray("ALL"));
        Fill(context, "runAsNonRoot", true);
        Fill(context, "runAsUser", user);
        Fill(context, "runAsGroup", user);
        if (EnsureObject(context, "seccompProfile") is { } profile)
            Fill(profile, "type", "RuntimeDefault");
    }

    /// <summary>
    /// Requests of CPU and memory, and a limit of memory: a request alone is also the limit (of memory), a limit alone is also the request,
    /// a limit of memory below the request is raised.
    /// </summary>
    public static void Resources(JsonObject container, string cpu, string memory)
    {
        if (EnsureObject(container, "resources") is not { } resources
            || EnsureObject(resources, "requests") is not { } requests
            || EnsureObject(resources, "limits") is not { } limits)
            return;
        Fill(requests, "cpu", limits["cpu"]?.DeepClone() ?? cpu);
        Fill(requests, "memory", limits["memory"]?.DeepClone() ?? memory);
        Fill(limits, "memory", requests["memory"]?.DeepClone());
        if (Quantity.Parse(limits["memory"].AsScalar()) < Quantity.Parse(requests["memory"].AsScalar()))
            limits["memory"] = requests["memory"]!.DeepClone();
    }

    /// <summary>Resources for a container that has none at all.</summary>
    public static void ResourcesIfNone(JsonObject container, string cpu, string memory, string memoryLimit)
    {
        if (container["resources"] is not (null or JsonObject { Count: 0 }))
            return;
        container["resources"] = new JsonObject
        {
            ["limits"] = new JsonObject { ["memory"] = memoryLimit },
            ["requests"] = new JsonObject { ["cpu"] = cpu, ["memory"] = memory },
        };
    }

    /// <summary>A change of CPU or memory needs no restart of the container.</summary>
    public static void ResizePolicy(JsonObject container)
    {
        if (container["resizePolicy"] is null)
            container["resizePolicy"] = new JsonArray();
        if (container["resizePolicy"] is not JsonArray policies)
            return;
        foreach (var resource in (ReadOnlySpan<string>)["cpu", "memory"])
        {
            var name = resource;
            if (!policies.Objects().Any(p => p["resourceName"].AsText() == name))
                policies.Add((JsonNode)new JsonObject { ["resourceName"] = resource, ["restartPolicy"] = "NotRequired" });
        }
    }
}
