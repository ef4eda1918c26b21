using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>Every object a database needs, in the order in which they are applied.</summary>
/// <param name="Objects">The objects.</param>
public sealed record Blueprint(IReadOnlyList<DesiredObject> Objects)
{
    /// <summary>What of the spec was not taken, because it is the operator's; empty when all was.</summary>
    public IReadOnlyList<SpecWarning> Warnings { get; init; } = [];
}

/// <summary>One object of a blueprint.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Manifest">Its manifest, without owner reference.</param>
public sealed record DesiredObject(ResourceType Type, JsonObject Manifest)
{
    /// <summary>The described object that owns it, by kind and name; null when the database does.</summary>
    public (ResourceType Type, string Name)? Owner { get; init; }

    /// <summary>Why neither it nor anything after it can be applied yet; null when it can.</summary>
    public Outcome? Pending { get; init; }

    /// <summary>What the event says once it was created, such as <c>Successfully created governing service</c>; null for no event.</summary>
    public string? CreatedEvent { get; init; }

    /// <summary>Name of the object.</summary>
    public string Name => Manifest["metadata"]!["name"]!.GetValue<string>();

    /// <summary>Its namespace; empty for a cluster-scoped one.</summary>
    public string Namespace => Manifest["metadata"]!["namespace"]?.GetValue<string>() ?? "";

    /// <summary>
    /// True for an object that can not have the database as its owner, because it is cluster-scoped or in another namespace: Kubernetes does not
    /// collect it, and the deletion of the database has to.
    /// </summary>
    public bool IsBeyond(ObjectMeta database) => Namespace != database.Namespace;

    /// <summary>
    /// True for the PetSet of servers that the database has beside its own, such as a database that it keeps its metadata in: labelled as an instance
    /// of its own, so that neither rolls nor health checks of the database take its pods for the database's.
    /// </summary>
    public bool IsCompanion(ObjectMeta database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return Type == PetSet.Resource && Manifest["metadata"]!["labels"]?[DatabaseLabels.Instance]?.GetValue<string>() is { } instance && instance != database.Name;
    }

    /// <summary>An object of one of Kubernetes' own kinds.</summary>
    public static DesiredObject Of<T>(ResourceType type, T model)
        where T : class, k8s.IKubernetesObject => new(type, Manifests.ToJson(type, model));
}
