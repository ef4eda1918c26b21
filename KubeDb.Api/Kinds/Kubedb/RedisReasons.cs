using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The reasons that only a Redis has. Ids are part of the interface: never renamed.</summary>
public static class RedisReasons
{
#pragma warning disable CS1591 // Each is explained in the table below, which the documentation prints.
    public const string ModeInvalid = "ModeInvalid";
    public const string ReplicasInvalid = "ReplicasInvalid";
    public const string SentinelRefMissing = "SentinelRefMissing";
    public const string SentinelNotSupported = "SentinelNotSupported";
    public const string AnnounceInvalid = "AnnounceInvalid";
    public const string ReplaceSentinelInvalid = "ReplaceSentinelInvalid";
    public const string DataAtRisk = "DataAtRisk";
#pragma warning restore CS1591

    /// <summary>Every reason of a Redis with its explanation.</summary>
    public static IReadOnlyList<ReasonEntry> All { get; } =
    [
        new(ModeInvalid, "spec.mode is unknown.", "Set it to Standalone, Cluster or Sentinel."),
        new(ReplicasInvalid, "The numbers of pods do not fit the mode.", "Correct the named field."),
        new(SentinelRefMissing, "Mode Sentinel without a RedisSentinel.", "Set spec.sentinelRef."),
        new(SentinelNotSupported, "The version is too old for the mode Sentinel.", "Choose a newer version."),
        new(AnnounceInvalid, "The announced endpoints do not fit the shards and replicas.", "Give one list a shard with one endpoint a pod."),
        new(ReplaceSentinelInvalid, "The sentinels of this database can not be replaced.", "Correct the named field."),
        new(DataAtRisk, "A change of configuration would hide, mix or lose data that the servers hold.", "Do what the message says, then make the request again."),
    ];
}
