using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Queue;

/// <summary>Several Reconfigure requests that become one.</summary>
/// <param name="Name">Name of the one.</param>
/// <param name="Sources">The requests that go into it and are not Skipped yet, in the order in which they take effect.</param>
/// <param name="Created">The one, once it exists.</param>
internal sealed record Merge(string Name, IReadOnlyList<IOpsRequest> Sources, IOpsRequest? Created);

/// <summary>
/// How a merge is told from the requests alone. The merged request names its sources by UID in an annotation from its creation on, and its
/// name follows from them, so that a merge cut off anywhere is found again and goes on instead of starting a second time.
/// </summary>
internal static class MergeRecord
{
    /// <summary>The annotation: UIDs of the sources, separated by commas.</summary>
    public const string Annotation = Journal.Prefix + "merged-from";

    /// <summary>True for a request that came from merging others.</summary>
    public static bool IsMerged(IOpsRequest request) => request.Metadata.Annotations.ContainsKey(Annotation);

    /// <summary>True while its sources are not known to be all Skipped.</summary>
    public static bool IsIncomplete(IOpsRequest request) =>
        IsMerged(request) && !request.Status.Conditions.IsTrue(OpsConditionTypes.OriginalOpsSkipped);

    /// <summary>The rest of a merge that was begun.</summary>
    public static Merge Resume(IOpsRequest merged, IReadOnlyList<IOpsRequest> open)
    {
        var uids = merged.Metadata.Annotations[Annotation].Split(',');
        return new Merge(merged.Metadata.Name, [.. open.Where(r => uids.Contains(r.Metadata.Uid))], merged);
    }

    /// <summary>The annotation's value.</summary>
    public static string Value(IReadOnlyList<IOpsRequest> sources) => string.Join(',', sources.Select(s => s.Metadata.Uid));

    /// <summary>
    /// <c>&lt;db&gt;-rcfg-merged-&lt;unix ms&gt;</c>: the creation second of the newest source, and milliseconds that follow from the sources'
    /// UIDs; the next free one when another merge has that name.
    /// </summary>
    public static string Name(string database, IReadOnlyList<IOpsRequest> sources, IReadOnlyList<IOpsRequest> all)
    {
        var value = Value(sources);
        var second = sources.Max(s => s.Metadata.CreationTimestamp ?? default).ToUnixTimeSeconds();
        var offset = SHA256.HashData(Encoding.UTF8.GetBytes(value))[..2];
        var ms = (second * 1000) + (((offset[0] << 8) | offset[1]) % 1000);
        while (true)
        {
            var name = $"{database}-rcfg-merged-{ms.ToString(CultureInfo.InvariantCulture)}";
            var taken = all.FirstOrDefault(r => r.Metadata.Name == name);
            if (taken is null || taken.Metadata.Annotations.GetValueOrDefault(Annotation) == value)
                return name;
            ms++;
        }
    }
}
