using System.Net;

namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>
/// The proxy that <c>HTTPS_PROXY</c> (<c>HTTP_PROXY</c> for plain servers) names, unless <c>NO_PROXY</c> excepts the server. Networks such as
/// <c>10.0.0.0/8</c> are understood in <c>NO_PROXY</c>, as other Kubernetes clients do; loopback is always excepted.
/// </summary>
internal static class EnvironmentProxy
{
    /// <summary>The proxy for a server; null for none.</summary>
    /// <exception cref="KubernetesConfigurationException">The variable holds no address.</exception>
    public static WebProxy? For(Uri server, Func<string, string?> environment)
    {
        var variable = server.Scheme == Uri.UriSchemeHttps ? "HTTPS_PROXY" : "HTTP_PROXY";
        var text = Read(variable, environment);
        if (text is null || server.IsLoopback || IsExcepted(server, Read("NO_PROXY", environment)))
            return null;
        if (!text.Contains("://", StringComparison.Ordinal))
            text = "http://" + text;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5"
            ? At(uri)
            : throw new KubernetesConfigurationException($"The environment variable {variable} is not usable; it has to be an address such as http://host:3128.");
    }

    /// <summary>The proxy at an address, with the user and password in it.</summary>
    public static WebProxy At(Uri uri)
    {
        var proxy = new WebProxy(new UriBuilder(uri) { UserName = "", Password = "" }.Uri);
        if (uri.UserInfo.Length > 0)
        {
            var parts = uri.UserInfo.Split(':', 2);
            proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }

        return proxy;
    }

    private static bool IsExcepted(Uri server, string? list) =>
        list is not null && list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(rule => Covers(rule, server));

    private static bool Covers(string rule, Uri server)
    {
        if (rule == "*")
            return true;
        var host = server.IdnHost;
        if (IPAddress.TryParse(host, out var address))
            return IPNetwork.TryParse(rule, out var network) ? network.Contains(address) : IPAddress.TryParse(rule, out var one) && one.Equals(address);
        var colon = rule.LastIndexOf(':');
        if (colon > 0)
        {
            if (rule[(colon + 1)..] != server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))
                return false;
            rule = rule[..colon];
        }

        var name = rule.TrimStart('*').TrimStart('.');
        return host.Equals(name, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase);
    }

    private static string? Read(string variable, Func<string, string?> environment)
    {
        var text = environment(variable);
        if (string.IsNullOrWhiteSpace(text))
            text = environment(variable.ToLowerInvariant());
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}
