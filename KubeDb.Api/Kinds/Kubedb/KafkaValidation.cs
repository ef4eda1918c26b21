using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The rules a Kafka has to keep, judged from the (defaulted) object and its catalog version alone.</summary>
public static partial class KafkaValidation
{
    /// <summary>Most nodes of a role: the ids of controllers begin there.</summary>
    public const int MostNodes = 1000;

    /// <summary>The file of nodes that are both broker and controller.</summary>
    public const string ServerFile = "server.properties";

    /// <summary>The file of brokers, with topology.</summary>
    public const string BrokerFile = "broker.properties";

    /// <summary>The file of controllers, with topology.</summary>
    public const string ControllerFile = "controller.properties";

    /// <summary>Rules for the pod templates.</summary>
    public static PodTemplateRules PodRules { get; } = new(KafkaNames.ReservedVolumes, KafkaNames.ReservedPaths, KafkaNames.ReservedVariables);

    /// <summary>Every rule that the cluster breaks; <paramref name="version"/> is null when the catalog has none of that name.</summary>
    public static IReadOnlyList<Violation> Check(Kafka kafka, KafkaVersion? version)
    {
        var spec = kafka.Spec;
        return
        [
            .. DatabaseRules.Version(spec, KafkaVersion.Resource, version, hasExporter: false),
            .. spec.Topology is null ? Combined(spec) : Topology(spec, spec.Topology),
            .. ClusterId(spec),
            .. NotOffered(spec),
            .. Readers(spec, spec.Configuration?.Inline, "spec.configuration.inline"),
            .. DatabaseRules.HealthChecker(spec.HealthChecker),
            .. DatabaseRules.Authentication(spec),
            .. DatabaseRules.Lifecycle(spec),
            .. Tls(spec),
            .. DatabaseRules.Monitor(spec.Monitor),
        ];
    }

    /// <summary>Every rule that a change of the cluster breaks.</summary>
    public static IReadOnlyList<Violation> CheckUpdate(Kafka before, Kafka after) => DatabaseRules.Update(before.Spec, after.Spec);

    /// <summary>Every rule that the deletion of the cluster breaks.</summary>
    public static IReadOnlyList<Violation> CheckDelete(Kafka kafka) => DatabaseRules.Delete(kafka);

    /// <summary>The number of nodes that vote for the leader of the metadata.</summary>
    public static int Controllers(KafkaSpec spec) => (spec.Topology is { } topology ? topology.Controller?.Replicas : spec.Replicas) ?? 1;

    /// <summary>Settings that are possible and do nothing, or less than they seem to.</summary>
    public static IEnumerable<SpecWarning> Warnings(KafkaSpec spec)
    {
        if (Controllers(spec) is var voters && voters % 2 == 0)
        {
            var path = spec.Topology is null ? "spec.replicas" : "spec.topology.controller.replicas";
            yield return new(path, KafkaReasons.EvenQuorum, $"{path} is {voters}: {voters} controllers survive the loss of no more of them than {voters - 1} would{(voters == 2 ? ", which is none: while one restarts, nothing of the metadata can change" : "")}. Choose an odd number.");
        }

        if (spec is { Topology: not null, PodTemplate: not null })
            yield return new("spec.podTemplate", KafkaReasons.TemplateWithoutEffect, "spec.podTemplate has no effect beside spec.topology. Move it to spec.topology.broker.podTemplate and spec.topology.controller.podTemplate.");
        for (var i = 0; i < spec.ServiceTemplates.Count; i++)
        {
            if (spec.ServiceTemplates[i].Alias is not ServiceAliases.Stats and var alias)
                yield return new($"spec.serviceTemplates[{i}]", KafkaReasons.TemplateWithoutEffect, $"spec.serviceTemplates[{i}] has no effect: a Kafka has no service {alias}, for clients go to each broker by its own name. Remove it.");
        }

        const string Path = "spec.monitor.prometheus.exporter";
        if (spec.Monitor?.Prometheus?.Exporter is not { } exporter)
            yield break;
        (string, bool)[] fields = [("args", exporter.Args.Count > 0), ("env", exporter.Env.Count > 0), ("resources", exporter.Resources is not null)];
        foreach (var (name, _) in fields.Where(f => f.Item2))
            yield return new($"{Path}.{name}", KafkaReasons.AgentSettingsWithoutEffect, $"{Path}.{name} has no effect: the servers serve their metrics themselves, without an exporter container. Remove it.");
    }

    /// <summary>Files that no node of the cluster reads.</summary>
    /// <param name="spec">The cluster.</param>
    /// <param name="files">The files by name; null for none.</param>
    /// <param name="path">Field that holds them.</param>
    public static IEnumerable<Violation> Readers(KafkaSpec spec, IReadOnlyDictionary<string, string>? files, string path)
    {
        var (unread, instead) = spec.Topology is null
            ? ((string[])[BrokerFile, ControllerFile], ServerFile)
            : ([ServerFile], $"{BrokerFile} and {ControllerFile}");
        return
        [
            .. unread.Where(f => files?.ContainsKey(f) == true).Select(f => new Violation(
                path, KafkaReasons.FileWithoutReader, $"{path}[{f}] is read by no node of a Kafka {(spec.Topology is null ? "without" : "with")} topology. Use {instead}")),
        ];
    }

    private static IEnumerable<Violation> Combined(KafkaSpec spec) =>
    [
        .. Count(spec.Replicas, "spec.replicas"),
        .. DatabaseRules.Storage(spec.StorageType, spec.Storage),
        .. PodRules.Check(spec.PodTemplate?.Spec, "spec.podTemplate.spec"),
    ];

