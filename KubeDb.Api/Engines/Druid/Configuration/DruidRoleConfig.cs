using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Api.Engines.Druid.Configuration;

/// <summary>What is special about the files of one role. Pure.</summary>
internal static class DruidRoleConfig
{
    /// <summary>Tasks of a middle manager at a time.</summary>
    public const int Capacity = 2;

    /// <summary>Threads that a server works on queries with.</summary>
    public const int Threads = 2;

    // What Druid reaches into of the Java machine. Without these a historical starts, says that it is healthy, and can load no segment.
    private static readonly string[] Opened =
    [
        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED", "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED", "--add-opens=java.base/java.io=ALL-UNNAMED",
        "--add-opens=java.base/java.lang=ALL-UNNAMED", "--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
    ];

    /// <summary>Options without which no server of a cluster works, whatever the user's file says.</summary>
    public static IReadOnlyList<string> Fixed { get; } = [.. Opened, "-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager", .. JavaOptions.Names];

    /// <summary>The options that a user's file takes the place of.</summary>
    public static IReadOnlyList<string> Options(DruidMemory memory) =>
    [
        "-server", "-Duser.timezone=UTC", "-Dfile.encoding=UTF-8", string.Create(CultureInfo.InvariantCulture, $"-Xms{Math.Min(64, memory.Heap)}m"),
        string.Create(CultureInfo.InvariantCulture, $"-Xmx{memory.Heap}m"), string.Create(CultureInfo.InvariantCulture, $"-XX:MaxDirectMemorySize={memory.Direct}m"),
        "-XX:+ExitOnOutOfMemoryError",
    ];

    /// <summary>What the user may set otherwise.</summary>
    /// <param name="d">The cluster.</param>
    /// <param name="role">The role.</param>
    /// <param name="user">What the user says: how much memory a task gets depends on how many there may be.</param>
    public static IEnumerable<KeyValuePair<string, string>> Defaults(DruidDescription d, DruidRole role, PropertiesFile user)
    {
        var memory = DruidMemory.Of(role, d.MemoryOf(role));
        return role.Name switch
        {
            DruidNames.Coordinators => [.. Coordinator, .. d.CoordinatorsAreOverlords ? Overlord : []],
            DruidNames.Overlords => Overlord,
            DruidNames.MiddleManagers => MiddleManager(d, role, user),
            DruidNames.Historicals => [.. Processing(memory), .. Historical(d, role)],
            DruidNames.Brokers => [.. Processing(memory), new("druid.broker.http.numConnections", "20"), new("druid.server.http.numThreads", "40"), new("druid.broker.cache.useCache", "false"), new("druid.broker.cache.populateCache", "false"), Leave],
            _ =>
            [
                new("druid.router.defaultBrokerServiceName", "druid/broker"), new("druid.router.coordinatorServiceName", "druid/coordinator"), new("druid.router.http.numConnections", "20"),
                new("druid.router.http.numMaxThreads", "40"), new("druid.router.http.readTimeout", "PT5M"), new("druid.router.managementProxy.enabled", "true"), new("druid.server.http.numThreads", "40"),
            ],
        };
    }

    /// <summary>What is the operator's.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Owned(DruidDescription d, DruidRole role)
    {
        yield return new("druid.service", $"druid/{role.Process}");
        yield return new("druid.plaintextPort", Text(role.Port));
        if (d.Protocol != DruidProtocol.Plain)
            yield return new("druid.tlsPort", Text(role.TlsPort));
        if (role.Name == DruidNames.MiddleManagers)
            yield return new("druid.indexer.task.baseTaskDir", DruidNames.TaskFolder);
        if (role.Name != DruidNames.Coordinators)
            yield break;
        yield return new("druid.coordinator.asOverlord.enabled", d.CoordinatorsAreOverlords ? "true" : "false");
        if (d.CoordinatorsAreOverlords)
            yield return new("druid.coordinator.asOverlord.overlordService", "druid/overlord");
    }

    // A server that ends says so first, and answers until others have heard it: their queries go to its peers then.
    private static KeyValuePair<string, string> Leave { get; } = new("druid.server.http.unannouncePropagationDelay", "PT2S");

    private static IEnumerable<KeyValuePair<string, string>> Coordinator { get; } =
        [new("druid.coordinator.startDelay", "PT10S"), new("druid.coordinator.period", "PT5S"), new("druid.manager.segments.pollDuration", "PT10S")];

    private static IEnumerable<KeyValuePair<string, string>> Overlord { get; } =
        [new("druid.indexer.queue.startDelay", "PT5S"), new("druid.indexer.storage.type", "metadata")];

    private static IEnumerable<KeyValuePair<string, string>> Processing(DruidMemory memory) =>
    [
        new("druid.processing.buffer.sizeBytes", memory.BufferBytes), new("druid.processing.numMergeBuffers", "2"), new("druid.processing.numThreads", Text(Threads)),
    ];

    private static IEnumerable<KeyValuePair<string, string>> Historical(DruidDescription d, DruidRole role) =>
    [
        new("druid.segmentCache.locations", $$"""[{"path":"{{DruidNames.SegmentFolder}}","maxSize":"{{DruidDescription.SizeOf(d.Node(role))}}"}]"""),
        new("druid.historical.cache.useCache", "true"), new("druid.historical.cache.populateCache", "true"), new("druid.server.http.numThreads", "40"), Leave,
    ];

    private static IEnumerable<KeyValuePair<string, string>> MiddleManager(DruidDescription d, DruidRole role, PropertiesFile user)
    {
        var capacity = int.TryParse(user.Entries.FirstOrDefault(e => e.Key == "druid.worker.capacity")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var wish) ? wish : Capacity;
        var memory = DruidMemory.OfTask(d.MemoryOf(role), capacity);
        const string Task = "druid.indexer.fork.property";
        yield return new("druid.worker.capacity", Text(Capacity));
        yield return new("druid.worker.baseTaskDirSize", DruidDescription.SizeOf(d.Node(role)));
        yield return new("druid.indexer.task.restoreTasksOnRestart", "true");
        yield return new("druid.indexer.runner.javaOptsArray", new JsonArray([.. Options(memory).Concat(Fixed).Select(o => (JsonNode)o)]).ToJsonString(Relaxed));
        yield return new($"{Task}.druid.processing.buffer.sizeBytes", memory.BufferBytes);
        yield return new($"{Task}.druid.processing.numMergeBuffers", "2");
        yield return new($"{Task}.druid.processing.numThreads", "1");
        yield return new($"{Task}.druid.server.http.numThreads", "20");

        // The port of the metrics is the middle manager's.
        if (d.Monitor is not null)
            yield return new($"{Task}.druid.emitter", "noop");
        yield return new("druid.server.http.numThreads", "20");
    }

    private static System.Text.Json.JsonSerializerOptions Relaxed { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
