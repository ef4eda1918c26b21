using KubeDb.Api.Engines.Druid;
using KubeDb.Api.Engines.Kafka;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Sentinel;
using KubeDb.Api.Engines.ZooKeeper;

namespace KubeDb.Api.Engines;

/// <summary>The engines. A new one is a line here.</summary>
public static class EngineRegistry
{
    /// <summary>Every engine.</summary>
    public static IReadOnlyList<IEngine> Create(IEngineDialer dialer, TimeProvider time) =>
        [new RedisEngine(dialer, time), new RedisSentinelEngine(dialer, time), new ZooKeeperEngine(dialer, time), new KafkaEngine(dialer, time), new DruidEngine(dialer, time)];
}
