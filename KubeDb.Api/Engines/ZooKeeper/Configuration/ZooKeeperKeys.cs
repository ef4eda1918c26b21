using System.Collections.Frozen;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.ZooKeeper.Configuration;

/// <summary>The keys of <c>zoo.cfg</c>: whose they are, and which values a server starts with. From the administrator's guide of 3.7 to 3.9.</summary>
internal static class ZooKeeperKeys
{
    // Where data is, how members find each other, who may log in, and what probes and operator ask: a member with others would be lost to them.
    private static readonly FrozenSet<string> OwnedKeys = FrozenSet.ToFrozenSet(
    [
        "4lw.commands.whitelist", "admin.serverPort", "authProvider.1", "authProvider.sasl", "authProvider.x509", "client.certReload",
        "client.portUnification", "clientPort", "clientPortAddress", "dataDir", "dataLogDir", "DigestAuthenticationProvider.enabled",
        "DigestAuthenticationProvider.digestAlg", "DigestAuthenticationProvider.superDigest", "dynamicConfigFile", "electionAlg", "electionPortBindRetry", "localSessionsEnabled",
        "metricsProvider.className", "metricsProvider.httpPort", "multiAddress.enabled", "peerType", "portUnification", "readonlymode.enabled",
        "reconfigEnabled", "secureClientPort", "secureClientPortAddress", "serverCnxnFactory", "skipACL", "sslQuorum", "sslQuorumReloadCertFiles",
        "standaloneEnabled", "superUser", "X509AuthenticationProvider.superUser",
    ]);

    private static readonly string[] OwnedPrefixes =
    [
        "server.", "group.", "weight.", "quorum.auth.", "ssl.keyStore.", "ssl.trustStore.", "ssl.quorum.keyStore.", "ssl.quorum.trustStore.",
        "ssl.quorum.hostnameVerification",
    ];

    private const int FewestConnections = 10;

    // A server that reads anything else for one of these does not start.
    private static readonly FrozenSet<string> Numbers = FrozenSet.ToFrozenSet(
    [
        "autopurge.purgeInterval", "autopurge.snapRetainCount", "clientPortListenBacklog", "commitLogCount", "connectToLearnerMasterLimit",
        "fsync.warningthresholdms", "globalOutstandingLimit", "initLimit", "jute.maxbuffer", "leader.maxTimeToWaitForEpoch", "maxClientCnxns", "maxCnxns",
        "maxSessionTimeout", "minSessionTimeout", "preAllocSize", "snapCount", "snapSizeLimitInKb", "syncLimit", "tickTime",
    ]);

    private static readonly FrozenSet<string> Flags = FrozenSet.ToFrozenSet(
    [
        "admin.enableServer", "audit.enable", "enforce.auth.enabled", "forceSync", "leaderServes", "quorumListenOnAllIPs", "sessionRequireClientSASLAuth",
        "snapshot.trust.empty", "syncEnabled", "digest.enabled", "extendedTypesEnabled",
    ]);

