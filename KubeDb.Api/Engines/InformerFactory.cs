using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using Microsoft.Extensions.Logging;

namespace KubeDb.Api.Engines;

/// <summary>Makes informers that share a client, a clock and the watched namespaces.</summary>
/// <param name="client">The client.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Source of jitter.</param>
/// <param name="logs">Makes the logs.</param>
/// <param name="namespaces">Namespaces to watch; empty for all.</param>
public sealed class InformerFactory(IKubernetesClient client, TimeProvider time, Random random, ILoggerFactory logs, IReadOnlyList<string> namespaces)
{
    /// <summary>An informer that has not started.</summary>
    public Informer<T> Create<T>(InformerOptions<T> options)
        where T : class, IKubernetesObject =>
        new(options with { Namespaces = namespaces }, client, time, random, logs.CreateLogger<Informer<T>>());
}
