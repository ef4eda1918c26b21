using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Api.Kinds.Kubedb;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>
/// The users that a database describes by rules. The values that rules take are kept in a secret of the operator, so that a key which the user's
/// secret no longer has keeps its value. Pure.
/// </summary>
internal static class RedisUsers
{
    private const string SecretPath = RedisAclRules.Path + ".secretRef.name";

    /// <summary>Name of the operator's secret.</summary>
    public static string SecretName(IDatabase database) =>
        ObjectNames.WithSuffix(database.Metadata.Name, $"acl-{DatabaseDescription.ShortUid(database)}");

    /// <summary>The secrets that rules take values from: the user's, and the operator's own, which is not there before the first time.</summary>
    public static IEnumerable<SecretReference> References(IDatabase database)
    {
        if (Acl(database) is not { Rules.Count: > 0 } acl)
            yield break;
        if (acl.SecretRef?.Name is { Length: > 0 } name)
            yield return new(name, SecretPath, []);
        yield return new(SecretName(database), RedisAclRules.Path, []) { IsOptional = true };
    }

    /// <summary>What is wrong with the rules, whatever secrets hold.</summary>
    public static IEnumerable<Violation> Check(IDatabase database, ICatalogVersion? version) =>
        RedisAclRules.Check(Acl(database)?.Rules ?? [], $"{RedisAclRules.Path}.rules", version is null ? null : RedisFlavour.Of(version));

    /// <summary>What is wrong with the rules, given what the secrets hold and what the user's configuration says.</summary>
    public static IEnumerable<Violation> Check(DatabaseFacts facts)
    {
        var rules = RedisAclRules.Of(Acl(facts.Database));
        var own = RedisBlueprint.UserConfiguration(facts).Effective.Directives
            .Where(d => d.CanonicalName == "user" && d.Arguments.Count > 0).Select(d => ConfigWords.ToText(d.Arguments[0])).ToHashSet(StringComparer.Ordinal);
        foreach (var rule in rules.Where(r => own.Contains(r.User) || r.User == facts.Credential?.Username))
        {
            yield return new(RedisAclRules.Path, RedisReasons.AclInvalid, rule.User == facts.Credential?.Username
                ? $"{RedisAclRules.Path} has a rule for the user \"{rule.User}\", who is the operator's, by the auth secret. Describe another user."
                : $"{RedisAclRules.Path} has a rule for the user \"{rule.User}\", whom the configuration describes too, with the directive \"user\". Keep one of the two.");
        }

        foreach (var violation in RedisAclRules.Unresolved(rules, Values(facts), Acl(facts.Database)?.SecretRef?.Name, RedisAclRules.Path))
            yield return violation;
    }

    /// <summary>The users, a line of the server's file each.</summary>
    public static RedisConf Users(DatabaseFacts facts) => RedisAclRules.Render(RedisAclRules.Of(Acl(facts.Database)), Values(facts));

    /// <summary>Content of the operator's secret: the rendered rules, and the values that they took; null for no rules.</summary>
    public static IReadOnlyDictionary<string, string>? Files(DatabaseFacts facts)
    {
        var rules = RedisAclRules.Of(Acl(facts.Database));
        if (rules.Count == 0)
            return null;
        var values = Values(facts);
        var files = rules.SelectMany(r => r.Keys).Distinct(StringComparer.Ordinal).Where(values.ContainsKey).ToDictionary(k => k, k => values[k], StringComparer.Ordinal);
        files[RedisAclRules.FileName] = RedisAclRules.Render(rules, values).Render();
        return files;
    }

    /// <summary>The values of placeholders.</summary>
    public static IReadOnlyDictionary<string, string> Values(DatabaseFacts facts) =>
        RedisAclRules.Values(Named(facts, Acl(facts.Database)?.SecretRef?.Name), Named(facts, SecretName(facts.Database)));

    /// <summary>The secret of that name among the facts.</summary>
    public static Secret? Named(DatabaseFacts facts, string? name) => name is null ? null : facts.Secrets.GetValueOrDefault(name);

    private static RedisAcl? Acl(IDatabase database) => ((RedisDatabase)database).Spec.Configuration?.Acl;
}
