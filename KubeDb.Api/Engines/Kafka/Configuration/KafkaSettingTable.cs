using System.Collections.Frozen;

namespace KubeDb.Api.Engines.Kafka.Configuration;

/// <summary>
/// The settings of servers of Kafka 3.9 to 4.2 as servers themselves list them: how each is read, and which of them a running server takes.
/// </summary>
internal static class KafkaSettingTable
{
    /// <summary>Whole numbers.</summary>
    public static readonly FrozenSet<string> Numbers = FrozenSet.ToFrozenSet(
    [
        "add.partitions.to.txn.retry.backoff.max.ms", "add.partitions.to.txn.retry.backoff.ms", "alter.log.dirs.replication.quota.window.num",
        "alter.log.dirs.replication.quota.window.size.seconds", "background.threads", "broker.heartbeat.interval.ms", "broker.id",
        "broker.session.timeout.ms", "compression.gzip.level", "compression.lz4.level", "compression.zstd.level",
        "connection.failed.authentication.delay.ms", "connections.max.idle.ms", "connections.max.reauth.ms", "controlled.shutdown.max.retries",
        "controlled.shutdown.retry.backoff.ms", "controller.quorum.append.linger.ms", "controller.quorum.election.backoff.max.ms",
        "controller.quorum.election.timeout.ms", "controller.quorum.fetch.timeout.ms", "controller.quorum.request.timeout.ms",
        "controller.quorum.retry.backoff.ms", "controller.quota.window.num", "controller.quota.window.size.seconds", "controller.socket.timeout.ms",
        "default.replication.factor", "delegation.token.expiry.check.interval.ms", "delegation.token.expiry.time.ms",
        "delegation.token.max.lifetime.ms", "delete.records.purgatory.purge.interval.requests", "fetch.max.bytes",
        "fetch.purgatory.purge.interval.requests", "group.consumer.heartbeat.interval.ms", "group.consumer.max.heartbeat.interval.ms",
        "group.consumer.max.session.timeout.ms", "group.consumer.max.size", "group.consumer.min.heartbeat.interval.ms",
        "group.consumer.min.session.timeout.ms", "group.consumer.session.timeout.ms", "group.coordinator.append.linger.ms",
        "group.coordinator.threads", "group.initial.rebalance.delay.ms", "group.max.session.timeout.ms", "group.max.size",
        "group.min.session.timeout.ms", "group.share.delivery.count.limit", "group.share.heartbeat.interval.ms", "group.share.max.groups",
        "group.share.max.heartbeat.interval.ms", "group.share.max.record.lock.duration.ms", "group.share.max.session.timeout.ms",
        "group.share.max.share.sessions", "group.share.max.size", "group.share.min.heartbeat.interval.ms", "group.share.min.record.lock.duration.ms",
        "group.share.min.session.timeout.ms", "group.share.partition.max.record.locks", "group.share.record.lock.duration.ms",
        "group.share.session.timeout.ms", "group.streams.heartbeat.interval.ms", "group.streams.initial.rebalance.delay.ms",
        "group.streams.max.heartbeat.interval.ms", "group.streams.max.session.timeout.ms", "group.streams.max.size",
        "group.streams.max.standby.replicas", "group.streams.min.heartbeat.interval.ms", "group.streams.min.session.timeout.ms",
        "group.streams.num.standby.replicas", "group.streams.session.timeout.ms", "initial.broker.registration.timeout.ms",
        "kafka.metrics.polling.interval.secs", "leader.imbalance.check.interval.seconds", "leader.imbalance.per.broker.percentage",
        "log.cleaner.backoff.ms", "log.cleaner.dedupe.buffer.size", "log.cleaner.delete.retention.ms", "log.cleaner.io.buffer.size",
        "log.cleaner.max.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms", "log.cleaner.threads", "log.dir.failure.timeout.ms",
        "log.flush.interval.messages", "log.flush.interval.ms", "log.flush.offset.checkpoint.interval.ms", "log.flush.scheduler.interval.ms",
        "log.flush.start.offset.checkpoint.interval.ms", "log.index.interval.bytes", "log.index.size.max.bytes", "log.local.retention.bytes",
        "log.local.retention.ms", "log.message.timestamp.after.max.ms", "log.message.timestamp.before.max.ms",
        "log.message.timestamp.difference.max.ms", "log.retention.bytes", "log.retention.check.interval.ms", "log.retention.hours",
        "log.retention.minutes", "log.retention.ms", "log.roll.hours", "log.roll.jitter.hours", "log.roll.jitter.ms", "log.roll.ms",
        "log.segment.bytes", "log.segment.delete.delay.ms", "max.connection.creation.rate", "max.connections", "max.connections.per.ip",
        "max.incremental.fetch.session.cache.slots", "max.request.partition.size.limit", "message.max.bytes",
        "metadata.log.max.record.bytes.between.snapshots", "metadata.log.max.snapshot.interval.ms", "metadata.log.segment.bytes",
        "metadata.log.segment.ms", "metadata.max.idle.interval.ms", "metadata.max.retention.bytes", "metadata.max.retention.ms",
        "metrics.num.samples", "metrics.sample.window.ms", "min.insync.replicas", "node.id", "num.io.threads", "num.network.threads",
        "num.partitions", "num.recovery.threads.per.data.dir", "num.replica.alter.log.dirs.threads", "num.replica.fetchers",
        "offset.metadata.max.bytes", "offsets.commit.required.acks", "offsets.commit.timeout.ms", "offsets.load.buffer.size",
        "offsets.retention.check.interval.ms", "offsets.retention.minutes", "offsets.topic.compression.codec", "offsets.topic.num.partitions",
        "offsets.topic.replication.factor", "offsets.topic.segment.bytes", "password.encoder.iterations", "password.encoder.key.length",
        "producer.id.expiration.ms", "producer.purgatory.purge.interval.requests", "queued.max.request.bytes", "queued.max.requests",
        "quota.window.num", "quota.window.size.seconds", "remote.fetch.max.wait.ms", "remote.list.offsets.request.timeout.ms",
        "remote.log.index.file.cache.total.size.bytes", "remote.log.manager.copier.thread.pool.size", "remote.log.manager.copy.max.bytes.per.second",
        "remote.log.manager.copy.quota.window.num", "remote.log.manager.copy.quota.window.size.seconds",
        "remote.log.manager.expiration.thread.pool.size", "remote.log.manager.fetch.max.bytes.per.second",
        "remote.log.manager.fetch.quota.window.num", "remote.log.manager.fetch.quota.window.size.seconds",
        "remote.log.manager.follower.thread.pool.size", "remote.log.manager.task.interval.ms", "remote.log.manager.thread.pool.size",
        "remote.log.metadata.custom.metadata.max.bytes", "remote.log.reader.max.pending.tasks", "remote.log.reader.threads",
        "replica.fetch.backoff.ms", "replica.fetch.max.bytes", "replica.fetch.min.bytes", "replica.fetch.response.max.bytes",
        "replica.fetch.wait.max.ms", "replica.high.watermark.checkpoint.interval.ms", "replica.lag.time.max.ms",
        "replica.socket.receive.buffer.bytes", "replica.socket.timeout.ms", "replication.quota.window.num", "replication.quota.window.size.seconds",
        "request.timeout.ms", "reserved.broker.max.id", "sasl.kerberos.min.time.before.relogin", "sasl.login.connect.timeout.ms",
        "sasl.login.read.timeout.ms", "sasl.login.refresh.buffer.seconds", "sasl.login.refresh.min.period.seconds",
        "sasl.login.retry.backoff.max.ms", "sasl.login.retry.backoff.ms", "sasl.oauthbearer.assertion.claim.exp.seconds",
        "sasl.oauthbearer.assertion.claim.nbf.seconds", "sasl.oauthbearer.clock.skew.seconds", "sasl.oauthbearer.jwks.endpoint.refresh.ms",
        "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", "sasl.server.max.receive.size",
        "share.coordinator.append.linger.ms", "share.coordinator.load.buffer.size", "share.coordinator.snapshot.update.records.per.snapshot",
        "share.coordinator.state.topic.compression.codec", "share.coordinator.state.topic.min.isr", "share.coordinator.state.topic.num.partitions",
        "share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.segment.bytes", "share.coordinator.threads",
        "share.coordinator.write.timeout.ms", "share.fetch.purgatory.purge.interval.requests", "socket.connection.setup.timeout.max.ms",
        "socket.connection.setup.timeout.ms", "socket.listen.backlog.size", "socket.receive.buffer.bytes", "socket.request.max.bytes",
        "socket.send.buffer.bytes", "telemetry.max.bytes", "transaction.abort.timed.out.transaction.cleanup.interval.ms",
        "transaction.max.timeout.ms", "transaction.remove.expired.transaction.cleanup.interval.ms", "transaction.state.log.load.buffer.size",
        "transaction.state.log.min.isr", "transaction.state.log.num.partitions", "transaction.state.log.replication.factor",
        "transaction.state.log.segment.bytes", "transactional.id.expiration.ms",
    ]);

