using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>The users that a spec describes by rules: what is wrong with them, what they are to the server, and how a request changes them. Pure.</summary>
internal static class RedisAclRules
{
    /// <summary>Key of the rendered rules in the secret of the operator.</summary>
    public const string FileName = "user_acl.conf";

    /// <summary>Path of the rules in the database.</summary>
    public const string Path = "spec.configuration.acl";

    /// <summary>The rules as a file that no user writes: one line a user.</summary>
    public static ConfigurationFile File { get; } = new(FileName, RedisConfDialect.Instance, Rules.Instance, [PodGroup.OnlyRole]);

    /// <summary>The rules that can be read, in order; of a user's several the last counts.</summary>
    public static IReadOnlyList<AclRule> Of(RedisAcl? acl) =>
        [.. (acl?.Rules ?? []).Select(AclRule.Parse).OfType<AclRule>().Reverse().DistinctBy(r => r.User).Reverse()];

    /// <summary>What is wrong with rules, whatever the secret holds.</summary>
    /// <param name="rules">The rules as written.</param>
    /// <param name="path">Where they stand.</param>
    /// <param name="flavour">The server; null while it is not known.</param>
    public static IEnumerable<Violation> Check(IReadOnlyList<string> rules, string path, RedisFlavour? flavour)
    {
        if (rules.Count > 0 && flavour is { HasUsers: false })
            yield return new(path, RedisReasons.AclInvalid, $"{path} describes users, which servers have from version 6 on, and the version is {flavour.Version}. Choose another version or remove the rules.");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < rules.Count; i++)
        {
            var at = $"{path}[{i}]";
            if (AclRule.Parse(rules[i]) is not { } rule)
            {
                yield return new(at, RedisReasons.AclInvalid, $"{at} is empty. Write the name of a user and ACL tokens, or remove it.");
                continue;
            }

            if (rule.User == "default")
                yield return new(at, RedisReasons.AclInvalid, $"{at} changes the user \"default\", whose password the operator keeps in the auth secret. Describe another user.");
            if (!names.Add(rule.User))
                yield return new(at, RedisReasons.AclInvalid, $"{at} describes the user \"{rule.User}\" a second time. Keep one rule a user.");
            foreach (var fault in rule.Faults())
                yield return new(at, RedisReasons.AclInvalid, $"{at}, the rule of user \"{rule.User}\", {fault}.");
        }
    }

    /// <summary>The keys of rules that have no value.</summary>
    public static IEnumerable<Violation> Unresolved(IReadOnlyList<AclRule> rules, IReadOnlyDictionary<string, string> values, string? secret, string path) =>
        from rule in rules
        from key in rule.Keys
        where !values.ContainsKey(key)
        select new Violation(path, RedisReasons.AclInvalid, secret is null
            ? $"{path}: the rule of user \"{rule.User}\" takes ${{{key}}} from a secret, and none is named. Name one in secretRef."
            : $"{path}: the rule of user \"{rule.User}\" takes ${{{key}}} from Secret \"{secret}\", which has no such key. Add it to the secret.");

    /// <summary>
    /// The values for placeholders, by key: those of the secret that the spec names, and for keys that it no longer has the last known ones, as the
    /// operator's own secret keeps them.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Values(Secret? named, Secret? kept)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var secret in new[] { kept, named })
        {
            foreach (var key in secret?.Data.Keys ?? [])
            {
                if (key != FileName && secret!.Text(key) is { } value)
                    values[key] = value;
            }
        }

        return values;
    }

    /// <summary>The lines of the server's configuration; rules with a key that has no value are left out, for the checks name them.</summary>
    public static RedisConf Render(IReadOnlyList<AclRule> rules, IReadOnlyDictionary<string, string> values) =>
        RedisConf.Of(rules.Where(r => r.Keys.All(values.ContainsKey)).Select(r => r.ToDirective(values)));

    /// <summary>
    /// What a request makes of rules: deleted users go; a user whose rule is new or changed moves to the end, in the order of the request, and the
    /// others keep their places.
    /// </summary>
    public static IReadOnlyList<string> Merge(IReadOnlyList<string> rules, IReadOnlyList<string> changed, IReadOnlyList<string> deleted)
    {
        var upserts = changed.Where(r => AclRule.Parse(r) is not null).Reverse().DistinctBy(User).Reverse().ToList();
        var gone = upserts.Select(User).Concat(deleted).ToHashSet(StringComparer.Ordinal);
        return [.. rules.Where(r => AclRule.Parse(r) is { } rule && !gone.Contains(rule.User)), .. upserts.Where(r => !deleted.Contains(User(r)))];
    }

    private static string User(string rule) => AclRule.Parse(rule)!.User;

    private sealed class Rules : IConfigurationRules
    {
        public static Rules Instance { get; } = new();

        public string Server => "the server";

        public bool IsOwned(IConfigurationSetting setting) => false;

        public bool? IsKnown(IConfigurationSetting setting) => true;

        public string? Nearest(string name) => null;
    }
}