    private static IEnumerable<Violation> Topology(KafkaSpec spec, KafkaTopology topology)
    {
        const string Path = "spec.topology";
        List<(string Path, KafkaNode? Node)> roles = [($"{Path}.controller", topology.Controller), ($"{Path}.broker", topology.Broker)];
        List<Violation> found = [.. roles.Where(r => r.Node is null).Select(r => new Violation(r.Path, KafkaReasons.TopologyInvalid, $"{r.Path} cannot be empty: spec.topology needs both roles"))];
        if (spec.Replicas is not null)
            found.Add(Beside("spec.replicas", "replicas"));
        if (spec.Storage is not null)
            found.Add(Beside("spec.storage", "storage"));
        if (spec.PodTemplate?.Spec?.ToNode().Member("containers").Objects().Any(c => c["resources"] is JsonObject { Count: > 0 }) == true)
            found.Add(Beside("spec.podTemplate.spec.containers", "podTemplate"));
        foreach (var (path, node) in roles)
        {
            if (node is null)
                continue;
            found.AddRange(Count(node.Replicas, $"{path}.replicas"));
            if (!Suffix().IsMatch(node.Suffix ?? ""))
                found.Add(new($"{path}.suffix", KafkaReasons.SuffixInvalid, $"{path}.suffix \"{node.Suffix}\" can not end the name of a workload: lower-case letters, digits and dashes, not ending with a dash and a number. Choose another, or leave it out"));
            found.AddRange(DatabaseRules.Storage(spec.StorageType, node.Storage, $"{path}.storage"));
            found.AddRange(PodRules.Check(node.PodTemplate?.Spec, $"{path}.podTemplate.spec"));
        }

        if (topology is { Broker: { } broker, Controller: { } controller } && broker.Suffix == controller.Suffix)
            found.Add(new(Path, KafkaReasons.SuffixInvalid, $"{Path}: controller and broker have the same suffix \"{broker.Suffix}\", so that their workloads would have one name. Choose another for one of them"));
        return found;

        static Violation Beside(string path, string field) =>
            new(path, KafkaReasons.TopologyInvalid, $"{path} is not allowed with spec.topology: set spec.topology.broker.{field} and spec.topology.controller.{field}");
    }

    private static IEnumerable<Violation> Count(int? replicas, string path) => replicas is >= 1 and <= MostNodes
        ? []
        : [new(path, KafkaReasons.NodeCountInvalid, $"{path} \"{replicas}\" invalid. Value must be >= 1 and <= {MostNodes}")];

    private static IEnumerable<Violation> ClusterId(KafkaSpec spec)
    {
        var ids = KafkaClusterId.Given(spec);
        if (ids.Select(i => i.Id).Distinct(StringComparer.Ordinal).Count() > 1)
        {
            yield return new("spec.topology", KafkaReasons.ClusterIdInvalid, $"spec.topology: {KafkaNames.ClusterIdVariable} of the roles differ ({string.Join(", ", ids.Select(i => i.Id ?? "none"))}), so that they would be two clusters. Give both the same, or none");
            yield break;
        }

        if (ids is [{ Id: { } id, Path: var path }, ..] && !KafkaClusterId.IsValid(id))
            yield return new(path, KafkaReasons.ClusterIdInvalid, $"{path}: {KafkaNames.ClusterIdVariable} \"{id}\" is no id of a cluster: 22 letters, digits, dashes and underscores, not beginning with a dash. Correct it, or leave it out: the operator chooses one");
    }

    private static IEnumerable<Violation> NotOffered(KafkaSpec spec)
    {
        if (spec.CruiseControl is not null)
            yield return new("spec.cruiseControl", Reasons.NotOffered, "spec.cruiseControl can not be provided yet. Remove it");
        if (spec.TieredStorage is not null)
            yield return new("spec.tieredStorage", Reasons.NotOffered, "spec.tieredStorage can not be provided yet. Remove it");
        if (spec.BrokerRack is { } rack && string.IsNullOrEmpty(rack.TopologyKey))
            yield return new("spec.brokerRack.topologyKey", KafkaReasons.RackKeyMissing, "spec.brokerRack.topologyKey is empty: name a label of the machines, such as topology.kubernetes.io/zone, or remove spec.brokerRack");
    }

    private static IEnumerable<Violation> Tls(KafkaSpec spec)
    {
        if (spec.EnableSsl && spec.Tls is null)
            return [new("spec.enableSSL", KafkaReasons.SslWithoutTls, "spec.tls can't be nil, if spec.enableSSL is true: name the issuer of certificates in spec.tls.issuerRef, or set spec.enableSSL to false")];
        if (!spec.EnableSsl && spec.Tls is not null)
            return [new("spec.enableSSL", KafkaReasons.SslWithoutTls, "spec.tls must be nil, if spec.enableSSL is false: set spec.enableSSL to true, or remove spec.tls")];
        if (spec is { EnableSsl: true, Tls.IssuerRef: null })
            return [new("spec.tls.issuerRef", KafkaReasons.SslWithoutTls, "spec.tls.issuerRef is missing: spec.enableSSL needs the issuer of certificates. Name one, or set spec.enableSSL to false")];
        return CertificateRules.Check(spec.Tls?.IssuerRef, spec.Tls?.Certificates ?? []);
    }

    // A name that ends in a number could be that of a pod of another workload.
    [GeneratedRegex("^(?!.*-[0-9]+$)(?![0-9]+$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex Suffix();
}
