using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace KubeDb.Api.Controllers.Hosting;

/// <summary>What a process serves over HTTPS, on an address of its own.</summary>
/// <param name="certificate">The certificate to show now, asked for at each handshake; null while there is none: then handshakes fail.</param>
/// <param name="answer">Answers a request.</param>
public sealed class SecureEndPoint(Func<SslStreamCertificateContext?> certificate, RequestDelegate answer)
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Answers a request.</summary>
    public Task AnswerAsync(HttpContext context) => answer(context);

    /// <summary>Handshakes of the end point that the process of these services has.</summary>
    internal static TlsHandshakeCallbackOptions Handshake(IServiceProvider services) => new()
    {
        HandshakeTimeout = HandshakeTimeout,
        OnConnection = _ => ValueTask.FromResult(services.GetRequiredService<OperatorRuntime>().Secure?.Options()
            ?? throw new AuthenticationException("There is no certificate to show yet.")),
    };

    private SslServerAuthenticationOptions? Options() => certificate() is { } context
        ? new() { ServerCertificateContext = context, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 }
        : null;
}
