namespace KubeDb.Tests.EndToEnd.ZooKeeper;

/// <summary>What tests of ZooKeeper share: manifests as the guides have them, on small pods, and what a person types into them.</summary>
[Parallelizable(ParallelScope.Self)]
public abstract class ZooKeeperTest : ClusterTest
{
    /// <summary>Versions of the test catalog (hack/catalog.yaml).</summary>
    protected const string Zk38 = "3.8.3", Zk39 = "3.9.1";

    // Java starts slowly, three times over.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>An ensemble of small members, which nothing is left of once it is deleted.</summary>
    protected static string Ensemble(string name, string version = Zk39, int replicas = 3, string more = "deletionPolicy: WipeOut") => $$"""
        apiVersion: kubedb.com/v1alpha2
        kind: ZooKeeper
        metadata: {name: {{name}}}
        spec:
          version: "{{version}}"
          adminServerPort: 8080
          replicas: {{replicas}}
          storage: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi} } }
          podTemplate:
            spec:
              containers:
                - {name: zookeeper, resources: {requests: {cpu: 20m, memory: 128Mi}, limits: {memory: 384Mi} } }
              initContainers:
                - {name: zookeeper-init, resources: {requests: {cpu: 20m, memory: 32Mi}, limits: {memory: 64Mi} } }
          {{more}}
        """;

    /// <summary>A secret with a configuration, as the guide has it.</summary>
    protected static string Configuration(string name, string line) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}}
        stringData:
          zoo.cfg: |
            {{line}}
        """;

    /// <summary>A request; <paramref name="rest"/> are further members of its spec, in flow style.</summary>
    protected static string Request(string name, string type, string database, string rest = "") => $$"""
        apiVersion: ops.kubedb.com/v1alpha1
        kind: ZooKeeperOpsRequest
        metadata: {name: {{name}}}
        spec: {type: {{type}}, databaseRef: {name: {{database}}}, timeout: 3m{{(rest.Length > 0 ? ", " : "")}}{{rest}} }
        """;

    /// <summary>Waits, with kubectl wait, for the phase of an ensemble.</summary>
    protected Task EnsembleIs(string name, string phase) =>
        WaitAsync($"--for=jsonpath={{.status.phase}}={phase}", $"zk/{name}", Patience);

    /// <summary>Waits, with kubectl wait, for a request to be Successful.</summary>
    protected Task Succeeds(string request) => WaitAsync("--for=condition=Successful", $"zkops/{request}", Patience);

    /// <summary>
    /// Asks a member a four-letter word, as the guides do, but without the line break of their <c>echo</c>: a server that closes with it unread resets the
    /// connection, and now and then the answer is lost.
    /// </summary>
    protected Task<string> Ask(string pod, string word) => KubectlHere("exec", pod, "--", "bash", "-c", $"printf {word} | nc localhost 2181");

    /// <summary>
    /// Runs the client in a member's pod, as the guides do; the last line of what it prints. It ends at the first connection that is lost, which other
    /// clients take up again: a member that got no processor for a while may look for its leader anew.
    /// </summary>
    protected async Task<string> Client(string pod, params string[] command)
    {
        for (var attempt = 1; ; attempt++)
        {
            var ran = await TryKubectl(["exec", pod, "--", "zkCli.sh", .. command]);
            if (ran.ExitCode == 0 || attempt == 5 || !ran.Everything.Contains("ConnectionLoss", StringComparison.Ordinal))
                return ran.OrFail().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
            TestContext.Out.WriteLine($"zkCli.sh in {pod} lost its connection; trying again");
            await Task.Delay(TimeSpan.FromSeconds(2));
        }
    }

    /// <summary>Begins the clients that go on throughout a journey.</summary>
    private protected async Task<EnsembleClients> ClientsAsync(string name) =>
        await EnsembleClients.StartAsync((await Service(name))!.Spec.ClusterIP, perSecond: 30);

    /// <summary>The member that leads; empty while none does.</summary>
    protected async Task<string> Leader(IReadOnlyList<string> members)
    {
        foreach (var member in members)
        {
            if ((await TryKubectl("exec", member, "--", "bash", "-c", "printf srvr | nc localhost 2181")).Output.Contains("Mode: leader", StringComparison.Ordinal))
                return member;
        }

        return "";
    }

    /// <summary>Whether a member leads, and all others follow it in sync.</summary>
    protected async Task<bool> IsEnsembleWhole(IReadOnlyList<string> members)
    {
        foreach (var member in members)
        {
            var told = await TryKubectl("exec", member, "--", "bash", "-c", "printf mntr | nc localhost 2181");
            if (told.Output.Contains($"zk_synced_followers\t{members.Count - 1}", StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    /// <summary>A setting as a member tells it.</summary>
    protected async Task<string> Setting(string pod, string key) =>
        (await Ask(pod, "conf")).Split('\n').FirstOrDefault(l => l.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..].Trim() ?? "";

    /// <summary>Conditions of a request as <c>Type: message</c>, in order.</summary>
    protected async Task<string[]> Story(string request) =>
        [.. (await Get("zkops", request))!["status"]!["conditions"]!.AsArray().Select(c => $"{c!["type"]}: {c["message"]}")];
}
