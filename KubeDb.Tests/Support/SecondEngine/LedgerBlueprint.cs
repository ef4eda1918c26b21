using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Support.SecondEngine;

/// <summary>The objects of a <see cref="Ledger"/>, made of the parts that all engines share.</summary>
internal static class LedgerBlueprint
{
    public const string Container = "ledger";
    public const string ConfigVolume = "ledger-config";

    public static Blueprint Describe(DatabaseFacts facts, IReadOnlyList<PodGroup> groups)
    {
        var d = new Description(facts);
        var warnings = new List<SpecWarning>();
        var objects = new List<DesiredObject>
        {
            new(ResourceTypes.Service, ServiceObjects.Governing(d, ServiceObjects.Port("peer", LedgerConnector.Port, "peer")))
            {
                CreatedEvent = "Successfully created governing service",
            },
            BindingObjects.ConfigSecret(d, Files(facts)),
        };
        foreach (var group in groups)
        {
            var labels = new Dictionary<string, string> { ["kubedb.com/role"] = group.Role };
            objects.Add(PetSetObjects.Describe(d, PetSet(d, group, labels), warnings));
            if (PetSetObjects.DisruptionBudget(d, group.PetSet, group.Replicas, labels) is { } budget)
                objects.Add(budget);
        }

        return new(objects) { Warnings = warnings };
    }

    private static Dictionary<string, string> Files(DatabaseFacts facts)
    {
        var user = UserConfiguration.Of(TwoFileConfiguration.All, facts);
        return TwoFileConfiguration.All.ToDictionary(f => f.Name, f => f.Render(Defaults(f), user.Effective(f), Owned(f, facts.Database.Metadata.Name)));
    }

    private static IConfigurationDocument Defaults(ConfigurationFile file) =>
        file.Dialect.Read(file.Name == TwoFileConfiguration.Common ? "log.level=info" : "worker.threads=4").Document;

    private static IConfigurationDocument Owned(ConfigurationFile file, string database) =>
        file.Dialect.Read(file.Name == TwoFileConfiguration.Common ? $"cluster.id={database}" : "worker.id=ordinal").Document;

    private static PetSetDescription PetSet(Description d, PodGroup group, IReadOnlyDictionary<string, string> labels) => new()
    {
        Name = group.PetSet,
        Replicas = group.Replicas,
        MainContainer = Container,
        Template = group.Template,
        TemplatePath = $"{group.Path}.podTemplate",
        Group = labels,
        Pod = new()
        {
            ["containers"] = new JsonArray(Manifests.ToJson(new V1Container
            {
                Name = Container,
                Image = d.Facts.Version.DatabaseImage,
                Args = [group.Role],
                Ports = [PodParts.Port("peer", LedgerConnector.Port)],
                VolumeMounts = [PodParts.Mount(ConfigVolume, "/etc/ledger")],
            })),
            ["volumes"] = Manifests.ToJson([PodParts.SecretVolume(ConfigVolume, d.ConfigSecret)]),
        },
    };

    /// <summary>Names that no other kind of database takes: one of the same name may live in the namespace.</summary>
    private sealed class Description(DatabaseFacts facts) : DatabaseDescription(facts)
    {
        public override string GoverningService => ObjectNames.WithSuffix(Name, "nodes");

        public override string ConfigSecret => ObjectNames.WithSuffix(Name, "ledger-config");
    }
}
