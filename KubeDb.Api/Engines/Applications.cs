using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>An application that the spec of a database names by its AppBinding, in any namespace.</summary>
/// <param name="Key">Namespace and name of the AppBinding.</param>
/// <param name="Path">The field that names it, such as <c>spec.metadataStorage</c>.</param>
/// <param name="Role">What it is for; the key of <see cref="DatabaseFacts.Applications"/>.</param>
public sealed record ApplicationReference(ObjectKey Key, string Path, string Role)
{
    /// <summary>The database is described without it while it is not there.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Kind of the object of the same name that the database has made for itself; null for an application of the user's.</summary>
    public ResourceType? Made { get; init; }
}

/// <summary>An application that a database names, as far as that one has to know it.</summary>
/// <param name="Binding">How clients reach it.</param>
/// <param name="Secret">Its credential; null when the binding names none.</param>
/// <param name="TlsSecret">The certificate that clients show, and the authority that they trust; null when the binding names none.</param>
/// <param name="Phase">
/// <c>status.phase</c> of the object that the database has made for itself; null for an application of the user's, and once the database was complete.
/// </param>
public sealed record ApplicationFacts(AppBinding Binding, Secret? Secret, Secret? TlsSecret, string? Phase);
