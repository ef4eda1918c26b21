using System.Collections.Concurrent;

namespace KubeDb.Tests.Engines;

/// <summary>The containers of a run: one for each image, started when the first fixture asks for it, removed after the last.</summary>
[SetUpFixture]
public sealed class EngineContainers
{
    private static readonly ConcurrentDictionary<(string Image, bool OnHost), Lazy<Task<EngineContainer>>> Running = new();

    /// <summary>The container of this version's image. The test is skipped where there is no container engine.</summary>
    /// <param name="version">The version.</param>
    /// <param name="onHost">The one that shares this machine's network, so that servers there have any address of 127.0.0.0/8.</param>
    internal static Task<EngineContainer> OfAsync(EngineVersion version, bool onHost = false)
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is null or "")
            Assert.Ignore("No container engine: run hack/test engines, or export DOCKER_HOST=$(hack/containers up).");
        return Running.GetOrAdd((version.Image, onHost), key => new(() => EngineContainer.StartAsync(key.Image, key.OnHost))).Value;
    }

    [OneTimeTearDown]
    public static async Task RemoveAsync()
    {
        foreach (var container in Running.Values.Where(c => c.IsValueCreated && c.Value.IsCompletedSuccessfully))
            await (await container.Value).DisposeAsync();
    }
}
