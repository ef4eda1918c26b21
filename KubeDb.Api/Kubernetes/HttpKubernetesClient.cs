using System.Globalization;
using System.Text;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Api.Kubernetes.Transport;
using Polly;

namespace KubeDb.Api.Kubernetes;

/// <summary>
/// The Kubernetes API over HTTP/2 (HTTP/1.1 where the server, or a WebSocket, asks for it). One instance a process: it holds the
/// connection pool. Thread-safe. Which requests are repeated, and when, is in <see cref="KubernetesClientOptions"/> and said at each verb's
/// error: a create is never repeated once it may have reached the server.
/// </summary>
public sealed class HttpKubernetesClient : IKubernetesClient, IApiDocuments, IDisposable
{
    private readonly ApiTransport _transport;
    private readonly KubernetesClientOptions _options;
    private readonly ResiliencePipeline<Answer> _pipeline;

    /// <summary>A client for the configured server. Nothing is sent yet.</summary>
    public HttpKubernetesClient(KubernetesConfiguration configuration, KubernetesClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _options = options ?? new KubernetesClientOptions();
        _transport = new ApiTransport(configuration, _options);
        _pipeline = RetryPolicy.Pipeline(_options);
    }

    /// <inheritdoc/>
    public async Task<ApiResult<T>> SendAsync<T>(ApiRequest request, ObjectDecoder<T> decode, CancellationToken cancel)
    {
        var method = RequestMessages.Method(request.Verb);
        var uri = _transport.Address(RequestMessages.Target(request));
        var body = RequestMessages.Encode(request.Body);
        var call = new ApiCall(_transport, _options)
        {
            Build = () => RequestMessages.Message(method, uri, request.Verb, body, request.MetadataOnly),
            What = $"{method} {uri.GetLeftPart(UriPartial.Path)}",
            Verb = Label(request.Verb),
            IsSecret = request.Type is { Group: "", Plural: "secrets" },
            Limit = _options.MaxAnswerBytes,
            MayRetry = error => RetryPolicy.Allows(request, error, _transport.ConnectionAge),
        };
        return await RunAsync(call, decode, cancel);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType type, WatchOptions options, ObjectDecoder<T> decode, CancellationToken cancel)
        where T : class =>
        new WatchCall<T>(_transport, _options, type, options, decode).RunAsync(cancel);

    /// <inheritdoc/>
    public Task<ApiResult<ExecResult>> ExecAsync(ExecRequest request, CancellationToken cancel) =>
        new ExecCall(_transport, _options, request).RunAsync(cancel);

    /// <inheritdoc/>
    public async Task<ApiResult<string>> LogsAsync(LogRequest request, CancellationToken cancel)
    {
        var query = new RequestMessages.Query();
        query.Add("container", request.Container);
        query.Add("previous", request.Previous ? "true" : null);
        query.Add("tailLines", request.TailLines.ToString(CultureInfo.InvariantCulture));
        query.Add("limitBytes", _options.MaxOutputBytes.ToString(CultureInfo.InvariantCulture));
        var path = PodPath(request.Pod, "log");
        var uri = _transport.Address(path + query);
        return await RunAsync(Read(uri, "log", _options.MaxOutputBytes + 4096), static utf8 => Encoding.UTF8.GetString(utf8), cancel);
    }

    /// <inheritdoc/>
    public Task<ApiResult<T>> ReadDocumentAsync<T>(string path, ObjectDecoder<T> decode, CancellationToken cancel) =>
        RunAsync(Read(_transport.Address(path), "get", _options.MaxAnswerBytes), decode, cancel);

    /// <inheritdoc/>
    public void DropConnections() => _transport.DropConnections();

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    internal static string PodPath(ObjectKey pod, string subresource) =>
        $"/api/v1/namespaces/{Uri.EscapeDataString(pod.Namespace)}/pods/{Uri.EscapeDataString(pod.Name)}/{subresource}";

    private ApiCall Read(Uri uri, string verb, int limit)
    {
        var request = new ApiRequest { Verb = ApiVerb.Get, Type = new ResourceType("", "v1", "", "") };
        return new ApiCall(_transport, _options)
        {
            Build = () => RequestMessages.Message(HttpMethod.Get, uri),
            What = $"GET {uri.GetLeftPart(UriPartial.Path)}",
            Verb = verb,
            Limit = limit,
            MayRetry = error => RetryPolicy.Allows(request, error, _transport.ConnectionAge),
        };
    }

    private async Task<ApiResult<T>> RunAsync<T>(ApiCall call, ObjectDecoder<T> decode, CancellationToken cancel)
    {
        var answer = await _pipeline.ExecuteAsync(static (c, token) => c.AttemptAsync(token), call, cancel);
        if (answer.Error is not null)
            return new ApiResult<T>(answer.Error);
        using var body = answer.Body!;
        try
        {
            return new ApiResult<T>(decode(body.Span));
        }
        catch (Exception e) when (JsonLimits.IsUnreadable(e))
        {
            return new ApiResult<T>(ApiErrors.Unreadable(call.What, JsonLimits.Describe(e)));
        }
    }

    private static string Label(ApiVerb verb) => verb switch
    {
        ApiVerb.Get => "get",
        ApiVerb.List => "list",
        ApiVerb.Create => "create",
        ApiVerb.Update => "update",
        ApiVerb.Apply => "apply",
        ApiVerb.Delete => "delete",
        _ => "patch",
    };
}

/// <summary>Reads the server's own documents (version, discovery), which are no objects of a kind.</summary>
public interface IApiDocuments
{
    /// <summary>Reads the document under a path such as <c>/version</c>. Errors come as results; only cancellation throws.</summary>
    Task<ApiResult<T>> ReadDocumentAsync<T>(string path, ObjectDecoder<T> decode, CancellationToken cancel);
}
