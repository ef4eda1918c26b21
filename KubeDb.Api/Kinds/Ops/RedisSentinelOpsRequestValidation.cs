using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>The rules an ops request on a RedisSentinel has to keep, judged from the objects alone.</summary>
public static class RedisSentinelOpsRequestValidation
{
    /// <summary>Every rule that the request breaks.</summary>
    /// <param name="request">The request.</param>
    /// <param name="sentinel">The (defaulted) sentinels; null when there are none of that name.</param>
    /// <param name="versions">The catalog: the version of a name, or null.</param>
    public static IReadOnlyList<Violation> Check(RedisSentinelOpsRequest request, RedisSentinel? sentinel, Func<string, RedisVersion?> versions)
    {
        var spec = request.Spec;
        var common = OpsRequestRules.Common(request, sentinel, spec.Timeout).ToArray();
        if (sentinel is null)
            return common;
        IEnumerable<Violation> own = spec.Type switch
        {
            OpsRequestTypes.UpdateVersion => OpsRequestRules.UpdateVersion(spec.UpdateVersion, sentinel, RedisVersion.Resource, versions),
            OpsRequestTypes.HorizontalScaling => HorizontalScaling(spec.HorizontalScaling),
            OpsRequestTypes.VerticalScaling => VerticalScaling(spec.VerticalScaling),
            OpsRequestTypes.Reconfigure => OpsRequestRules.Reconfigure(spec.Configuration),
            OpsRequestTypes.ReconfigureTls => OpsRequestRules.ReconfigureTls(spec.Tls),
            OpsRequestTypes.RotateAuth => OpsRequestRules.RotateAuth(spec.Authentication, sentinel.Spec),
            OpsRequestTypes.Restart => [],
            _ => [OpsRequestRules.TypeNotSupported(spec.Type, "RedisSentinel")],
        };
        return [.. common, .. own];
    }

    /// <summary>A request never changes once it is made.</summary>
    public static IReadOnlyList<Violation> CheckUpdate(RedisSentinelOpsRequest before, RedisSentinelOpsRequest after) =>
        OpsRequestRules.Update(KindsJson.ToObject(before.Spec), KindsJson.ToObject(after.Spec), RedisSentinelOpsRequest.Resource.Kind);

    private static IEnumerable<Violation> HorizontalScaling(RedisSentinelHorizontalScaling? scaling)
    {
        const string Path = "spec.horizontalScaling";
        if (scaling is null)
            return [OpsRequestRules.Missing(Path)];
        return scaling.Replicas is > 0
            ? []
            : [new($"{Path}.replicas", Reasons.ScalingInvalid, $"{Path}.replicas \"{scaling.Replicas}\" invalid. Value must be >= 1")];
    }

    private static IEnumerable<Violation> VerticalScaling(RedisSentinelVerticalScaling? scaling)
    {
        const string Path = "spec.verticalScaling";
        if (scaling is not ({ Redissentinel: not null } or { Exporter: not null }))
            return [new(Path, scaling is null ? Reasons.OpsBlockMissing : Reasons.ScalingInvalid, $"{Path} needs at least one of redissentinel, exporter")];
        return
        [
            .. PodTemplateRules.ContainerResources(scaling.Redissentinel?.Resources?.ToNode(), $"{Path}.redissentinel.resources"),
            .. PodTemplateRules.ContainerResources(scaling.Exporter?.Resources?.ToNode(), $"{Path}.exporter.resources"),
        ];
    }
}
