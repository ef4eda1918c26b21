using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Conversion;

/// <summary>RedisSentinel in v1alpha2: settings of the sentinel's container stand beside those of the pod.</summary>
public sealed class RedisSentinelV1Alpha2() : KindConversion(RedisSentinel.Resource, "v1alpha2")
{
    /// <inheritdoc/>
    public override Type Fields => typeof(RedisSentinelV1Alpha2Spec);

    /// <inheritdoc/>
    protected override void Up(JsonObject spec)
    {
        SpecFields.Rename(spec, SpecFields.TerminationPolicy, SpecFields.DeletionPolicy);
        FlatPodTemplate.Up(spec, RedisSentinelNames.SentinelContainer);
    }

    /// <inheritdoc/>
    protected override void Down(JsonObject spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        SpecFields.Rename(spec, SpecFields.DeletionPolicy, SpecFields.TerminationPolicy);
        FlatPodTemplate.Down(spec, RedisSentinelNames.SentinelContainer);
        spec.Remove("configuration");
    }
}

/// <summary>The fields of a RedisSentinel's spec that v1alpha2 has otherwise.</summary>
[WithoutFields("configuration", "deletionPolicy")]
internal sealed record RedisSentinelV1Alpha2Spec
{
    /// <summary>Overrides of pods and workloads.</summary>
    public FlatPodTemplate? PodTemplate { get; init; }

    /// <summary>What becomes of the volumes when the sentinels are deleted. Delete when absent.</summary>
    [OneOf(DeletionPolicies.Halt, DeletionPolicies.Delete, DeletionPolicies.WipeOut, DeletionPolicies.DoNotTerminate)]
    public string? TerminationPolicy { get; init; }
}
