using System.Security.Cryptography;
using System.Text;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>The secret with the password of the key stores of a database: its user's, or one that the operator makes. Pure.</summary>
/// <param name="Database">The database.</param>
/// <param name="Named">The secret that its spec names; null or without a name for none.</param>
/// <param name="Keys">Keys of the secret that the operator makes; all have the same value.</param>
/// <param name="Key">The key that is read, and that a user's secret has to have.</param>
public sealed record StorePasswords(IDatabase Database, AuthSecret? Named, IReadOnlyList<string> Keys, string Key)
{
    /// <summary>Name of the secret.</summary>
    public string SecretName => Named is { Name.Length: > 0 } named ? named.Name : OwnName;

    /// <summary>The operator makes the secret.</summary>
    public bool IsOwn => SecretName == OwnName;

    /// <summary>The user's secret; none where the operator makes it.</summary>
    public IEnumerable<SecretReference> References => IsOwn ? [] : [new(SecretName, "spec.keystoreCredSecret.name", [Key])];

    /// <summary>Content of the secret that the operator makes.</summary>
    public IReadOnlyDictionary<string, string> Content(DatabaseFacts facts) => Keys.ToDictionary(k => k, _ => Value(facts), StringComparer.Ordinal);

    /// <summary>The password: the user's, or one that follows from the database.</summary>
    public string Value(DatabaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (!IsOwn && facts.Secrets.GetValueOrDefault(SecretName)?.Text(Key) is { Length: > 0 } own)
            return own;

        // A store has to have one. It guards nothing: the key in the store lies beside it without any.
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"keystore {facts.Database.Metadata.Uid}")))[..16];
    }

    private string OwnName => ObjectNames.WithSuffix(Database.Metadata.Name, "keystore-cred");
}
