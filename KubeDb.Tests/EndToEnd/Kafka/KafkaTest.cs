using KubeDb.Tests.Support.Writers;

namespace KubeDb.Tests.EndToEnd.Kafka;

/// <summary>What tests of Kafka share: manifests as the guides have them, on small pods, and what a person types into them.</summary>
public abstract class KafkaTest : ClusterTest
{
    /// <summary>Versions of the test catalog (hack/catalog.yaml).</summary>
    protected const string Kafka39 = "3.9.0", Kafka40 = "4.0.0", Kafka42 = "4.2.0";

    // Java starts slowly, six times over.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private const string Storage = "storage: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 256Mi} } }";

    /// <summary>A cluster of small nodes that are both, which nothing is left of once it is deleted.</summary>
    protected static string Combined(string name, string version, int replicas = 3, string more = "") => $$"""
        apiVersion: kubedb.com/v1
        kind: Kafka
        metadata: {name: {{name}}}
        spec:
          version: "{{version}}"
          replicas: {{replicas}}
          {{Storage}}
          {{Pods(768)}}
          deletionPolicy: WipeOut
          {{more}}
        """;

    /// <summary>A cluster of small nodes of each role.</summary>
    protected static string Topology(string name, string version, string more = "") => $$"""
        apiVersion: kubedb.com/v1
        kind: Kafka
        metadata: {name: {{name}}}
        spec:
          version: "{{version}}"
          topology:
            broker: {replicas: 3, {{Storage}}, {{Pods(768)}} }
            controller: {replicas: 3, {{Storage}}, {{Pods(320)}} }
          deletionPolicy: WipeOut
          {{more}}
        """;

    /// <summary>A secret with a configuration, as the guide has it.</summary>
    protected static string Configuration(string name, string file, string line) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}}
        stringData:
          {{file}}: |
            {{line}}
        """;

    /// <summary>A request; <paramref name="rest"/> are further members of its spec, in flow style.</summary>
    protected static string Request(string name, string type, string database, string rest = "") => $$"""
        apiVersion: ops.kubedb.com/v1alpha1
        kind: KafkaOpsRequest
        metadata: {name: {{name}}}
        spec: {type: {{type}}, databaseRef: {name: {{database}}}, timeout: 5m{{(rest.Length > 0 ? ", " : "")}}{{rest}} }
        """;

    /// <summary>Waits, with kubectl wait, for the phase of a cluster.</summary>
    protected Task KafkaIs(string name, string phase) => WaitAsync($"--for=jsonpath={{.status.phase}}={phase}", $"kf/{name}", Patience);

    /// <summary>Waits, with kubectl wait, for a request to be Successful.</summary>
    protected Task Succeeds(string request) => WaitAsync("--for=condition=Successful", $"kfops/{request}", Patience);

    /// <summary>Runs one of Kafka's tools in a broker's pod, as the guides do.</summary>
    protected Task<string> Run(string pod, string command) => KubectlHere("exec", pod, "--", "bash", "-c", command);

    /// <summary>The value of a setting of the brokers as the guides look it up, one for each broker.</summary>
    protected async Task<IReadOnlyList<string>> Settings(string pod, string name) =>
    [
        .. (await Run(pod, "kafka-configs.sh --bootstrap-server localhost:9092 --command-config config/clientauth.properties --describe --entity-type brokers --all"))
            .Split('\n').Where(l => l.TrimStart().StartsWith($"{name}=", StringComparison.Ordinal)).Select(l => l.Trim().Split(' ')[0][(name.Length + 1)..]),
    ];

    /// <summary>Voters and observers of the metadata, as the guides look them up.</summary>
    protected async Task<IReadOnlyDictionary<string, string>> Quorum(string pod) =>
        (await Run(pod, "kafka-metadata-quorum.sh --bootstrap-server localhost:9092 --command-config config/clientauth.properties describe --status"))
            .Split('\n').Where(l => l.Contains(':', StringComparison.Ordinal)).ToDictionary(l => l[..l.IndexOf(':', StringComparison.Ordinal)].Trim(), l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());

    /// <summary>Conditions of a request as <c>Type: message</c>, in order.</summary>
    protected async Task<string[]> Story(string request) =>
        [.. (await Get("kfops", request))!["status"]!["conditions"]!.AsArray().Select(c => $"{c!["type"]}: {c["message"]}")];

    /// <summary>A port of this machine that leads to a port of a pod, through all its restarts.</summary>
    private protected PodForwarder Forward(string pod, int port) => new(async () => (await Pod(pod))?.Status?.PodIP is { Length: > 0 } address ? address : null, port);

    private static string Pods(int memory) =>
        $"podTemplate: {{spec: {{containers: [{{name: kafka, resources: {{requests: {{cpu: 20m, memory: 128Mi}}, limits: {{memory: {memory}Mi}}}}}}], initContainers: [{{name: kafka-init, resources: {{requests: {{cpu: 20m, memory: 32Mi}}, limits: {{memory: 64Mi}}}}}}]}}}}";
}
