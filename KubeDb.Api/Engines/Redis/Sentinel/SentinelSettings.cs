using KubeDb.Api.Engines.Redis.Configuration;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>The settings of sentinels: those of the file that they start with, and those that they have for each master. Pure.</summary>
internal static class SentinelSettings
{
    /// <summary>The directive under which sentinels have what is theirs.</summary>
    public const string Directive = "sentinel";

    /// <summary>Options of one master that users may set, each with the operator's value.</summary>
    public static IReadOnlyDictionary<string, string> MasterOptions { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["down-after-milliseconds"] = "5000",
        ["failover-timeout"] = "5000",
        ["parallel-syncs"] = "1",
    };

    /// <summary>True for an option of one master that users may set.</summary>
    public static bool IsMasterOption(RedisDirective directive) =>
        directive is { CanonicalName: Directive, Arguments: [var option, _, _] } && MasterOptions.ContainsKey(option.ToLowerInvariant());

    /// <summary>
    /// The file that a sentinel starts with. Options of masters are not in it: a sentinel does not start on one of a master that it does not
    /// know. They are set once it does.
    /// </summary>
    public static string Render(DatabaseFacts facts)
    {
        var flavour = RedisFlavour.Of(facts.Version);
        var user = User(facts).Where(d => d.CanonicalName != Directive);
        return SentinelConfigurationEngine.File(flavour).Render(RedisConf.Empty, user, Owned(flavour, facts));
    }

    /// <summary>The user's settings that count.</summary>
    public static RedisConf User(DatabaseFacts facts)
    {
        var file = SentinelConfigurationEngine.File(RedisFlavour.Of(facts.Version));
        return (RedisConf)file.WithoutOwned(Engines.Configuration.UserConfiguration.Of([file], facts).Effective(file));
    }

    /// <summary>What sentinels are to have for a master: the operator's values, and the user's over them.</summary>
    /// <param name="user">The user's settings.</param>
    /// <param name="master">Name of the master.</param>
    public static IReadOnlyDictionary<string, string> Of(RedisConf user, string master)
    {
        var wanted = new Dictionary<string, string>(MasterOptions, StringComparer.Ordinal);
        foreach (var directive in user.Directives.Where(IsMasterOption))
        {
            if (directive.Arguments[1] == master)
                wanted[directive.Arguments[0].ToLowerInvariant()] = directive.Arguments[2];
        }

        return wanted;
    }

    /// <summary>How many sentinels have to agree that a master is down: half of them, rounded up.</summary>
    public static int Quorum(int sentinels) => (sentinels + 1) / 2;

    private static RedisConf Owned(RedisFlavour flavour, DatabaseFacts facts)
    {
        var directives = new List<RedisDirective>(RedisTls.Directives(facts.Database, RedisConnector.SentinelPort))
        {
            RedisDirective.Of("dir", "/data"),
            RedisDirective.Of("protected-mode", "no"),
            RedisDirective.Of(Directive, "resolve-hostnames", "yes"),
            RedisDirective.Of(Directive, "announce-hostnames", "yes"),
        };
        if (facts.Credential is { } credential)
            directives.AddRange(OperatorConf.Access(flavour, credential));
        return RedisConf.Of(directives);
    }
}
