using System.Net;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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
    public async Task Not_ready_says_what_is_missing_but_is_alive()
    {
        await using var app = await StartAsync(r => r.AddInformer(new InformerOptions<Thing> { Type = Thing.Resource, Decode = Thing.Decode }));
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        var ready = await http.GetAsync("/readyz");

        Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await ready.Content.ReadAsStringAsync(), Does.Contain("things.tests.example.com"));
        Assert.That((await http.GetAsync("/healthz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    private static async Task<WebApplication> StartAsync(Action<OperatorRuntime> compose)
    {
        var options = new OperatorOptions { LeaderElect = false, MetricsBindAddress = "127.0.0.1:0", HealthProbeBindAddress = "127.0.0.1:0", LogLevel = "error" };
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddOperator(Program, options, (_, _) => new Unreachable(), compose);
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
