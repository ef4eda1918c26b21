using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>The way to the cluster from one of its pods: the service account that the kubelet mounts and keeps fresh.</summary>
internal static class InClusterConfiguration
{
    /// <summary>True when the process runs in a pod.</summary>
    public static bool IsInPod(ConfigurationSource source) => !string.IsNullOrEmpty(source.Environment("KUBERNETES_SERVICE_HOST"));

    /// <summary>Reads the service account.</summary>
    /// <exception cref="KubernetesConfigurationException">It is not usable.</exception>
    public static KubernetesConfiguration Resolve(ConfigurationSource source)
    {
        var host = source.Environment("KUBERNETES_SERVICE_HOST")!;
        var port = source.Environment("KUBERNETES_SERVICE_PORT");
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new KubernetesConfigurationException($"In a pod: KUBERNETES_SERVICE_PORT is '{port}', not a port number, while KUBERNETES_SERVICE_HOST is set; set both or neither.");
        var token = Path.Combine(source.ServiceAccountDirectory, "token");
        var authority = Path.Combine(source.ServiceAccountDirectory, "ca.crt");
        if (!File.Exists(token))
        {
            throw new KubernetesConfigurationException(
                $"In a pod: {token} does not exist. The pod's service account token is not mounted: set automountServiceAccountToken: true, or give a kubeconfig.");
        }

        return new KubernetesConfiguration
        {
            Server = new Uri($"https://{(host.Contains(':') ? $"[{host.Trim('[', ']')}]" : host)}:{number}"),
            Origin = $"the pod's service account ({source.ServiceAccountDirectory})",
            Namespace = ReadNamespace(source),
            CertificateAuthorities = Authorities.FromFile(authority, "In a pod"),
            Credentials = new FileCredentials(new FileCredentialPaths(token, null, null, null), "In a pod", source.Time),
        }.WithProxyOf(source);
    }

    private static string ReadNamespace(ConfigurationSource source)
    {
        var file = Path.Combine(source.ServiceAccountDirectory, "namespace");
        var text = File.Exists(file) ? File.ReadAllText(file).Trim() : "";
        return text.Length > 0 ? text : source.Environment("POD_NAMESPACE") is { Length: > 0 } ns ? ns : "default";
    }
}

/// <summary>Reads certificate authorities.</summary>
internal static class Authorities
{
    /// <summary>Reads PEM certificates from a file.</summary>
    /// <exception cref="KubernetesConfigurationException">The file is missing, or holds none.</exception>
    public static X509Certificate2Collection FromFile(string path, string where)
    {
        try
        {
            return FromPem(File.ReadAllText(path), $"{where}: {path}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigurationException($"{where}: the certificate authority file can not be read: {e.Message}", e);
        }
    }

    /// <summary>Reads PEM certificates.</summary>
    /// <exception cref="KubernetesConfigurationException">There is none.</exception>
    public static X509Certificate2Collection FromPem(string pem, string where)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new KubernetesConfigurationException($"{where}: a certificate authority can not be read: {e.Message} It has to be PEM.", e);
        }

        return authorities.Count > 0
            ? authorities
            : throw new KubernetesConfigurationException($"{where}: no certificate is in it; it has to hold the cluster's certificate authority as PEM (-----BEGIN CERTIFICATE-----).");
    }
}
