using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Puts a planned change of configuration to <see cref="RedisDataSafety"/>, with what the running servers hold.</summary>
internal sealed class RedisDataCheck(RedisConnector connector)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Why the change would hide or lose data; empty when it does not.</summary>
    public async Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, FileChange change, CancellationToken cancel)
    {
        var spec = ((RedisDatabase)instances.Database).Spec;
        var (before, after) = (Effective(change.File, change.Before, spec), Effective(change.File, change.After, spec));
        var violations = RedisDataSafety.Check(before, after, spec.StorageType != StorageTypes.Ephemeral).ToList();
        if (!RedisDataSafety.DependsOnHoldings(before, after))
            return violations;
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            var (holdings, failure) = await AskAsync(instances, pod, cancel);
            violations.AddRange(holdings is null ? [RedisDataSafety.Unasked(pod.Metadata.Name, failure)] : RedisDataSafety.Check(before, after, holdings));
        }

        return violations;
    }

    private static RedisConf Effective(ConfigurationFile file, IConfigurationDocument user, RedisSpec spec) =>
        OperatorConf.Defaults(spec).Merge((RedisConf)file.WithoutOwned(user));

    private async Task<(RedisHoldings? Holdings, string Failure)> AskAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var (client, failure) = await connector.OpenAsync(instances, pod, Timeout, cancel);
        if (client is null)
            return (null, failure!.Message);
        await using (client)
        {
            try
            {
                return await RedisDataSafety.AskAsync(pod.Metadata.Name, client, cancel) is { } holdings ? (holdings, "") : (null, "it refuses INFO, perhaps because it is loading its data");
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return (null, e.Message);
            }
        }
    }
}
