using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Unit.Controllers;

/// <summary>A client whose requests are answered by a few lines of the test.</summary>
internal abstract class FakeClient : IKubernetesClient
{
    public async Task<ApiResult<T>> SendAsync<T>(ApiRequest request, ObjectDecoder<T> decode, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var result = await HandleAsync(request, cancel);
        return result.Succeeded ? new(decode(Encoding.UTF8.GetBytes(result.Value.ToJsonString()))) : new(result.Error);
    }

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType type, WatchOptions options, ObjectDecoder<T> decode, CancellationToken cancel)
        where T : class => throw new NotSupportedException();

    public Task<ApiResult<ExecResult>> ExecAsync(ExecRequest request, CancellationToken cancel) => throw new NotSupportedException();

    public Task<ApiResult<string>> LogsAsync(LogRequest request, CancellationToken cancel) => throw new NotSupportedException();

    public virtual void DropConnections()
    {
    }

    protected abstract Task<ApiResult<JsonObject>> HandleAsync(ApiRequest request, CancellationToken cancel);
}
