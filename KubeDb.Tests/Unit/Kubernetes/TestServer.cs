using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace KubeDb.Tests.Unit.Kubernetes;

/// <summary>A real HTTP server on loopback that answers as the test says.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>Starts a server; with a certificate it speaks TLS and takes any client certificate.</summary>
    public static async Task<TestServer> StartAsync(RequestDelegate answer, TestCertificate? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is null)
                return;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate.WithKey,
                ServerCertificateChain = certificate.Chain,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = (_, _, _) => true,
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            });
        }));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(answer);
        await app.StartAsync();
        return new TestServer(app);
    }

    /// <summary>The way to the server.</summary>
    public KubernetesConfiguration Configuration(string host = "localhost", X509Certificate2? authority = null, bool tls = false) => new()
    {
        Server = new Uri($"{(tls ? "https" : "http")}://{host}:{Port}"),
        Origin = "the test",
        CertificateAuthorities = authority is null ? null : [authority],
    };

    /// <summary>A client that does not wait long between attempts.</summary>
    public HttpKubernetesClient Client(KubernetesClientOptions? options = null) =>
        new(Configuration(), options ?? new KubernetesClientOptions { RetryDelay = TimeSpan.FromMilliseconds(1) });

    /// <summary>Answers with JSON.</summary>
    public static async Task Json(HttpContext context, int code, string json)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json);
    }

    /// <summary>Answers with a Status.</summary>
    public static Task Status(HttpContext context, int code, string reason, string message = "said the server") =>
        Json(context, code, $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"{{reason}}","code":{{code}},"message":"{{message}}"}""");

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}
