using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>The rules an ops request on a Druid has to keep, judged from the objects alone.</summary>
public static class DruidOpsRequestValidation
{
    /// <summary>Every rule that the request breaks.</summary>
    /// <param name="request">The request.</param>
    /// <param name="druid">The (defaulted) cluster; null when there is none of that name.</param>
    /// <param name="versions">The catalog: the version of a name, or null.</param>
    public static IReadOnlyList<Violation> Check(DruidOpsRequest request, Druid? druid, Func<string, DruidVersion?> versions)
    {
        ArgumentNullException.ThrowIfNull(request);
        var spec = request.Spec;
        var common = OpsRequestRules.Common(request, druid, spec.Timeout).ToArray();
        if (druid is null)
            return common;
        IEnumerable<Violation> own = spec.Type switch
        {
            OpsRequestTypes.UpdateVersion => OpsRequestRules.UpdateVersion(spec.UpdateVersion, druid, DruidVersion.Resource, versions),
            OpsRequestTypes.HorizontalScaling => HorizontalScaling(spec.HorizontalScaling, druid),
            OpsRequestTypes.VerticalScaling => VerticalScaling(spec.VerticalScaling, druid),
            OpsRequestTypes.VolumeExpansion => VolumeExpansion(spec.VolumeExpansion, druid),
            OpsRequestTypes.Reconfigure => OpsRequestRules.Reconfigure(spec.Configuration),
            OpsRequestTypes.ReconfigureTls => OpsRequestRules.ReconfigureTls(spec.Tls),
            OpsRequestTypes.RotateAuth => OpsRequestRules.RotateAuth(spec.Authentication, druid.Spec),
            OpsRequestTypes.StorageMigration => StorageMigration(spec.Migration, spec.Timeout),
            OpsRequestTypes.Restart => [],
            _ => [OpsRequestRules.TypeNotSupported(spec.Type, Druid.Resource.Kind)],
        };
        return [.. common, .. own];
    }

    private static IEnumerable<Violation> HorizontalScaling(DruidHorizontalScaling? scaling, Druid druid)
    {
        const string Path = "spec.horizontalScaling.topology";
        if (scaling?.Topology is not { } wanted)
            return [OpsRequestRules.Missing(Path)];
        if (!wanted.Given.Any())
            return [new(Path, Reasons.ScalingInvalid, $"{Path} needs at least one role")];
        return wanted.Given.SelectMany(w => NotThere(w.Role, $"{Path}.{w.Role}", druid, Reasons.ScalingInvalid).Concat(
            w.Replicas > 0 ? [] : (Violation[])[new($"{Path}.{w.Role}", Reasons.ScalingInvalid, $"{Path}.{w.Role} \"{w.Replicas}\" invalid. Value must be greater than 0")]));
    }

    private static IEnumerable<Violation> VerticalScaling(DruidVerticalScaling? scaling, Druid druid)
    {
        const string Path = "spec.verticalScaling";
        if (scaling is null)
            return [OpsRequestRules.Missing(Path)];
        if (!scaling.Given.Any())
            return [new(Path, Reasons.ScalingInvalid, $"{Path} needs at least one role")];
        return scaling.Given.SelectMany(s => NotThere(s.Role, $"{Path}.{s.Role}", druid, Reasons.ScalingInvalid)
            .Concat(PodTemplateRules.ContainerResources(s.Scaling.Resources?.ToNode(), $"{Path}.{s.Role}.resources")));
    }

    private static IEnumerable<Violation> VolumeExpansion(DruidVolumeExpansion? expansion, Druid druid)
    {
        const string Path = "spec.volumeExpansion";
        if (expansion is null)
            return [OpsRequestRules.Missing(Path)];
        (string Role, Quantity? Size)[] sizes = [(DruidNames.Historicals, expansion.Historicals), (DruidNames.MiddleManagers, expansion.MiddleManagers)];
        if (sizes.All(s => s.Size is null))
            return [new(Path, Reasons.VolumeSizeInvalid, $"{Path} needs historicals or middleManagers")];
        return sizes.Where(s => s.Size is not null).SelectMany(s =>
            druid.Spec.Topology?.Of(s.Role) is DruidDataNode node ? OpsRequestRules.VolumeSize(s.Size, $"{Path}.{s.Role}", node.StorageType, node.Storage) : []);
    }

    private static IEnumerable<Violation> StorageMigration(StorageMigrationSpec? migration, string? timeout)
    {
        if (string.IsNullOrEmpty(migration?.StorageClassName))
            yield return OpsRequestRules.Missing("spec.migration.storageClassName");
        if (string.IsNullOrEmpty(timeout))
            yield return new("spec.timeout", Reasons.MigrationInvalid, "spec.timeout is missing: a storage migration needs a bound, such as 30m");
    }

    private static IEnumerable<Violation> NotThere(string role, string path, Druid druid, string reason) =>
        druid.Spec.Topology?.Of(role) is null ? [new(path, reason, $"{path}: the Druid has no {role}")] : [];
}
