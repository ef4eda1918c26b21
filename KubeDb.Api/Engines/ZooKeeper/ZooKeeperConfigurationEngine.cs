using System.Globalization;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.ZooKeeper.Client;
using KubeDb.Api.Engines.ZooKeeper.Configuration;
using KubeDb.Api.Engines.ZooKeeper.Ensemble;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>
/// How the configuration of a ZooKeeper is changed. A server reads its file when it starts and never again, so that every change restarts the
/// members. It tells some of its settings by <c>conf</c>: those are read back.
/// </summary>
internal sealed class ZooKeeperConfigurationEngine(ZooKeeperConnector connector) : IConfigurationEngine
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>What <c>conf</c> tells of the file.</summary>
    private static readonly string[] Told = ["tickTime", "initLimit", "syncLimit", "maxClientCnxns", "minSessionTimeout", "maxSessionTimeout", "clientPortListenBacklog"];

    /// <inheritdoc/>
    public IReadOnlyList<ConfigurationFile> Files(ICatalogVersion version) => [ZooKeeperConfigurationRules.File(version)];

    /// <inheritdoc/>
    public bool ChangesLive => false;

    /// <inheritdoc/>
    public IReadOnlyList<string> AtStart(DatabaseInstances instances, ConfigurationPlan plan) =>
    [
        .. plan.ChangedFiles.SelectMany(f => f.NewSettings).Select(s => $"{s.Shown} takes effect only at start"),
        .. plan.ChangedFiles.SelectMany(f => f.Difference.Removed).Select(k => $"the default of {k} comes back only at start"),
    ];

    /// <inheritdoc/>
    public Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Violation>>([]);

    /// <inheritdoc/>
    public Task<ConfigurationVerdict> CheckSpecAsync(DatabaseFacts facts, DatabaseInstances? instances, CancellationToken cancel) =>
        Task.FromResult(new ConfigurationVerdict(this.Violations(facts), []));

    /// <inheritdoc/>
    public Task<LiveChange> ApplyLiveAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel) => Task.FromResult(
        AtStart(instances, plan) is { Count: > 0 } reasons
            ? new LiveChange(LiveChangeKind.NeedsRestart, string.Join("; ", reasons))
            : new LiveChange(LiveChangeKind.Applied, "nothing to change"));

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>?> DifferencesAsync(
        DatabaseFacts facts, DatabaseInstances instances, CancellationToken cancel)
    {
        var file = ZooKeeperConfigurationRules.File(facts.Version);
        var wanted = Wanted(file, UserConfiguration.Of([file], facts).Effective(file));
        var differences = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            var (told, _) = await AskAsync(pod, cancel);
            if (told is null)
                return null;
            if (Different(wanted, told) is { Count: > 0 } different)
                differences[pod.Metadata.Name] = different;
        }

        return differences;
    }

    /// <inheritdoc/>
    public async Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        if (plan.Change(ZooKeeperConfig.Key) is not { Difference.IsEmpty: false } change)
            return Readiness.Yes;
        var wanted = Wanted(change.File, change.After);
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            var (told, failure) = await AskAsync(pod, cancel);
            if (told is null)
                return Readiness.NotYet($"{pod.Metadata.Name} can not be asked: {failure}");
            if (Different(wanted, told) is { Count: > 0 } different)
                return Readiness.NotYet($"{pod.Metadata.Name} does not have the new value of {different[0]} yet");
        }

        return Readiness.Yes;
    }

    /// <summary>What <c>conf</c> has to tell: the user's values, and the operator's where there is none.</summary>
    private static Dictionary<string, string> Wanted(ConfigurationFile file, IConfigurationDocument user)
    {
        var merged = (PropertiesFile)PropertiesFile.Of(ZooKeeperConfig.Own(new ZooKeeperSettings())).Merge(file.WithoutOwned(user));
        return merged.Entries.Where(e => Told.Contains(e.Key)).ToDictionary(e => e.Key, e => e.Value.Trim(), StringComparer.Ordinal);
    }

    // Of -1 a server makes a default of its own, and 0 it takes for no wish.
    private static List<string> Different(Dictionary<string, string> wanted, IReadOnlyDictionary<string, string> told) =>
    [
        .. from wish in wanted
           where long.TryParse(wish.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= 0
           where told.TryGetValue(wish.Key, out var value) && value != wish.Value.TrimStart('0') && value != wish.Value
           select wish.Key,
    ];

    private async Task<(IReadOnlyDictionary<string, string>? Told, string? Failure)> AskAsync(Pod pod, CancellationToken cancel)
    {
        var (answer, problem) = await connector.AskAsync(pod, FourLetterWord.Configuration, Limit, cancel);
        return answer is null ? (null, problem) : (ServerStatus.Fields(answer, "="), null);
    }
}
