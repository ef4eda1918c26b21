using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Ensures that the credential secret exists: creates it, or labels the one that the user named, unless the user manages it.
/// A credential that running servers use is never replaced by a new one.
/// </summary>
internal sealed class CredentialStep(DatabaseParts parts)
{
    // A secret of another database, or one without labels, causes no event on this database when it appears or goes.
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ObjectKey, (ObjectUid Uid, Credential Credential)> _used = new();

    /// <summary>Caches the credential that the servers use, to restore the secret if someone deletes it.</summary>
    public void Remember(DatabasePass pass, Credential credential) => _used[pass.Key] = (pass.Stored.Metadata.UidKey, credential);

    /// <summary>The database is gone.</summary>
    public void Forget(ObjectKey database) => _used.TryRemove(database, out _);

    /// <summary>Continues once the secret is there and named in the spec.</summary>
    public async Task<Outcome> RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        var database = pass.Resolved!.Database;
        var auth = database.Spec.AuthSecret;
        if (parts.Engine.CredentialSecretName(database) is not { } name || auth is { ExternallyManaged: true } || auth?.ApiGroup == AuthSecret.VirtualSecretsGroup)
            return Outcome.Continue;
        var outcome = await EnsureAsync(pass, new(pass.Key.Namespace, name), cancel);
        if (outcome.Kind == OutcomeKind.Continue && string.IsNullOrEmpty(pass.Stored.Spec.AuthSecret?.Name))
        {
            var named = new JsonObject { ["authSecret"] = new JsonObject { ["kind"] = "Secret", ["name"] = name } };
            pass.Stored = await DatabaseWrites.PatchSpecAsync(parts, pass.Stored, named, cancel);
        }

        return outcome;
    }

    private async Task<Outcome> EnsureAsync(DatabasePass pass, ObjectKey key, CancellationToken cancel)
    {
        var labels = DatabaseLabels.OfChild(pass.Stored, parts.Engine.Kinds.FullName);
        var secret = parts.Caches.Secrets.Get(key);
        if (secret is null)
        {
            var live = await parts.Client.SendAsync(
                new ApiRequest { Verb = ApiVerb.Get, Type = Secret.Resource, Namespace = key.Namespace, Name = key.Name }, ObservedKinds.ManagedSecret, cancel);
            secret = live.OrNotFound();
        }

        if (secret is null)
            return await CreateAsync(pass, key, cancel);
        if (DatabaseLabels.AreOfAnother(parts.Engine, pass.Key.Name, secret.Metadata))
            return Taken(pass, secret);
        if (labels.Any(l => secret.Metadata.Labels.GetValueOrDefault(l.Key) != l.Value))
            await AddLabelsAsync(secret, labels, cancel);
        return Outcome.Continue;
    }

    private static Outcome Taken(DatabasePass pass, Secret secret)
    {
        var labels = secret.Metadata.Labels;
        return Outcome.Fail(
            Reasons.SecretOwnedByOther,
            $"Secret {secret.Metadata.Key}, named by spec.authSecret.name, belongs to {labels.GetValueOrDefault(DatabaseLabels.Instance)} "
            + $"({labels.GetValueOrDefault(DatabaseLabels.Name)}) by its labels, so {pass.Engine.Kinds.Name} {pass.Key} does not use it. "
            + "Name another secret, or leave the name out to have one made.",
            Again);
    }

    private async Task AddLabelsAsync(Secret secret, SortedDictionary<string, string> labels, CancellationToken cancel)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = secret.Metadata.Uid,
                ["resourceVersion"] = secret.Metadata.ResourceVersion,
                ["labels"] = Map(labels),
            },
        };
        var written = await parts.Client.MergePatchAsync(
            Secret.Resource, secret.Metadata.Key, patch, FieldManagers.Provisioner, null, ObservedKinds.ManagedSecret, cancel);
        parts.Caches.Secrets.Observe(written.OrThrow());
    }

    private async Task<Outcome> CreateAsync(DatabasePass pass, ObjectKey key, CancellationToken cancel)
    {
        var used = _used.TryGetValue(pass.Key, out var known) && known.Uid == pass.Stored.Metadata.UidKey ? known.Credential : null;
        if (used is null && parts.Caches.PodsOf(parts.Engine, pass.Stored).Count > 0)
            return Lost(key);
        var credential = used ?? new Credential(parts.Engine.DefaultUser, parts.Passwords.Next());
        var request = new ApiRequest
        {
            Verb = ApiVerb.Create,
            Type = Secret.Resource,
            Namespace = key.Namespace,
            Body = CredentialSecret.Manifest(parts.Engine, pass.Stored, key.Name, credential, parts.Time.GetUtcNow()),
            FieldManager = FieldManagers.Provisioner,
        };
        var written = await parts.Client.SendAsync(request, ObservedKinds.ManagedSecret, cancel);
        parts.Caches.Secrets.Observe(written.OrThrow());
        if (used is not null)
            parts.Events.Warning(pass.Target, "AuthSecretRestored", $"Secret {key} was deleted while the servers use its credential; it was made again with the same content.");
        return Outcome.Continue;
    }

    private static Outcome Lost(ObjectKey key) => Outcome.Fail(
        Reasons.CredentialLost,
        $"Secret {key} with the credential is gone while servers run with it, and its content is not known any more. "
        + "Create it again with the username and password that the servers use; or set spec.halted to true and back, to start them with a new credential.",
        Again);

    private static JsonObject Map(SortedDictionary<string, string> pairs) =>
        new(pairs.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Key, p.Value)));
}
