using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Support;

/// <summary>
/// A stand-in for the configuration of an engine with several properties files: one that the pods of both roles read, one that only the
/// workers read. Its servers are dictionaries; <c>log.level</c> changes in them while they run, anything else when they start.
/// </summary>
internal sealed class TwoFileConfiguration : IConfigurationEngine
{
    public const string Common = "common.properties";
    public const string Workers = "worker.properties";

    /// <summary>Settings of the running servers, by pod.</summary>
    public Dictionary<string, Dictionary<string, string>> Servers { get; } = [];

    public IReadOnlyList<ConfigurationFile> Files(ICatalogVersion version) =>
    [
        new(Common, PropertiesDialect.Instance, new Rules(["cluster.id"], ["log.level", "log.dirs", "cluster.id"]), ["controller", "worker"]),
        new(Workers, PropertiesDialect.Instance, new Rules(["worker.id"], ["worker.capacity", "worker.threads", "worker.id"]), ["worker"]),
    ];

    public IReadOnlyList<string> AtStart(DatabaseInstances instances, ConfigurationPlan plan) =>
    [
        .. plan.ChangedFiles.SelectMany(f => f.NewSettings).Where(s => s.Key != "log.level").Select(s => $"{s.Shown} takes effect only at start"),
        .. plan.ChangedFiles.SelectMany(f => f.Difference.Removed).Select(k => $"the default of {k} comes back only at start"),
    ];

    public Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Violation>>([]);

    public Task<ConfigurationVerdict> CheckSpecAsync(DatabaseFacts facts, DatabaseInstances? instances, CancellationToken cancel) =>
        Task.FromResult(new ConfigurationVerdict([.. this.CheckInline(facts.Database.Spec.Configuration, facts.Version), .. this.CheckSecret(facts)], []));

    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>?> DifferencesAsync(DatabaseFacts facts, DatabaseInstances instances, CancellationToken cancel)
    {
        var user = UserConfiguration.Of(Files(facts.Version), facts);
        var wanted = Files(facts.Version).SelectMany(f => user.Effective(f).Settings).Cast<PropertiesEntry>().ToList();
        return Task.FromResult<IReadOnlyDictionary<string, IReadOnlyList<string>>?>(Servers.ToDictionary(
            s => s.Key, IReadOnlyList<string> (s) => [.. wanted.Where(e => s.Value.GetValueOrDefault(e.Key) != e.Value).Select(e => e.Key)]));
    }

    public Task<LiveChange> ApplyLiveAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        if (AtStart(instances, plan) is { Count: > 0 } reasons)
            return Task.FromResult(new LiveChange(LiveChangeKind.NeedsRestart, string.Join("; ", reasons)));
        foreach (var entry in Changed(plan))
        {
            foreach (var server in Servers.Values)
                server[entry.Key] = entry.Value;
        }

        return Task.FromResult(new LiveChange(LiveChangeKind.Applied, ""));
    }

    public Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel) => Task.FromResult(
        Servers.Values.All(s => Changed(plan).All(e => s.GetValueOrDefault(e.Key) == e.Value)) ? Readiness.Yes : Readiness.NotYet("not in effect"));

    private static IEnumerable<PropertiesEntry> Changed(ConfigurationPlan plan) => plan.ChangedFiles.SelectMany(f => f.NewSettings).Cast<PropertiesEntry>();

    private sealed class Rules(string[] owned, string[] known) : IConfigurationRules
    {
        public string Server => "Toy 1.0";

        public bool IsOwned(IConfigurationSetting setting) => owned.Contains(setting.Key);

        public bool? IsKnown(IConfigurationSetting setting) => known.Contains(setting.Key) || setting.Key.StartsWith("x.", StringComparison.Ordinal);

        public string? Nearest(string name) => Spelling.Nearest(name, known);
    }
}
