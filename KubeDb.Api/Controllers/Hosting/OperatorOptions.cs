namespace KubeDb.Api.Controllers.Hosting;

/// <summary>What a process of the product is told on its command line or by its environment.</summary>
public sealed record OperatorOptions
{
    /// <summary>Where metrics are served: <c>[address]:port</c>, or <c>0</c> for nowhere.</summary>
    public string MetricsBindAddress { get; init; } = ":8080";

    /// <summary>Where <c>/healthz</c> and <c>/readyz</c> are served: <c>[address]:port</c>, or <c>0</c> for nowhere.</summary>
    public string HealthProbeBindAddress { get; init; } = ":8081";

    /// <summary>Whether a lease decides which replica acts.</summary>
    public bool LeaderElect { get; init; } = true;

    /// <summary>Namespace of the lease; empty for the namespace that the process runs in.</summary>
    public string LeaderElectionNamespace { get; init; } = "";

    /// <summary>How long the lease has to go unrenewed before another replica takes it.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after its last renewal the leader may still write.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause between attempts at the lease.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Kubeconfig file; empty for <c>KUBECONFIG</c>, the service account or <c>~/.kube/config</c>.</summary>
    public string Kubeconfig { get; init; } = "";

    /// <summary>Context of the kubeconfig; empty for its current one.</summary>
    public string Context { get; init; } = "";

    /// <summary>The namespaces to watch; empty for all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Reconciles at a time and controller.</summary>
    public int MaxConcurrentReconciles { get; init; } = 8;

    /// <summary>Lowest level that is logged: debug, info, warning or error.</summary>
    public string LogLevel { get; init; } = "info";

    /// <summary>Flags that only one of the processes has, by name.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();
}
