using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds;

/// <summary>The generated readers and writers; a new kind adds one line.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    MaxDepth = JsonLimits.Depth,
    Converters = [typeof(KubernetesTimeConverter)])]
[JsonSerializable(typeof(Redis))]
[JsonSerializable(typeof(RedisVersion))]
[JsonSerializable(typeof(RedisOpsRequest))]
[JsonSerializable(typeof(RedisSentinel))]
[JsonSerializable(typeof(RedisSentinelOpsRequest))]
[JsonSerializable(typeof(ZooKeeper))]
[JsonSerializable(typeof(ZooKeeperVersion))]
[JsonSerializable(typeof(ZooKeeperOpsRequest))]
[JsonSerializable(typeof(Kafka))]
[JsonSerializable(typeof(KafkaVersion))]
[JsonSerializable(typeof(KafkaOpsRequest))]
[JsonSerializable(typeof(Druid))]
[JsonSerializable(typeof(DruidVersion))]
[JsonSerializable(typeof(DruidOpsRequest))]
[JsonSerializable(typeof(PetSet))]
[JsonSerializable(typeof(PlacementPolicy))]
[JsonSerializable(typeof(AppBinding))]
internal sealed partial class KindsJsonContext : JsonSerializerContext;
