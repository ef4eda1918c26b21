using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;

namespace KubeDb.Api.Engines;

/// <summary>The secret that holds a database's credential.</summary>
public static class CredentialSecret
{
    /// <summary>Describes the secret, owned by the database. The server adds nothing to it, so that both processes make the same one.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="database">The database as stored, with its UID.</param>
    /// <param name="name">Name of the secret.</param>
    /// <param name="credential">Its content.</param>
    /// <param name="now">Since when the content is valid.</param>
    public static JsonObject Manifest(IEngine engine, IDatabase database, string name, Credential credential, DateTimeOffset now) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = database.Metadata.Namespace,
            ["labels"] = new JsonObject(DatabaseLabels.OfChild(database, engine.Kinds.FullName).Select(p => KeyValuePair.Create<string, JsonNode?>(p.Key, p.Value))),
            ["annotations"] = new JsonObject
            {
                [DatabaseLabels.AuthActiveFrom] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            },
            ["ownerReferences"] = new JsonArray(BlueprintApplier.OwnerNode(database.Type, database.Metadata)),
        },
        ["type"] = "kubernetes.io/basic-auth",
        ["data"] = new JsonObject { ["username"] = Base64(credential.Username), ["password"] = Base64(credential.Password) },
    };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
