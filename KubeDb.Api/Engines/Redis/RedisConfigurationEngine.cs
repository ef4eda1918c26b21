using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Redis;

/// <summary>How the configuration of a Redis or Valkey is changed.</summary>
internal sealed partial class RedisConfigurationEngine(RedisConnector connector) : IConfigurationEngine
{
    private const string SecretPath = "spec.configuration.configSecret.name";
    private const string ApplyPath = "spec.configuration.applyConfig";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IReadOnlyList<SecretReference> References(IOpsRequest request) =>
        request.Configuration?.ConfigSecret?.Name is { Length: > 0 } name ? [new(name, SecretPath, [])] : [];

    /// <summary>
    /// A new secret becomes the secret layer, and what it sets is taken out of the inline layer, so that it is in effect; applyConfig is
    /// merged into the inline layer. The user's secrets are never edited.
    /// </summary>
    public ConfigurationPlan Plan(IOpsRequest request, DatabaseFacts current)
    {
        var flavour = RedisFlavour.Of(current.Version);
        var violations = new List<Violation>();
        var spec = (current.Database as Kinds.Kubedb.Redis)?.Spec.Configuration;
        var before = Current(spec, current, flavour);
        var change = request.Configuration;
        if (change is null)
            return new(null, "", "", [new("spec.configuration", Reasons.ReconfigureInvalid, "spec.configuration is missing: say what is to change.")]);
        if (change is RedisReconfigure { Auth: not null })
            violations.Add(new("spec.configuration.auth", Reasons.NotOffered, "spec.configuration.auth can not be carried out by this version of the operator. Remove it."));

        var after = change.RemoveCustomConfig ? UserConf.Empty : before;
        var secretName = change.RemoveCustomConfig ? null : spec?.SecretName;
        if (change.ConfigSecret?.Name is { Length: > 0 } name)
        {
            secretName = name;
            var secret = ReadSecret(name, current, flavour, violations);
            after = new(secret, after.Inline.Without(secret.ByKey().Keys.ToHashSet(StringComparer.Ordinal)));
        }

        var applied = UserConfReader.ReadFiles(change.ApplyConfig, flavour.ConfigKey, ApplyPath, violations);
        violations.AddRange(UserConfReader.Judge(applied, $"{ApplyPath}[{flavour.ConfigKey}]"));
        after = after with { Inline = after.Inline.Merge(applied) };
        return new(Describe(spec, secretName, after.Inline, flavour), before.Effective.Render(), after.Effective.Render(), violations);
    }

    /// <inheritdoc/>
    public JsonObject? Merge(IReadOnlyList<IOpsRequest> requests)
    {
        var remove = false;
        string? secret = null;
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var change in requests.Select(r => r.Configuration).OfType<IReconfigureSpec>())
        {
            if (change.RemoveCustomConfig)
            {
                remove = true;
                secret = null;
                files.Clear();
            }

            secret = change.ConfigSecret?.Name ?? secret;
            foreach (var (file, text) in change.ApplyConfig ?? new Dictionary<string, string>())
                files[file] = files.TryGetValue(file, out var lower) ? MergeText(lower, text) : text;
        }

