using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>The rules an ops request on a ZooKeeper has to keep, judged from the objects alone.</summary>
public static class ZooKeeperOpsRequestValidation
{
    /// <summary>Fewest members that an ensemble can be scaled to: a single server never takes part in a vote.</summary>
    public const int FewestMembers = 3;

    /// <summary>Every rule that the request breaks.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ensemble">The (defaulted) ensemble; null when there is none of that name.</param>
    /// <param name="versions">The catalog: the version of a name, or null.</param>
    public static IReadOnlyList<Violation> Check(ZooKeeperOpsRequest request, ZooKeeper? ensemble, Func<string, ZooKeeperVersion?> versions)
    {
        var spec = request.Spec;
        var common = OpsRequestRules.Common(request, ensemble, spec.Timeout).ToArray();
        if (ensemble is null)
            return common;
        IEnumerable<Violation> own = spec.Type switch
        {
            OpsRequestTypes.UpdateVersion => OpsRequestRules.UpdateVersion(spec.UpdateVersion, ensemble, ZooKeeperVersion.Resource, versions),
            OpsRequestTypes.HorizontalScaling => HorizontalScaling(spec.HorizontalScaling),
            OpsRequestTypes.VerticalScaling => VerticalScaling(spec.VerticalScaling),
            OpsRequestTypes.VolumeExpansion => OpsRequestRules.VolumeSize(spec.VolumeExpansion?.Node, "spec.volumeExpansion.node", StorageTypes.Durable, ensemble.Spec.Storage),
            OpsRequestTypes.Reconfigure => OpsRequestRules.Reconfigure(spec.Configuration),
            OpsRequestTypes.ReconfigureTls => OpsRequestRules.ReconfigureTls(spec.Tls),
            OpsRequestTypes.RotateAuth => OpsRequestRules.RotateAuth(spec.Authentication, ensemble.Spec),
            OpsRequestTypes.Restart => [],
            _ => [OpsRequestRules.TypeNotSupported(spec.Type, ZooKeeper.Resource.Kind)],
        };
        return [.. common, .. own];
    }

    /// <summary>A request never changes once it is made.</summary>
    public static IReadOnlyList<Violation> CheckUpdate(ZooKeeperOpsRequest before, ZooKeeperOpsRequest after) =>
        OpsRequestRules.Update(KindsJson.ToObject(before.Spec), KindsJson.ToObject(after.Spec), ZooKeeperOpsRequest.Resource.Kind);

    private static IEnumerable<Violation> HorizontalScaling(ZooKeeperHorizontalScaling? scaling)
    {
        const string Path = "spec.horizontalScaling";
        if (scaling is null)
            return [OpsRequestRules.Missing(Path)];
        return scaling.Replicas is >= FewestMembers
            ? []
            : [new($"{Path}.replicas", Reasons.ScalingInvalid, $"{Path}.replicas \"{scaling.Replicas}\" invalid. Value must be >= {FewestMembers}")];
    }

    private static IEnumerable<Violation> VerticalScaling(ZooKeeperVerticalScaling? scaling)
    {
        const string Path = "spec.verticalScaling";
        return scaling?.Node is { } node
            ? PodTemplateRules.ContainerResources(node.Resources?.ToNode(), $"{Path}.node.resources")
            : [new(Path, scaling is null ? Reasons.OpsBlockMissing : Reasons.ScalingInvalid, $"{Path} needs node")];
    }
}
