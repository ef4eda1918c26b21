using KubeDb.Api.Engines.Certificates;

namespace KubeDb.Api.Engines;

/// <summary>Whom a request is for, where its connection speaks TLS.</summary>
/// <param name="Identity">Who connects, and whom it trusts.</param>
/// <param name="ServerName">The name that the server's certificate has to have.</param>
public sealed record HttpTlsTarget(TlsIdentity Identity, string ServerName);

/// <summary>
/// HTTP over the connections of an <see cref="IEngineDialer"/>: addresses are those of requests, with scheme http; those with a
/// <see cref="HttpTlsTarget"/> go over TLS. A connection carries one request: servers are asked now and then, and come back under other addresses.
/// </summary>
public static class HttpOverDialer
{
    /// <summary>The option of a request that says that it goes over TLS.</summary>
    public static HttpRequestOptionsKey<HttpTlsTarget> Tls { get; } = new("tls");

    /// <summary>A handler for all requests of a process. Thread-safe.</summary>
    public static HttpMessageHandler Handler(IEngineDialer dialer)
    {
        ArgumentNullException.ThrowIfNull(dialer);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = async (context, cancel) =>
            {
                var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
                return context.InitialRequestMessage.Options.TryGetValue(Tls, out var target)
                    ? (await dialer.ConnectTlsAsync(host, port, target.Identity, target.ServerName, cancel)).Stream
                    : await dialer.ConnectAsync(host, port, cancel);
            },
        };
    }
}
