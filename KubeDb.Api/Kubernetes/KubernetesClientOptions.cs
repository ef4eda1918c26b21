namespace KubeDb.Api.Kubernetes;

/// <summary>Limits of a <see cref="HttpKubernetesClient"/>. The defaults suit a controller.</summary>
public sealed record KubernetesClientOptions
{
    /// <summary>One attempt of a request, its answer included, may take this long. Watches: until their headers are in.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>At most so many attempts follow the first.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>No attempt starts later than this after the first; a longer Retry-After is handed to the caller instead of waited for.</summary>
    public TimeSpan RetryBudget { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>First wait between attempts; doubles, with jitter, up to 5 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest answer taken in. A list is read in pages, so a longer one is a mistake.</summary>
    public int MaxAnswerBytes { get; init; } = 256 << 20;

    /// <summary>Longest event of a watch. The server's own limit for an object is about 1.5 MiB.</summary>
    public int MaxWatchLineBytes { get; init; } = 8 << 20;

    /// <summary>Most that one output stream of an exec, or a log, may bring.</summary>
    public int MaxOutputBytes { get; init; } = 1 << 20;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Random numbers from 0 to 1 for jitter.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>Sent as User-Agent, so that audit logs name the process.</summary>
    public string UserAgent { get; init; } =
        $"kubedb/{typeof(KubernetesClientOptions).Assembly.GetName().Version?.ToString(3) ?? "0"}";
}
