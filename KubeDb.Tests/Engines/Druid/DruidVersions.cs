using System.Collections;

namespace KubeDb.Tests.Engines.Druid;

/// <summary>The versions of Druid, each a fixture: each run has the last, and <c>hack/test full</c> all of them.</summary>
internal sealed class DruidVersionsInFull : IEnumerable
{
    public static IReadOnlyList<EngineVersion> All { get; } = EngineVersion.Of("druid");

    /// <summary>The image of the metadata storage that a Druid has where nobody provides one.</summary>
    public static EngineVersion MetadataStorage { get; } = new("postgres", "15", new(15, 0), "Official", "docker.io/local/postgres:15.20");

    public IEnumerator GetEnumerator()
    {
        foreach (var version in All)
        {
            var fixture = new TestFixtureData(version);
            if (version != All[^1])
                fixture.Properties.Add("Category", "Full");
            yield return fixture;
        }
    }
}
