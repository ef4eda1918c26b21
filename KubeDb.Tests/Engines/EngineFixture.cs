namespace KubeDb.Tests.Engines;

/// <summary>
/// Tests that meet a real server without Kubernetes, in each version that the test catalog offers. A fixture of an engine gives the version
/// list as its source: <c>[TestFixtureSource(typeof(…))]</c>; <see cref="EngineVersion.Of"/> reads it.
/// </summary>
[Category("Engines"), Parallelizable(ParallelScope.Self)]
public abstract class EngineFixture(EngineVersion version)
{
    /// <summary>The version under test.</summary>
    protected EngineVersion Version { get; } = version;

    /// <summary>The container with the version's image; its only process of its own sleeps.</summary>
    private protected EngineContainer Container { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task FindContainer() => Container = await EngineContainers.OfAsync(Version);
}
