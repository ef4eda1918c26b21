using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>Says what a database's certificates still lack. Sends requests only while one is missing.</summary>
public sealed class CertificateReader(IKubernetesClient client, DatabaseCaches caches)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(1);

    /// <summary>Why the certificates can not be used yet: the first that is missing, what cert-manager says of it, and what to do. Null when all are issued.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="database">The database, defaulted.</param>
    /// <param name="secrets">The secrets that were found.</param>
    /// <param name="cancel">Cancels the calls.</param>
    /// <exception cref="ApiException">The API server can not be asked.</exception>
    public async Task<Outcome?> WhyPendingAsync(IEngine engine, IDatabase database, IReadOnlyDictionary<string, Secret> secrets, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(secrets);
        var wishes = engine.Certificates(database);

        // Before anything that is missing: it would be asked for together with what overwrites the foreign secret.
        if (wishes.FirstOrDefault(w => secrets.TryGetValue(w.SecretName, out var s) && !DatabaseCertificates.IsOf(s, w)) is { } overwriting)
            return Foreign(database, overwriting);
        if (wishes.FirstOrDefault(w => CertificateWish.Keys.Any(k => string.IsNullOrEmpty(secrets.GetValueOrDefault(w.SecretName)?.Text(k)))) is { } missing)
            return await WhyMissingAsync(database, missing, cancel);
        return wishes.FirstOrDefault(w => !IssuedChain.IsWhole(secrets[w.SecretName])) is { } broken ? Untrusted(database, broken) : null;
    }

    private static Outcome Untrusted(IDatabase database, CertificateWish wish) => Outcome.Wait(
        Reasons.CertificateNotTrusted,
        $"Certificate {database.Metadata.Namespace}/{wish.Name} is issued, but does not lead to a self-signed authority in {CertificateWish.CaKey} of Secret {wish.SecretName}: servers and clients refuse it. "
        + $"Mend {wish.Issuer.Kind} {wish.Issuer.Name}: it has to sign with the key of the authority that it hands out, and the secret of an intermediate authority has to hold the whole chain, the root last. Then delete Secret {wish.SecretName}, so that it is issued anew.",
        Later);

    private async Task<Outcome> WhyMissingAsync(IDatabase database, CertificateWish wish, CancellationToken cancel)
    {
        if (!caches.Offers.CertManager)
            return OptionalApi.Require(caches.Owned(ResourceTypes.Certificate), "cert-manager", "spec.tls");
        var ns = database.Metadata.Namespace;
        if (await IssuerTroubleAsync(ns, wish, cancel) is { } trouble)
            return Outcome.Wait(Reasons.IssuerNotReady, $"{trouble} Certificates are issued once the issuer is Ready.", Later);
        var certificate = await ReadAsync(ResourceTypes.Certificate, new(ns, wish.Name), cancel);
        var said = certificate is null ? null : Said(certificate);
        return Outcome.Wait(
            Reasons.CertificateNotIssued,
            $"Certificate {ns}/{wish.Name} is not issued yet{(said is null ? "" : $": {said.TrimEnd('.')}")}. The database goes on once Secret {ns}/{wish.SecretName} has {string.Join(", ", CertificateWish.Keys)}.",
            Soon);
    }

    /// <summary>What is wrong with the issuer of a certificate; null when nothing is known to be.</summary>
    public async Task<string?> IssuerTroubleAsync(string ns, CertificateWish wish, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var (issuer, path) = (wish.Issuer, wish.Spec.IssuerRef is null ? "spec.tls.issuerRef" : $"spec.tls.certificates[{wish.Alias}].issuerRef");

        // Issuers of other groups are other products' kinds.
        if (issuer.ApiGroup is not (null or "" or CertManager.Group))
            return null;
        var (type, key) = issuer.Kind == ResourceTypes.ClusterIssuer.Kind
            ? (ResourceTypes.ClusterIssuer, new ObjectKey("", issuer.Name))
            : (ResourceTypes.Issuer, new ObjectKey(ns, issuer.Name));
        if (await ReadAsync(type, key, cancel) is not { } found)
            return $"{type.Kind} {(key.Namespace.Length == 0 ? key.Name : key)}, named by {path}, does not exist.";
        var ready = CertManager.Condition(found, CertManager.Ready);
        if (ready?["status"].AsText() == "True")
            return null;
        var said = ready?["message"].AsText();
        return $"{type.Kind} {(key.Namespace.Length == 0 ? key.Name : key)}, named by {path}, is not Ready{(string.IsNullOrEmpty(said) ? "" : $": {said.TrimEnd('.')}")}.";
    }

    private static Outcome Foreign(IDatabase database, CertificateWish wish) => Outcome.Fail(
        Reasons.CertificateSecretForeign,
        $"Secret {database.Metadata.Namespace}/{wish.SecretName} exists and does not hold Certificate {wish.Name}, which would overwrite it. "
        + $"Delete or rename the secret, or name another one in spec.tls.certificates (alias {wish.Alias}, secretName).",
        Later);

    private async Task<JsonObject?> ReadAsync(ResourceType type, ObjectKey key, CancellationToken cancel) => (await client.GetAsync(type, key, cancel)).OrNotFound();

    // While it is issued, the condition Issuing says how that goes; afterwards Ready says what is wrong.
    private static string? Said(JsonObject certificate)
    {
        var issuing = CertManager.Condition(certificate, CertManager.Issuing);
        var counts = issuing?["status"].AsText() == "True" || issuing?["reason"].AsText() == "Failed" ? issuing : CertManager.Condition(certificate, CertManager.Ready);
        return counts?["message"].AsText() is { Length: > 0 } message ? message : null;
    }
}
