using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;
using Microsoft.Extensions.Logging;

namespace KubeDb.Api.Controllers;

/// <summary>An informer as its host sees it.</summary>
public interface IInformer
{
    /// <summary>The kind it keeps.</summary>
    ResourceType Type { get; }

    /// <summary>True once the first full list is in, or the API is known to be absent.</summary>
    bool HasSynced { get; }

    /// <summary>False when the server does not serve the kind.</summary>
    bool IsServed { get; }

    /// <summary>
    /// When it last heard of the server or tried to, as a timestamp of its <see cref="TimeProvider"/>; while it rests on purpose, when it goes on.
    /// </summary>
    long LastSign { get; }

    /// <summary>Objects that the server holds and that can not be read, so that they count as not there.</summary>
    IReadOnlyList<UnreadableObject> Unreadable { get; }

    /// <summary>Waits until <see cref="HasSynced"/>.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before.</exception>
    Task SyncedAsync(CancellationToken cancel);

    /// <summary>Keeps up until cancelled; returns then. Call once.</summary>
    Task RunAsync(CancellationToken cancel);
}

/// <summary>
/// Keeps all objects of one kind: a paged list, then a watch from its version on, and again from where it stopped whenever it stops. When the
/// server no longer has that version, a new list is compared with what is held, and the deletions that were missed are made up for.
/// Own writes are taken in at once (<see cref="Observe"/>), so that nobody decides on a state from before them. Safe for threads.
/// </summary>
public sealed class Informer<T> : ICache<T>, IInformer
    where T : class, IKubernetesObject
{
    private readonly ObjectStore<T> _store;
    private readonly List<Reflector<T>> _reflectors = [];
    private readonly KeyValuePair<string, object?> _label;
    private volatile Action<CacheChange<T>>[] _subscribers = [];

    /// <summary>An informer that has not started.</summary>
    public Informer(InformerOptions<T> options, IKubernetesClient client, TimeProvider time, Random random, ILogger<Informer<T>> log)
    {
        Type = options.Type;
        _label = Instruments.Label("resource", options.Type.ToString());
        _store = new ObjectStore<T>(options.IndexLabel, options.IndexOwners);
        IReadOnlyList<string> scopes = options.Namespaces.Count == 0 || !options.Type.Namespaced ? [""] : options.Namespaces;
        foreach (var scope in scopes)
            _reflectors.Add(new Reflector<T>(scope, options, client, _store, Publish, time, random, log));
    }

    /// <inheritdoc/>
    public ResourceType Type { get; }

    /// <inheritdoc/>
    public bool HasSynced => _reflectors.TrueForAll(r => r.HasSynced);

    /// <inheritdoc/>
    public bool IsServed => _reflectors.TrueForAll(r => r.IsServed);

    /// <inheritdoc/>
    public long LastSign => _reflectors.Min(r => r.LastSign);

    /// <inheritdoc/>
    public IReadOnlyList<UnreadableObject> Unreadable => [.. _reflectors.SelectMany(r => r.Unreadable)];

    /// <summary>Objects held.</summary>
    public int Count => _store.Count;

    /// <summary>
    /// Calls back on every change, after it can be read, on the thread that brought it: the callback must be short and must not throw.
    /// What is held already is replayed as initial.
    /// </summary>
    public void Subscribe(Action<CacheChange<T>> onChange)
    {
        lock (_reflectors)
            _subscribers = [.. _subscribers, onChange];
        foreach (var item in _store.List(""))
            onChange(new(null, item, true));
    }

    /// <inheritdoc/>
    public async Task SyncedAsync(CancellationToken cancel)
    {
        foreach (var reflector in _reflectors)
            await reflector.SyncedAsync(cancel);
    }

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(_reflectors.Select(r => r.RunAsync(cancel)));

    /// <inheritdoc/>
    public T? Get(ObjectKey key) => _store.Get(key);

    /// <inheritdoc/>
    public IReadOnlyList<T> List(string ns = "") => _store.List(ns);

    /// <inheritdoc/>
    public IReadOnlyList<T> ControlledBy(string ownerUid) => _store.ControlledBy(ownerUid);

    /// <inheritdoc/>
    public IReadOnlyList<T> WithLabel(string ns, string key, string value) => _store.WithLabel(ns, key, value);

    /// <inheritdoc/>
    public void Observe(T written)
    {
        if (_store.Put(written, ownWrite: true) is { } change)
            Publish(change);
    }

    /// <inheritdoc/>
    public void ObserveDeleted(ObjectKey key, string uid)
    {
        if (_store.Remove(key, uid) is { } change)
            Publish(change);
    }

    private void Publish(CacheChange<T> change)
    {
        if (change.Old is null)
            Instruments.CachedObjects.Add(1, _label);
        else if (change.New is null)
            Instruments.CachedObjects.Add(-1, _label);
        foreach (var subscriber in _subscribers)
            subscriber(change);
    }
}
