using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Druid.Client;

/// <summary>
/// Asks servers over HTTP, logged in with the cluster's credential, each question within a bound. A cluster with TLS is asked over TLS alone, but while a
/// request changes TLS: then servers that do not speak it yet, or no longer, are asked over plain connections.
/// </summary>
/// <param name="dialer">Connects.</param>
/// <param name="time">The clock of the bounds.</param>
internal sealed class DruidClient(IEngineDialer dialer, TimeProvider time) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(dialer.HttpHandler(dialer));

    /// <summary>Asks the server of a pod.</summary>
    /// <param name="instances">The cluster.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="timeout">The bound.</param>
    /// <param name="cancel">Cancels it.</param>
    public async Task<DruidAnswer> AskAsync(DatabaseInstances instances, Pod pod, DruidQuestion question, TimeSpan timeout, CancellationToken cancel)
    {
        if (pod.Status.PodIP.Length == 0)
            return DruidAnswer.None("the pod has no address yet");
        if (RoleOf(instances, pod) is not { } role)
            return DruidAnswer.None("the pod has no role of the cluster");
        var isTls = DruidTls.IsOn(instances.Database);
        var mayBePlain = !isTls || TlsTransition.IsOn(instances.Database);
        if (isTls)
        {
            if (DruidTls.Identity(instances.Facts) is { } identity)
            {
                var target = new HttpTlsTarget(identity, DruidTls.ServerName(instances.Database, pod.Metadata.Name));
                var answer = await SendAsync(instances, pod, role.TlsPort, target, question, timeout, cancel);
                if (answer.Problem is null || !mayBePlain)
                    return answer;
            }
            else if (!mayBePlain)
            {
                return DruidAnswer.None("the certificate that clients show is not known yet");
            }
        }

        return await SendAsync(instances, pod, role.Port, null, question, timeout, cancel);
    }

    /// <summary>The certificate that the server of a pod shows. Exactly one of the two results is not null.</summary>
    public async Task<(ServedCertificate? Served, string? Failure)> ServedAsync(DatabaseInstances instances, Pod pod, TimeSpan timeout, CancellationToken cancel)
    {
        if (DruidTls.Identity(instances.Facts) is not { } identity)
            return (null, "the certificate that clients show is not known yet");
        if (pod.Status.PodIP.Length == 0 || RoleOf(instances, pod) is not { } role)
            return (null, "the pod has no address yet");
        using var bound = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            var connection = await dialer.ConnectTlsAsync(pod.Status.PodIP, role.TlsPort, identity, DruidTls.ServerName(instances.Database, pod.Metadata.Name), both.Token);
            await connection.Stream.DisposeAsync();
            return (connection.Served, null);
        }
        catch (IOException e)
        {
            return (null, e.Message.TrimEnd('.'));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, TooLate(timeout));
        }
    }

    /// <summary>Why nothing listens at a place; null when something does.</summary>
    public async Task<string?> WhyDeafAsync(string host, int port, TimeSpan timeout, CancellationToken cancel)
    {
        using var bound = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            await using var stream = await dialer.ConnectAsync(host, port, both.Token);
            return null;
        }
        catch (IOException e)
        {
            return e.Message.TrimEnd('.');
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return TooLate(timeout);
        }
    }

    /// <summary>The role of a pod; null when it has none.</summary>
    public static DruidRole? RoleOf(DatabaseInstances instances, Pod pod) =>
        instances.Groups.FirstOrDefault(g => g.Has(pod.Metadata.Name))?.Role is { } name ? DruidNames.Roles.FirstOrDefault(r => r.Name == name) : null;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<DruidAnswer> SendAsync(
        DatabaseInstances instances, Pod pod, int port, HttpTlsTarget? target, DruidQuestion question, TimeSpan timeout, CancellationToken cancel)
    {
        var host = pod.Status.PodIP.Contains(':', StringComparison.Ordinal) ? $"[{pod.Status.PodIP}]" : pod.Status.PodIP;
        using var request = new HttpRequestMessage(question.Method, string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}{question.Path}"));
        if (target is not null)
        {
            request.Options.Set(HttpOverDialer.Tls, target);

            // Servers answer only to the name that the handshake was for.
            request.Headers.Host = string.Create(CultureInfo.InvariantCulture, $"{target.ServerName}:{port}");
        }

        if (instances.Credential is { } credential)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}")));
        if (question.Body is { } body)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var bound = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            using var response = await _http.SendAsync(request, both.Token);
            return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(both.Token), null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return DruidAnswer.None((e.InnerException ?? e).Message.TrimEnd('.'));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return DruidAnswer.None(TooLate(timeout));
        }
    }

    private static string TooLate(TimeSpan timeout) => string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.###} s");
}

/// <summary>What a server is asked.</summary>
/// <param name="Method">Method of HTTP.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Body">The body; null for none.</param>
internal sealed record DruidQuestion(HttpMethod Method, string Path, JsonNode? Body = null)
{
    /// <summary>The process answers.</summary>
    public static DruidQuestion Health { get; } = Get("/status/health");

    /// <summary>The server finds itself among the announced ones.</summary>
    public static DruidQuestion SelfDiscovered { get; } = Get("/status/selfDiscovered/status");

    /// <summary>The settings that a server runs with.</summary>
    public static DruidQuestion Properties { get; } = Get("/status/properties");

    /// <summary>This coordinator leads.</summary>
    public static DruidQuestion CoordinatorLeads { get; } = Get("/druid/coordinator/v1/isLeader");

    /// <summary>This overlord leads.</summary>
    public static DruidQuestion OverlordLeads { get; } = Get("/druid/indexer/v1/isLeader");

    /// <summary>Segments that nobody serves and somebody should, by data source.</summary>
    public static DruidQuestion Unserved { get; } = Get("/druid/coordinator/v1/loadstatus?simple");

    /// <summary>A historical serves what it has on its volume.</summary>
    public static DruidQuestion HistoricalReady { get; } = Get("/druid/historical/v1/readiness");

    /// <summary>A broker knows who serves what.</summary>
    public static DruidQuestion BrokerReady { get; } = Get("/druid/broker/v1/readiness");

    /// <summary>A middle manager takes tasks.</summary>
    public static DruidQuestion WorkerEnabled { get; } = Get("/druid/worker/v1/enabled");

    /// <summary>The tasks that a middle manager runs.</summary>
    public static DruidQuestion WorkerTasks { get; } = Get("/druid/worker/v1/tasks");

    /// <summary>The middle managers that the overlord knows.</summary>
    public static DruidQuestion Workers { get; } = Get("/druid/indexer/v1/workers");

    /// <summary>Have a middle manager take no more tasks, or take some again.</summary>
    public static DruidQuestion Enable(bool enable) => new(HttpMethod.Post, $"/druid/worker/v1/{(enable ? "enable" : "disable")}");

    /// <summary>A query.</summary>
    public static DruidQuestion Sql(string query) => new(HttpMethod.Post, "/druid/v2/sql", new JsonObject { ["query"] = query });

    /// <summary>A question without a body.</summary>
    public static DruidQuestion Get(string path) => new(HttpMethod.Get, path);
}