    /// <summary>Numbers.</summary>
    public static readonly FrozenSet<string> Fractions = FrozenSet.ToFrozenSet(
    [
        "log.cleaner.io.buffer.load.factor", "log.cleaner.io.max.bytes.per.second", "log.cleaner.min.cleanable.ratio",
        "sasl.kerberos.ticket.renew.jitter", "sasl.kerberos.ticket.renew.window.factor", "sasl.login.refresh.window.factor",
        "sasl.login.refresh.window.jitter",
    ]);

    /// <summary>True or false.</summary>
    public static readonly FrozenSet<string> Flags = FrozenSet.ToFrozenSet(
    [
        "auto.create.topics.enable", "auto.include.jmx.reporter", "auto.leader.rebalance.enable", "broker.id.generation.enable",
        "controlled.shutdown.enable", "controller.quorum.auto.join.enable", "delete.topic.enable", "eligible.leader.replicas.enable",
        "log.cleaner.enable", "log.message.downconversion.enable", "log.preallocate", "remote.log.storage.system.enable",
        "sasl.oauthbearer.assertion.claim.jti.include", "ssl.allow.dn.changes", "ssl.allow.san.changes", "transaction.partition.verification.enable",
        "transaction.two.phase.commit.enable", "unclean.leader.election.enable",
    ]);

