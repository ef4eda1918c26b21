using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>One kind that the server serves: all its versions share one store and are told apart by <c>apiVersion</c> only.</summary>
public sealed record Kind(string Group, string Plural, string Name, bool Namespaced)
{
    /// <summary>The served versions; the last is the one controllers use.</summary>
    public required IReadOnlyList<string> Versions { get; init; }

    /// <summary>How fields merge and who can own them.</summary>
    public FieldType Type { get; init; } = FieldType.Deduced;

    /// <summary>The kind's OpenAPI schema; null for built-in kinds.</summary>
    public JsonObject? Schema { get; init; }

    /// <summary>True for a kind of a custom resource definition.</summary>
    public bool Custom => Schema is not null;

    /// <summary>An amount (a number or a text) is among its fields.</summary>
    public bool HasAmounts { get; init; }

    /// <summary>Status is written through its own subresource only.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Replicas can be read and written as a Scale.</summary>
    public bool HasScale { get; init; }

    /// <summary>The server counts changes of the spec.</summary>
    public bool CountsGenerations { get; init; }

    /// <summary>Deletion leaves the object for a grace period.</summary>
    public bool Graceful { get; init; }

    /// <summary>A replace has to name the version that it replaces.</summary>
    public bool DemandsVersion { get; init; }

    /// <summary>The fields that a typed server writes even when nobody set them.</summary>
    public JsonObject Empty { get; init; } = [];

    /// <summary>The kind as clients name it, in the last version.</summary>
    public ResourceType Resource => new(Group, Versions[^1], Plural, Name, Namespaced);

    /// <summary>The name in the server's sentences, such as <c>redises.kubedb.com</c>.</summary>
    public string Qualified => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>One kind is another when they are served under the same group and plural, whatever their schemas.</summary>
    public bool Equals(Kind? other) => other is not null && Group == other.Group && Plural == other.Plural;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Group, Plural);
}
