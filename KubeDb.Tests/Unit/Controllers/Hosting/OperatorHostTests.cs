using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Unit.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace KubeDb.Tests.Unit.Controllers.Hosting;

[TestFixture]
[Category("Unit")]
public sealed class OperatorHostTests
{
    private static readonly OperatorProgram Program = new("test-operator", "Tests.", "Test Operator");

    [Test]
    public async Task Metrics_and_probes_answer()
    {
        await using var app = await StartAsync(_ => { });
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        while ((await http.GetAsync("/readyz")).StatusCode != HttpStatusCode.OK)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        var metrics = await http.GetAsync("/metrics");

        Assert.That(metrics.Content.Headers.ContentType!.ToString(), Does.Contain("version=0.0.4"));
        Assert.That(await metrics.Content.ReadAsStringAsync(), Does.Contain("process_resident_memory_bytes").And.Contain("kubedb_build_info{version="));
        Assert.That(await http.GetStringAsync("/healthz"), Is.EqualTo("ok\n"));
        Assert.That((await http.GetAsync("/else")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Without_any_address_it_takes_no_port()
    {
        await using var app = await StartAsync(_ => { }, address: "0");
        Assert.That(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [], Is.Empty);
        Assert.That(app.Services.GetRequiredService<OperatorRuntime>().IsAlive, Is.True);
    }

    [Test]
    public async Task Not_ready_says_what_is_missing_but_is_alive()
    {
        await using var app = await StartAsync(r => r.AddInformer(new InformerOptions<Thing> { Type = Thing.Resource, Decode = Thing.Decode }));
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        var ready = await http.GetAsync("/readyz");

        Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await ready.Content.ReadAsStringAsync(), Does.Contain("things.tests.example.com"));
        Assert.That((await http.GetAsync("/healthz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Spans_go_to_the_collector_that_the_environment_names_the_last_ones_on_the_stop()
    {
        var received = new List<string>();
        await using var collector = await TestServer.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            lock (received)
                received.Add($"{context.Request.Path} {Encoding.Latin1.GetString(body.ToArray())}");
        });
        await using (var app = await StartAsync(_ => { }, b =>
        {
            b.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{collector.Port}";
            b.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        }))
        {
            Instruments.Source.StartActivity("the last span")?.Dispose();
            await app.StopAsync();
        }

        Assert.That(received, Has.Some.StartsWith("/v1/traces ").And.Some.Contains("the last span").And.Some.Contains(Program.Name));
    }

    [Test]
    public async Task Without_a_collector_nobody_makes_spans()
    {
        await using var app = await StartAsync(_ => { });

        Assert.That(app.Services.GetService<TracerProvider>(), Is.Null);
    }

    [Test]
    public async Task What_is_secure_has_an_address_of_its_own_and_shows_the_newest_certificate()
    {
        var authority = TestCertificate.Authority();
        var (first, second) = (authority.Issue("localhost"), authority.Issue("localhost"));
        TestCertificate? shown = null;
        await using var app = await StartAsync(
            runtime => runtime.Secure = new SecureEndPoint(
                () => shown is null ? null : SslStreamCertificateContext.Create(shown.WithKey, null, offline: true),
                context => context.Response.WriteAsync("secret")),
            program: Program with { SecureBindAddress = _ => "127.0.0.1:0" });
        var secure = new Uri(app.Urls.Single(u => u.StartsWith("https:", StringComparison.Ordinal)));
        var plain = new Uri(app.Urls.First(u => u.StartsWith("http:", StringComparison.Ordinal)));

        Assert.That(async () => await ShownAsync(secure), Throws.TypeOf<HttpRequestException>(), "nothing to show");
        foreach (var certificate in (TestCertificate[])[first, second])
        {
            shown = certificate;
            Assert.That(await ShownAsync(secure), Is.EqualTo(("secret", certificate.Certificate.Thumbprint)));
        }

        Assert.That(await ShownAsync(new Uri(secure, "/metrics")), Is.EqualTo(("secret", second.Certificate.Thumbprint)));
        using var http = new HttpClient();
        Assert.That(await http.GetStringAsync(new Uri(plain, "/healthz")), Is.EqualTo("ok\n"));
    }

    private static async Task<(string Answer, string Thumbprint)> ShownAsync(Uri address)
    {
        var thumbprint = "";
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            thumbprint = ((X509Certificate2)certificate!).Thumbprint;
            return thumbprint.Length > 0;
        };
        using var http = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        return (await http.GetStringAsync(address), thumbprint);
    }

    private static async Task<WebApplication> StartAsync(
        Action<OperatorRuntime> compose, Action<WebApplicationBuilder>? configure = null, string address = "127.0.0.1:0", OperatorProgram? program = null)
    {
        var options = new OperatorOptions { LeaderElect = false, MetricsBindAddress = address, HealthProbeBindAddress = address, LogLevel = "error" };
        var builder = WebApplication.CreateSlimBuilder();
        configure?.Invoke(builder);
        builder.AddOperator(program ?? Program, options, (_, _) => new Unreachable(), compose);
        builder.Services.AddLogging(l => l.ClearProviders());
        var app = builder.Build();
        app.MapOperator(options);
        await app.StartAsync();
        return app;
    }

    private sealed class Unreachable : FakeClient
    {
        protected override Task<ApiResult<JsonObject>> HandleAsync(ApiRequest request, CancellationToken cancel) =>
            Task.FromResult(new ApiResult<JsonObject>(new ApiError(ApiErrorKind.Unreachable, 0, "", "no server")));
    }
}
