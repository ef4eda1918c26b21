using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>
/// A change of TLS that moves a database from one other database to another, because servers of both kinds can not speak to each other across it.
/// </summary>
/// <param name="Type">Kind of the two.</param>
/// <param name="Before">The one that is left.</param>
/// <param name="After">The one that takes over. It is made, as a copy, where it does not exist.</param>
/// <param name="RemoveUnused">The one that is left is deleted unless somebody else uses it.</param>
public sealed record TlsPeer(ResourceType Type, ObjectKey Before, ObjectKey After, bool RemoveUnused);
