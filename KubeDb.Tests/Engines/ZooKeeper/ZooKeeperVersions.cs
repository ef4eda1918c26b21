using System.Collections;

namespace KubeDb.Tests.Engines.ZooKeeper;

/// <summary>The versions of ZooKeeper, each a fixture.</summary>
internal sealed class ZooKeeperVersions : IEnumerable
{
    public static IReadOnlyList<EngineVersion> All { get; } = EngineVersion.Of("zookeeper");

    public IEnumerator GetEnumerator() => All.GetEnumerator();
}

/// <summary>The same for what takes minutes: each run has the last, and <c>hack/test full</c> all of them.</summary>
internal sealed class ZooKeeperVersionsInFull : IEnumerable
{
    public IEnumerator GetEnumerator()
    {
        foreach (var version in ZooKeeperVersions.All)
        {
            var fixture = new TestFixtureData(version);
            if (version != ZooKeeperVersions.All[^1])
                fixture.Properties.Add("Category", "Full");
            yield return fixture;
        }
    }
}
