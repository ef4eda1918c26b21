using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Tests.EndToEnd.Faults;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.EndToEnd;

/// <summary>
/// A test that drives the installed operators with kubectl, as a person does, in a namespace of its own, and looks at what came of it with
/// <see cref="Cluster"/>. When it fails it prints what a person would look at: the objects' conditions, the events, the pods, and the operators'
/// last log lines.
/// </summary>
[Category("EndToEnd")]
public abstract class ClusterTest
{
    /// <summary>Versions of the test catalog (hack/catalog.yaml).</summary>
    protected const string Redis7 = "7.0.15", Redis8 = "8.2.2", Valkey8 = "valkey-8.1.1";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly SemaphoreSlim Seen = new(1);
    private static readonly Lazy<Task<string>> Kinds = new(SecretScan.KindsAsync);
    private string _began = "";

    /// <summary>Reads the cluster.</summary>
    protected static ClusterReader Cluster => ClusterReader.Shared;

    /// <summary>The namespace of the test.</summary>
    protected string Namespace { get; private set; } = "";

    [SetUp]
    public async Task CreateNamespace()
    {
        if (Environment.GetEnvironmentVariable("KUBEDB_TEST_KUBECONFIG") is null)
            Assert.Ignore("No cluster: run hack/test e2e, which brings one up.");
        _began = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        Namespace = await MakeNamespaceAsync();
    }

    [TearDown]
    public async Task DeleteNamespace()
    {
        if (Namespace.Length == 0)
            return;
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
            await TellWhatHappened();
        var leaks = await LeaksAsync();
        await LeaveNamespaceAsync();
        Assert.That(leaks, Is.Empty, "values of secrets stand where they must not");
    }

    /// <summary>Where values of the namespace's secrets stand outside of Secrets: in its objects, events among them, and in the operators' logs.</summary>
    protected async Task<IReadOnlyList<string>> LeaksAsync()
    {
        var values = SecretScan.ValuesOf(await Cluster.SecretsAsync(Namespace)).Distinct().ToList();
        await RememberAsync(values);
        var scan = new SecretScan(values);
        if (scan.Count == 0)
            return [];
        var objects = await TryKubectl("get", await Kinds.Value, "-o", "json", "--show-managed-fields");
        var leaks = scan.FoundIn(JsonNode.Parse(objects.OrFail())!).ToList();
        foreach (var name in (string[])["kubedb-provisioner", "kubedb-ops-manager"])
        {
            var log = await Tool.RunAsync("kubectl", ["-n", "kubedb", "logs", "-l", $"app.kubernetes.io/name={name}", "--tail=-1", $"--since-time={_began}"]);
            leaks.AddRange(log.Output.Split('\n').Where(line => scan.FoundIn(line).Count > 0).Select(line => $"{name} logs: {line}"));
        }

        return leaks;
    }

    /// <summary>For the tests that look, after all others, at what the whole run left behind.</summary>
    private static async Task RememberAsync(IReadOnlyList<string> values)
    {
        if (Environment.GetEnvironmentVariable("KUBEDB_TEST_SEEN") is not { Length: > 0 } file)
            return;
        await Seen.WaitAsync();
        try
        {
            await File.AppendAllLinesAsync(file, values);
        }
        finally
        {
            Seen.Release();
        }
    }

