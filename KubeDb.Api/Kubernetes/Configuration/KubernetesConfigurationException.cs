using System.Diagnostics.CodeAnalysis;

namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>
/// The way to the cluster is not usable as configured. The message says what was seen, where, and what to do; it holds no secret.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It always says what was seen.")]
public sealed class KubernetesConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
