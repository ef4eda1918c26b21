using System.Collections;
using System.Globalization;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>What every log line of a reconcile carries: the controller, the object and the reconcile's number.</summary>
internal sealed class ReconcileScope(string controller, ObjectKey key, long id) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 3;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("controller", controller),
        1 => new("object", key.ToString()),
        2 => new("reconcile", id),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{controller} {key} #{id}");
}
