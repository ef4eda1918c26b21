using System.Collections.Concurrent;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>
/// Reads the applications that databases name. A binding is read once a version and kept until it changes or goes, so that a database at rest costs no
/// request; the identity of all of them is watched.
/// </summary>
public sealed class ApplicationReader
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);
    private readonly IKubernetesClient _client;
    private readonly DatabaseCaches _caches;
    private readonly SecretReader _secrets;
    private readonly ConcurrentDictionary<ObjectKey, AppBinding> _read = new();

    /// <summary>A reader that has read nothing.</summary>
    public ApplicationReader(IKubernetesClient client, DatabaseCaches caches, SecretReader secrets)
    {
        ArgumentNullException.ThrowIfNull(caches);
        (_client, _caches, _secrets) = (client, caches, secrets);
        caches.Owned(AppBinding.Resource).Subscribe(change =>
        {
            if (_read.TryGetValue(change.Latest.Metadata.Key, out var read) && !IsSame(read.Metadata, change.New?.Metadata))
                _read.TryRemove(KeyValuePair.Create(change.Latest.Metadata.Key, read));
        });
    }

    /// <summary>The objects that an application consists of.</summary>
    public static IEnumerable<NamedObject> Named(ApplicationReference reference, AppBinding? binding)
    {
        ArgumentNullException.ThrowIfNull(reference);
        yield return new(AppBinding.Resource, reference.Key);
        foreach (var secret in (string?[])[binding?.Spec.Secret?.Name, binding?.Spec.TlsSecret?.Name])
        {
            if (!string.IsNullOrEmpty(secret))
                yield return NamedObject.Secret(new(reference.Key.Namespace, secret));
        }
    }

    /// <summary>The application; without a value and with the outcome Continue where an optional one is not there.</summary>
    /// <param name="reference">Which one.</param>
    /// <param name="withPhase">The phase of the object that stands behind it is asked for.</param>
    /// <param name="named">Takes the objects that it consists of.</param>
    /// <param name="cancel">Cancels the calls.</param>
    /// <exception cref="ApiException">It can not be read.</exception>
    public async Task<Gathered<ApplicationFacts>> ReadAsync(
        ApplicationReference reference, bool withPhase, ICollection<NamedObject> named, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(named);
        var binding = await BindingAsync(reference.Key, cancel);
        foreach (var one in Named(reference, binding))
            named.Add(one);
        if (binding is null)
        {
            return reference.IsOptional
                ? new Gathered<ApplicationFacts>(null, Outcome.Continue)
                : Outcome.Wait(
                    Reasons.ApplicationNotFound,
                    $"AppBinding {reference.Key}, named by {reference.Path}, does not exist. The database goes on once it is created or {reference.Path} names another.",
                    Again);
        }

        var (secret, lack) = await SecretAsync(reference, binding.Spec.Secret?.Name, cancel);
        if (lack is not null)
            return lack.Value;
        (var tls, lack) = await SecretAsync(reference, binding.Spec.TlsSecret?.Name, cancel);
        if (lack is not null)
            return lack.Value;
        return new ApplicationFacts(binding, secret, tls, withPhase && reference.Made is { } made ? await PhaseAsync(made, reference.Key, cancel) : null);
    }

    /// <summary>The application as far as it is known without any request; null when its binding is not.</summary>
    public ApplicationFacts? Known(ApplicationReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (!_read.TryGetValue(reference.Key, out var binding))
            return null;
        return new(binding, Secret(binding.Spec.Secret?.Name), Secret(binding.Spec.TlsSecret?.Name), null);

        Secret? Secret(string? name) => string.IsNullOrEmpty(name) ? null : _secrets.Known(new(reference.Key.Namespace, name));
    }

    private async Task<AppBinding?> BindingAsync(ObjectKey key, CancellationToken cancel)
    {
        if (_read.TryGetValue(key, out var read) && IsSame(read.Metadata, _caches.Owned(AppBinding.Resource).Get(key)?.Metadata))
            return read;

        // Also when the watch shows none: it may lag behind one that was created together with its database.
        var live = (await _client.GetAsync<AppBinding>(key, cancel)).OrNotFound();
        if (live is null)
            _read.TryRemove(key, out _);
        else
            _read[key] = live;
        return live;
    }

    private async Task<(Secret? Secret, Outcome? Lack)> SecretAsync(ApplicationReference reference, string? name, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(name))
            return (null, null);
        var key = new ObjectKey(reference.Key.Namespace, name);
        return await _secrets.ReadAsync(key, cancel) is { } secret
            ? (secret, null)
            : (null, Outcome.Wait(
                Reasons.SecretNotFound,
                $"Secret {key}, named by AppBinding {reference.Key} ({reference.Path}), does not exist. The database goes on once it is created.",
                Again));
    }

    // Empty where it is not there: no phase at all is that of a database that nobody took up yet.
    private async Task<string> PhaseAsync(ResourceType made, ObjectKey key, CancellationToken cancel) =>
        (await _client.GetAsync(made, key, cancel)).OrNotFound()?["status"].Member("phase").AsText() ?? "";

    private static bool IsSame(ObjectMeta read, ObjectMeta? known) => read.Uid == known?.Uid && read.ResourceVersion == known.ResourceVersion;
}
