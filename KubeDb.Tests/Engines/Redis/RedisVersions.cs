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
