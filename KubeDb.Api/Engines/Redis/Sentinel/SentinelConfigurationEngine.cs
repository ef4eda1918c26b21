using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>How the configuration of sentinels is changed. They can be asked for little, so the table of directives decides what is known.</summary>
internal sealed class SentinelConfigurationEngine(SentinelConnector sentinels) : IConfigurationEngine
{
    /// <inheritdoc/>
    public IReadOnlyList<ConfigurationFile> Files(ICatalogVersion version) => [File(RedisFlavour.Of(version))];

    /// <summary>The one file of a sentinel.</summary>
    public static ConfigurationFile File(RedisFlavour flavour) =>
        new(RedisSentinelNames.ConfigKey, RedisConfDialect.Instance, new SentinelConfigurationRules(flavour), [PodGroup.OnlyRole]);

    /// <inheritdoc/>
    public IReadOnlyList<string> AtStart(DatabaseInstances instances, ConfigurationPlan plan) => Settings(instances, plan).AtStart;

    /// <inheritdoc/>
    public Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Violation>>([]);

    /// <inheritdoc/>
    public Task<ConfigurationVerdict> CheckSpecAsync(DatabaseFacts facts, DatabaseInstances? instances, CancellationToken cancel) =>
        Task.FromResult(new ConfigurationVerdict(this.Violations(facts), []));

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>?> DifferencesAsync(
        DatabaseFacts facts, DatabaseInstances instances, CancellationToken cancel)
    {
        var wanted = SentinelSetting.Of(SentinelSettings.User(facts), RedisFlavour.Of(facts.Version));
        var answers = await sentinels.AskAllAsync(instances, client => DifferencesAsync(client, wanted, cancel), cancel);
        return answers.Any(a => a.Answer is null)
            ? null
            : answers.Where(a => a.Answer!.Count > 0).ToDictionary(a => a.Pod.Metadata.Name, a => a.Answer!, StringComparer.Ordinal);
    }

    /// <summary>In every sentinel, or in none: when one does not take it, those before it are set back.</summary>
    public async Task<LiveChange> ApplyLiveAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        var (live, atStart) = Settings(instances, plan);
        if (atStart.Count > 0)
            return new(LiveChangeKind.NeedsRestart, string.Join("; ", atStart));
        var done = new List<(Pod Pod, SentinelSetting Before)>();
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            var (refusal, failure) = await sentinels.AskAsync(instances, pod, client => SetAsync(client, pod, live, done, cancel), cancel);
            if (failure is null && refusal!.Length == 0)
                continue;
            await RestoreAsync(instances, done, cancel);
            return failure is null ? new(LiveChangeKind.Refused, refusal!) : new(LiveChangeKind.NeedsRestart, $"{pod.Metadata.Name} can not be asked: {failure}");
        }

        return new(LiveChangeKind.Applied, live.Count == 0 ? "nothing to change" : $"set {string.Join(", ", live)} in the running sentinels");
    }

    /// <inheritdoc/>
    public async Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        var live = Settings(instances, plan).Live;
        foreach (var (pod, different, failure) in await sentinels.AskAllAsync(instances, client => DifferencesAsync(client, live, cancel), cancel))
        {
            if (different is null)
                return Readiness.NotYet($"{pod.Metadata.Name} can not be asked: {failure}");
            if (different.Count > 0)
                return Readiness.NotYet($"{pod.Metadata.Name} does not have the new value of {different[0]} yet");
        }

        return Readiness.Yes;
    }

    // Sets what differs and notes what was; returns why the sentinel did not take it, empty when it did.
    private static async Task<string> SetAsync(
        RespClient client, Pod pod, IReadOnlyList<SentinelSetting> settings, List<(Pod Pod, SentinelSetting Before)> done, CancellationToken cancel)
    {
        foreach (var setting in settings)
        {
            // A master that it does not know yet is registered with the new value.
            if (await setting.GetAsync(client, cancel) is not { } before || before == setting.Value)
                continue;
            if (await setting.SetAsync(client, cancel) is { } error)
                return $"{pod.Metadata.Name} refuses {setting}: {error.Sentence}";
            done.Add((pod, setting with { Value = before }));
        }

        return "";
    }

    private async Task RestoreAsync(DatabaseInstances instances, List<(Pod Pod, SentinelSetting Before)> done, CancellationToken cancel)
    {
        foreach (var (pod, before) in done)
            await sentinels.AskAsync(instances, pod, async client => await before.SetAsync(client, cancel) ?? RespError.Parse(""), cancel);
    }

    private static async Task<IReadOnlyList<string>> DifferencesAsync(RespClient client, IReadOnlyList<SentinelSetting> wanted, CancellationToken cancel)
    {
        var different = new List<string>();
        foreach (var setting in wanted)
        {
            if (await setting.GetAsync(client, cancel) is { } value && value != setting.Value)
                different.Add(setting.ToString());
        }

        return different;
    }

    private static (IReadOnlyList<SentinelSetting> Live, IReadOnlyList<string> AtStart) Settings(DatabaseInstances instances, ConfigurationPlan plan) =>
        plan.Change(RedisSentinelNames.ConfigKey) is { } change ? SentinelSetting.Of(change, RedisFlavour.Of(instances.Version)) : ([], []);
}
