using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>How cert-manager (cert-manager.io/v1) writes what it is asked for and what it did.</summary>
public static class CertManager
{
    /// <summary>The group of its kinds.</summary>
    public const string Group = "cert-manager.io";

    /// <summary>Annotation of a secret: the Certificate whose certificate it holds.</summary>
    public const string CertificateName = Group + "/certificate-name";

    /// <summary>Annotation of a secret: the issuer of its certificate.</summary>
    public const string IssuerName = Group + "/issuer-name";

    /// <summary>Condition of issuers and certificates.</summary>
    public const string Ready = "Ready";

    /// <summary>Condition of a Certificate that is being issued; setting it asks for a new one.</summary>
    public const string Issuing = "Issuing";

    /// <summary>True when cert-manager keeps the certificate of this name in the secret; it would overwrite another one.</summary>
    public static bool Keeps(ObjectMeta secret, string certificate)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return secret.Annotations.GetValueOrDefault(CertificateName) == certificate;
    }

    /// <summary>The <c>issuerRef</c> of a Certificate.</summary>
    public static JsonObject IssuerRef(IssuerReference issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        return new()
        {
            ["group"] = string.IsNullOrEmpty(issuer.ApiGroup) ? Group : issuer.ApiGroup,
            ["kind"] = issuer.Kind,
            ["name"] = issuer.Name,
        };
    }

    /// <summary>The conditions of an object.</summary>
    public static IEnumerable<JsonObject> Conditions(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return json["status"].Member("conditions").Objects();
    }

    /// <summary>A condition of an object; null when it has none of the type.</summary>
    public static JsonObject? Condition(JsonObject json, string type) => Conditions(json).FirstOrDefault(c => c["type"].AsText() == type);
}
