using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Ops;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>How the users that a database describes by rules are changed.</summary>
internal sealed partial class RedisConfigurationEngine
{
    private const string AuthPath = "spec.configuration.auth";

    /// <inheritdoc/>
    public IReadOnlyList<ConfigurationFile> OwnFiles(ICatalogVersion version) => [RedisAclRules.File];

    /// <inheritdoc/>
    public bool HasOwn(IReconfigureSpec change) => change is RedisReconfigure { Auth: not null };

    /// <inheritdoc/>
    public IReadOnlyList<SecretReference> OwnReferences(IReconfigureSpec change) =>
        change is RedisReconfigure { Auth.SecretRef.Name: { Length: > 0 } name } ? [new(name, $"{AuthPath}.secretRef.name", [])] : [];

    /// <summary>
    /// Deletes users, then adds and replaces rules by user. Placeholders take their values from the new secret, then from the one before, then from
    /// what the operator kept.
    /// </summary>
    public ConfigurationPlan PlanOwn(ConfigurationPlan plan, IReconfigureSpec change, DatabaseFacts current)
    {
        if (change is not RedisReconfigure { Auth: { } auth })
            return plan;
        var acl = ((RedisDatabase)current.Database).Spec.Configuration?.Acl;
        var rules = RedisAclRules.Merge(acl?.Rules ?? [], auth.SyncAcl, auth.DeleteUsers);
        var secret = auth.SecretRef?.Name is { Length: > 0 } name ? name : acl?.SecretRef?.Name;
        var values = new Dictionary<string, string>(RedisUsers.Values(current), StringComparer.Ordinal);
        foreach (var (key, value) in RedisAclRules.Values(RedisUsers.Named(current, secret), null))
            values[key] = value;
        var parsed = RedisAclRules.Of(new() { Rules = rules });
        List<Violation> violations =
        [
            .. plan.Violations,
            .. RedisAclRules.Check(auth.SyncAcl, $"{AuthPath}.syncACL", RedisFlavour.Of(current.Version)),
            .. RedisAclRules.Unresolved(parsed, values, secret, AuthPath),
        ];
        if (parsed.FirstOrDefault(r => r.User == current.Credential?.Username) is { } own)
            violations.Add(new($"{AuthPath}.syncACL", Kinds.Kubedb.RedisReasons.AclInvalid, $"{AuthPath}.syncACL has a rule for the user \"{own.User}\", who is the operator's, by the auth secret. Describe another user."));
        var spec = plan.SpecConfiguration is null ? [] : (JsonObject)plan.SpecConfiguration.DeepClone();
        spec.Remove("acl");
        if (rules.Count > 0 || secret is not null)
        {
            var node = new JsonObject { ["rules"] = new JsonArray([.. rules.Select(r => (JsonNode)r)]) };
            if (secret is not null)
                node["secretRef"] = new JsonObject { ["name"] = secret };
            spec["acl"] = node;
        }

        return plan with
        {
            SpecConfiguration = spec.Count == 0 ? null : spec,
            Files = [.. plan.Files, new(RedisAclRules.File, RedisUsers.Users(current), RedisAclRules.Render(parsed, values))],
            Violations = violations,
        };
    }

    /// <summary>The change of users of a plan; null when it changes none.</summary>
    private static FileChange? Users(ConfigurationPlan plan) => plan.Change(RedisAclRules.FileName) is { Difference.IsEmpty: false } change ? change : null;

    /// <summary>The first user that a server has otherwise than planned, for a message; null when there is none.</summary>
    private static async Task<string?> FirstUserDifferenceAsync(Resp.RespClient client, ConfigurationPlan plan, CancellationToken cancel) =>
        Users(plan) is { } change && await new RedisServerUsers(client).FirstDifferenceAsync((RedisConf)change.After, RedisServerUsers.Deleted(change), cancel) is { } user
            ? $"the user {user}"
            : null;
}
