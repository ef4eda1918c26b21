namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>Where to look for the way to the cluster. The defaults are the process's own surroundings.</summary>
public sealed record ConfigurationSource
{
    /// <summary>Kubeconfig file named by the user, such as by <c>--kubeconfig</c>; it excludes all others.</summary>
    public string? KubeconfigPath { get; init; }

    /// <summary>Context named by the user; null for the file's <c>current-context</c>.</summary>
    public string? Context { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The user's home directory.</summary>
    public string HomeDirectory { get; init; } = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);

    /// <summary>Where a pod's service account is mounted.</summary>
    public string ServiceAccountDirectory { get; init; } = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The clock that decides when a token file is read again and when a credential has expired.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
