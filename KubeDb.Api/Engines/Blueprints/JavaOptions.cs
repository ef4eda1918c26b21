namespace KubeDb.Api.Engines.Blueprints;

/// <summary>What servers on a Java machine need in a cluster of pods.</summary>
internal static class JavaOptions
{
    /// <summary>
    /// A pod comes back under the same name with another address. By its own settings a Java machine keeps the old address for half a minute, and nothing
    /// answers there: a follower would not reach a server that has become the leader meanwhile, and acknowledged writes would wait for it.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = ["-Dsun.net.inetaddr.ttl=3", "-Dsun.net.inetaddr.negative.ttl=1"];

    /// <summary>The same, as words of a command line.</summary>
    public static string NamesText { get; } = string.Join(' ', Names);
}