    /// <summary>What a running server takes, each by itself.</summary>
    public static readonly FrozenSet<string> Live = FrozenSet.ToFrozenSet(
    [
        "background.threads", "compression.gzip.level", "compression.lz4.level", "compression.type", "compression.zstd.level",
        "log.cleaner.backoff.ms", "log.cleaner.dedupe.buffer.size", "log.cleaner.delete.retention.ms", "log.cleaner.io.buffer.load.factor",
        "log.cleaner.io.buffer.size", "log.cleaner.io.max.bytes.per.second", "log.cleaner.max.compaction.lag.ms", "log.cleaner.min.cleanable.ratio",
        "log.cleaner.min.compaction.lag.ms", "log.cleaner.threads", "log.cleanup.policy", "log.flush.interval.messages", "log.flush.interval.ms",
        "log.index.interval.bytes", "log.index.size.max.bytes", "log.local.retention.bytes", "log.local.retention.ms",
        "log.message.downconversion.enable", "log.message.timestamp.after.max.ms", "log.message.timestamp.before.max.ms",
        "log.message.timestamp.difference.max.ms", "log.message.timestamp.type", "log.preallocate", "log.retention.bytes", "log.retention.ms",
        "log.roll.jitter.ms", "log.roll.ms", "log.segment.bytes", "log.segment.delete.delay.ms", "max.connection.creation.rate", "max.connections",
        "max.connections.per.ip", "max.connections.per.ip.overrides", "message.max.bytes", "min.insync.replicas", "num.io.threads",
        "num.network.threads", "num.recovery.threads.per.data.dir", "num.replica.fetchers", "producer.id.expiration.ms", "remote.fetch.max.wait.ms",
        "remote.list.offsets.request.timeout.ms", "remote.log.index.file.cache.total.size.bytes", "remote.log.manager.copy.max.bytes.per.second",
        "remote.log.manager.fetch.max.bytes.per.second", "remote.log.manager.follower.thread.pool.size", "transaction.partition.verification.enable",
        "unclean.leader.election.enable",
    ]);

