using System.Collections;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>The versions of Redis and Valkey, each a fixture.</summary>
internal sealed class RedisVersions : IEnumerable
{
    public static IReadOnlyList<EngineVersion> All { get; } = EngineVersion.Of("redis");

    public static EngineVersion NewestRedis => All.Last(v => v.Distribution != "Valkey");

    public static EngineVersion NewestValkey => All.Last(v => v.Distribution == "Valkey");

    public IEnumerator GetEnumerator() => All.GetEnumerator();
}

/// <summary>
/// The versions, each with the shell of its image; the first one also with busybox' where this machine has it, for images that have no other. Each run
/// has the newest Redis and the newest Valkey, and <c>hack/test full</c> all of them.
/// </summary>
internal sealed class RedisShells : IEnumerable
{
    public IEnumerator GetEnumerator()
    {
        foreach (var version in RedisVersions.All)
            yield return InFull(new TestFixtureData(version, "sh"), unless: version == RedisVersions.NewestRedis || version == RedisVersions.NewestValkey);
        yield return new TestFixtureData(RedisVersions.All[0], "busybox sh");
    }

    /// <summary>Leaves a fixture to <c>hack/test full</c>.</summary>
    public static TestFixtureData InFull(TestFixtureData fixture, bool unless = false)
    {
        if (!unless)
            fixture.Properties.Add("Category", "Full");
        return fixture;
    }
}

/// <summary>
/// Both shells, the oldest and the newest Redis and the newest Valkey: for what our scripts do with files, where versions between add nothing. The newest
/// Redis is left to <c>hack/test full</c>.
/// </summary>
internal sealed class ShellsAndServers : IEnumerable
{
    public IEnumerator GetEnumerator()
    {
        yield return new TestFixtureData(RedisVersions.All.First(v => v.Distribution != "Valkey"), "busybox sh");
        yield return RedisShells.InFull(new TestFixtureData(RedisVersions.NewestRedis, "sh"));
        yield return new TestFixtureData(RedisVersions.NewestValkey, "sh");
    }
}
