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
    public const string ClusterNodesJoined = "ClusterNodesJoined";
    public const string ClusterSlotsAssigned = "ClusterSlotsAssigned";
    public const string ClusterSlotsRecovered = "ClusterSlotsRecovered";
    public const string ClusterClaimsSettled = "ClusterClaimsSettled";
    public const string ClusterReplicaAssigned = "ClusterReplicaAssigned";
    public const string ClusterNodeForgotten = "ClusterNodeForgotten";
    public const string ClusterFailover = "ClusterFailover";
    public const string ClusterCommandRefused = "ClusterCommandRefused";
    public const string AclInvalid = "AclInvalid";
    public const string SentinelDiffers = "SentinelDiffers";
    public const string MasterPromoted = "MasterPromoted";
    public const string ReplicaAttached = "ReplicaAttached";
    public const string ReplicaDataReplaced = "ReplicaDataReplaced";
    public const string MasterRegistered = "MasterRegistered";
    public const string MasterForgotten = "MasterForgotten";
    public const string FailoverStarted = "FailoverStarted";
    public const string SentinelReset = "SentinelReset";
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
        new(AclInvalid, "A rule for a user can not be taken.", "Correct the named rule, or the secret that it takes a value from."),
        new(SentinelDiffers, "The RedisSentinel that a database names does not fit it.", "Do what the message says."),
        new(MasterPromoted, "A pod was made master, since the sentinels know none."),
        new(ReplicaAttached, "A pod follows the master now."),
        new(ReplicaDataReplaced, "A pod held data of its own, which the master's took the place of."),
        new(MasterRegistered, "A sentinel watches the master now."),
        new(MasterForgotten, "A sentinel no longer watches a master whose database is gone or refers to other sentinels."),
        new(FailoverStarted, "The sentinels were asked to replace a master that restarted, since its replicas hold the data."),
        new(SentinelReset, "A sentinel forgot replicas or sentinels that no longer exist."),
        new(DataAtRisk, "A change of configuration would hide, mix or lose data that the servers hold.", "Do what the message says, then make the request again."),
        new(ClusterNodesJoined, "Nodes of a cluster did not know each other, or not by their present addresses; they were made known to each other."),
        new(ClusterSlotsAssigned, "Slots of a cluster had no owner and got one: it is being made."),
        new(ClusterSlotsRecovered, "The owner of slots of a cluster is gone for good, or nobody owned them; a pod took them.", "Read the message: it says whether data was there. If not, restore from a backup."),
        new(ClusterClaimsSettled, "It was not clear which node of a cluster owns slots; it was settled before the nodes meet."),
        new(ClusterReplicaAssigned, "A pod of a cluster follows the master of its own shard now."),
        new(ClusterNodeForgotten, "A node of a cluster is in no pod any more; the others forgot it."),
        new(ClusterFailover, "A replica of a cluster took over from its master, because that one is gone for good or belongs to another shard."),
        new(ClusterCommandRefused, "A server of a cluster refuses what would mend the cluster.", "Look at the pod that the message names; the command is tried again."),
    ];
}
