using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Support;

/// <summary>The settings of the servers in pods, which change while they run.</summary>
internal interface IRunningSettings
{
    /// <summary>A setting of the server in a pod; null when it has none.</summary>
    /// <exception cref="IOException">The server can not be asked.</exception>
    Task<string?> GetAsync(Pod pod, string key, CancellationToken cancel);

    /// <summary>Sets it; the server's refusal, or null.</summary>
    /// <exception cref="IOException">The server can not be asked.</exception>
    Task<string?> SetAsync(Pod pod, string key, string value, CancellationToken cancel);
}

/// <summary>
/// The configuration of an engine with two properties files: one that the pods of both roles read, one that only the workers read.
/// <c>log.level</c> changes in running servers, anything else when they start.
/// </summary>
internal sealed class TwoFileConfiguration(IRunningSettings servers) : IConfigurationEngine
{
    public const string Common = "common.properties";
    public const string Workers = "worker.properties";
    public const string Controller = "controller";
    public const string Worker = "worker";
    private const string Live = "log.level";

    /// <summary>The files.</summary>
    public static IReadOnlyList<ConfigurationFile> All { get; } =
    [
        new(Common, PropertiesDialect.Instance, new Rules(["cluster.id"], [Live, "log.dirs", "cluster.id"]), [Controller, Worker]),
        new(Workers, PropertiesDialect.Instance, new Rules(["worker.id"], ["worker.capacity", "worker.threads", "worker.id"]), [Worker]),
    ];

    public IReadOnlyList<ConfigurationFile> Files(ICatalogVersion version) => All;

    public IReadOnlyList<string> AtStart(DatabaseInstances instances, ConfigurationPlan plan) =>
    [
        .. plan.ChangedFiles.SelectMany(f => f.NewSettings).Where(s => s.Key != Live).Select(s => $"{s.Shown} takes effect only at start"),
        .. plan.ChangedFiles.SelectMany(f => f.Difference.Removed).Select(k => $"the default of {k} comes back only at start"),
    ];

    public Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Violation>>([]);

    public Task<ConfigurationVerdict> CheckSpecAsync(DatabaseFacts facts, DatabaseInstances? instances, CancellationToken cancel) =>
        Task.FromResult(new ConfigurationVerdict([.. this.CheckInline(facts.Database.Spec.Configuration, facts.Version), .. this.CheckSecret(facts)], []));

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>?> DifferencesAsync(DatabaseFacts facts, DatabaseInstances instances, CancellationToken cancel)
    {
        var user = UserConfiguration.Of(All, facts);
        var wanted = from file in All
                     from pod in instances.Readers(file)
                     from entry in file.WithoutOwned(user.Effective(file)).Settings.Cast<PropertiesEntry>()
                     select (pod, entry);
        var different = new List<(string Pod, string Key)>();
        try
        {
            foreach (var (pod, entry) in wanted)
            {
                if (await servers.GetAsync(pod, entry.Key, cancel) != entry.Value)
                    different.Add((pod.Metadata.Name, entry.Key));
            }
        }
        catch (IOException)
        {
            return null;
        }

        return different.GroupBy(d => d.Pod, d => d.Key).ToDictionary(g => g.Key, IReadOnlyList<string> (g) => [.. g]);
    }

    public async Task<LiveChange> ApplyLiveAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        if (AtStart(instances, plan) is { Count: > 0 } reasons)
            return new(LiveChangeKind.NeedsRestart, string.Join("; ", reasons));
        var done = new List<(Pod Pod, string Key, string Before)>();
        try
        {
            foreach (var (pod, entry) in Wanted(instances, plan))
            {
                var before = await servers.GetAsync(pod, entry.Key, cancel);
                if (before == entry.Value)
                    continue;
                if (await servers.SetAsync(pod, entry.Key, entry.Value, cancel) is { } refusal)
                {
                    foreach (var (changed, key, value) in done)
                        await servers.SetAsync(changed, key, value, cancel);
                    return new(LiveChangeKind.Refused, $"{pod.Metadata.Name}: {refusal}");
                }

                done.Add((pod, entry.Key, before ?? ""));
            }
        }
        catch (IOException e)
        {
            return new(LiveChangeKind.NeedsRestart, e.Message);
        }

        return new(LiveChangeKind.Applied, "");
    }

    public async Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        try
        {
            foreach (var (pod, entry) in Wanted(instances, plan))
            {
                if (await servers.GetAsync(pod, entry.Key, cancel) != entry.Value)
                    return Readiness.NotYet($"{pod.Metadata.Name} does not have the new value of {entry.Key} yet");
            }

            return Readiness.Yes;
        }
        catch (IOException e)
        {
            return Readiness.NotYet(e.Message);
        }
    }

    private static IEnumerable<(Pod Pod, PropertiesEntry Entry)> Wanted(DatabaseInstances instances, ConfigurationPlan plan) =>
        from change in plan.ChangedFiles
        from pod in instances.Readers(change.File)
        from entry in change.NewSettings.Cast<PropertiesEntry>()
        select (pod, entry);

    private sealed class Rules(string[] owned, string[] known) : IConfigurationRules
    {
        public string Server => "Toy 1.0";

        public bool IsOwned(IConfigurationSetting setting) => owned.Contains(setting.Key);

        public bool? IsKnown(IConfigurationSetting setting) => known.Contains(setting.Key) || setting.Key.StartsWith("x.", StringComparison.Ordinal);

        public string? Nearest(string name) => Spelling.Nearest(name, known);
    }
}

/// <summary>Servers that are dictionaries, by name of the pod.</summary>
internal sealed class SettingsInMemory : IRunningSettings
{
    public Dictionary<string, Dictionary<string, string>> Servers { get; } = [];

    public Task<string?> GetAsync(Pod pod, string key, CancellationToken cancel) => Task.FromResult(Servers[pod.Metadata.Name].GetValueOrDefault(key));

    public Task<string?> SetAsync(Pod pod, string key, string value, CancellationToken cancel)
    {
        Servers[pod.Metadata.Name][key] = value;
        return Task.FromResult<string?>(null);
    }
}
