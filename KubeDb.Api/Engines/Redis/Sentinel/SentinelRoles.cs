namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>Which pod takes writes, as sentinels and the server itself say. Pure.</summary>
internal static class SentinelRoles
{
    /// <summary>
    /// The role of each pod that is there; null while the sentinels name no master, or it does not say so itself: then the labels stay, for
    /// nobody else takes writes either.
    /// </summary>
    public static IReadOnlyDictionary<string, string>? Of(SentinelView view)
    {
        if (view.WantedWatchers == 0 || view.Informants.Count(i => i.IsWanted) < view.Majority)
            return null;
        return SentinelPlanner.Claimed(view) is { IsMaster: true } master
            ? view.Members.ToDictionary(m => m.Pod, m => m == master ? PodRoles.Primary : PodRoles.Standby, StringComparer.Ordinal)
            : null;
    }
}