    /// <summary>The namespace that the test works in; one of its own, unless a fixture shares one.</summary>
    protected virtual async Task<string> MakeNamespaceAsync()
    {
        var name = string.Concat(TestContext.CurrentContext.Test.Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        name = $"{name[..Math.Min(name.Length, 40)].Trim('-')}-{Guid.NewGuid().ToString("N")[..5]}";
        await Kubectl("create", "namespace", name);
        return name;
    }

    /// <summary>Ends what <see cref="MakeNamespaceAsync"/> began.</summary>
    protected virtual Task LeaveNamespaceAsync() => Tool.RunAsync("kubectl", ["delete", "namespace", Namespace, "--wait=false"]);

    /// <summary>Runs kubectl and returns what it printed; fails the test when it fails.</summary>
    protected static async Task<string> Kubectl(params string[] arguments) => (await Tool.RunAsync("kubectl", arguments)).OrFail().TrimEnd();

    /// <summary>Runs kubectl in the test's namespace.</summary>
    protected Task<string> KubectlHere(params string[] arguments) => Kubectl(["-n", Namespace, .. arguments]);

    /// <summary>Runs kubectl in the test's namespace, whatever comes of it.</summary>
    protected Task<ToolResult> TryKubectl(params string[] arguments) => Tool.RunAsync("kubectl", ["-n", Namespace, .. arguments]);

    /// <summary>Applies manifests into the test's namespace.</summary>
    protected async Task Apply(string yaml) => (await Tool.RunAsync("kubectl", ["-n", Namespace, "apply", "-f", "-"], yaml)).OrFail();

    /// <summary>A custom resource as JSON; null when it does not exist.</summary>
    protected Task<JsonNode?> Get(string kind, string name) => Cluster.JsonAsync(kind, Namespace, name);

    /// <summary>A pod; null when it does not exist.</summary>
    protected Task<V1Pod?> Pod(string name) => Cluster.PodAsync(Namespace, name);

    /// <summary>A secret; null when it does not exist.</summary>
    protected Task<V1Secret?> Secret(string name) => Cluster.SecretAsync(Namespace, name);

    /// <summary>A service; null when it does not exist.</summary>
    protected Task<V1Service?> Service(string name) => Cluster.ServiceAsync(Namespace, name);

    /// <summary>A claim; null when it does not exist.</summary>
    protected Task<V1PersistentVolumeClaim?> Claim(string name) => Cluster.ClaimAsync(Namespace, name);

    /// <summary>A StatefulSet; null when it does not exist.</summary>
    protected Task<V1StatefulSet?> StatefulSet(string name) => Cluster.StatefulSetAsync(Namespace, name);

    /// <summary>Whether the object exists: <c>service/db</c>.</summary>
    protected Task<bool> Exists(string kindAndName) => Cluster.ExistsAsync(Namespace, kindAndName);

    /// <summary>Waits, with kubectl wait, for the phase of a database.</summary>
    protected Task WaitForPhase(string database, string phase, TimeSpan? limit = null) =>
        WaitAsync($"--for=jsonpath={{.status.phase}}={phase}", $"rd/{database}", limit);

    /// <summary>Waits, with kubectl wait, for a request to be Successful.</summary>
    protected Task WaitForSuccess(string request, TimeSpan? limit = null) =>
        WaitAsync("--for=condition=Successful", $"rdops/{request}", limit);

    /// <summary>Waits, with kubectl wait, for the phase of a request.</summary>
    protected Task WaitForRequestPhase(string request, string phase, TimeSpan? limit = null) =>
        WaitAsync($"--for=jsonpath={{.status.phase}}={phase}", $"rdops/{request}", limit);

    /// <summary>Waits, with kubectl wait.</summary>
    protected async Task WaitAsync(string what, string of, TimeSpan? limit = null)
    {
        var bound = limit ?? Patience;
        (await Tool.RunAsync("kubectl", ["-n", Namespace, "wait", what, of, $"--timeout={(int)bound.TotalSeconds}s"], limit: bound + TimeSpan.FromSeconds(20))).OrFail();
    }

    /// <summary>Runs redis-cli in the pod, as the guides do: no container named, no password given.</summary>
    protected Task<string> RedisCli(string pod, params string[] arguments) => KubectlHere(["exec", pod, "--", "redis-cli", .. arguments]);

    /// <summary>The value of a setting of the running server.</summary>
    protected async Task<string> ConfigGet(string pod, string directive) =>
        (await RedisCli(pod, "config", "get", directive)).Split('\n').ElementAtOrDefault(1)?.Trim() ?? "";

    /// <summary>The UID of a pod; empty when it does not exist.</summary>
    protected async Task<string> PodUid(string pod) => (await Pod(pod))?.Metadata.Uid ?? "";

    /// <summary>
    /// Restarts pods without an operator, one after the other, and says how long they took from their deletion until they were Ready, all together: what an
    /// operation that restarts them is measured by.
    /// </summary>
    /// <param name="pods">Names of the pods.</param>
    /// <param name="settled">Whether the next pod may go; time that is not counted. By default at once.</param>
    protected async Task<TimeSpan> RestartBareAsync(IEnumerable<string> pods, Func<Task<bool>>? settled = null)
    {
        var (clock, count) = (new Stopwatch(), 0);
        foreach (var pod in pods)
        {
            var uid = await PodUid(pod);
            clock.Start();
            await KubectlHere("delete", "pod", pod, "--wait=false");
            await Eventually(async () => await PodUid(pod) is var now && now != uid && now.Length > 0, $"a new pod {pod}");
            await WaitAsync("--for=condition=Ready", $"pod/{pod}");
            clock.Stop();
            count++;
            if (settled is not null)
                await Eventually(settled, $"the database settles after {pod}");
        }

        TestContext.Out.WriteLine($"bare restarts of {count} pods: {clock.Elapsed.TotalSeconds:F1} s");
        return clock.Elapsed;
    }

    /// <summary>Kills the server in a pod as a crash does: its process, at once. Nothing where it does not run just then.</summary>
    protected async Task CrashAsync(string pod, string container)
    {
        if ((await Pod(pod))?.Status?.ContainerStatuses?.FirstOrDefault(c => c.Name == container) is not { State.Running: not null } status)
            return;
        await HackCluster.RunAsync("kill", status.ContainerID);
        TestContext.Out.WriteLine($"{pod} killed");
    }

    /// <summary>A condition of a custom resource; null when it is absent.</summary>
    protected async Task<JsonNode?> Condition(string kind, string name, string type) =>
        (await Get(kind, name))?["status"]?["conditions"]?.AsArray().FirstOrDefault(c => c?["type"]?.GetValue<string>() == type);

    /// <summary>Asks again until the condition holds.</summary>
    protected static async Task Eventually(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > (limit ?? Patience))
                Assert.Fail($"Not within {limit ?? Patience}: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }
    }

    /// <summary>A minimal Redis with a durable volume.</summary>
    protected static string Redis(string name, string version = Redis7, string more = "") => $$"""
        apiVersion: kubedb.com/v1
        kind: Redis
        metadata: {name: {{name}}}
        spec:
          version: "{{version}}"
          storageType: Durable
          storage:
            accessModes: [ReadWriteOnce]
            resources: {requests: {storage: 64Mi} }
          podTemplate:
            spec:
              containers:
                - {name: redis, resources: {requests: {cpu: 20m, memory: 64Mi}, limits: {memory: 128Mi} } }
              initContainers:
                - {name: redis-init, resources: {requests: {cpu: 20m, memory: 32Mi}, limits: {memory: 64Mi} } }
        {{Indent(more)}}
        """;

    /// <summary>A Redis of several small pods with durable volumes, which nothing is left of once it is deleted.</summary>
    protected static string Many(string name, string version, string more) => Redis(name, version, $"deletionPolicy: WipeOut\n{more}");

    /// <summary>Three small sentinels with durable volumes, which nothing is left of once they are deleted.</summary>
    protected static string RedisSentinel(string name, string version) => $$"""
        apiVersion: kubedb.com/v1
        kind: RedisSentinel
        metadata: {name: {{name}}}
        spec:
          version: "{{version}}"
          replicas: 3
          storageType: Durable
          storage: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi} } }
          podTemplate: {spec: {containers: [{name: redissentinel, resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi} } }], initContainers: [{name: sentinel-init, resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi} } }] } }
          deletionPolicy: WipeOut
        """;

    /// <summary>A Reconfigure request.</summary>
    protected static string Reconfigure(string name, string database, string configuration) => $$"""
        apiVersion: ops.kubedb.com/v1alpha1
        kind: RedisOpsRequest
        metadata: {name: {{name}}}
        spec:
          type: Reconfigure
          databaseRef: {name: {{database}}}
          configuration:
        {{Indent(configuration, 4)}}
        """;

    /// <summary>A Restart request.</summary>
    protected static string Restart(string name, string database) => $$"""
        apiVersion: ops.kubedb.com/v1alpha1
        kind: RedisOpsRequest
        metadata: {name: {{name}}}
        spec:
          type: Restart
          databaseRef: {name: {{database}}}
        """;

    /// <summary>Puts a budget in force that lets nobody evict the pod of the database, which keeps a Restart in its middle.</summary>
    protected async Task Protect(string database)
    {
        await Apply(Budget(database));
        await Eventually(async () => (await Cluster.BudgetAsync(Namespace, database))!.Status?.ObservedGeneration is not null, "the budget is in force");
    }

    /// <summary>Takes the budget of <see cref="Protect"/> away.</summary>
    protected Task LetGo(string database) => KubectlHere("delete", $"pdb/{database}", "--ignore-not-found");

    /// <summary>A budget that protects the pod of the database.</summary>
    protected static string Budget(string database) => $$"""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: {{database}}}
        spec: {minAvailable: 1, selector: {matchLabels: {app.kubernetes.io/instance: {{database}} } } }
        """;

    /// <summary>A secret with one file.</summary>
    protected static string ConfigSecret(string name, string text) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}}
        stringData:
          redis.conf: |
        {{Indent(text, 4)}}
        """;

    /// <summary>Skips the test where no cert-manager runs.</summary>
    protected async Task RequireCertManagerAsync()
    {
        if ((await TryKubectl("get", "issuers.cert-manager.io")).ExitCode != 0)
            Assert.Ignore("cert-manager does not run in this cluster (hack/cluster runs it where the artifacts have it)");
    }

    /// <summary>Skips the test where the catalog has no such version, or has it with an image that hack/images did not build: no registry has that.</summary>
    /// <param name="kind">The catalog kind.</param>
    /// <param name="version">The catalog version.</param>
    protected static async Task RequireImageAsync(string kind, string version)
    {
        var known = await Tool.RunAsync("kubectl", ["get", kind, version, "-o", "jsonpath={.spec.db.image}"]);
        if (known.ExitCode != 0)
            Assert.Ignore($"the catalog has no {kind} {version} (hack/catalog.yaml)");
        var image = known.Output.Trim();
        if (!image.StartsWith("local/", StringComparison.Ordinal))
            return;

        // A node tells its images some time after it has them.
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(75); await Task.Delay(1000))
        {
            var images = await Tool.RunAsync("kubectl", ["get", "nodes", "-o", "jsonpath={.items[*].status.images[*].names[*]}"]);
            if (images.Output.Split(' ').Any(i => i.EndsWith(image, StringComparison.Ordinal)))
                return;
        }

        Assert.Ignore($"no node has the image {image}: hack/images builds it where $KUBEDB_ARTIFACTS has its parts");
    }

    /// <summary>An authority in a secret, and an issuer of it.</summary>
    private protected async Task<TestAuthority> MakeIssuerAsync(string name, string commonName)
    {
        var authority = new TestAuthority(commonName);
        await Apply($$"""
            apiVersion: v1
            kind: Secret
            metadata: {name: {{name}}-ca}
            type: kubernetes.io/tls
            data:
              tls.crt: {{Base64(authority.Pem)}}
              tls.key: {{Base64(authority.KeyPem)}}
            ---
            apiVersion: cert-manager.io/v1
            kind: Issuer
            metadata: {name: {{name}}}
            spec:
              ca: {secretName: "{{name}}-ca"}
            """);
        return authority;
    }

    /// <summary>The certificate in the secret of an alias.</summary>
    private protected async Task<X509Certificate2> CertificateAsync(string database, string alias) =>
        X509Certificate2.CreateFromPem(System.Text.Encoding.UTF8.GetString((await Secret($"{database}-{alias}-cert"))!.Data["tls.crt"]));

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static string Indent(string text, int by = 2) => string.Join('\n', text.Trim('\n').Split('\n').Select(line => new string(' ', by) + line));

    private async Task TellWhatHappened()
    {
        TestContext.Out.WriteLine((await TryKubectl("get", "rd,rds,zk,kf,dr,rdops,rdsops,zkops,kfops,drops,petsets,statefulsets,pods,pvc,secrets,services", "-o", "wide")).Everything);
        TestContext.Out.WriteLine((await TryKubectl("describe", "rd,rds,zk,kf,dr,rdops,rdsops,zkops,kfops,drops")).Everything);
        TestContext.Out.WriteLine((await TryKubectl("describe", "pods")).Everything);
        TestContext.Out.WriteLine((await TryKubectl("get", "events", "--sort-by=.metadata.creationTimestamp")).Everything);
        foreach (var pod in (await TryKubectl("get", "pods", "-o", "name")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            TestContext.Out.WriteLine((await TryKubectl("logs", pod, "--all-containers", "--tail=80", "--prefix")).Everything);
        foreach (var name in (string[])["kubedb-provisioner", "kubedb-ops-manager"])
        {
            var log = await Tool.RunAsync("kubectl", ["-n", "kubedb", "logs", "-l", $"app.kubernetes.io/name={name}", "--tail=60", "--prefix"]);
            TestContext.Out.WriteLine($"--- {name}\n{log.Everything}");
        }
    }
}
