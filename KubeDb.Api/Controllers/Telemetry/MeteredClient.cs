using System.Runtime.CompilerServices;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers.Telemetry;

/// <summary>Counts and times every request to the API server by verb, resource and code.</summary>
public sealed class MeteredClient(IKubernetesClient inner, TimeProvider time) : IKubernetesClient
{
    /// <inheritdoc/>
    public async Task<ApiResult<T>> SendAsync<T>(ApiRequest request, ObjectDecoder<T> decode, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var code = 0;
        try
        {
            var result = await inner.SendAsync(request, decode, cancel);
            code = CodeOf(result, request.Verb is ApiVerb.Create ? 201 : 200);
            return result;
        }
        finally
        {
            Count(Verb(request.Verb), Resource(request), code, began);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType type, WatchOptions options, ObjectDecoder<T> decode, [EnumeratorCancellation] CancellationToken cancel)
        where T : class
    {
        var code = 200;
        try
        {
            await foreach (var change in inner.WatchAsync(type, options, decode, cancel))
            {
                if (change.Error is { } error)
                    code = error.Code;
                yield return change;
            }
        }
        finally
        {
            // Without duration: a watch lasts as long as it lasts.
            Instruments.ApiRequests.Add(1, Instruments.Label("verb", "watch"), Instruments.Label("resource", type.ToString()), Code(code));
        }
    }

    /// <inheritdoc/>
    public async Task<ApiResult<ExecResult>> ExecAsync(ExecRequest request, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var code = 0;
        try
        {
            var result = await inner.ExecAsync(request, cancel);
            code = CodeOf(result, 101);
            return result;
        }
        finally
        {
            Count("exec", "pods/exec", code, began);
        }
    }

    /// <inheritdoc/>
    public async Task<ApiResult<string>> LogsAsync(LogRequest request, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var code = 0;
        try
        {
            var result = await inner.LogsAsync(request, cancel);
            code = CodeOf(result, 200);
            return result;
        }
        finally
        {
            Count("get", "pods/log", code, began);
        }
    }

    /// <inheritdoc/>
    public void DropConnections() => inner.DropConnections();

    private static int CodeOf<T>(ApiResult<T> result, int success) => result.Succeeded ? success : result.Error.Code;

    private static string Resource(ApiRequest request) => request.Subresource is { } sub ? $"{request.Type}/{sub}" : request.Type.ToString();

    private static string Verb(ApiVerb verb) => verb switch
    {
        ApiVerb.Get => "get",
        ApiVerb.List => "list",
        ApiVerb.Create => "create",
        ApiVerb.Update => "update",
        ApiVerb.Apply => "apply",
        ApiVerb.MergePatch or ApiVerb.JsonPatch => "patch",
        _ => "delete",
    };

    private static KeyValuePair<string, object?> Code(int code) => new("code", code);

    private void Count(string verb, string resource, int code, long began)
    {
        var label = Instruments.Label("verb", verb);
        Instruments.ApiRequests.Add(1, label, Instruments.Label("resource", resource), Code(code));
        Instruments.ApiDuration.Record(time.GetElapsedTime(began).TotalSeconds, label);
    }
}
