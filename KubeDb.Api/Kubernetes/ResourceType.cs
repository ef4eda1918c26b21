namespace KubeDb.Api.Kubernetes;

/// <summary>One kind of object as the API server names it.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">Version of the group, such as <c>v1</c>.</param>
/// <param name="Plural">Name in paths, such as <c>pods</c>.</param>
/// <param name="Kind">Name in manifests, such as <c>Pod</c>.</param>
/// <param name="Namespaced">False for objects that live outside namespaces.</param>
public sealed record ResourceType(string Group, string Version, string Plural, string Kind, bool Namespaced = true)
{
    /// <summary>The value of <c>apiVersion</c> in a manifest.</summary>
    public string ApiVersion { get; } = Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The path of the collection, or of one object, or of its subresource; every part escaped.</summary>
    public string Path(string? ns, string? name = null, string? subresource = null)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        var path = Namespaced && !string.IsNullOrEmpty(ns) ? $"{root}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}" : $"{root}/{Plural}";
        if (name is not null)
            path += "/" + Uri.EscapeDataString(name);
        return subresource is null ? path : $"{path}/{subresource}";
    }

    /// <inheritdoc/>
    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}

/// <summary>Namespace and name of an object; the namespace is empty for a cluster-scoped one.</summary>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
