using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Provisioner.Webhooks;
using KubeDb.Tests.ControlPlane.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Kinds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace KubeDb.Tests.ControlPlane.Kinds;

/// <summary>
/// Objects in v1alpha2 as a real API server and kubectl have them, converted by the webhook in this process: it runs as the Provisioner runs it, and a
/// service without a selector leads to it. Where a Provisioner on the cluster serves the webhook, it is asked instead. All databases are halted, should
/// operators run there.
/// </summary>
[TestFixture]
public sealed class ConversionServerTests : ApiServerTest
{
    private const string Old = "redis.v1alpha2.kubedb.com", New = "redis.v1.kubedb.com";
    private WebApplication? _app;

    [OneTimeSetUp]
    public async Task Serve()
    {
        await Kubectl($"apply --validate=false -f {RepositoryFiles.Crds}");
        if ((await Kubectl("get service -n kubedb kubedb-provisioner-webhook --ignore-not-found -o name")).Length == 0)
            await ServeHereAsync();
        await UntilAsync(async () => (await Tool.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, "get", Old, "-n", Namespace])).ExitCode == 0, "v1alpha2 is served");
        var probe = Manifest("kubedb.com/v1alpha2", "Redis", "probe", Namespace, ("spec", new JsonObject { ["version"] = "8.2.2", ["halted"] = true }));
        await UntilAsync(async () => (await Client.CreateAsync(new RedisV1Alpha2().Older, probe, Soon)).Succeeded, "objects are converted");
    }

    [OneTimeTearDown]
    public async Task End()
    {
        if (_app is not null)
            await _app.StopAsync();
        if (_app is not null)
            await _app.DisposeAsync();
    }

    [Test]
    public async Task The_manifests_of_the_guides_apply_and_read_back_in_both_versions()
    {
        await Apply("""
            apiVersion: kubedb.com/v1alpha2
            kind: Redis
            metadata: {name: redis-quickstart}
            spec:
              version: 8.2.2
              halted: true
              storageType: Durable
              storage: {storageClassName: standard, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi} } }
              terminationPolicy: DoNotTerminate
            ---
            apiVersion: kubedb.com/v1alpha2
            kind: Redis
            metadata: {name: rd-init-script}
            spec:
              version: 8.2.2
              halted: true
              disableAuth: false
              storageType: Durable
              init: {script: {projected: {sources: [{configMap: {name: redis-init-script} }]} } }
              podTemplate:
                spec:
                  resources: {requests: {memory: 64Mi} }
                  containerSecurityContext: {runAsUser: 999}
              storage: {storageClassName: standard, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi} } }
              terminationPolicy: WipeOut
            ---
            apiVersion: kubedb.com/v1alpha2
            kind: Redis
            metadata: {name: redis-cluster}
            spec:
              version: 8.2.2
              halted: true
              mode: Cluster
              cluster: {master: 3, replicas: 1}
              storageType: Ephemeral
              terminationPolicy: Halt
            ---
            apiVersion: kubedb.com/v1alpha2
            kind: RedisSentinel
            metadata: {name: sen-demo}
            spec:
              version: 8.2.2
              halted: true
              replicas: 3
              storageType: Ephemeral
              podTemplate: {spec: {resources: {requests: {memory: 64Mi} } } }
              terminationPolicy: DoNotTerminate
            """);

        var quickstart = await Spec(New, "redis-quickstart");
        Assert.That((string?)quickstart["deletionPolicy"], Is.EqualTo("DoNotTerminate"));
        Assert.That((string?)(await Spec(Old, "redis-quickstart"))["terminationPolicy"], Is.EqualTo("DoNotTerminate"));
        var init = (await Spec(New, "rd-init-script"))["podTemplate"]!["spec"]!["containers"]![0]!;
        Assert.That(
            ((string?)init["name"], (string?)init["resources"]!["requests"]!["memory"], (int?)init["securityContext"]!["runAsUser"]), Is.EqualTo(("redis", "64Mi", 999)));
        var oldInit = (await Spec(Old, "rd-init-script"))["podTemplate"]!["spec"]!.AsObject();
        Assert.That((oldInit.ContainsKey("containers"), (string?)oldInit["resources"]!["requests"]!["memory"]), Is.EqualTo((false, "64Mi")));
        var cluster = (await Spec(New, "redis-cluster"))["cluster"]!;
        Assert.That(((int)cluster["shards"]!, (int)cluster["replicas"]!), Is.EqualTo((3, 2)));
        var oldCluster = (await Spec(Old, "redis-cluster"))["cluster"]!;
        Assert.That(((int)oldCluster["master"]!, (int)oldCluster["replicas"]!), Is.EqualTo((3, 1)));
        Assert.That((string?)(await Spec("redissentinel.v1.kubedb.com", "sen-demo"))["podTemplate"]!["spec"]!["containers"]![0]!["name"], Is.EqualTo("redissentinel"));
        Assert.That((string?)(await Spec("redissentinel.v1alpha2.kubedb.com", "sen-demo"))["terminationPolicy"], Is.EqualTo("DoNotTerminate"));
        Assert.That(await Kubectl($"get rd -n {Namespace} redis-quickstart -o jsonpath={{.apiVersion}}"), Is.EqualTo("kubedb.com/v1"), "v1 is what kubectl asks for");
    }

    [Test]
    public async Task What_only_v1_knows_outlives_an_edit_in_v1alpha2()
    {
        await Apply("""
            apiVersion: kubedb.com/v1
            kind: Redis
            metadata: {name: kept}
            spec:
              version: 8.2.2
              halted: true
              storageType: Ephemeral
              configuration: {inline: {redis.conf: "maxclients 20"} }
              podTemplate:
                spec:
                  containers: [{name: logs, image: "local/logs:1"}, {name: redis, args: [--x]}]
            """);
        var before = await Spec(New, "kept");
        Assert.That((await Spec(Old, "kept")).ContainsKey("configuration"), Is.False);
        await Kubectl($"patch {Old} kept -n {Namespace} --type=merge -p {{\"spec\":{{\"terminationPolicy\":\"WipeOut\"}}}}");
        var after = await Spec(New, "kept");

        Assert.That((string?)after["deletionPolicy"], Is.EqualTo("WipeOut"));
        before["deletionPolicy"] = "WipeOut";
        Assert.That(JsonNode.DeepEquals(after, before), $"{before.ToJsonString()}\n{after.ToJsonString()}");
        Assert.That((await Get(New, "kept"))["metadata"]!["annotations"]!.AsObject().Select(a => a.Key), Has.None.EqualTo("kubedb.com/v1-fields"));
    }

    [Test]
    public async Task A_manifest_in_v1alpha2_that_is_applied_again_changes_nothing()
    {
        const string manifest = """
            apiVersion: kubedb.com/v1alpha2
            kind: Redis
            metadata: {name: again}
            spec: {version: 8.2.2, halted: true, storageType: Ephemeral, mode: Cluster, terminationPolicy: Delete, coordinator: {resources: {limits: {memory: 64Mi} } } }
            """;
        foreach (var kind in (string[])["apply", "apply --server-side --field-manager=ssa"])
        {
            await Apply(manifest, kind);
            var before = (string)(await Get(New, "again"))["metadata"]!["resourceVersion"]!;
            await Apply(manifest, kind);
            Assert.That((long)(await Get(New, "again"))["metadata"]!["generation"]!, Is.EqualTo((long)(await Get(Old, "again"))["metadata"]!["generation"]!), before);
        }

        var body = Manifest("kubedb.com/v1", "Redis", "again", Namespace, ("status", new JsonObject { ["phase"] = "Halted" }));
        (await Client.ApplyAsync(new RedisV1Alpha2().Hub, body, "status-writer", "status", KubernetesVerbs.DecodeJson, Soon)).OrThrow();
        var managers = (await Get(New, "again", "--show-managed-fields"))["metadata"]!["managedFields"]!.AsArray().Select(m => $"{m!["manager"]} {m["apiVersion"]}");
        Assert.That(managers, Has.Member("ssa kubedb.com/v1alpha2").And.Member("status-writer kubedb.com/v1"));
        Assert.That((string?)(await Get(Old, "again"))["status"]!["phase"], Is.Not.Null);
    }

    [Test]
    public async Task What_can_not_be_converted_is_refused_with_the_field()
    {
        var answer = await Client.CreateAsync(
            new RedisV1Alpha2().Older,
            Manifest("kubedb.com/v1alpha2", "Redis", "refused", Namespace, ("spec", JsonNode.Parse("""{"version":"8.2.2","mode":"Cluster","cluster":{"replicas":2147483647}}"""))),
            Soon);

        Assert.That(answer.Error?.Message, Does.Contain("spec.cluster.replicas is 2147483647"));
    }

    [Test]
    public async Task A_definition_that_is_replaced_is_told_again()
    {
        await Kubectl($"replace --validate=false -f {Path.Combine(RepositoryFiles.Crds, "kubedb.com_redises.yaml")}");

        await UntilAsync(async () => (await Tool.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, "get", Old, "probe", "-n", Namespace])).ExitCode == 0, "objects are converted again");
    }

    private async Task ServeHereAsync()
    {
        var configuration = KubernetesConfiguration.Load(new ConfigurationSource { KubeconfigPath = Kubeconfig });
        if (!IPAddress.TryParse(configuration.Server.Host, out var here)
            || !NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Any(a => a.Address.Equals(here)))
            Assert.Ignore("The API server does not run on this machine, so it does not reach a webhook in this process.");
        var options = new OperatorOptions { LeaderElect = false, MetricsBindAddress = "0", HealthProbeBindAddress = "0", LogLevel = "warning" };
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddOperator(
            new OperatorProgram("conversion-tests", "Tests.", "Tests") { SecureBindAddress = _ => $"{here}:0" },
            options,
            (_, _) => new HttpKubernetesClient(configuration),
            runtime => ConversionWebhook.Add(runtime, [new RedisV1Alpha2(), new RedisSentinelV1Alpha2()], new WebhookAddress(Namespace, "hook")));
        _app = builder.Build();
        _app.MapOperator(options);
        await _app.StartAsync();
        var port = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        var service = new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["name"] = "webhook", ["port"] = 443, ["targetPort"] = port }) };
        (await Client.CreateAsync(ResourceTypes.Service, Manifest("v1", "Service", "hook", Namespace, ("spec", service)), Soon)).OrThrow();
        var subsets = new JsonArray(new JsonObject
        {
            ["addresses"] = new JsonArray(new JsonObject { ["ip"] = $"{here}" }),
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "webhook", ["port"] = port }),
        });
        (await Client.CreateAsync(ResourceTypes.Endpoints, Manifest("v1", "Endpoints", "hook", Namespace, ("subsets", subsets)), Soon)).OrThrow();
    }

    private async Task Apply(string yaml, string how = "apply") =>
        (await Tool.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, "-n", Namespace, .. how.Split(' '), "-f", "-"], yaml)).OrFail();

    private async Task<JsonObject> Get(string kind, string name, params string[] more) =>
        (JsonObject)JsonNode.Parse((await Tool.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, "-n", Namespace, "get", kind, name, "-o", "json", .. more])).OrFail())!;

    private async Task<JsonObject> Spec(string kind, string name) => (JsonObject)(await Get(kind, name))["spec"]!;

    private static async Task<string> Kubectl(string arguments) =>
        (await Tool.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, .. arguments.Split(' ')])).OrFail().Trim();

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var end = TimeProvider.System.GetTimestamp(); !await condition(); await Task.Delay(250))
            Assert.That(TimeProvider.System.GetElapsedTime(end), Is.LessThan(TimeSpan.FromMinutes(1)), what);
    }
}
