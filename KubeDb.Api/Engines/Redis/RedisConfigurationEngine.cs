using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>How the configuration of a Redis or Valkey is changed.</summary>
internal sealed partial class RedisConfigurationEngine(RedisConnector connector) : IConfigurationEngine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IReadOnlyList<ConfigurationFile> Files(ICatalogVersion version) => [File(RedisFlavour.Of(version))];

    /// <summary>The one file of a server.</summary>
    public static ConfigurationFile File(RedisFlavour flavour) =>
        new(flavour.ConfigKey, RedisConfDialect.Instance, new RedisConfigurationRules(flavour), [PodGroup.OnlyRole]);

    /// <inheritdoc/>
    public IReadOnlyList<string> AtStart(DatabaseInstances instances, ConfigurationPlan plan) =>
        Settings(instances, plan, RedisFlavour.Of(instances.Version)).RestartReasons;

    /// <summary>
    /// The first server that answers judges the names that are new or changed. When none can be asked, the table of known directives does.
    /// Changes that would hide or lose data are refused, see <see cref="RedisDataSafety"/>.
    /// </summary>
    public async Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        var flavour = RedisFlavour.Of(instances.Version);
        if (plan.Change(flavour.ConfigKey) is not { } change)
            return [];
        var asked = change.NewSettings.Cast<RedisDirective>().Where(d => RedisConfigurationRules.IsParameter(d.CanonicalName)).DistinctBy(d => d.Name).ToList();
        var unknown = await AskUnknownAsync(instances, flavour, [.. asked.Select(d => d.Name)], cancel)
            ?? [.. asked.Select(d => d.Name).Where(n => !RedisDirectives.IsKnown(n, flavour.IsValkey, flavour.Version))];
        return
        [
            .. asked.Where(d => unknown.Contains(d.Name)).Select(d => ConfigurationSentences.Unknown(change.File, d, "spec.configuration")),
            .. await new RedisDataCheck(connector).CheckAsync(instances, change, cancel),
        ];
    }

    /// <inheritdoc/>
    public async Task<LiveChange> ApplyLiveAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        var flavour = RedisFlavour.Of(instances.Version);
        var settings = Settings(instances, plan, flavour);
        if (settings.RestartReasons.Count > 0)
            return new(LiveChangeKind.NeedsRestart, string.Join("; ", settings.RestartReasons));
        if (settings.Settings.Count == 0 && Users(plan) is null)
            return new(LiveChangeKind.Applied, "nothing to change");
        await using var servers = new OpenServers();
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            var (client, failure) = await connector.OpenAsync(instances, pod, Timeout, cancel);
            if (client is null)
                return new(LiveChangeKind.NeedsRestart, $"{pod.Metadata.Name} can not be asked: {failure!.Message}");
            servers.Add(pod.Metadata.Name, client, flavour);
        }

        if (servers.IsEmpty)
            return new(LiveChangeKind.NeedsRestart, "no server runs");
        var set = settings.Settings.Count == 0 ? null : await servers.SetAsync(settings.Settings, cancel);
        if (Users(plan) is not { } users || set is { Kind: not LiveChangeKind.Applied })
            return set!;
        var changed = await servers.SetUsersAsync(users, cancel);
        return set is null || changed.Kind != LiveChangeKind.Applied ? changed : changed with { Message = $"{set.Message}; {changed.Message}" };
    }

    /// <inheritdoc/>
    public async Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        var flavour = RedisFlavour.Of(instances.Version);
        var wanted = Settings(instances, plan, flavour, includeAtStart: true).Settings;
        foreach (var pod in instances.Pods)
        {
            var (client, failure) = await connector.OpenAsync(instances, pod, Timeout, cancel);
            if (client is null)
                return Readiness.NotYet($"{pod.Metadata.Name} can not be asked: {failure!.Message}");
            await using (client)
            {
                try
                {
                    if ((await new RedisServerConfig(client, flavour).FirstDifferenceAsync(wanted, cancel) ?? await FirstUserDifferenceAsync(client, plan, cancel)) is { } name)
                        return Readiness.NotYet($"{pod.Metadata.Name} does not have the new value of {name} yet");
                }
                catch (Exception e) when (e is IOException or TimeoutException)
                {
                    return Readiness.NotYet($"{pod.Metadata.Name} can not be asked: {e.Message}");
                }
            }
        }

        return Readiness.Yes;
    }

    private async Task<IReadOnlyList<string>?> AskUnknownAsync(
        DatabaseInstances instances, RedisFlavour flavour, IReadOnlyList<string> names, CancellationToken cancel)
    {
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            var (client, _) = await connector.OpenAsync(instances, pod, Timeout, cancel);
            if (client is null)
                continue;
            await using (client)
            {
                if (await AskUnknownAsync(new(client, flavour), names, cancel) is { } unknown)
                    return unknown;
            }
        }

        return null;
    }

    private static async Task<IReadOnlyList<string>?> AskUnknownAsync(RedisServerConfig server, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var unknown = new List<string>();
        try
        {
            foreach (var name in names)
            {
                var (value, error) = await server.GetAsync(name, cancel);
                if (error is not null)
                    return null;
                if (value is null && !RedisDirectives.IsReadAndIgnored(name))
                    unknown.Add(name);
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return null;
        }

        return unknown;
    }

    private static LiveSettings Settings(DatabaseInstances instances, ConfigurationPlan plan, RedisFlavour flavour, bool includeAtStart = false)
    {
        if (plan.Change(flavour.ConfigKey) is not { } change)
            return new([], []);
        var defaults = OperatorConf.Defaults(((RedisDatabase)instances.Database).Spec);
        var live = LiveSettings.Between(defaults.Merge(Free(change.Before)), defaults.Merge(Free(change.After)), flavour, includeAtStart);
        return ((RedisDatabase)instances.Database).Spec.Mode == RedisModes.Cluster
            ? live with { Settings = [.. live.Settings.Where(s => !IsForced(s.CanonicalName))] }
            : live;

        RedisConf Free(IConfigurationDocument user) => (RedisConf)change.File.WithoutOwned(user);
    }
}
