using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds.Kubedb;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>How the configuration that a spec asks for is judged, and compared with what runs.</summary>
internal sealed partial class RedisConfigurationEngine
{
    // Their directives are not in the table, and they may set others.
    private static readonly string[] Openings = ["include", "loadmodule"];

    /// <summary>
    /// The table decides where it can; a running server decides the rest, and may know a name that the table takes for a certain mistake. It
    /// is asked only for names that the table does not know, so that a database at rest is asked nothing.
    /// </summary>
    public async Task<ConfigurationVerdict> CheckSpecAsync(DatabaseFacts facts, DatabaseInstances? instances, CancellationToken cancel)
    {
        var flavour = RedisFlavour.Of(facts.Version);
        var texts = RedisSpecConf.Of(facts).ToList();
        var violations = texts.SelectMany(t => t.Violations()).ToList();
        var isOpen = IsOpen(RedisBlueprint.UserConfiguration(facts).Effective);
        var doubts = texts.SelectMany(t => t.Doubts(flavour, isOpen)).ToList();
        if (doubts.Count == 0)
            return violations.Count == 0 ? ConfigurationVerdict.Fine : new(violations, []);
        var unknown = instances is null ? null : await AskUnknownAsync(instances, flavour, [.. doubts.Select(d => d.Name).Distinct()], cancel);

        // A running server has not loaded the modules that the new configuration names.
        if (unknown is not null && isOpen)
            doubts.RemoveAll(d => !unknown.Contains(d.Name));
        else if (unknown is not null)
            return new([.. violations, .. doubts.Where(d => unknown.Contains(d.Name)).Select(d => d.Violation)], []);
        return new(
            [.. violations, .. doubts.Where(d => d.IsCertain).Select(d => d.Violation)],
            [.. doubts.Where(d => !d.IsCertain).Select(d => d.Violation)]);
    }

    /// <summary>
    /// One CONFIG GET a server. Directives that are not set have to have their defaults, as far as every server has the same
    /// (<see cref="DirectiveFact.Default"/>): that is how a removed line shows.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>?> DifferencesAsync(
        DatabaseFacts facts, DatabaseInstances instances, CancellationToken cancel)
    {
        var flavour = RedisFlavour.Of(facts.Version);
        var wanted = Wanted(facts, flavour);
        var differences = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            var (client, _) = await connector.OpenAsync(instances, pod, Timeout, cancel);
            if (client is null)
                return null;
            await using (client)
            {
                if (await ReadAllAsync(new(client, flavour), cancel) is not { } values)
                    return null;
                var different = wanted.Where(w => values.TryGetValue(w.Name, out var value) && !w.IsIn(value)).Select(w => w.Name).ToList();
                if (different.Count > 0)
                    differences[pod.Metadata.Name] = different;
            }
        }

        return differences;
    }

    private static List<LiveSetting> Wanted(DatabaseFacts facts, RedisFlavour flavour)
    {
        var user = RedisBlueprint.UserConfiguration(facts).Effective.Where(d => !RedisDirectives.IsOwned(d));
        var conf = OperatorConf.Defaults(((RedisDatabase)facts.Database).Spec).Merge(user);
        var isCluster = ((RedisDatabase)facts.Database).Spec.Mode == RedisModes.Cluster;
        var wanted = LiveSettings.Between(RedisConf.Empty, conf, flavour, includeAtStart: true).Settings.Where(s => !isCluster || !IsForced(s.CanonicalName)).ToList();
        if (flavour.Major < 7 || IsOpen(conf))
            return wanted;
        var set = conf.Directives.Select(d => d.CanonicalName).ToHashSet(StringComparer.Ordinal);
        wanted.AddRange(
            from fact in RedisDirectiveFacts.All
            where fact.Default is not null && !set.Contains(fact.Name) && !(isCluster && IsForced(fact.Name)) && !RedisDirectives.IsReadAndIgnored(fact.Name)
            where RedisDirectives.IsKnown(fact.Name, flavour.IsValkey, flavour.Version) && !RedisDirectives.IsOwned(RedisDirective.Of(fact.Name))
            select new LiveSetting(fact.Name, fact.Default!));
        return wanted;
    }

    /// <summary>What the server of a cluster sets itself, whatever its file says.</summary>
    private static bool IsForced(string name) => name == "databases";

    private static bool IsOpen(RedisConf conf) => conf.Directives.Any(d => Openings.Contains(d.CanonicalName));

    private static async Task<IReadOnlyDictionary<string, string>?> ReadAllAsync(RedisServerConfig server, CancellationToken cancel)
    {
        try
        {
            return await server.GetAllAsync(cancel);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return null;
        }
    }
}
