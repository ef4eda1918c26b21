using System.Collections;

namespace KubeDb.Tests.Engines.Kafka;

/// <summary>The versions of Kafka, each a fixture: the oldest and the newest, and in <c>hack/test full</c> those between.</summary>
internal sealed class KafkaVersions : IEnumerable
{
    public static IReadOnlyList<EngineVersion> All { get; } = [.. EngineVersion.Of("kafka").OrderBy(v => v.Server)];

    public IEnumerator GetEnumerator()
    {
        foreach (var version in All)
        {
            var fixture = new TestFixtureData(version);
            if (version != All[0] && version != All[^1])
                fixture.Properties.Add("Category", "Full");
            yield return fixture;
        }
    }
}

/// <summary>The same for what takes minutes: nodes of both roles in the oldest, of one role each in the newest; <c>hack/test full</c> takes each in each.</summary>
internal sealed class KafkaForms : IEnumerable
{
    public IEnumerator GetEnumerator()
    {
        foreach (var version in KafkaVersions.All)
        {
            foreach (var controllers in new[] { 0, 3 })
            {
                var fixture = new TestFixtureData(version, controllers);
                if ((version, controllers) != (KafkaVersions.All[0], 0) && (version, controllers) != (KafkaVersions.All[^1], 3))
                    fixture.Properties.Add("Category", "Full");
                yield return fixture;
            }
        }
    }
}
