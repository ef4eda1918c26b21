using System.Security.Cryptography;
using System.Text;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Api.Engines.Druid;

/// <summary>
/// Passwords that the operator makes. Each follows from the administrator's, so that equal facts give equal passwords, and a cluster that is made anew
/// over its old metadata knows them. One that is stored already counts: the administrator's may change.
/// </summary>
internal sealed class DruidSecrets(DatabaseFacts facts)
{
    /// <summary>Key, in the config secret, of the password by which servers know each other.</summary>
    public const string InternalClientKey = "internal-client-password";

    /// <summary>User by which servers know each other.</summary>
    public const string InternalClient = "druid_system";

    /// <summary>The password by which servers know each other.</summary>
    public string InternalClientPassword { get; } = Stored(facts, new DatabaseDescription(facts).ConfigSecret, InternalClientKey) ?? Derived(facts, "internal client");

    /// <summary>The password of a metadata storage that the operator runs.</summary>
    public string MetadataPassword { get; } = Stored(facts, MetadataSecretName(facts.Database.Metadata.Name), "password") ?? Derived(facts, "metadata storage");

    /// <summary>Name of the secret of a metadata storage that the operator runs.</summary>
    public static string MetadataSecretName(string druid) => ObjectNames.AuthSecret(DruidDefaults.MetadataStorageName(druid, MetadataStorageTypes.PostgreSql));

    /// <summary>The secrets that the passwords are stored in; none need exist.</summary>
    public static IEnumerable<SecretReference> References(DruidDatabase druid)
    {
        var config = ObjectNames.WithSuffix(druid.Metadata.Name, DatabaseDescription.ShortUid(druid));
        yield return new(config, "spec.authSecret", []) { IsOptional = true };
        if (druid.Spec.MetadataStorage is not { ExternallyManaged: true })
            yield return new(MetadataSecretName(druid.Metadata.Name), "spec.metadataStorage", []) { IsOptional = true };
    }

    private static string? Stored(DatabaseFacts facts, string secret, string key) =>
        facts.Secrets.GetValueOrDefault(secret)?.Text(key) is { Length: > 0 } text ? text : null;

    private static string Derived(DatabaseFacts facts, string purpose)
    {
        var key = Encoding.UTF8.GetBytes(facts.Credential?.Password ?? "");
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose} of {facts.Database.Metadata.Key}")))[..32];
    }
}
