using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>The rules an ops request on a Kafka has to keep, judged from the objects alone.</summary>
public static class KafkaOpsRequestValidation
{
    /// <summary>Every rule that the request breaks.</summary>
    /// <param name="request">The request.</param>
    /// <param name="kafka">The (defaulted) cluster; null when there is none of that name.</param>
    /// <param name="versions">The catalog: the version of a name, or null.</param>
    public static IReadOnlyList<Violation> Check(KafkaOpsRequest request, Kafka? kafka, Func<string, KafkaVersion?> versions)
    {
        var spec = request.Spec;
        var common = OpsRequestRules.Common(request, kafka, spec.Timeout).ToArray();
        if (kafka is null)
            return common;
        IEnumerable<Violation> own = spec.Type switch
        {
            OpsRequestTypes.UpdateVersion => OpsRequestRules.UpdateVersion(spec.UpdateVersion, kafka, KafkaVersion.Resource, versions),
            OpsRequestTypes.HorizontalScaling => HorizontalScaling(spec.HorizontalScaling, kafka.Spec),
            OpsRequestTypes.VerticalScaling => VerticalScaling(spec.VerticalScaling, kafka.Spec),
            OpsRequestTypes.VolumeExpansion => VolumeExpansion(spec.VolumeExpansion, kafka.Spec),
            OpsRequestTypes.Reconfigure => [.. OpsRequestRules.Reconfigure(spec.Configuration), .. KafkaValidation.Readers(kafka.Spec, spec.Configuration?.ApplyConfig, "spec.configuration.applyConfig")],
            OpsRequestTypes.ReconfigureTls => OpsRequestRules.ReconfigureTls(spec.Tls),
            OpsRequestTypes.RotateAuth => OpsRequestRules.RotateAuth(spec.Authentication, kafka.Spec),
            OpsRequestTypes.StorageMigration => StorageMigration(spec, kafka.Spec),
            OpsRequestTypes.Restart => [],
            _ => [OpsRequestRules.TypeNotSupported(spec.Type, Kafka.Resource.Kind)],
        };
        return [.. common, .. own];
    }

    /// <summary>A request never changes once it is made.</summary>
    public static IReadOnlyList<Violation> CheckUpdate(KafkaOpsRequest before, KafkaOpsRequest after) =>
        OpsRequestRules.Update(KindsJson.ToObject(before.Spec), KindsJson.ToObject(after.Spec), KafkaOpsRequest.Resource.Kind);

    private static IEnumerable<Violation> HorizontalScaling(KafkaHorizontalScaling? scaling, KafkaSpec kafka)
    {
        const string Path = "spec.horizontalScaling";
        if (scaling is null)
            return [OpsRequestRules.Missing(Path)];
        return Parts(
            Path, kafka, [("node", scaling.Node, null), ("topology.broker", scaling.Topology?.Broker, KafkaNames.Broker), ("topology.controller", scaling.Topology?.Controller, KafkaNames.Controller)],
            (path, wish) => (int)wish >= 1 ? [] : [new(path, Reasons.ScalingInvalid, $"{path} \"{wish}\" invalid. Value must be >= 1")]);
    }

    private static IEnumerable<Violation> VerticalScaling(KafkaVerticalScaling? scaling, KafkaSpec kafka)
    {
        const string Path = "spec.verticalScaling";
        if (scaling is null)
            return [OpsRequestRules.Missing(Path)];
        return Parts(
            Path, kafka, [("node", scaling.Node, null), ("broker", scaling.Broker, KafkaNames.Broker), ("controller", scaling.Controller, KafkaNames.Controller)],
            (path, wish) => PodTemplateRules.ContainerResources(((PodScaling)wish).Resources?.ToNode(), $"{path}.resources"));
    }

    private static IEnumerable<Violation> VolumeExpansion(KafkaVolumeExpansion? expansion, KafkaSpec kafka)
    {
        const string Path = "spec.volumeExpansion";
        if (expansion is null)
            return [OpsRequestRules.Missing(Path)];
        return Parts(
            Path, kafka, [("node", expansion.Node, null), ("broker", expansion.Broker, KafkaNames.Broker), ("controller", expansion.Controller, KafkaNames.Controller)],
            (path, wish) => OpsRequestRules.VolumeSize((Quantity)wish, path, kafka.StorageType, StorageOf(kafka, path)));
    }

    private static IEnumerable<Violation> StorageMigration(KafkaOpsRequestSpec spec, KafkaSpec kafka)
    {
        const string Path = "spec.migration";
        if (string.IsNullOrEmpty(spec.Timeout))
            yield return new("spec.timeout", Reasons.MigrationInvalid, "spec.timeout is missing: a storage migration needs a bound, such as 30m");
        if (spec.Migration is not { } migration)
        {
            yield return OpsRequestRules.Missing(Path);
            yield break;
        }

        var found = Parts(
            Path, kafka, [("node", migration.Node, null), ("broker", migration.Broker, KafkaNames.Broker), ("controller", migration.Controller, KafkaNames.Controller)],
            (path, wish) => ((StorageMigrationSpec)wish).StorageClassName.Length > 0 ? [] : [OpsRequestRules.Missing($"{path}.storageClassName")]);
        foreach (var violation in found)
            yield return violation;
    }

    /// <summary>Each part that is given is one of the cluster's, and keeps the rule; one is given.</summary>
    private static IEnumerable<Violation> Parts(
        string block, KafkaSpec kafka, (string Name, object? Wish, string? Role)[] parts, Func<string, object, IEnumerable<Violation>> rule)
    {
        var given = parts.Where(p => p.Wish is not null).ToList();
        var fitting = parts.Where(p => p.Role is null == kafka.Topology is null).Select(p => p.Name);
        if (given.Count == 0)
            yield return new(block, Reasons.ScalingInvalid, $"{block} needs at least one of {string.Join(", ", fitting)}");
        foreach (var (name, wish, role) in given)
        {
            var path = $"{block}.{name}";
            if (role is null == (kafka.Topology is not null))
            {
                yield return new(path, Reasons.ScalingInvalid, $"{path} does not fit a Kafka {(kafka.Topology is null ? "without" : "with")} topology. Use {string.Join(", ", fitting)}");
                continue;
            }

            foreach (var violation in rule(path, wish!))
                yield return violation;
        }
    }

    private static Kubernetes.JsonFragment? StorageOf(KafkaSpec kafka, string path) => path.Split('.')[^1] switch
    {
        KafkaNames.Broker => kafka.Topology?.Broker?.Storage,
        KafkaNames.Controller => kafka.Topology?.Controller?.Storage,
        _ => kafka.Storage,
    };
}
