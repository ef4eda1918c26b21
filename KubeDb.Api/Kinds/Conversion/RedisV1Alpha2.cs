using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Conversion;

/// <summary>Redis in v1alpha2: replicas of a shard are counted without its master, and settings of containers stand beside those of the pod.</summary>
public sealed class RedisV1Alpha2() : KindConversion(Redis.Resource, "v1alpha2")
{
    private const string Cluster = "cluster";
    private const string Shards = "shards";
    private const string Master = "master";
    private const string Replicas = "replicas";
    private const string Configuration = "configuration";
    private const string SecretName = "secretName";
    private const string ConfigSecret = "configSecret";

    /// <inheritdoc/>
    public override Type Fields => typeof(RedisV1Alpha2Spec);

    /// <inheritdoc/>
    protected override void Up(JsonObject spec)
    {
        SpecFields.Rename(spec, SpecFields.TerminationPolicy, SpecFields.DeletionPolicy);
        ClusterUp(spec);
        FlatPodTemplate.Up(spec, RedisNames.ServerContainer);
        CoordinatorSpec.Up(spec, RedisNames.CoordinatorContainer);
    }

    /// <inheritdoc/>
    protected override void Down(JsonObject spec)
    {
        SpecFields.Rename(spec, SpecFields.DeletionPolicy, SpecFields.TerminationPolicy);
        ClusterDown(spec);
        CoordinatorSpec.Down(spec, RedisNames.CoordinatorContainer);
        FlatPodTemplate.Down(spec, RedisNames.ServerContainer);
        if (spec[Configuration].Member(SecretName).AsText() is { Length: > 0 } secret)
            spec[ConfigSecret] = new JsonObject { ["name"] = secret };
        spec.Remove(Configuration);
        spec.Remove("acl");
    }

    /// <summary>The configuration of v1 counts before the secret that v1alpha2 names; where that one was edited, it has to count.</summary>
    protected override void Settle(JsonObject spec, IReadOnlyCollection<string> edited)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(edited);
        if (!edited.Any(e => e is ConfigSecret or $"{ConfigSecret}.name") || spec[Configuration] is not JsonObject configuration)
            return;
        configuration.Remove(SecretName);
        if (spec[ConfigSecret].Member("name").AsText() is { Length: > 0 } secret)
            configuration[SecretName] = secret;
        spec.Remove(ConfigSecret);
        if (configuration.Count == 0)
            spec.Remove(Configuration);
    }

    // Without the mode Cluster the block has no meaning in either version, and is only kept.
    private static void ClusterUp(JsonObject spec)
    {
        if (spec["mode"].AsText() != RedisModes.Cluster)
        {
            spec.Remove(Cluster);
            return;
        }

        if (ContainerDefaults.EnsureObject(spec, Cluster) is not { } cluster)
            return;
        SpecFields.Rename(cluster, Master, Shards);
        SpecFields.Increment(cluster, Replicas, "spec.cluster.replicas");
        ContainerDefaults.Fill(cluster, Shards, RedisDefaults.Shards);
        ContainerDefaults.Fill(cluster, Replicas, RedisDefaults.ShardReplicas);
    }

    private static void ClusterDown(JsonObject spec)
    {
        if (spec["mode"].AsText() != RedisModes.Cluster)
            spec.Remove(Cluster);
        if (spec[Cluster] is not JsonObject cluster)
            return;
        SpecFields.Rename(cluster, Shards, Master);
        SpecFields.Decrement(cluster, Replicas);
    }
}

/// <summary>The fields of a Redis' spec that v1alpha2 has otherwise.</summary>
[WithoutFields("acl", "configuration", "deletionPolicy")]
internal sealed record RedisV1Alpha2Spec
{
    /// <summary>Masters and their replicas, for the mode Cluster.</summary>
    public RedisV1Alpha2Cluster? Cluster { get; init; }

    /// <summary>The user's configuration: a secret with the key redis.conf (Valkey: valkey.conf).</summary>
    public LocalReference? ConfigSecret { get; init; }

    /// <summary>Settings of the coordinator's container.</summary>
    public CoordinatorSpec? Coordinator { get; init; }

    /// <summary>Overrides of pods and workloads.</summary>
    public FlatPodTemplate? PodTemplate { get; init; }

    /// <summary>What becomes of the data when the database is deleted. Delete when absent.</summary>
    [OneOf(DeletionPolicies.Halt, DeletionPolicies.Delete, DeletionPolicies.WipeOut, DeletionPolicies.DoNotTerminate)]
    public string? TerminationPolicy { get; init; }
}

/// <summary>Masters of a cluster and their replicas.</summary>
internal sealed record RedisV1Alpha2Cluster
{
    /// <summary>Endpoints for clients outside.</summary>
    public RedisAnnounce? Announce { get; init; }

    /// <summary>Masters. 3 when absent, at least 3.</summary>
    public int? Master { get; init; }

    /// <summary>Replicas of each master, itself not counted. 1 when absent, at least 1.</summary>
    public int? Replicas { get; init; }
}
