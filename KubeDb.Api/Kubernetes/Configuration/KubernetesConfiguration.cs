using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>The way to one cluster: where it is, how to know it, how to be known by it.</summary>
public sealed record KubernetesConfiguration
{
    /// <summary>Address of the API server; may have a path prefix.</summary>
    public required Uri Server { get; init; }

    /// <summary>Where this was found, for messages: <c>context "dev" of /home/me/.kube/config</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Namespace of the context or of the pod.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Authorities that may have issued the server's certificate; null for the machine's.</summary>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>Take any server for the right one. Only ever by the user's own word in a kubeconfig.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>The name that the server's certificate must have; null for the host in <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Proxy on the way; null for none.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>Whom to act as; null for oneself.</summary>
    public Impersonation? Impersonate { get; init; }

    internal ICredentialSource Credentials { get; init; } = StaticCredentials.Anonymous;

    /// <summary>
    /// Finds the way: the kubeconfig file named by the user; else those in <c>KUBECONFIG</c>; else the service account, in a pod; else
    /// <c>~/.kube/config</c>.
    /// </summary>
    /// <exception cref="KubernetesConfigurationException">There is none, or it is not usable.</exception>
    public static KubernetesConfiguration Load(ConfigurationSource? source = null)
    {
        source ??= new ConfigurationSource();
        if (source.KubeconfigPath is { Length: > 0 } path)
            return KubeconfigResolver.Resolve(Kubeconfig.Load([path], "--kubeconfig"), source);
        var paths = (source.Environment("KUBECONFIG") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (paths.Length > 0)
            return KubeconfigResolver.Resolve(Kubeconfig.Load(paths, "the environment variable KUBECONFIG"), source);
        if (InClusterConfiguration.IsInPod(source))
            return InClusterConfiguration.Resolve(source);
        var usual = Path.Combine(source.HomeDirectory, ".kube", "config");
        if (File.Exists(usual))
            return KubeconfigResolver.Resolve(Kubeconfig.Load([usual], "the default place"), source);
        throw new KubernetesConfigurationException(
            $"No cluster is configured: --kubeconfig is not given, KUBECONFIG is not set, this is no pod (KUBERNETES_SERVICE_HOST is not set), and {usual} does not exist. " +
            "Name a kubeconfig file in one of these ways.");
    }

    /// <summary>The same way with a proxy from the environment, where the configuration names none.</summary>
    internal KubernetesConfiguration WithProxyOf(ConfigurationSource source) =>
        Proxy is not null ? this : this with { Proxy = EnvironmentProxy.For(Server, source.Environment) };
}

/// <summary>Whom to act as (<c>as</c>, <c>as-uid</c>, <c>as-groups</c>, <c>as-user-extra</c> of a kubeconfig).</summary>
/// <param name="User">User name.</param>
/// <param name="Uid">User's UID, or null.</param>
/// <param name="Groups">Groups.</param>
/// <param name="Extra">Further attributes, each with its values.</param>
public sealed record Impersonation(
    string User, string? Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, IReadOnlyList<string>> Extra)
{
    internal void AddTo(HttpRequestHeaders headers)
    {
        headers.TryAddWithoutValidation("Impersonate-User", User);
        if (Uid is not null)
            headers.TryAddWithoutValidation("Impersonate-Uid", Uid);
        foreach (var group in Groups)
            headers.TryAddWithoutValidation("Impersonate-Group", group);
        foreach (var (key, values) in Extra)
        {
            foreach (var value in values)
                headers.TryAddWithoutValidation("Impersonate-Extra-" + Uri.EscapeDataString(key), value);
        }
    }
}
