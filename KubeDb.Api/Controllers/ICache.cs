using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>
/// The objects of one kind as this process last saw them. Kept by an informer; reading costs no request. After <see cref="Observe"/> or
/// <see cref="ObserveDeleted"/> of an own write, no read returns an older state of that object (read-your-writes).
/// </summary>
public interface ICache<T>
    where T : class, IKubernetesObject
{
    /// <summary>True once the first full list is in. Until then a missing object proves nothing.</summary>
    bool HasSynced { get; }

    /// <summary>False when the server does not serve the kind (an optional API that is absent).</summary>
    bool IsServed { get; }

    /// <summary>The object, or null.</summary>
    T? Get(ObjectKey key);

    /// <summary>Every object of a namespace, or of all when it is empty. A snapshot, in no order.</summary>
    IReadOnlyList<T> List(string ns = "");

    /// <summary>The objects that the object with this UID controls. A snapshot, in no order.</summary>
    IReadOnlyList<T> ControlledBy(string ownerUid);

    /// <summary>The objects with this value of the informer's index (for database children: the label <c>app.kubernetes.io/instance</c>).</summary>
    IReadOnlyList<T> WithLabel(string ns, string key, string value);

    /// <summary>Takes in the object that an own write returned, unless a newer one is known.</summary>
    void Observe(T written);

    /// <summary>Takes in that the object with this UID was deleted by an own call that the server confirmed.</summary>
    void ObserveDeleted(ObjectKey key, string uid);
}
