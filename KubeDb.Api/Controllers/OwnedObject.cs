using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>
/// What is kept of an object that a blueprint describes: metadata and <see cref="ObjectMeta.Fingerprint"/>. Enough to know that it is
/// there, whose it is, and whether it drifted; a hundred bytes instead of kilobytes.
/// </summary>
/// <param name="Metadata">The metadata.</param>
public sealed record OwnedObject(ObjectMeta Metadata) : IKubernetesObject;
