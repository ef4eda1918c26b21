using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>Leads changes of an informer into queues. What the first list brings goes to the backlog, later changes overtake it.</summary>
public static class InformerFeeds
{
    /// <summary>Queues the object itself.</summary>
    public static Informer<T> Feed<T>(this Informer<T> informer, WorkQueue queue)
        where T : class, IKubernetesObject
    {
        informer.Subscribe(change => queue.Add(change.Latest.Metadata.Key, LaneOf(change)));
        return informer;
    }

    /// <summary>Queues the owner of this kind that controls the object, before the change and after it.</summary>
    public static Informer<T> FeedController<T>(this Informer<T> informer, WorkQueue queue, string ownerKind)
        where T : class, IKubernetesObject
    {
        informer.Subscribe(change =>
        {
            AddOwner(queue, change.Old?.Metadata, ownerKind, LaneOf(change));
            AddOwner(queue, change.New?.Metadata, ownerKind, LaneOf(change));
        });
        return informer;
    }

    /// <summary>Queues whatever keys the change concerns.</summary>
    public static Informer<T> FeedMany<T>(this Informer<T> informer, WorkQueue queue, Func<CacheChange<T>, IEnumerable<ObjectKey>> concerned)
        where T : class, IKubernetesObject
    {
        informer.Subscribe(change =>
        {
            foreach (var key in concerned(change))
                queue.Add(key, LaneOf(change));
        });
        return informer;
    }

    private static Lane LaneOf<T>(CacheChange<T> change)
        where T : class => change.IsInitial ? Lane.Backlog : Lane.Fresh;

    private static void AddOwner(WorkQueue queue, ObjectMeta? meta, string ownerKind, Lane lane)
    {
        if (meta?.Controller is { } owner && owner.Kind == ownerKind)
            queue.Add(new ObjectKey(meta.Namespace, owner.Name), lane);
    }
}
