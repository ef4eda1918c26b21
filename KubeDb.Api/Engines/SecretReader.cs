using System.Collections.Concurrent;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>
/// Reads secrets that databases name. The content of a labelled credential is watched; any other is read once a version and kept until the
/// secret changes or goes, so that a database at rest costs no request.
/// </summary>
public sealed class SecretReader
{
    private readonly IKubernetesClient _client;
    private readonly DatabaseCaches _caches;
    private readonly ConcurrentDictionary<ObjectKey, Secret> _read = new();

    /// <summary>A reader that has read nothing.</summary>
    public SecretReader(IKubernetesClient client, DatabaseCaches caches)
    {
        _client = client;
        _caches = caches;
        caches.OnSecretChange((key, _) =>
        {
            if (_read.TryGetValue(key, out var read) && !IsSame(read.Metadata, caches.SecretIdentity(key)))
                _read.TryRemove(KeyValuePair.Create(key, read));
        });
    }

    /// <summary>The secret with its content; null when there is none.</summary>
    /// <exception cref="ApiException">It can not be read.</exception>
    public async Task<Secret?> ReadAsync(ObjectKey key, CancellationToken cancel)
    {
        if (Known(key) is { } known)
            return known;

        // Also when the watch shows none: it may lag behind a secret that was created together with its database.
        var live = (await _client.GetAsync<Secret>(key, cancel)).OrNotFound();
        if (live is null)
            _read.TryRemove(key, out _);
        else
            _read[key] = live;
        return live;
    }

    /// <summary>The secret with its content, if that is known without a request.</summary>
    public Secret? Known(ObjectKey key)
    {
        if (_caches.Secrets.Get(key) is { Data.Count: > 0 } watched)
            return watched;
        return _read.TryGetValue(key, out var read) && (_caches.SecretIdentity(key) is not { } known || IsSame(read.Metadata, known)) ? read : null;
    }

    private static bool IsSame(ObjectMeta read, ObjectMeta? known) => read.Uid == known?.Uid && read.ResourceVersion == known.ResourceVersion;
}
