using System.Collections;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>The versions of Redis and Valkey, each a fixture.</summary>
internal sealed class RedisVersions : IEnumerable
{
    public static IReadOnlyList<EngineVersion> All { get; } = EngineVersion.Of("redis");

    public IEnumerator GetEnumerator() => All.GetEnumerator();
}

/// <summary>The versions, each with the shell of its image; the first one also with busybox' where this machine has it, for images that have no other.</summary>
internal sealed class RedisShells : IEnumerable
{
    public IEnumerator GetEnumerator()
    {
        foreach (var version in RedisVersions.All)
            yield return new TestFixtureData(version, "sh");
        yield return new TestFixtureData(RedisVersions.All[0], "busybox sh");
    }
}

/// <summary>
/// Both shells, the oldest and the newest Redis and the newest Valkey: for what our scripts do with files, where versions between add nothing.
/// </summary>
internal sealed class ShellsAndServers : IEnumerable
{
    public IEnumerator GetEnumerator()
    {
        var redis = RedisVersions.All.Where(v => v.Distribution != "Valkey").ToList();
        yield return new TestFixtureData(redis[0], "busybox sh");
        yield return new TestFixtureData(redis[^1], "sh");
        yield return new TestFixtureData(RedisVersions.All.Last(v => v.Distribution == "Valkey"), "sh");
    }
}
