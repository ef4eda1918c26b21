using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>Makes the way to a cluster out of a context of a kubeconfig.</summary>
internal static class KubeconfigResolver
{
    /// <summary>Resolves the chosen context.</summary>
    /// <exception cref="KubernetesConfigurationException">It is not usable.</exception>
    public static KubernetesConfiguration Resolve(Kubeconfig files, ConfigurationSource source)
    {
        var name = source.Context is { Length: > 0 } chosen ? chosen : files.CurrentContext ?? throw new KubernetesConfigurationException(
            $"{files.Files}: no current-context is set; set one (kubectl config use-context NAME) or choose one of: {string.Join(", ", files.ContextNames.DefaultIfEmpty("none"))}.");
        var context = files.Context(name);
        var clusterName = context.Text("cluster") ?? throw Missing(context, "cluster", name);
        var cluster = files.Cluster(clusterName, name);
        var origin = $"context \"{name}\" of {files.Files}";
        var user = context.Text("user") is { } userName ? files.User(userName, name) : null;
        var skip = cluster.Flag("insecure-skip-tls-verify");
        var authorities = AuthoritiesOf(cluster);
        if (skip && authorities is not null)
        {
            throw new KubernetesConfigurationException(
                $"{cluster.File}: {cluster.Path}insecure-skip-tls-verify is true and a certificate authority is given too; keep the authority and remove insecure-skip-tls-verify.");
        }

        return new KubernetesConfiguration
        {
            Server = ServerOf(cluster, name),
            Origin = origin,
            Namespace = context.Text("namespace") ?? "default",
            CertificateAuthorities = authorities,
            SkipTlsVerify = skip,
            TlsServerName = cluster.Text("tls-server-name"),
            Proxy = ProxyOf(cluster),
            Impersonate = user is null ? null : ImpersonationOf(user),
            Credentials = user is null ? StaticCredentials.Anonymous : CredentialsOf(user, cluster, $"{user.File}, context \"{name}\"", source),
        }.WithProxyOf(source);
    }

    /// <summary>A file's path: relative ones start from the kubeconfig's directory.</summary>
    public static string PathIn(YamlView view, string path) => Path.IsPathRooted(path) ? path : Path.GetFullPath(Path.Combine(view.Directory, path));

    private static Uri ServerOf(YamlView cluster, string context)
    {
        var text = cluster.Text("server") ?? throw Missing(cluster, "server", context);
        if (!text.Contains("://", StringComparison.Ordinal))
            text = "https://" + text;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? uri
            : throw new KubernetesConfigurationException($"{cluster.File}: {cluster.Path}server is '{text}'; it has to be an address such as https://host:6443.");
    }

    private static X509Certificate2Collection? AuthoritiesOf(YamlView cluster)
    {
        if (cluster.Text("certificate-authority-data") is { } data)
            return Authorities.FromPem(Decode(cluster, "certificate-authority-data", data), $"{cluster.File}: {cluster.Path}certificate-authority-data");
        return cluster.Text("certificate-authority") is { } file
            ? Authorities.FromFile(PathIn(cluster, file), $"{cluster.File}: {cluster.Path}certificate-authority")
            : null;
    }

    private static WebProxy? ProxyOf(YamlView cluster)
    {
        if (cluster.Text("proxy-url") is not { } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5"
            ? EnvironmentProxy.At(uri)
            : throw new KubernetesConfigurationException($"{cluster.File}: {cluster.Path}proxy-url is not usable; it has to be an address with the scheme http, https or socks5.");
    }

    private static ICredentialSource CredentialsOf(YamlView user, YamlView cluster, string where, ConfigurationSource source)
    {
        if (user.Map("auth-provider") is { } provider)
        {
            throw new KubernetesConfigurationException(
                $"{user.File}: {user.Path}auth-provider ({provider.Text("name") ?? "unnamed"}) was removed from Kubernetes clients in 1.26 and is not supported; " +
                "use the provider's exec plugin instead (users[].user.exec; for GKE gke-gcloud-auth-plugin, for Azure kubelogin).");
        }

        var certificate = Pem(user, "client-certificate");
        var key = Pem(user, "client-key");
        if (certificate is null != key is null)
            throw new KubernetesConfigurationException($"{user.File}: {user.Path}client-{(key is null ? "certificate" : "key")} is given without client-{(key is null ? "key" : "certificate")}; give both.");
        var tokenFile = user.Text("tokenFile") is { } path ? PathIn(user, path) : null;
        var token = user.Text("token");
        if (user.Map("exec") is { } exec && tokenFile is null && token is null)
            return ExecPlugin.From(exec, cluster, where, source, certificate is null ? null : ClientIdentity.FromPem(certificate.Read(), key!.Read(), where));
        var authorization = token is not null ? "Bearer " + token : BasicOf(user);
        if (tokenFile is null && certificate?.File is null && key?.File is null)
            return new StaticCredentials(authorization, certificate is null ? null : ClientIdentity.FromPem(certificate.Read(), key!.Read(), where));
        return new FileCredentials(new FileCredentialPaths(tokenFile, authorization, certificate, key), where, source.Time);
    }

    private static string? BasicOf(YamlView user)
    {
        var (name, password) = (user.Text("username"), user.Text("password"));
        return name is null && password is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"));
    }

    private static PemSource? Pem(YamlView user, string field)
    {
        if (user.Text(field + "-data") is { } data)
            return new PemSource(Decode(user, field + "-data", data), null);
        return user.Text(field) is { } file ? new PemSource(null, PathIn(user, file)) : null;
    }

    private static string Decode(YamlView view, string field, string data)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        }
        catch (FormatException e)
        {
            throw new KubernetesConfigurationException($"{view.File}: {view.Path}{field} is not base64; it has to be the PEM file in base64, in one line (base64 -w0 FILE).", e);
        }
    }

    private static Impersonation? ImpersonationOf(YamlView user)
    {
        if (user.Text("as") is not { } name)
            return null;
        var extra = user.Map("as-user-extra");
        return new Impersonation(
            name,
            user.Text("as-uid"),
            AtMostOne(user, "as-groups"),
            extra?.Keys.ToDictionary(k => k, k => AtMostOne(extra, k)) ?? []);
    }

    // .NET sends several values of a header in one line, "a, b", which the API server takes for the name of one group.
    private static IReadOnlyList<string> AtMostOne(YamlView parent, string field)
    {
        var values = parent.Texts(field);
        return values.Count <= 1
            ? values
            : throw new KubernetesConfigurationException($"{parent.File}: {parent.Path}{field} has {values.Count} values, of which this client can send one only; leave the one that has the rights.");
    }

    private static KubernetesConfigurationException Missing(YamlView view, string field, string context) =>
        new($"{view.File}: {view.Path}{field} is missing, which context \"{context}\" needs; add it.");
}
