using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Engines.Kafka.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>
/// How the configuration of a Kafka is changed. Brokers take part of it while they run, each for itself; what was set so outlives restarts and would hide
/// what a later start reads, so it is taken away once the file says the same.
/// </summary>
internal sealed class KafkaConfigurationEngine(KafkaConnector connector) : IConfigurationEngine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // Where the data is: a server that looks for it elsewhere begins anew.
    private const string MetadataFolder = "metadata.log.dir";

    /// <inheritdoc/>
    public IReadOnlyList<ConfigurationFile> Files(ICatalogVersion version) => KafkaConfigurationRules.Files(version);

    /// <inheritdoc/>
    public IReadOnlyList<string> AtStart(DatabaseInstances instances, ConfigurationPlan plan) => LiveSettings.AtStart(plan, instances.Version);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel) => Task.FromResult<IReadOnlyList<Violation>>(
    [
        .. from change in plan.ChangedFiles
           where change.Difference.Added.Concat(change.Difference.Changed).Concat(change.Difference.Removed).Contains(MetadataFolder)
           select new Violation("spec.configuration", Reasons.ConfigurationInvalid, $"{change.File.Name}: {MetadataFolder} can not be changed once there is data: the nodes would begin without their metadata. Leave the line as it was."),
    ]);

    /// <summary>The rules, and that no running node has its metadata elsewhere.</summary>
    public async Task<ConfigurationVerdict> CheckSpecAsync(DatabaseFacts facts, DatabaseInstances? instances, CancellationToken cancel)
    {
        var violations = this.Violations(facts);
        if (violations.Count > 0 || instances is null || !facts.WasProvisioned)
            return new(violations, []);
        foreach (var pod in Running(instances))
        {
            if (Wanted(facts, instances, pod, MetadataFolder) is not { } wanted || await AskAsync(instances, pod, [MetadataFolder], cancel) is not { Told: { } told })
                continue;
            if (told.GetValueOrDefault(MetadataFolder)?.Value is { Length: > 0 } present && !present.EndsWith(wanted.Replace(KafkaPods.DataFolder, "", StringComparison.Ordinal), StringComparison.Ordinal))
                return new([new("spec.configuration", Reasons.ConfigurationInvalid, $"spec.configuration: {MetadataFolder} would move the metadata of {pod.Metadata.Name}, which would begin without. Put the line back.")], []);
        }

        return new([], []);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>?> DifferencesAsync(DatabaseFacts facts, DatabaseInstances instances, CancellationToken cancel)
    {
        var files = Files(facts.Version);
        var user = UserConfiguration.Of(files, facts);
        var differences = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var pod in Running(instances))
        {
            var file = FileOf(files, instances, pod);
            var wanted = LiveSettings.Compared(((PropertiesFile)file.WithoutOwned(user.Effective(file))).Entries);
            if (wanted.Count == 0)
                continue;
            if (await AskAsync(instances, pod, wanted.Keys, cancel) is not { Told: { } told })
                return null;
            if (wanted.Where(w => told.TryGetValue(w.Key, out var setting) && !LiveSettings.Has(setting, w.Value)).Select(w => w.Key).ToList() is { Count: > 0 } different)
                differences[pod.Metadata.Name] = different;
        }

        return differences;
    }

    /// <inheritdoc/>
    public async Task<LiveChange> ApplyLiveAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        if (AtStart(instances, plan) is { Count: > 0 } reasons)
            return new(LiveChangeKind.NeedsRestart, string.Join("; ", reasons));
        var wanted = LiveSettings.Of(plan, instances);
        if (wanted.Count == 0)
            return new(LiveChangeKind.Applied, "nothing to change");
        await using var brokers = new OpenBrokers();
        foreach (var pod in Running(instances).Where(p => KafkaConnector.IsBroker(instances, p)))
        {
            var (client, problem) = await connector.OpenAsync(instances, pod, Timeout, cancel);
            if (client is null)
                return new(LiveChangeKind.NeedsRestart, $"{pod.Metadata.Name} can not be asked: {problem}");
            brokers.Add(pod.Metadata.Name, IdOf(instances, pod), client);
        }

        return brokers.IsEmpty ? new(LiveChangeKind.NeedsRestart, "no broker runs") : await brokers.SetAsync(wanted, cancel);
    }

    /// <summary>
    /// Yes once every node has the planned values. What was set in a running broker by an earlier request, and hides what the broker has read at its start,
    /// is taken away here.
    /// </summary>
    public async Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        foreach (var pod in Running(instances))
        {
            if (plan.Change(FileOf(Files(instances.Version), instances, pod).Name) is not { Difference.IsEmpty: false } change)
                continue;
            var wanted = LiveSettings.Wanted(change, instances);
            if (wanted.Count == 0)
                continue;
            var (client, problem) = await connector.OpenAsync(instances, pod, Timeout, cancel);
            if (client is null)
                return Readiness.NotYet($"{pod.Metadata.Name} can not be asked: {problem}");
            await using var broker = new OpenBrokers();
            broker.Add(pod.Metadata.Name, IdOf(instances, pod), client);
            if (await broker.UncoverAsync(wanted, cancel) is { } missing)
                return Readiness.NotYet(missing);
        }

        return Readiness.Yes;
    }

    private static IEnumerable<Pod> Running(DatabaseInstances instances) =>
        instances.Pods.Where(p => !p.Metadata.IsDeleting && KafkaNodes.Of(instances.Database).Any(n => n.IdOf(p.Metadata.Name) is not null));

    private static ConfigurationFile FileOf(IReadOnlyList<ConfigurationFile> files, DatabaseInstances instances, Pod pod)
    {
        var role = KafkaNodes.Of(instances.Database).First(n => n.IdOf(pod.Metadata.Name) is not null).Role;
        return files.First(f => f.Roles.Contains(role));
    }

    private static int IdOf(DatabaseInstances instances, Pod pod) => KafkaNodes.Of(instances.Database).Select(n => n.IdOf(pod.Metadata.Name)).First(id => id is not null)!.Value;

    private string? Wanted(DatabaseFacts facts, DatabaseInstances instances, Pod pod, string key)
    {
        var files = Files(facts.Version);
        var file = FileOf(files, instances, pod);
        return ((PropertiesFile)UserConfiguration.Of(files, facts).Effective(file)).Entries.FirstOrDefault(e => e.Key == key)?.Value.Trim()
            ?? (key == MetadataFolder ? $"{KafkaPods.DataFolder}/metadata" : null);
    }

    private async Task<(IReadOnlyDictionary<string, KafkaSetting>? Told, string? Problem)> AskAsync(
        DatabaseInstances instances, Pod pod, IEnumerable<string> names, CancellationToken cancel)
    {
        var (client, problem) = await connector.OpenAsync(instances, pod, Timeout, cancel);
        if (client is null)
            return (null, problem);
        await using (client)
        {
            try
            {
                return (await OpenBrokers.DescribeAsync(client, IdOf(instances, pod), [.. names], cancel), null);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return (null, e.Message.TrimEnd('.'));
            }
        }
    }
}
