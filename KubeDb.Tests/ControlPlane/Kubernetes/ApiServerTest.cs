using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.ControlPlane.Kubernetes;

/// <summary>
/// A test against a real API server, in a namespace of its own. The server is the one in KUBEDB_TEST_KUBECONFIG. What the product's client says
/// is held against what another reads.
/// </summary>
[Category("ControlPlane")]
public abstract class ApiServerTest
{
    protected HttpKubernetesClient Client { get; private set; } = null!;

    protected static ClusterReader Witness => ClusterReader.Shared;

    protected string Namespace { get; private set; } = "";

    protected static string Kubeconfig
    {
        get
        {
            var path = Environment.GetEnvironmentVariable("KUBEDB_TEST_KUBECONFIG");
            if (string.IsNullOrEmpty(path))
                Assert.Ignore("No API server: KUBEDB_TEST_KUBECONFIG is not set; hack/test control-plane sets it.");
            return path!;
        }
    }

    protected static CancellationToken Soon => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [OneTimeSetUp]
    public async Task Connect()
    {
        Client = new HttpKubernetesClient(KubernetesConfiguration.Load(new ConfigurationSource { KubeconfigPath = Kubeconfig }));
        Namespace = "client-" + Guid.NewGuid().ToString("N")[..8];
        (await Client.CreateAsync(ResourceTypes.Namespace, Manifest("v1", "Namespace", Namespace, null), Soon)).OrThrow();
    }

    [OneTimeTearDown]
    public async Task Disconnect()
    {
        if (Client is null)
            return;
        await Client.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = ResourceTypes.Namespace, Name = Namespace }, KubernetesVerbs.DecodeJson, Soon);
        Client.Dispose();
    }

    protected static JsonObject Manifest(string apiVersion, string kind, string name, string? ns, params (string Key, JsonNode? Value)[] fields)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns is not null)
            metadata["namespace"] = ns;
        var manifest = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
        foreach (var (key, value) in fields)
            manifest[key] = value;
        return manifest;
    }

    protected JsonObject ConfigMap(string name, string value) =>
        Manifest("v1", "ConfigMap", name, Namespace, ("data", new JsonObject { ["key"] = value }));

    protected Task<ApiResult<JsonObject>> Create(JsonObject body) => Client.CreateAsync(ResourceTypes.ConfigMap, body, Soon);

    protected ObjectKey Key(string name) => new(Namespace, name);
}
