namespace KubeDb.Api.Kubernetes;

/// <summary>Lists of observed objects as they are kept.</summary>
internal static class Lists
{
    /// <summary>The same items without the room to grow that a decoder leaves; null becomes empty.</summary>
    public static IReadOnlyList<T> Keep<T>(IReadOnlyList<T>? items) => items switch
    {
        null or { Count: 0 } => [],
        List<T> list => list.ToArray(),
        _ => items,
    };
}