    /// <summary>The same, from 4.0 on alone.</summary>
    public static readonly FrozenSet<string> LiveFrom4 = FrozenSet.ToFrozenSet(
    [
        "remote.log.manager.copier.thread.pool.size", "remote.log.manager.expiration.thread.pool.size", "remote.log.reader.threads",
    ]);

    /// <summary>What controllers act by, too: it is the same for all servers of a cluster.</summary>
    public static readonly FrozenSet<string> ClusterWide = FrozenSet.ToFrozenSet(["min.insync.replicas", "unclean.leader.election.enable"]);

    /// <summary>All of them.</summary>
    public static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet(
    [
        .. Numbers, .. Fractions, .. Flags,
        "advertised.listeners", "alter.config.policy.class.name", "authorizer.class.name", "broker.rack", "client.quota.callback.class",
        "compression.type", "config.providers", "control.plane.listener.name", "controller.listener.names", "controller.quorum.bootstrap.servers",
        "controller.quorum.voters", "create.topic.policy.class.name", "delegation.token.master.key", "delegation.token.secret.key",
        "early.start.listeners", "group.consumer.assignors", "group.consumer.migration.policy", "group.coordinator.rebalance.protocols",
        "group.share.assignors", "inter.broker.listener.name", "inter.broker.protocol.version", "kafka.metrics.reporters",
        "listener.security.protocol.map", "listeners", "log.cleanup.policy", "log.dir", "log.dirs", "log.message.format.version",
        "log.message.timestamp.type", "max.connections.per.ip.overrides", "metadata.log.dir", "metric.reporters", "metrics.recording.level",
        "password.encoder.cipher.algorithm", "password.encoder.keyfactory.algorithm", "password.encoder.old.secret", "password.encoder.secret",
        "principal.builder.class", "process.roles", "remote.log.metadata.manager.class.name", "remote.log.metadata.manager.class.path",
        "remote.log.metadata.manager.impl.prefix", "remote.log.metadata.manager.listener.name", "remote.log.storage.manager.class.name",
        "remote.log.storage.manager.class.path", "remote.log.storage.manager.impl.prefix", "replica.selector.class",
        "sasl.client.callback.handler.class", "sasl.enabled.mechanisms", "sasl.kerberos.kinit.cmd", "sasl.kerberos.principal.to.local.rules",
        "sasl.kerberos.service.name", "sasl.login.callback.handler.class", "sasl.login.class", "sasl.mechanism.controller.protocol",
        "sasl.mechanism.inter.broker.protocol", "sasl.oauthbearer.assertion.algorithm", "sasl.oauthbearer.assertion.claim.aud",
        "sasl.oauthbearer.assertion.claim.iss", "sasl.oauthbearer.assertion.claim.sub", "sasl.oauthbearer.assertion.file",
        "sasl.oauthbearer.assertion.private.key.file", "sasl.oauthbearer.assertion.private.key.passphrase",
        "sasl.oauthbearer.assertion.template.file", "sasl.oauthbearer.client.credentials.client.id",
        "sasl.oauthbearer.client.credentials.client.secret", "sasl.oauthbearer.expected.audience", "sasl.oauthbearer.expected.issuer",
        "sasl.oauthbearer.jwks.endpoint.url", "sasl.oauthbearer.jwt.retriever.class", "sasl.oauthbearer.jwt.validator.class",
        "sasl.oauthbearer.scope", "sasl.oauthbearer.scope.claim.name", "sasl.oauthbearer.sub.claim.name", "sasl.oauthbearer.token.endpoint.url",
        "sasl.server.callback.handler.class", "security.inter.broker.protocol", "security.providers", "ssl.cipher.suites", "ssl.client.auth",
        "ssl.enabled.protocols", "ssl.endpoint.identification.algorithm", "ssl.engine.factory.class", "ssl.key.password", "ssl.keymanager.algorithm",
        "ssl.keystore.certificate.chain", "ssl.keystore.key", "ssl.keystore.location", "ssl.keystore.password", "ssl.keystore.type",
        "ssl.principal.mapping.rules", "ssl.protocol", "ssl.provider", "ssl.secure.random.implementation", "ssl.trustmanager.algorithm",
        "ssl.truststore.certificates", "ssl.truststore.location", "ssl.truststore.password", "ssl.truststore.type",
    ]);
}
