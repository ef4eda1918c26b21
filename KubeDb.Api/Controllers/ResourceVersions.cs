using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>
/// Order of resource versions. The server documents them as opaque but has always issued growing decimal numbers, and since 1.35 promises so;
/// they are compared as unsigned numbers of any length. Where one is not a number nothing can be told, and another version counts as newer.
/// </summary>
public static class ResourceVersions
{
    /// <summary>True when <paramref name="candidate"/> is a later version than <paramref name="known"/>.</summary>
    public static bool IsNewer(string candidate, string known) => TryCompare(candidate, known, out var order)
        ? order > 0
        : !string.Equals(candidate, known, StringComparison.Ordinal);

    /// <summary>True when <paramref name="candidate"/> is of a later version than <paramref name="known"/>.</summary>
    internal static bool IsNewer(ObjectMeta candidate, ObjectMeta known) => candidate.VersionNumber != 0 && known.VersionNumber != 0
        ? candidate.VersionNumber > known.VersionNumber
        : IsNewer(candidate.ResourceVersion, known.ResourceVersion);

    /// <summary>Compares two versions; false when one of them is not a number.</summary>
    public static bool TryCompare(string left, string right, out int order)
    {
        order = 0;
        if (!IsNumber(left) || !IsNumber(right))
            return false;
        var a = left.AsSpan().TrimStart('0');
        var b = right.AsSpan().TrimStart('0');
        order = a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
        return true;
    }

    private static bool IsNumber(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
