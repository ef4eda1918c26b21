using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// Certificates of a database while a request changes them: which there were, which are asked for, which authorities are to be trusted. What was
/// there before stands in an annotation of the request; everything else is read from the cluster.
/// </summary>
internal sealed class CertificateWriter(IKubernetesClient client, DatabaseView view, CertificateReader reader, RequestWriter requests, TimeProvider time)
{
    private const string BeforeAnnotation = Journal.Prefix + "certificates-before";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);

    // Somebody has to make or mend the issuer.
    private static readonly TimeSpan IssuerPoll = TimeSpan.FromSeconds(3);

    /// <summary>Marks how far the database is on its way between plain connections and TLS.</summary>
    public Task MarkAsync(OperationRun run, TlsWay way, CancellationToken cancel) =>
        AnnotateAsync(run, TlsTransition.Annotation, TlsTransition.Mark(run.Request.Metadata.Name, way), cancel);

    /// <summary>Says which of the two other databases of a change the servers belong to; null ends that.</summary>
    public Task MarkPeersAsync(OperationRun run, (ObjectKey Present, ObjectKey Other)? peers, CancellationToken cancel) =>
        AnnotateAsync(run, TlsTransition.PeersAnnotation, peers is var (present, other) ? TlsTransition.Text(present, other) : null, cancel);

    private async Task AnnotateAsync(OperationRun run, string annotation, string? value, CancellationToken cancel)
    {
        if (run.Live.Metadata.Annotations.GetValueOrDefault(annotation) == value)
            return;
        var kinds = run.Engine.Kinds;
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = run.Live.Metadata.ResourceVersion,
                ["annotations"] = new JsonObject { [annotation] = value },
            },
        };
        var written = await client.MergePatchAsync(kinds.Database, run.Live.Metadata.Key, patch, FieldManagers.OpsManager, null, kinds.DecodeDatabase, cancel);
        run.Live = view.Observe(written.OrThrow());
    }

    /// <summary>Records which certificates there are, unless that is recorded.</summary>
    public async Task RecordAsync(OperationRun run, DatabaseFacts facts, CancellationToken cancel)
    {
        if (Journal.Map(run.Request, BeforeAnnotation) is not null)
            return;
        var serials = Wishes(run, facts).Select(w => KeyValuePair.Create(w.Alias, DatabaseCertificates.Thumbprint(facts, w) ?? ""));
        await requests.AnnotateAsync(run, [new(BeforeAnnotation, Journal.Text(serials))], cancel);
    }

    /// <summary>Asks cert-manager to issue every certificate anew that is still the one from before.</summary>
    public async Task<StepResult> IssueAsync(OperationRun run, DatabaseFacts facts, CancellationToken cancel)
    {
        var before = Journal.Map(run.Request, BeforeAnnotation)!;
        foreach (var wish in Wishes(run, facts).Where(w => DatabaseCertificates.Thumbprint(facts, w) == before.GetValueOrDefault(w.Alias)))
        {
            var key = new ObjectKey(run.Live.Metadata.Namespace, wish.Name);
            if ((await client.GetAsync(ResourceTypes.Certificate, key, cancel)).OrNotFound() is not { } certificate)
                return StepResult.Wait(Reasons.CertificateNotIssued, $"Certificate {key} does not exist yet.", Poll);
            if (CertManager.Condition(certificate, CertManager.Issuing)?["status"].AsText() == "True")
                continue;
            var conditions = new JsonArray([.. CertManager.Conditions(certificate).Where(c => c["type"].AsText() != CertManager.Issuing).Select(c => c.DeepClone())]);
            conditions.Add((JsonNode)new JsonObject
            {
                ["type"] = CertManager.Issuing,
                ["status"] = "True",
                ["reason"] = "ManuallyTriggered",
                ["message"] = $"Asked for by {run.Engine.Kinds.OpsRequest.Kind} {run.Request.Metadata.Key}",
                ["observedGeneration"] = certificate["metadata"]!["generation"]?.DeepClone(),
                ["lastTransitionTime"] = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            });
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = certificate["metadata"]!["resourceVersion"]!.DeepClone() },
                ["status"] = new JsonObject { ["conditions"] = conditions },
            };
            (await client.MergePatchAsync(ResourceTypes.Certificate, key, patch, FieldManagers.OpsManager, "status", KubernetesVerbs.DecodeJson, cancel)).OrThrow();
        }

        return StepResult.Done;
    }

    /// <summary>Done once every certificate is another than before and cert-manager has no more to do.</summary>
    public async Task<StepResult> IssuedAsync(OperationRun run, DatabaseFacts facts, CancellationToken cancel)
    {
        if (facts.PendingCertificates is { } pending)
            return StepResult.Wait(pending.Reason, pending.Message, pending.Reason == Reasons.IssuerNotReady ? IssuerPoll : Poll);
        var before = Journal.Map(run.Request, BeforeAnnotation) ?? new Dictionary<string, string>();
        foreach (var wish in Wishes(run, facts))
        {
            if (DatabaseCertificates.Thumbprint(facts, wish) is not { } now || now != before.GetValueOrDefault(wish.Alias))
                continue;
            var key = new ObjectKey(run.Live.Metadata.Namespace, wish.Name);
            var certificate = (await client.GetAsync(ResourceTypes.Certificate, key, cancel)).OrNotFound();
            var said = certificate is null ? "it does not exist" : CertManager.Condition(certificate, CertManager.Issuing)?["message"].AsText() ?? "it is not being issued";
            return StepResult.Wait(Reasons.CertificateNotIssued, $"Certificate {key} is still the one from before: {said.TrimEnd('.')}.", Poll);
        }

        return StepResult.Done;
    }

    /// <summary>
    /// The authority of an issuer before any certificate of the database is of it: a certificate that nobody uses is issued, and goes with the
    /// request. Null while that is on its way; the second result says what is waited for.
    /// </summary>
    public async Task<(string? Authority, StepResult Waiting)> AuthorityAsync(OperationRun run, CertificateWish wish, CancellationToken cancel)
    {
        var key = ProbeName(run);
        var secret = (await client.GetAsync<Secret>(key, cancel)).OrNotFound();
        if (secret?.Text(CertificateWish.CaKey) is { } authority && secret.Metadata.Annotations.GetValueOrDefault(CertManager.IssuerName) == wish.Issuer.Name)
            return (authority, default);
        var owner = BlueprintApplier.OwnerNode(run.Engine.Kinds.OpsRequest, run.Request.Metadata);
        owner.Remove("blockOwnerDeletion");
        var manifest = new JsonObject
        {
            ["apiVersion"] = ResourceTypes.Certificate.ApiVersion,
            ["kind"] = ResourceTypes.Certificate.Kind,
            ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace, ["ownerReferences"] = new JsonArray((JsonNode)owner) },
            ["spec"] = new JsonObject
            {
                ["secretName"] = key.Name,
                ["commonName"] = "authority",
                ["issuerRef"] = CertManager.IssuerRef(wish.Issuer),
            },
        };
        (await client.ApplyAsync(ResourceTypes.Certificate, manifest, FieldManagers.OpsManager, null, KubernetesVerbs.DecodeJson, cancel)).OrThrow();
        var trouble = await reader.IssuerTroubleAsync(key.Namespace, wish, cancel);
        return (null, StepResult.Wait(
            trouble is null ? Reasons.CertificateNotIssued : Reasons.IssuerNotReady,
            trouble ?? $"The authority of {wish.Issuer.Kind} {wish.Issuer.Name} is not known yet: Certificate {key} is not issued.",
            trouble is null ? Poll : IssuerPoll));
    }

    /// <summary>Deletes what <see cref="AuthorityAsync"/> made.</summary>
    public async Task ForgetAuthorityAsync(OperationRun run, CancellationToken cancel)
    {
        var key = ProbeName(run);
        await DeleteAsync(ResourceTypes.Certificate, key, m => m.Controller?.Uid == run.Request.Metadata.Uid, cancel);
        await DeleteAsync(ResourceTypes.Secret, key, m => CertManager.Keeps(m, key.Name), cancel);
    }

    /// <summary>Deletes the secrets of certificates that the database no longer has; a secret that is not cert-manager's stays.</summary>
    public async Task DeleteSecretsAsync(OperationRun run, IReadOnlyList<CertificateWish> wishes, CancellationToken cancel)
    {
        foreach (var wish in wishes)
        {
            await DeleteAsync(
                ResourceTypes.Secret,
                new(run.Live.Metadata.Namespace, wish.SecretName),
                m => CertManager.Keeps(m, wish.Name),
                cancel);
        }

        await DeleteAsync(
            ResourceTypes.Secret,
            new(run.Live.Metadata.Namespace, DatabaseCertificates.BundleName(run.Live.Metadata.Name)),
            m => m.Controller?.Uid == run.Live.Metadata.Uid,
            cancel);
    }

    /// <summary>Writes the authorities that are to be trusted, and has the kubelets bring them and the certificates into the pods.</summary>
    public async Task<StepResult> DeliverAsync(OperationRun run, DatabaseFacts facts, string? authorities, CancellationToken cancel)
    {
        var name = DatabaseCertificates.BundleName(run.Live.Metadata.Name);
        var secrets = facts.Secrets.Where(s => s.Key != name).ToDictionary(StringComparer.Ordinal);
        if (authorities is not null)
        {
            secrets[name] = new Secret
            {
                Metadata = new() { Name = name, Namespace = run.Live.Metadata.Namespace },
                Data = new Dictionary<string, ReadOnlyMemory<byte>> { [CertificateWish.CaKey] = System.Text.Encoding.UTF8.GetBytes(authorities) },
            };
        }

        var wanted = facts with { Secrets = secrets };
        var applied = await view.ApplyAsync(wanted, cancel);
        if (applied.End != StepEnd.Done)
            return applied;
        var bundle = DatabaseCertificates.Trusted(wanted, run.Engine.Certificates(facts.Database));

        // Whatever describes the database later in this pass must not put back the bundle that was just replaced.
        if (bundle.Fingerprint != DatabaseCertificates.Present(facts).Fingerprint)
            await run.FreshFactsAsync(cancel);
        foreach (var touched in await PodVolumes.RefreshAsync(client, run.Pods, DatabaseCertificates.PodMark(wanted, Wishes(run, facts)), FieldManagers.OpsManager, cancel))
            view.Observe(touched);
        return StepResult.Done;
    }

    private static IReadOnlyList<CertificateWish> Wishes(OperationRun run, DatabaseFacts facts) => run.Engine.Certificates(facts.Database);

    private static ObjectKey ProbeName(OperationRun run) => OperationRecords.NameOf(run.Request, "authority");

    private async Task DeleteAsync(ResourceType type, ObjectKey key, Func<ObjectMeta, bool> isOurs, CancellationToken cancel)
    {
        var found = await client.SendAsync(
            new ApiRequest { Verb = ApiVerb.Get, Type = type, Namespace = key.Namespace, Name = key.Name }, static utf8 => OwnedObjectDecoder.Decode(utf8), cancel);
        if (found.OrNotFound() is { Metadata: var meta } && !meta.IsDeleting && isOurs(meta))
            _ = (await client.DeleteAsync(type, meta, "Background", exactVersion: false, cancel)).OrNotFound();
    }
}
