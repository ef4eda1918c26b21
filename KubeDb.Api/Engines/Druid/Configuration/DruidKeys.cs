using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines.Druid.Configuration;

/// <summary>The properties of Druid: whose they are, and which values a server starts with. From the configuration reference of 28 to 36.</summary>
internal static class DruidKeys
{
    /// <summary>By which name a server is found.</summary>
    public const string Host = "druid.host";

    /// <summary>The extensions that a server loads.</summary>
    public const string Extensions = "druid.extensions.loadList";

    // How servers find, trust and know each other, and where they keep what they know.
    private static readonly FrozenSet<string> OwnedKeys = FrozenSet.ToFrozenSet(
    [
        Host, "druid.bindOnHost", "druid.service", "druid.port", "druid.plaintextPort", "druid.tlsPort", "druid.enablePlaintextPort", "druid.enableTlsPort",
        "druid.auth.authenticatorChain", "druid.auth.authorizers", "druid.zk.service.enabled", "druid.zk.service.host", "druid.zk.service.user", "druid.zk.service.pwd",
        "druid.zk.paths.base", "druid.metadata.storage.type", "druid.coordinator.asOverlord.enabled", "druid.coordinator.asOverlord.overlordService",
        "druid.selectors.indexing.serviceName", "druid.selectors.coordinator.serviceName", "druid.indexer.task.baseTaskDir", "druid.worker.baseTaskDirs",
        "druid.extensions.directory", "druid.emitter.prometheus.port", "druid.emitter.prometheus.strategy",
    ]);

    private static readonly string[] OwnedPrefixes =
    [
        "druid.auth.authenticator.basic.", "druid.auth.authorizer.basic.", "druid.escalator.", "druid.metadata.storage.connector.", "druid.metadata.mysql.ssl.",
        "druid.metadata.postgres.ssl.", "druid.server.https.", "druid.client.https.",
    ];

    // A server that reads anything else for one of these does not start.
    private static readonly FrozenSet<string> Numbers = FrozenSet.ToFrozenSet(
    [
        "druid.broker.http.maxQueuedBytes", "druid.broker.http.numConnections", "druid.cache.sizeInBytes", "druid.global.http.numConnections",
        "druid.historical.cache.maxEntrySize", "druid.indexer.runner.startPort", "druid.processing.numMergeBuffers", "druid.processing.numThreads",
        "druid.router.http.numConnections", "druid.router.http.numMaxThreads", "druid.segmentCache.numBootstrapThreads", "druid.segmentCache.numLoadingThreads",
        "druid.server.http.maxQueryTimeout", "druid.server.http.maxScatterGatherBytes", "druid.server.http.defaultQueryTimeout", "druid.server.http.numThreads",
        "druid.server.http.queueSize", "druid.server.maxSize", "druid.server.priority", "druid.sql.http.maxQueryTimeout", "druid.sql.planner.maxTopNLimit",
        "druid.worker.capacity", "druid.worker.numConcurrentMerges",
    ]);

    private static readonly FrozenSet<string> Flags = FrozenSet.ToFrozenSet(
    [
        "druid.broker.cache.populateCache", "druid.broker.cache.useCache", "druid.coordinator.kill.on", "druid.historical.cache.populateCache", "druid.historical.cache.useCache",
        "druid.indexer.task.restoreTasksOnRestart", "druid.javascript.enabled", "druid.lookup.enableLookupSyncOnStartup", "druid.metadata.storage.connector.createTables",
        "druid.router.managementProxy.enabled", "druid.sql.avatica.enable", "druid.sql.enable", "druid.startup.logging.logProperties",
    ]);