    private static readonly FrozenSet<string> Others = FrozenSet.ToFrozenSet(
    [
        "admin.commandURL", "admin.forceHttps", "admin.idleTimeout", "admin.needClientAuth", "admin.portUnification", "admin.rateLimiterIntervalInMS",
        "admin.restore.enabled", "admin.serverAddress", "admin.snapshot.enabled", "admin.snapshot.intervalInMS", "advancedFlowControlEnabled",
        "commitProcessor.maxCommitBatchSize", "commitProcessor.maxReadBatchSize", "commitProcessor.numWorkerThreads", "commitProcessor.shutdownTimeout",
        "closeSessionTxn.enabled", "cnxTimeout", "connectionDecrease", "connectionFreezeTime", "connectionMaxTokens", "connectionTokenFillCount",
        "connectionTokenFillTime", "connection_throttle_blue", "connection_throttle_decrease_ratio", "connection_throttle_fill_count",
        "connection_throttle_fill_time", "connection_throttle_freeze_time", "connection_throttle_global_session_weight",
        "connection_throttle_local_session_weight", "connection_throttle_renew_session_weight", "connection_throttle_tokens",
        "connection_throttle_weight_enabled", "enableEagerACLCheck", "enforce.auth.schemes", "flushDelay", "fips-mode", "kerberos.canonicalizeHostNames",
        "kerberos.removeHostFromPrincipal", "kerberos.removeRealmFromPrincipal", "largeRequestMaxBytes", "largeRequestThreshold",
        "leader.closeSocketAsync", "learner.asyncSending", "learner.closeSocketAsync", "maxBatchSize", "maxBuffer", "maxClientCnxnsPerUser",
        "maxConcurrentSnapSyncs", "maxConcurrentDiffSyncs", "maxResponseCacheSize", "maxGetChildrenResponseCacheSize", "maxWriteQueuePollTime",
        "maxTimeToWaitForEpoch", "metricsProvider.exportJvmInfo", "metricsProvider.httpHost", "metricsProvider.maxQueueSize",
        "metricsProvider.numWorkerThreads", "metricsProvider.workerShutdownTimeoutMs", "netty.advancedFlowControl.enabled", "netty.server.outstandingHandshake.limit",
        "nio.numSelectorThreads", "nio.numWorkerThreads", "nio.sessionlessCnxnTimeout", "nio.directBufferBytes", "nio.shutdownTimeout",
        "observer.reconnectDelayMs", "observer.syncEnabled", "observerMasterPort", "outstandingChanges.initialDelay", "outstandingChanges.interval",
        "purgeInterval", "quorumCnxnTimeoutMs", "request_throttle_max_requests", "request_throttle_stall_time", "request_throttle_drop_stale",
        "request_stale_connection_check", "request_stale_latency_check", "request_throttler.shutdownTimeout", "requestThrottleLimit", "rootLogger",
        "sasl.client", "sasl.clientconfig", "serializeLastProcessedZxid.enabled", "sessionTracker", "snapsync.sizeLimit", "snapshot.compression.method",
        "ssl.authProvider", "ssl.ciphersuites", "ssl.clientAuth", "ssl.clientHostnameVerification", "ssl.context.supplier.class", "ssl.crl",
        "ssl.enabledProtocols", "ssl.handshakeDetectionTimeoutMillis", "ssl.hostnameVerification", "ssl.ocsp", "ssl.protocol", "ssl.quorum.ciphersuites",
        "ssl.quorum.clientAuth", "ssl.quorum.clientHostnameVerification", "ssl.quorum.context.supplier.class", "ssl.quorum.crl",
        "ssl.quorum.enabledProtocols", "ssl.quorum.handshakeDetectionTimeoutMillis", "ssl.quorum.ocsp", "ssl.quorum.protocol",
        "ssl.sslProvider", "ssl.tcnative.ocsp", "tcpKeepAlive", "throttledOpWaitTime", "watchManagerName", "watcherCleanBatchSize", "watcherCleanThreadsNum",
        "watcherCleanThreshold", "watcherCleanIntervalInSeconds", "maxInProcessingDeadWatchers", "bitHashCacheSize", "zkEnv",
    ]);

    private static readonly string[] All = [.. OwnedKeys, .. Numbers, .. Flags, .. Others];

    /// <summary>True for a key that users may not set.</summary>
    public static bool IsOwned(string key) => OwnedKeys.Contains(key) || Array.Exists(OwnedPrefixes, p => key.StartsWith(p, StringComparison.Ordinal));

    /// <summary>What is wrong with the value of a key, as the rest of a sentence; null when nothing is known to be.</summary>
    public static string? Fault(string key, string value)
    {
        var text = value.Trim();
        if (key.Contains(' ', StringComparison.Ordinal))
            return "holds a blank, and no key does";
        if (Numbers.Contains(key) && !long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out _))
            return "needs a whole number";
        if (key == "maxCnxns" && long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var most) && most is > 0 and < FewestConnections)
            return $"needs 0, for no limit, or at least {FewestConnections}: probes, the other members and the operator connect too";
        if (key == "sessionRequireClientSASLAuth" && text.Equals("true", StringComparison.OrdinalIgnoreCase))
            return "must not be true: operator and users log in by digest, and servers would close their sessions";
        if (key == "enforce.auth.schemes" && !text.Split(',', StringSplitOptions.TrimEntries).Contains("digest"))
            return "must name digest, by which the operator logs in";
        return Flags.Contains(key) && !text.Equals("true", StringComparison.OrdinalIgnoreCase) && !text.Equals("false", StringComparison.OrdinalIgnoreCase)
            && !(key == "forceSync" && text is "yes" or "no")
            ? "needs true or false"
            : null;
    }

    /// <summary>
    /// True for a documented key; false for one that is most likely a slip of one. A server takes any other key for a system property, so that it can
    /// neither be confirmed nor refused.
    /// </summary>
    public static bool? IsKnown(string key) =>
        All.Contains(key) || IsOwned(key) || key.StartsWith("authProvider.", StringComparison.Ordinal) ? true : Nearest(key) is null ? null : false;

    /// <summary>The documented key that this one is most likely a slip of; null when none is near.</summary>
    public static string? Nearest(string key) => Spelling.Nearest(key, All);
}
