using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Druid.Dependencies;

/// <summary>How servers get to their metadata storage. Pure.</summary>
/// <param name="Host">Host.</param>
/// <param name="Port">Port.</param>
/// <param name="Uri">JDBC address.</param>
/// <param name="User">User name.</param>
/// <param name="Password">Password.</param>
/// <param name="Tls">TLS; null for plain connections.</param>
internal sealed partial record MetadataConnection(string Host, int Port, string Uri, string User, string Password, MetadataTls? Tls)
{
    /// <summary>Hides the password.</summary>
    public override string ToString() => Uri;

    /// <summary>The connection that an AppBinding tells, or what is wrong with it, as the rest of a sentence.</summary>
    /// <param name="type">MySQL or PostgreSQL.</param>
    /// <param name="database">Name of the database in the server.</param>
    /// <param name="application">The AppBinding and its secrets.</param>
    /// <param name="key">Its namespace and name.</param>
    public static (MetadataConnection? Connection, string? Problem) Of(string type, string database, ApplicationFacts application, ObjectKey key)
    {
        var isMySql = type == MetadataStorageTypes.MySql;
        var client = application.Binding.Spec.ClientConfig;
        if (Place(client, key.Namespace, isMySql ? MySqlUrl() : PostgresUrl(), isMySql ? 3306 : 5432) is not var (host, port))
        {
            return (null, isMySql
                ? "names neither a service nor a url of the form tcp(host:port)/ in spec.clientConfig"
                : "names neither a service nor a url of the form postgres://host:port/ in spec.clientConfig");
        }

        if (application.Secret?.Text("username") is not { Length: > 0 } user || application.Secret.Text("password") is not { Length: > 0 } password)
            return (null, "names no secret with the keys username and password in spec.secret");
        var (tls, problem) = MetadataTls.Of(isMySql, application.TlsSecret, client?.CaBundle);
        if (problem is not null)
            return (null, problem);
        var uri = string.Create(CultureInfo.InvariantCulture, $"jdbc:{(isMySql ? "mysql" : "postgresql")}://{host}:{port}/{database}");
        return (new(host, port, uri, user, password, tls), null);
    }

    /// <summary>Host and port of a service, in the namespace that it or else the binding is in, or of a url; null for neither.</summary>
    public static (string Host, int Port)? Place(AppClientConfig? client, string ns, Regex url, int defaultPort)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (client?.Service is { Name.Length: > 0 } service)
            return ($"{service.Name}.{(string.IsNullOrEmpty(service.Namespace) ? ns : service.Namespace)}.svc", service.Port > 0 ? service.Port : defaultPort);
        if (client?.Url is not { Length: > 0 } text || url.Match(text) is not { Success: true } match)
            return null;
        return (match.Groups["host"].Value, match.Groups["port"] is { Success: true, Value: var port } ? int.Parse(port, CultureInfo.InvariantCulture) : defaultPort);
    }

    [GeneratedRegex(@"^(?:[^@]*@)?tcp\((?<host>[^:()]+):(?<port>\d{1,5})\)/")]
    private static partial Regex MySqlUrl();

    [GeneratedRegex(@"^(?:jdbc:)?postgres(?:ql)?://(?:[^@/]*@)?(?<host>[^:/?]+)(?::(?<port>\d{1,5}))?(?:[/?]|$)")]
    private static partial Regex PostgresUrl();
}

/// <summary>TLS to the metadata storage: files of the pods, PEM or base64.</summary>
/// <param name="Authority">The authority that is trusted, PEM.</param>
/// <param name="Certificate">The certificate that is shown, PEM; null for none.</param>
/// <param name="Key">Its key, PKCS#8 in DER, in base64; null for none.</param>
internal sealed record MetadataTls(string Authority, string? Certificate, string? Key)
{
    /// <summary>Hides the key.</summary>
    public override string ToString() => Certificate is null ? "authority" : "authority and certificate";

    /// <summary>TLS as an AppBinding tells it; neither for plain connections.</summary>
    public static (MetadataTls? Tls, string? Problem) Of(bool isMySql, Secret? secret, byte[]? bundle)
    {
        if (secret is null)
            return (null, null);
        var authority = secret.Text(CertificateWish.CaKey) is { Length: > 0 } text ? text : bundle is { Length: > 0 } ? System.Text.Encoding.UTF8.GetString(bundle) : null;
        if (authority is null)
            return (null, "has a tlsSecret without the key ca.crt, and no caBundle");

        // The driver of MySQL takes a certificate of its own from a key store only, which is none of PEM.
        if (isMySql || secret.Text(CertificateWish.CertificateKey) is not { Length: > 0 } certificate || secret.Text(CertificateWish.PrivateKey) is not { Length: > 0 } key)
            return (new(authority, null, null), null);
        return Pkcs8(key) is { } converted ? (new(authority, certificate, converted), null) : (null, "has a tlsSecret whose key tls.key is no private key in PEM");
    }

    private static string? Pkcs8(string pem)
    {
        foreach (var make in (Func<AsymmetricAlgorithm>[])[RSA.Create, ECDsa.Create])
        {
            using var algorithm = make();
            try
            {
                algorithm.ImportFromPem(pem);
                return Convert.ToBase64String(algorithm.ExportPkcs8PrivateKey());
            }
            catch (Exception e) when (e is ArgumentException or CryptographicException)
            {
                // Of the other kind, or none.
            }
        }

        return null;
    }
}
