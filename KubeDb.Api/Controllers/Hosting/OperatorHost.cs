using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KubeDb.Api.Controllers.Hosting;

/// <summary>What tells one process of the product from the other.</summary>
/// <param name="Name">Name of the program, of its lease and of its traces.</param>
/// <param name="Purpose">What it does, for <c>--help</c>.</param>
/// <param name="EventSource">Source of its events, as people see it.</param>
public sealed record OperatorProgram(string Name, string Purpose, string EventSource)
{
    /// <summary>Flags that only this program has.</summary>
    public IReadOnlyList<ExtraFlag> Flags { get; init; } = [];

    /// <summary>Where its <see cref="OperatorRuntime.Secure"/> end point is served: <c>[address]:port</c>, or <c>0</c> for nowhere.</summary>
    public Func<OperatorOptions, string> SecureBindAddress { get; init; } = static _ => "0";
}

/// <summary>Turns a set of reconcilers into a process: command line, logs, metrics, probes, traces, signals.</summary>
public static class OperatorHost
{
    private const string NamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    /// <summary>Runs a process to its end.</summary>
    /// <param name="program">Which one.</param>
    /// <param name="args">Its command line.</param>
    /// <param name="connect">Makes the client.</param>
    /// <param name="compose">Adds informers and controllers.</param>
    /// <returns>The exit code: 0 after an orderly stop or help, 2 after a mistake on the command line, 1 otherwise.</returns>
    public static async Task<int> RunAsync(
        OperatorProgram program, string[] args, Func<OperatorOptions, ILoggerFactory, IKubernetesClient> connect, Action<OperatorRuntime> compose)
    {
        var read = CommandLine.Read(program.Name, program.Purpose, args, Environment.GetEnvironmentVariable, program.Flags);
        if (read.Options is not { } options)
        {
            await (read.ExitCode == 0 ? Console.Out : Console.Error).WriteAsync(read.Output);
            return read.ExitCode;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.AddOperator(program, options, connect, compose);
        await using var app = builder.Build();
        app.MapOperator(options);
        await app.RunAsync();
        return Environment.ExitCode;
    }

    /// <summary>Adds logs, end points and the runtime to a process.</summary>
    public static WebApplicationBuilder AddOperator(
        this WebApplicationBuilder builder,
        OperatorProgram program,
        OperatorOptions options,
        Func<OperatorOptions, ILoggerFactory, IKubernetesClient> connect,
        Action<OperatorRuntime> compose)
    {
        AddLogs(builder.Logging, options);
        AddTraces(builder, program);
        ProcessMetrics.Register();
        builder.Services.AddSingleton(new PrometheusExposition());
        builder.Services.Configure<HostOptions>(h => h.ShutdownTimeout = TimeSpan.FromSeconds(25));
        builder.Services.AddSingleton(services =>
        {
            var logs = services.GetRequiredService<ILoggerFactory>();
            var runtime = new OperatorRuntime(
                options,
                new OperatorParts
                {
                    Client = connect(options, logs),
                    LeaseName = program.Name,
                    EventSource = program.EventSource,
                    Identity = $"{Environment.MachineName}_{Guid.NewGuid():N}",
                    OwnNamespace = OwnNamespace(),
                    Logs = logs,
                });
            compose(runtime);
            return runtime;
        });
        builder.Services.AddHostedService<OperatorService>();
        var secure = CommandLine.EndPoint(program.SecureBindAddress(options));
        if (secure is null && CommandLine.EndPoint(options.MetricsBindAddress) is null && CommandLine.EndPoint(options.HealthProbeBindAddress) is null)
            builder.Services.AddSingleton<IServer, NoServer>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var address in new[] { options.MetricsBindAddress, options.HealthProbeBindAddress }.Distinct())
            {
                if (CommandLine.EndPoint(address) is { } endPoint)
                    kestrel.Listen(endPoint);
            }

            if (secure is not null)
                kestrel.Listen(secure, listen => listen.UseHttps(SecureEndPoint.Handshake(listen.ApplicationServices)));
        });
        return builder;
    }

    /// <summary>Serves <c>/metrics</c>, <c>/healthz</c>, <c>/readyz</c> and what is secure, each on its own address only.</summary>
    public static WebApplication MapOperator(this WebApplication app, OperatorOptions options)
    {
        var metricsPort = CommandLine.EndPoint(options.MetricsBindAddress)?.Port ?? -1;
        var probePort = CommandLine.EndPoint(options.HealthProbeBindAddress)?.Port ?? -1;
        var exposition = app.Services.GetRequiredService<PrometheusExposition>();
        var runtime = app.Services.GetRequiredService<OperatorRuntime>();
        app.Run(context =>
        {
            if (context.Request.IsHttps && runtime.Secure is { } secure)
                return secure.AnswerAsync(context);
            var port = context.Connection.LocalPort;
            return context.Request.Path.Value switch
            {
                "/metrics" when port == metricsPort || metricsPort == 0 => TextAsync(context, 200, PrometheusExposition.ContentType, exposition.Write()),
                "/healthz" or "/livez" when port == probePort || probePort == 0 => ProbeAsync(context, runtime.IsAlive, runtime.Trouble),
                "/readyz" when port == probePort || probePort == 0 => ProbeAsync(context, runtime.IsReady, runtime.Trouble),
                _ => TextAsync(context, 404, "text/plain", "Not found.\n"),
            };
        });
        return app;
    }

    // Without any address the web server would take one of its own, which a second process on the machine could not take too.
    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }

    private static Task ProbeAsync(HttpContext context, bool well, string trouble) =>
        TextAsync(context, well ? 200 : 503, "text/plain", well ? "ok\n" : $"{(trouble.Length > 0 ? trouble : "starting or stopping")}\n");

    private static Task TextAsync(HttpContext context, int status, string type, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static void AddLogs(ILoggingBuilder logging, OperatorOptions options)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(options.LogLevel switch
        {
            "debug" => LogLevel.Debug,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => LogLevel.Information,
        });
        logging.AddFilter("Microsoft", LogLevel.Warning);
        if (Console.IsOutputRedirected)
        {
            logging.AddJsonConsole(o =>
            {
                o.IncludeScopes = true;
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        else
        {
            logging.AddSimpleConsole(o =>
            {
                o.IncludeScopes = true;
                o.SingleLine = true;
                o.TimestampFormat = "HH:mm:ss.fff ";
            });
        }
    }

    // The host starts the exporter, and on a stop sends what is left. Without an address nothing of it is loaded.
    private static void AddTraces(WebApplicationBuilder builder, OperatorProgram program)
    {
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) && string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]))
            return;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(program.Name))
            .WithTracing(t => t.AddSource(Instruments.Name).AddOtlpExporter());
    }

    private static string OwnNamespace()
    {
        if (Environment.GetEnvironmentVariable("POD_NAMESPACE") is { Length: > 0 } told)
            return told;
        return File.Exists(NamespaceFile) ? File.ReadAllText(NamespaceFile).Trim() : "kubedb";
    }

    private sealed class OperatorService(OperatorRuntime runtime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var giving = GiveBackAsync(ended.Token);
            try
            {
                await runtime.RunAsync(stoppingToken);
            }
            catch
            {
                // The host stops and logs it; the exit code tells whoever started the process.
                Environment.ExitCode = 1;
                throw;
            }
            finally
            {
                await ended.CancelAsync();
                await giving;
            }
        }

        // The peak of memory is the start, with whole pages of lists and a reconcile of every database; what the collector then keeps in
        // reserve would stay resident for good in a process that rests.
        private async Task GiveBackAsync(CancellationToken stop)
        {
            try
            {
                await UntilAsync(() => runtime.IsReady, stop);
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                await UntilAsync(() => runtime.IsAtRest, stop);
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                FilePages.GiveBack();
            }
            catch (OperationCanceledException)
            {
                // Stopped before it came to rest.
            }
        }

        private async Task UntilAsync(Func<bool> condition, CancellationToken stop)
        {
            do
                await Task.Delay(TimeSpan.FromSeconds(1), runtime.Time, stop);
            while (!condition());
        }
    }
}
