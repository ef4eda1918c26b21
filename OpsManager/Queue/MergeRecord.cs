using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Queue;

/// <summary>How the request ended that another one was merged into.</summary>
/// <param name="Merged">Namespace and name of the merged request.</param>
/// <param name="Condition">Its final condition; null when it was deleted before one was seen.</param>
internal sealed record MergeEnd(ObjectKey Merged, Condition? Condition);

/// <summary>
/// How a merge is told from the requests alone. The merged request names its sources by UID in an annotation from its creation on, and its
/// name follows from them, so that a merge cut off anywhere is found again and goes on instead of starting a second time.
/// </summary>
internal static class MergeRecord
{
    /// <summary>The annotation: UIDs of the sources, and of theirs where those were merged themselves, separated by commas.</summary>
    public const string Annotation = Journal.Prefix + "merged-from";

    /// <summary>The annotation with the place in the queue: creation time and name of the oldest source, separated by a slash.</summary>
    public const string PlaceAnnotation = Journal.Prefix + "merged-place";

    /// <summary>Longest name of an object.</summary>
    private const int MaxName = 253;

    /// <summary>True for a request that came from merging others.</summary>
    public static bool IsMerged(IOpsRequest request) => request.Metadata.Annotations.ContainsKey(Annotation);

    /// <summary>True while its sources are not known to be all Skipped.</summary>
    public static bool IsIncomplete(IOpsRequest request) =>
        IsMerged(request) && !request.Status.Conditions.IsTrue(OpsConditionTypes.OriginalOpsSkipped);

    /// <summary>The rest of a merge that was begun.</summary>
    /// <param name="merged">The merged request.</param>
    /// <param name="waiting">The requests that wait.</param>
    public static Merge Resume(IOpsRequest merged, IReadOnlyList<IOpsRequest> waiting)
    {
        var sources = SourcesOf(merged);
        return new Merge([.. waiting.Where(r => sources.Contains(r.Metadata.Uid))], null, merged);
    }

    /// <summary>The annotation's value.</summary>
    public static string Value(IReadOnlyList<IOpsRequest> sources) => string.Join(',', sources.SelectMany(s => SourcesOf(s).Append(s.Metadata.Uid)));

    /// <summary>
    /// Place of a request in the queue. That of a merged request is its oldest source's; one that does not name it comes before all.
    /// </summary>
    public static (DateTimeOffset Time, string Name) PlaceOf(IOpsRequest request)
    {
        if (!IsMerged(request))
            return (request.Metadata.CreationTimestamp ?? default, request.Metadata.Name);
        return request.Metadata.Annotations.GetValueOrDefault(PlaceAnnotation)?.Split('/') is [var time, var name]
            && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? (at, name)
                : (DateTimeOffset.MinValue, "");
    }

    /// <summary>The value of <see cref="PlaceAnnotation"/> for a merge of these sources.</summary>
    public static string Place(IReadOnlyList<IOpsRequest> sources)
    {
        var (time, name) = PlaceOf(sources[0]);
        return $"{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}/{name}";
    }

    /// <summary>
    /// <c>&lt;db&gt;-rcfg-merged-&lt;unix ms&gt;</c>: the creation second of the newest source, and milliseconds that follow from the sources'
    /// UIDs; the next free one when something else has that name. A long name of a database is cut.
    /// </summary>
    /// <param name="database">Name of the database.</param>
    /// <param name="sources">The sources.</param>
    /// <param name="find">The request of a name; null when there is none.</param>
    public static string Name(string database, IReadOnlyList<IOpsRequest> sources, Func<string, IOpsRequest?> find)
    {
        var value = Value(sources);
        var second = sources.Max(s => s.Metadata.CreationTimestamp ?? default).ToUnixTimeSeconds();
        var offset = SHA256.HashData(Encoding.UTF8.GetBytes(value))[..2];
        for (var ms = (second * 1000) + (((offset[0] << 8) | offset[1]) % 1000); ; ms++)
        {
            var suffix = $"-rcfg-merged-{ms.ToString(CultureInfo.InvariantCulture)}";
            var name = database[..Math.Min(database.Length, MaxName - suffix.Length)].TrimEnd('-', '.') + suffix;
            if (find(name) is not { } taken || taken.Metadata.Annotations.GetValueOrDefault(Annotation) == value)
                return name;
        }
    }

    /// <summary>True for a request that was merged into another and does not tell yet how that one ended.</summary>
    public static bool AwaitsEnd(IOpsRequest request) =>
        request.Status.Phase == OpsRequestPhases.Skipped
        && request.Status.Conditions.Of(OpsConditionTypes.Skipped) is { Reason: Reasons.ConfigurationMerged }
        && request.Status.Conditions.Of(OpsConditionTypes.Successful) is null
        && request.Status.Conditions.Of(OpsConditionTypes.Failed) is null;

    /// <summary>How the request ended that this one was merged into, over several merges if there were; null while it has not.</summary>
    /// <param name="source">The request that was merged.</param>
    /// <param name="all">Every request of its database.</param>
    public static MergeEnd? EndOf(IOpsRequest source, IReadOnlyList<IOpsRequest> all)
    {
        var into = all.Where(r => SourcesOf(r).Contains(source.Metadata.Uid)).OrderBy(r => SourcesOf(r).Count).ToList();
        if (into.LastOrDefault(r => r.Status.Phase != OpsRequestPhases.Skipped) is not { } last)
            return new MergeEnd(NamedBy(into.LastOrDefault() ?? source), null);
        if (OpsRequestPhases.IsTerminal(last.Status.Phase))
            return new MergeEnd(last.Metadata.Key, Final(last));
        return last.Metadata.IsDeleting && last.Status.Phase != OpsRequestPhases.Progressing ? new MergeEnd(last.Metadata.Key, null) : null;
    }

    private static IReadOnlyList<string> SourcesOf(IOpsRequest request) =>
        request.Metadata.Annotations.TryGetValue(Annotation, out var value) ? value.Split(',') : [];

    // The request that a Skipped one says it was merged into.
    private static ObjectKey NamedBy(IOpsRequest skipped)
    {
        var message = skipped.Status.Conditions.Of(OpsConditionTypes.Skipped)?.Message ?? "";
        return new ObjectKey(skipped.Metadata.Namespace, message[(message.LastIndexOf('/') + 1)..]);
    }

    private static Condition Final(IOpsRequest ended)
    {
        var type = ended.Status.Phase == OpsRequestPhases.Successful ? OpsConditionTypes.Successful : OpsConditionTypes.Failed;
        return ended.Status.Conditions.Of(type)
            ?? new Condition { Type = type, Status = Condition.True, Message = $"Its phase is {ended.Status.Phase}." };
    }
}
