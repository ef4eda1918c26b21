using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Druid.Client;
using KubeDb.Api.Engines.Druid.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Druid;

/// <summary>
/// How the configuration of a Druid is changed: a server reads its files when it starts and never again, so that every change restarts the servers that
/// read the file. A server tells the properties that it runs with: they are read back.
/// </summary>
internal sealed class DruidConfigurationEngine(DruidClient client) : IConfigurationEngine
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <inheritdoc/>
    public IReadOnlyList<ConfigurationFile> Files(ICatalogVersion version) => DruidFiles.Of(version);

    /// <inheritdoc/>
    public bool ChangesLive => false;

    /// <inheritdoc/>
    public IReadOnlyList<string> AtStart(DatabaseInstances instances, ConfigurationPlan plan) =>
    [
        .. plan.ChangedFiles.SelectMany(f => f.NewSettings.Select(s => $"{s.Shown} of {f.File.Name} takes effect only at start")),
        .. plan.ChangedFiles.SelectMany(f => f.Difference.Removed.Select(k => $"the default of {k} comes back only at start")),
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
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>?> DifferencesAsync(DatabaseFacts facts, DatabaseInstances instances, CancellationToken cancel)
    {
        var user = UserConfiguration.Of(DruidFiles.Of(facts.Version), facts);
        var differences = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            if (await ToldAsync(instances, pod, cancel) is not { } told)
                return null;
            if (Wanted(facts.Version, user.Effective, DruidClient.RoleOf(instances, pod)?.Name).Where(w => IsOther(told, w)).Select(w => w.Key).ToList() is { Count: > 0 } different)
                differences[pod.Metadata.Name] = different;
        }

        return differences;
    }

    /// <inheritdoc/>
    public async Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        var after = plan.Files.ToDictionary(f => f.File.Name, f => f.After, StringComparer.Ordinal);
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            var role = DruidClient.RoleOf(instances, pod)?.Name;
            var wanted = Wanted(instances.Version, file => after.GetValueOrDefault(file.Name) ?? file.Empty, role);
            if (wanted.Count == 0)
                continue;
            if (await ToldAsync(instances, pod, cancel) is not { } told)
                return Readiness.NotYet($"{pod.Metadata.Name} does not tell what it runs with");
            if (wanted.FirstOrDefault(w => IsOther(told, w)) is { Key: { } key })
                return Readiness.NotYet($"{pod.Metadata.Name} does not have the new value of {key} yet");
        }

        return Readiness.Yes;
    }

    // Extensions are added to the operator's, and left out where an image lacks them.
    private static List<KeyValuePair<string, string>> Wanted(ICatalogVersion version, Func<ConfigurationFile, IConfigurationDocument> document, string? role)
    {
        var wanted = PropertiesFile.Empty as IConfigurationDocument;
        foreach (var file in DruidFiles.Of(version).Where(f => f.Dialect is PropertiesDialect && f.Roles.Contains(role ?? "")))
            wanted = wanted.Merge(file.WithoutOwned(document(file)));
        return [.. ((PropertiesFile)wanted).Entries.Where(e => e.Key != DruidKeys.Extensions).Select(e => KeyValuePair.Create(e.Key, e.Value.Trim()))];
    }

    // What a server hides, it does not tell at all.
    private static bool IsOther(JsonObject told, KeyValuePair<string, string> wanted) => told[wanted.Key]?.ToString() is { } value && value.Trim() != wanted.Value;

    private async Task<JsonObject?> ToldAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        (await client.AskAsync(instances, pod, DruidQuestion.Properties, Limit, cancel)) is { IsOk: true, Json: JsonObject told } ? told : null;
}
