using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Machine.OpsManager;

/// <summary>
/// A TEST DOUBLE of database servers: each pod runs with the configuration it started with, which can be changed live. Directives whose name
/// begins with <c>live-</c> can be changed while the server runs, others only at start.
/// </summary>
internal sealed class DoubleServers(TimeProvider time) : IRestartStrategy, IConfigurationEngine
{
    /// <summary>The key of the configuration file.</summary>
    public const string File = "redis.conf";

    private readonly Dictionary<string, (string Configuration, long Started)> _running = [];

    /// <summary>How long a server needs to catch up after its pod is Ready.</summary>
    public TimeSpan CatchUp { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How often a live change was asked for.</summary>
    public int LiveChanges { get; private set; }

    /// <summary>A server starts.</summary>
    public void Start(string uid, string configuration) => _running[uid] = (configuration, time.GetTimestamp());

    /// <summary>What a server runs with.</summary>
    public string ConfigurationOf(string uid) => _running[uid].Configuration;

    public Task<IReadOnlyList<Pod>> OrderAsync(DatabaseInstances instances, IReadOnlyList<Pod> pods, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Pod>>([.. pods.OrderByDescending(p => p.Metadata.Name, StringComparer.Ordinal)]);

    public Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) => Task.FromResult(Readiness.Yes);

    public Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        Task.FromResult(time.GetElapsedTime(_running[pod.Metadata.Uid].Started) >= CatchUp ? Readiness.Yes : Readiness.NotYet("It still catches up."));

    public IReadOnlyList<SecretReference> References(IOpsRequest request) =>
        request.Configuration?.ConfigSecret is { Name: { Length: > 0 } name }
            ? [new SecretReference(name, "spec.configuration.configSecret.name", [File])]
            : [];

    public ConfigurationPlan Plan(IOpsRequest request, DatabaseFacts current)
    {
        var change = request.Configuration!;
        var before = Effective(current.Database.Spec.Configuration, current.Secrets);
        var spec = new System.Text.Json.Nodes.JsonObject();
        var secret = change.ConfigSecret?.Name ?? (change.RemoveCustomConfig ? null : current.Database.Spec.Configuration?.SecretName);
        var inline = change.RemoveCustomConfig ? "" : current.Database.Spec.Configuration?.Inline?.GetValueOrDefault(File) ?? "";
        if (change.ApplyConfig?.GetValueOrDefault(File) is { } applied)
            inline = Merged(inline, applied);
        if (secret is not null)
            spec["secretName"] = secret;
        if (inline.Length > 0)
            spec["inline"] = new System.Text.Json.Nodes.JsonObject { [File] = inline };
        var after = Merged(secret is null ? "" : current.Secrets.GetValueOrDefault(secret)?.Text(File) ?? "", inline);
        IReadOnlyList<Violation> violations = after.Contains("unknown", StringComparison.Ordinal)
            ? [new Violation("spec.configuration.applyConfig", "UnknownDirective", "Directive unknown is not known to the server.")]
            : [];
        return new ConfigurationPlan(spec.Count == 0 ? null : spec, before, after, violations);
    }

    public System.Text.Json.Nodes.JsonObject Merge(IReadOnlyList<IOpsRequest> requests)
    {
        var text = requests.Aggregate("", (all, r) => Merged(all, r.Configuration?.ApplyConfig?.GetValueOrDefault(File) ?? ""));
        return new() { ["applyConfig"] = new System.Text.Json.Nodes.JsonObject { [File] = text } };
    }

    public Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Violation>>([]);

    public Task<LiveChange> ApplyLiveAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        LiveChanges++;
        var before = Parse(plan.Before);
        var after = Parse(plan.After);
        var changed = before.Keys.Union(after.Keys).Where(k => before.GetValueOrDefault(k) != after.GetValueOrDefault(k)).Order().ToList();
        if (changed.FirstOrDefault(k => !k.StartsWith("live-", StringComparison.Ordinal)) is { } fixedAtStart)
            return Task.FromResult(new LiveChange(LiveChangeKind.NeedsRestart, fixedAtStart));
        if (changed.FirstOrDefault(k => after.GetValueOrDefault(k) == "refused") is { } refused)
            return Task.FromResult(new LiveChange(LiveChangeKind.Refused, $"ERR CONFIG SET failed (possibly related to argument '{refused}')"));
        foreach (var pod in instances.Pods)
            _running[pod.Metadata.Uid] = (plan.After, _running[pod.Metadata.Uid].Started);
        return Task.FromResult(new LiveChange(LiveChangeKind.Applied, string.Join(", ", changed)));
    }

    public Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel) =>
        Task.FromResult(
            instances.Pods.All(p => Merged("", ConfigurationOf(p.Metadata.Uid)) == Merged("", plan.After))
                ? Readiness.Yes
                : Readiness.NotYet("A server runs with other values."));

    /// <summary>The configuration that a spec comes to.</summary>
    public static string Effective(ICustomConfiguration? configuration, IReadOnlyDictionary<string, Secret> secrets) =>
        Merged(
            configuration?.SecretName is { } name ? secrets.GetValueOrDefault(name)?.Text(File) ?? "" : "",
            configuration?.Inline?.GetValueOrDefault(File) ?? "");

    private static string Merged(string first, string second)
    {
        var all = Parse(first);
        foreach (var (key, value) in Parse(second))
            all[key] = value;
        return string.Join('\n', all.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key} {p.Value}"));
    }

    private static Dictionary<string, string> Parse(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(l => l.Split(' ', 2))
            .ToDictionary(p => p[0], p => p[^1], StringComparer.Ordinal);
}
