using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>The certificates of a database, as cert-manager is asked for them, and the authorities that its servers trust. Pure.</summary>
internal static class CertificateObjects
{
    /// <summary>A Certificate for each wish, where the server offers them, and the bundle of their authorities once one is known.</summary>
    public static IEnumerable<DesiredObject> Describe(DatabaseDescription d, IReadOnlyList<CertificateWish> wishes)
    {
        if (wishes.Count == 0)
            yield break;
        if (d.Facts.Offers.CertManager)
        {
            foreach (var wish in wishes)
                yield return Certificate(d, wish);
        }

        var trusted = DatabaseCertificates.Trusted(d.Facts, wishes);
        if (!trusted.IsEmpty)
            yield return BindingObjects.ConfigSecret(d, Files(trusted), DatabaseCertificates.BundleName(d.Name));
    }

    /// <summary>The content of the secret with the bundle.</summary>
    public static IReadOnlyDictionary<string, string> Files(TrustBundle bundle) =>
        new Dictionary<string, string> { [CertificateWish.CaKey] = bundle.Text, [bundle.MarkKey] = bundle.Text };

    /// <summary>
    /// A volume with certificates and keys as <c>alias.crt</c> and <c>alias.key</c>, and with the bundle as <c>ca.crt</c>: all of one moment.
    /// </summary>
    /// <param name="d">The database.</param>
    /// <param name="volume">Name of the volume.</param>
    /// <param name="wishes">The certificates, each with the name of its files.</param>
    public static JsonObject Volume(DatabaseDescription d, string volume, params IReadOnlyList<(CertificateWish Wish, string File)> wishes) =>
        Manifests.ToJson(PodParts.ProjectedSecrets(
            volume,
            [
                .. wishes.Select(w => (w.Wish.SecretName, (IReadOnlyList<(string, string)>)[(CertificateWish.CertificateKey, $"{w.File}.crt"), (CertificateWish.PrivateKey, $"{w.File}.key")])),
                (DatabaseCertificates.BundleName(d.Name), []),
            ]));

    private static DesiredObject Certificate(DatabaseDescription d, CertificateWish wish)
    {
        // A new certificate gets a new key: one that leaked ends with the certificate.
        var key = new JsonObject { ["rotationPolicy"] = "Always" };
        if (wish.Spec.PrivateKey?.Encoding is { Length: > 0 } encoding)
            key["encoding"] = encoding;
        var spec = new JsonObject
        {
            ["commonName"] = wish.CommonName,
            ["issuerRef"] = CertManager.IssuerRef(wish.Issuer),
            ["privateKey"] = key,
            ["secretName"] = wish.SecretName,
            ["secretTemplate"] = new JsonObject { ["labels"] = OffshootMetadata.Node(d.Offshoot.Labels()) },
            ["usages"] = new JsonArray("digital signature", "key encipherment", "server auth", "client auth"),
        };
        if (wish.KeyStorePassword is { } password)
        {
            spec["additionalOutputFormats"] = new JsonArray(new JsonObject { ["type"] = "CombinedPEM" });
            spec["keystores"] = new JsonObject
            {
                ["jks"] = new JsonObject { ["create"] = true, ["passwordSecretRef"] = new JsonObject { ["name"] = password.Secret, ["key"] = password.Key } },
            };
        }

        if (Subject(wish.Spec.Subject) is { Count: > 0 } subject)
            spec["subject"] = subject;
        if (!string.IsNullOrEmpty(wish.Spec.Duration))
            spec["duration"] = wish.Spec.Duration;
        if (!string.IsNullOrEmpty(wish.Spec.RenewBefore))
            spec["renewBefore"] = wish.Spec.RenewBefore;
        AddTexts(spec, "dnsNames", wish.DnsNames.Concat(wish.Spec.DnsNames));
        AddTexts(spec, "ipAddresses", wish.IpAddresses.Concat(wish.Spec.IpAddresses));
        AddTexts(spec, "uris", wish.Spec.Uris);
        AddTexts(spec, "emailAddresses", wish.Spec.EmailAddresses);
        return new(ResourceTypes.Certificate, new()
        {
            ["apiVersion"] = ResourceTypes.Certificate.ApiVersion,
            ["kind"] = ResourceTypes.Certificate.Kind,
            ["metadata"] = Manifests.ToJson(d.Offshoot.Metadata(wish.Name)),
            ["spec"] = spec,
        })
        {
            // cert-manager would overwrite a secret that is not of this certificate.
            Pending = d.Facts.PendingCertificates is { Kind: OutcomeKind.Fail } foreign ? foreign : null,
        };
    }

    private static JsonObject Subject(CertificateSubject? subject)
    {
        var json = new JsonObject();
        if (subject is null)
            return json;
        AddTexts(json, "countries", subject.Countries);
        AddTexts(json, "localities", subject.Localities);
        AddTexts(json, "organizationalUnits", subject.OrganizationalUnits);
        AddTexts(json, "organizations", subject.Organizations);
        AddTexts(json, "postalCodes", subject.PostalCodes);
        AddTexts(json, "provinces", subject.Provinces);
        if (!string.IsNullOrEmpty(subject.SerialNumber))
            json["serialNumber"] = subject.SerialNumber;
        AddTexts(json, "streetAddresses", subject.StreetAddresses);
        return json;
    }

    private static void AddTexts(JsonObject json, string name, IEnumerable<string> texts)
    {
        if (texts.Distinct(StringComparer.Ordinal).Select(t => (JsonNode)t).ToArray() is { Length: > 0 } items)
            json[name] = new JsonArray(items);
    }
}
