using System.Net;
using System.Net.Sockets;
using KubeDb.Api.Kubernetes.Configuration;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>
/// Sends HTTP messages to the configured server: connection pool, TLS, proxy, credentials, impersonation. A 401 is answered once with
/// fresh credentials where there can be some.
/// </summary>
internal sealed class ApiTransport : IDisposable
{
    private readonly KubernetesConfiguration _configuration;
    private readonly KubernetesClientOptions _options;
    private readonly ServerTrust _trust;
    private readonly string _root;
    private readonly Lock _lock = new();
    private readonly List<WeakReference<Socket>> _sockets = [];
    private HttpMessageInvoker? _invoker;
    private ClientIdentity? _identity;
    private long _connected;

    public ApiTransport(KubernetesConfiguration configuration, KubernetesClientOptions options)
    {
        _configuration = configuration;
        _options = options;
        _trust = new ServerTrust(configuration);
        _root = configuration.Server.AbsoluteUri.TrimEnd('/');
    }

    /// <summary>Why the server's certificate was last refused, in words; null when it was not.</summary>
    public string? TlsProblem => _trust.Problem;

    /// <summary>How long ago the newest connection was opened.</summary>
    public TimeSpan ConnectionAge => _options.Time.GetElapsedTime(Interlocked.Read(ref _connected));

    /// <summary>The address of a path (with query) on the server; a prefix in the server's address is kept.</summary>
    public Uri Address(string target) => new(_root + target);

    /// <summary>Sends; returns when the headers are in.</summary>
    /// <param name="build">Makes the message; called again for a second attempt.</param>
    /// <param name="cancel">Cancels until the headers are in; the body is the caller's.</param>
    /// <exception cref="KubernetesConfigurationException">There are no credentials.</exception>
    /// <exception cref="HttpRequestException">The network failed.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> build, CancellationToken cancel)
    {
        var credential = await _configuration.Credentials.GetAsync(cancel);
        var response = await SendAsync(build(), credential, cancel);
        if (response.StatusCode != HttpStatusCode.Unauthorized || !_configuration.Credentials.Refuse(credential))
            return response;
        response.Dispose();
        credential = await _configuration.Credentials.GetAsync(cancel);
        return await SendAsync(build(), credential, cancel);
    }

    /// <summary>
    /// Resets every connection. What was sent and is not acknowledged by the other side is forgotten, so that it can not arrive when the
    /// network is well again. The next request opens a new connection.
    /// </summary>
    public void DropConnections()
    {
        Socket[] open;
        lock (_lock)
        {
            open = [.. _sockets.Select(s => s.TryGetTarget(out var socket) ? socket : null).OfType<Socket>()];
            _sockets.Clear();
        }

        foreach (var socket in open)
            socket.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            _invoker?.Dispose();
    }

    // Closing is resetting: a closed socket would otherwise go on sending what it holds, for minutes, also a write that was given up.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        Interlocked.Exchange(ref _connected, _options.Time.GetTimestamp());
        lock (_lock)
        {
            _sockets.RemoveAll(static s => !s.TryGetTarget(out var known) || !known.Connected);
            _sockets.Add(new WeakReference<Socket>(socket));
        }

        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, Credential credential, CancellationToken cancel)
    {
        // The handler asks for, and checks, the name in the Host header; SslOptions.TargetHost has no effect there.
        message.Headers.Host = _configuration.TlsServerName;
        message.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        if (credential.Authorization is { } authorization)
            message.Headers.TryAddWithoutValidation("Authorization", authorization);
        _configuration.Impersonate?.AddTo(message.Headers);
        return await Invoker(credential.Identity).SendAsync(message, cancel);
    }

    // A connection is bound to the certificate it was opened with, so a new certificate means a new pool. Requests under way on the old
    // one end in their own time; its idle connections close by themselves.
    private HttpMessageInvoker Invoker(ClientIdentity? identity)
    {
        lock (_lock)
        {
            if (_invoker is null || !ReferenceEquals(identity, _identity))
            {
                _invoker = new HttpMessageInvoker(Handler(identity), disposeHandler: true);
                _identity = identity;
            }

            return _invoker;
        }
    }

    private SocketsHttpHandler Handler(ClientIdentity? identity) => new()
    {
        EnableMultipleHttp2Connections = true,
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        KeepAlivePingDelay = TimeSpan.FromSeconds(15),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = ConnectAsync,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,

        // A watch that is left has no end worth waiting for.
        MaxResponseDrainSize = 0,
        SslOptions = _trust.Options(identity),
        Proxy = _configuration.Proxy,
        UseProxy = _configuration.Proxy is not null,
    };
}