        var modes = requests.Select(r => r.Configuration?.Restart ?? RestartModes.Auto).ToList();
        var merged = new JsonObject
        {
            ["restart"] = modes.Contains(RestartModes.Always) ? RestartModes.Always : modes.Contains(RestartModes.Auto) ? RestartModes.Auto : RestartModes.Never,
        };
        if (remove)
            merged["removeCustomConfig"] = true;
        if (secret is not null)
            merged["configSecret"] = new JsonObject { ["name"] = secret };
        if (files.Count > 0)
            merged["applyConfig"] = new JsonObject(files.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value)));
        return merged;
    }

    /// <summary>
    /// The first server that answers judges the names that are new or changed. When none can be asked, the table of known directives does.
    /// Changes that would hide or lose data are refused, see <see cref="RedisDataSafety"/>.
    /// </summary>
    public async Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        var flavour = RedisFlavour.Of(instances.Version);
        var before = RedisConf.Parse(plan.Before).Conf;
        var after = RedisConf.Parse(plan.After).Conf;
        var diff = before.DiffTo(after);
        var keys = diff.Added.Concat(diff.Changed).ToHashSet(StringComparer.Ordinal);
        var names = after.Directives.Where(d => keys.Contains(d.Key) && UserConfReader.IsParameter(d.CanonicalName)).Select(d => d.Name).Distinct().ToList();
        var unknown = await AskUnknownAsync(instances, flavour, names, cancel)
            ?? [.. names.Where(n => !RedisDirectives.IsKnown(n, flavour.IsValkey, flavour.Version))];
        return
        [
            .. unknown.Select(n => UserConfReader.Unknown(n, flavour, "spec.configuration")),
            .. await new RedisDataCheck(connector).CheckAsync(instances, plan, cancel),
        ];
    }

    /// <inheritdoc/>
    public async Task<LiveChange> ApplyLiveAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        var flavour = RedisFlavour.Of(instances.Version);
        var settings = Settings(instances, plan, flavour);
        if (settings.RestartReasons.Count > 0)
            return new(LiveChangeKind.NeedsRestart, string.Join("; ", settings.RestartReasons));
        if (settings.Settings.Count == 0)
            return new(LiveChangeKind.Applied, "nothing to change");
        await using var servers = new OpenServers();
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            var (client, failure) = await connector.OpenAsync(pod.Status.PodIP, instances.Credential, Timeout, cancel);
            if (client is null)
                return new(LiveChangeKind.NeedsRestart, $"{pod.Metadata.Name} can not be asked: {failure!.Message}");
            servers.Add(pod.Metadata.Name, client, flavour);
        }

        return servers.IsEmpty
            ? new(LiveChangeKind.NeedsRestart, "no server runs")
            : await servers.SetAsync(settings.Settings, cancel);
    }

    /// <inheritdoc/>
    public async Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel)
    {
        var flavour = RedisFlavour.Of(instances.Version);
        var wanted = Settings(instances, plan, flavour, includeAtStart: true).Settings;
        foreach (var pod in instances.Pods)
        {
            var (client, failure) = await connector.OpenAsync(pod.Status.PodIP, instances.Credential, Timeout, cancel);
            if (client is null)
                return Readiness.NotYet($"{pod.Metadata.Name} can not be asked: {failure!.Message}");
            await using (client)
            {
                try
                {
                    if (await new RedisServerConfig(client, flavour).FirstDifferenceAsync(wanted, cancel) is { } name)
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
            var (client, _) = await connector.OpenAsync(pod.Status.PodIP, instances.Credential, Timeout, cancel);
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
        var defaults = OperatorConf.Defaults(instances.Database.Spec.StorageType != StorageTypes.Ephemeral);
        return LiveSettings.Between(defaults.Merge(Free(plan.Before)), defaults.Merge(Free(plan.After)), flavour, includeAtStart);
    }

    private static RedisConf Free(string text) => RedisConf.Parse(text).Conf.Where(d => !RedisDirectives.IsOwned(d));

    private static UserConf Current(RedisConfiguration? spec, DatabaseFacts facts, RedisFlavour flavour)
    {
        // What is wrong in the present configuration is no fault of the request.
        var ignored = new List<Violation>();
        var secret = spec?.SecretName is { Length: > 0 } name && facts.Secrets.TryGetValue(name, out var found)
            ? UserConfReader.Read(found.Text(flavour.ConfigKey) ?? "", "", ignored)
            : RedisConf.Empty;
        return new(secret, UserConfReader.ReadFiles(spec?.Inline, flavour.ConfigKey, "", ignored));
    }

    private static RedisConf ReadSecret(string name, DatabaseFacts facts, RedisFlavour flavour, List<Violation> violations)
    {
        if (!facts.Secrets.TryGetValue(name, out var secret) || secret.Text(flavour.ConfigKey) is not { } text)
        {
            violations.Add(UserConfReader.MissingKey(name, flavour.ConfigKey, SecretPath));
            return RedisConf.Empty;
        }

        var path = $"secret {name}[{flavour.ConfigKey}]";
        var conf = UserConfReader.Read(text, path, violations);
        violations.AddRange(UserConfReader.Judge(conf, path));
        return conf;
    }

    private static JsonObject? Describe(RedisConfiguration? spec, string? secretName, RedisConf inline, RedisFlavour flavour)
    {
        var node = spec is null ? new JsonObject() : KindsJson.ToObject(spec);
        node.Remove("secretName");
        node.Remove("inline");
        if (!string.IsNullOrEmpty(secretName))
            node["secretName"] = secretName;
        if (inline.Directives.Count > 0)
        {
            // A file that means the same keeps its comments and its layout.
            var text = spec?.Inline?.GetValueOrDefault(flavour.ConfigKey);
            var same = text is not null && RedisConf.Parse(text) is ({ } old, { Count: 0 }) && old.Equals(inline);
            node["inline"] = new JsonObject { [flavour.ConfigKey] = same ? text : inline.Render() };
        }

        return node.Count == 0 ? null : node;
    }

    private static string MergeText(string lower, string upper)
    {
        var (below, belowErrors) = RedisConf.Parse(lower);
        var (above, aboveErrors) = RedisConf.Parse(upper);

        // Lines that can not be read are kept, so that they are refused with their own text.
        return belowErrors.Count + aboveErrors.Count == 0 ? below.Merge(above).Render() : $"{lower.TrimEnd('\n')}\n{upper}";
    }
}