    private static readonly FrozenSet<string> Others = FrozenSet.ToFrozenSet(
    [
        Extensions, "druid.announcer.type", "druid.broker.balancer.type", "druid.broker.http.readTimeout", "druid.broker.select.tier", "druid.cache.type",
        "druid.coordinator.balancer.strategy", "druid.coordinator.kill.durationToRetain", "druid.coordinator.kill.period", "druid.coordinator.period",
        "druid.coordinator.period.indexingPeriod", "druid.coordinator.startDelay", "druid.emitter", "druid.emitter.logging.logLevel", "druid.expressions.useStrictBooleans",
        "druid.generic.useDefaultValueForNull", "druid.global.http.readTimeout", "druid.indexer.logs.directory", "druid.indexer.logs.type", "druid.indexer.queue.maxSize",
        "druid.indexer.queue.startDelay", "druid.indexer.runner.javaOpts", "druid.indexer.runner.javaOptsArray", "druid.indexer.runner.type", "druid.indexer.storage.type",
        "druid.indexer.task.defaultHadoopCoordinates", "druid.indexing.doubleStorage", "druid.manager.config.pollDuration", "druid.manager.rules.pollDuration",
        "druid.manager.segments.pollDuration", "druid.monitoring.emissionPeriod", "druid.monitoring.monitors", "druid.processing.buffer.sizeBytes",
        "druid.processing.fifo", "druid.processing.tmpDir", "druid.query.scheduler.numThreads", "druid.request.logging.type", "druid.router.coordinatorServiceName",
        "druid.router.defaultBrokerServiceName", "druid.router.http.readTimeout", "druid.router.tierToBrokerMap", "druid.segmentCache.infoDir",
        "druid.segmentCache.locations", "druid.segmentCache.locationSelector.strategy", "druid.server.hiddenProperties", "druid.server.http.gracefulShutdownTimeout", "druid.server.http.unannouncePropagationDelay",
        "druid.server.http.maxIdleTime", "druid.server.http.maxSubqueryRows", "druid.server.tier", "druid.sql.planner.useApproximateCountDistinct", "druid.startup.logging.maskProperties",
        "druid.storage.type", "druid.worker.baseTaskDirSize", "druid.worker.category", "druid.worker.ip", "druid.worker.version",
    ]);

    private static readonly string[] All = [.. OwnedKeys, .. Numbers, .. Flags, .. Others];

    /// <summary>True for a key that users may not set.</summary>
    public static bool IsOwned(string key) => OwnedKeys.Contains(key) || Array.Exists(OwnedPrefixes, p => key.StartsWith(p, StringComparison.Ordinal));

    /// <summary>What is wrong with the value of a key, as the rest of a sentence; null when nothing is known to be.</summary>
    public static string? Fault(string key, string value)
    {
        var text = value.Trim();
        if (Numbers.Contains(key) && !decimal.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) && Quantity.Parse(text) is null)
            return "needs a whole number";
        if (Flags.Contains(key) && !text.Equals("true", StringComparison.OrdinalIgnoreCase) && !text.Equals("false", StringComparison.OrdinalIgnoreCase))
            return "needs true or false";
        return key is Extensions or "druid.segmentCache.locations" or "druid.monitoring.monitors" or "druid.indexer.runner.javaOptsArray" && Items(text) is null
            ? "needs a list in JSON, such as [\"…\"]"
            : null;
    }

    /// <summary>The items of a list in JSON; null for anything else.</summary>
    public static JsonArray? Items(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text, documentOptions: JsonLimits.Document) as JsonArray;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>True for a documented key; false for one that is most likely a slip of one; null for one that an extension may know.</summary>
    public static bool? IsKnown(string key) =>
        All.Contains(key) || IsOwned(key) ? true : key.StartsWith("druid.", StringComparison.Ordinal) && IsSlip(key) ? false : null;

    /// <summary>The documented key that this one is most likely a slip of; null when none is near.</summary>
    public static string? Nearest(string key) => Spelling.Nearest(key, All);

    // Properties are many, long and alike: only one or two letters make a slip.
    private static bool IsSlip(string key) => Nearest(key) is { } near && Spelling.Distance(key, near) <= 2;
}
