using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeDb.Bench.Double;

/// <summary>
/// A DOUBLE of a Kubernetes API server: the one of the tests, served over TLS and HTTP/2 on loopback, so that the published programs can be
/// measured against more objects than a real control plane can be filled with in reasonable time. The bearer token tells who asks.
/// </summary>
internal sealed class HostedApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate = SelfSigned();

    private HostedApiServer()
    {
        Server = new InMemoryApiServer(new SerialTime(Gate)) { BookmarkInterval = TimeSpan.FromSeconds(30) };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 250;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate));
        });
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>Held around every use of <see cref="Server"/>.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The server behind.</summary>
    public InMemoryApiServer Server { get; }

    /// <summary>Where it listens.</summary>
    public string Address => _app.Urls.First();

    /// <summary>All requests but watches, by who, verb and resource.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>Starts a server that knows the product's kinds.</summary>
    public static async Task<HostedApiServer> StartAsync(string definitions)
    {
        var server = new HostedApiServer();
        foreach (var file in Directory.GetFiles(definitions, "*.yaml"))
            server.Server.RegisterYaml(await File.ReadAllTextAsync(file));
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Writes a kubeconfig with which a process is known by its name.</summary>
    public string Kubeconfig(string folder, string user)
    {
        var path = System.IO.Path.Combine(folder, $"{user}.kubeconfig");
        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(_certificate.ExportCertificatePem()));
        File.WriteAllText(path, $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"double",
            "clusters":[{"name":"double","cluster":{"server":"{{{Address}}}","certificate-authority-data":"{{{authority}}}"} }],
            "users":[{"name":"{{{user}}}","user":{"token":"{{{user}}}"} }],
            "contexts":[{"name":"double","context":{"cluster":"double","user":"{{{user}}}"} }]}
            """);
        return path;
    }

    /// <summary>Sends a request of the bench itself, under the lock and uncounted.</summary>
    public JsonObject Send(ApiRequest request, string user = "bench")
    {
        Answer answer;
        lock (Gate)
            answer = Server.Handle(request, user);
        return answer.Utf8 is { } utf8
            ? (JsonObject)JsonNode.Parse(utf8)!
            : throw new InvalidOperationException($"{request.Verb} {request.Type} {request.Name}: {answer.Error!.Message}");
    }

    /// <summary>Writes the text of every object, which is otherwise written when it is first asked for: neither the time nor the memory is the program's.</summary>
    public void WriteOut()
    {
        lock (Gate)
        {
            foreach (var stored in Server.Kinds.SelectMany(Server.Store.All))
                _ = (stored.Key, stored.Utf8, stored.Metadata);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task ServeAsync(HttpContext http)
    {
        var user = http.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);
        var path = HttpRequests.Path(http.Request.Path, Server.Kinds);
        if (path is null)
        {
            await AnswerAsync(http, Locked(() => Server.Document(http.Request.Path)), created: false);
            return;
        }

        if (http.Request.Query["watch"] == "true")
        {
            await new HostedWatch(this, path.Type, HttpRequests.Watch(http.Request, path)).ServeAsync(http);
            return;
        }

        var request = await HttpRequests.ReadAsync(http, path);
        Requests.Add(user, request);
        await AnswerAsync(http, Locked(() => Server.Handle(request, user)), created: request.Verb is ApiVerb.Create);
    }

    private Answer Locked(Func<Answer> serve)
    {
        lock (Gate)
            return serve();
    }

    private static async Task AnswerAsync(HttpContext http, Answer answer, bool created)
    {
        http.Response.ContentType = "application/json";
        var body = answer.Utf8 ?? Encoding.UTF8.GetBytes(Status(answer.Error!).ToJsonString());
        http.Response.StatusCode = answer.Error?.Code ?? (created ? 201 : 200);
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    internal static JsonObject Status(ApiError error) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = error.Message,
        ["reason"] = error.Reason,
        ["code"] = error.Code,
    };

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=api-server-double", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
