using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Tests.Machine.ApiServer;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.ControlPlane.ApiServer;

/// <summary>The semantics that the product relies on, held by the kube-apiserver in KUBEDB_TEST_KUBECONFIG.</summary>
[TestFixture]
[Category("ControlPlane")]
public sealed class RealApiSemantics : ApiSemantics
{
    private static readonly ResourceType Definitions =
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false);

    private HttpKubernetesClient? _client;

    [OneTimeSetUp]
    public async Task Connect()
    {
        var path = Environment.GetEnvironmentVariable("KUBEDB_TEST_KUBECONFIG");
        if (string.IsNullOrEmpty(path))
            Assert.Ignore("No API server: KUBEDB_TEST_KUBECONFIG is not set; hack/test control-plane sets it.");
        _client = new HttpKubernetesClient(KubernetesConfiguration.Load(new ConfigurationSource { KubeconfigPath = path }));
        Ok(await Apply(_client, Definitions, Json.Parse(WidgetDefinition), "kubedb-tests"));
        for (var attempt = 0; attempt < 300; attempt++)
        {
            var served = await Send(_client, ApiVerb.List, Widgets, "default", null);
            if (served.Succeeded)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Assert.Fail("The test's own kind is not served after 30 seconds.");
    }

    [OneTimeTearDown]
    public void Disconnect() => _client?.Dispose();

    protected override async Task Run(Func<IKubernetesClient, string, Task> body)
    {
        var ns = "api-semantics-" + Guid.NewGuid().ToString("N")[..8];
        var manifest = Json.Parse("""{"apiVersion":"v1","kind":"Namespace","metadata":{}}""");
        manifest.Meta()["name"] = ns;
        Ok(await _client!.CreateAsync(Namespaces, manifest, None));
        try
        {
            await body(_client!, ns).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        }
        finally
        {
            await Send(_client!, ApiVerb.Delete, Namespaces, "", ns);
        }
    }

    // Of a kind that the server knows only since this set-up it has no history back to version 1.
    protected override Task ForgetAsync() => Task.CompletedTask;
}
