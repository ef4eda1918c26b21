using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>What of a Kafka must not change by hand, because its data would be lost or its votes counted wrong: judged by the claims that are there. Pure.</summary>
internal static class KafkaIdentity
{
    /// <summary>Every such change.</summary>
    public static IEnumerable<Violation> Check(DatabaseFacts facts) => [.. ClusterId(facts), .. facts.WasProvisioned ? KafkaNodes.Of(facts.Database).SelectMany(n => Count(facts, n)) : []];

    private static IEnumerable<Violation> ClusterId(DatabaseFacts facts)
    {
        var present = facts.Claims.Select(c => c.DataOf).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (present.Count > 1)
        {
            yield return new("spec", KafkaReasons.ClusterIdChanged, $"The claims of the database hold data of several clusters ({string.Join(", ", present)}), as their annotation {DatabaseLabels.DataOf} says. Delete the claims of all but one");
            yield break;
        }

        if (KafkaClusterId.Given(((KafkaDatabase)facts.Database).Spec)[0] is { Id: { } wanted, Path: var path } && present is [var there] && wanted != there)
            yield return new(path, KafkaReasons.ClusterIdChanged, $"{path}: {KafkaNames.ClusterIdVariable} is \"{wanted}\", and the data that is there is of cluster {there}, which nodes of another do not serve. Remove the variable, or set it to {there}");
    }

    // Voters are a fixed list; a broker that is taken away takes along the replicas that it has.
    private static IEnumerable<Violation> Count(DatabaseFacts facts, KafkaNodes nodes)
    {
        var claimed = new PodGroup { PetSet = $"{facts.Database.Metadata.Name}-data-{nodes.PetSet}", Replicas = 0, Container = "" };
        var present = facts.Claims.Count(c => claimed.Has(c.Name));
        if (present == 0 || present == nodes.Replicas || (present < nodes.Replicas && !nodes.AreControllers))
            yield break;
        var path = $"{nodes.Path}.replicas";
        yield return new(path, KafkaReasons.NodesChanged, present > nodes.Replicas
            ? $"{path} is {nodes.Replicas}, and {present} nodes have data: those that are left out would take replicas along. Set it back to {present}"
            : $"{path} is {nodes.Replicas}, and {present} controllers know each other: more of them have to be made known to these first, which can not be done yet. Set it back to {present}");
    }
}
