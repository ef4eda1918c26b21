using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>Talks to sentinels: each question opens a connection, asks and closes it.</summary>
internal sealed class SentinelConnector(RedisConnector connector)
{
    /// <summary>Bound of a connection and of each command: well below that of a round, which asks all at once.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(3);

    /// <summary>Connects to the sentinel of a pod. Exactly one of the two results is not null.</summary>
    public Task<(RespClient? Client, ConnectFailure? Failure)> OpenAsync(DatabaseInstances sentinels, Pod pod, CancellationToken cancel) =>
        connector.OpenSentinelAsync(sentinels, pod, Timeout, cancel);

    /// <summary>Asks the sentinel of a pod; the second result says what was seen instead of an answer.</summary>
    /// <param name="sentinels">The sentinels.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="ask">The question.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public async Task<(T? Answer, string? Failure)> AskAsync<T>(DatabaseInstances sentinels, Pod pod, Func<RespClient, Task<T>> ask, CancellationToken cancel)
        where T : class
    {
        var (client, failure) = await OpenAsync(sentinels, pod, cancel);
        if (client is null)
            return (null, failure!.Message);
        await using (client)
        {
            try
            {
                return (await ask(client), null);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return (null, e.Message);
            }
        }
    }

    /// <summary>Asks the sentinels of all pods at once that are not going.</summary>
    public async Task<IReadOnlyList<(Pod Pod, T? Answer, string? Failure)>> AskAllAsync<T>(
        DatabaseInstances sentinels, Func<RespClient, Task<T>> ask, CancellationToken cancel)
        where T : class
    {
        var pods = sentinels.Pods.Where(p => !p.Metadata.IsDeleting).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal);
        return await Task.WhenAll(pods.Select(async pod =>
        {
            var (answer, failure) = await AskAsync(sentinels, pod, ask, cancel);
            return (pod, answer, failure);
        }));
    }
}
