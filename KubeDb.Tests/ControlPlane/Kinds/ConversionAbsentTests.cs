using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.ControlPlane.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Kinds;

namespace KubeDb.Tests.ControlPlane.Kinds;

/// <summary>The definitions as they are in their files, on a cluster where nobody serves the webhook.</summary>
[TestFixture]
public sealed class ConversionAbsentTests : ApiServerTest
{
    [Test]
    public async Task V1_goes_on_and_v1alpha2_is_refused_instead_of_misread()
    {
        await Kubectl($"apply --validate=false -f {RepositoryFiles.Crds}");
        if ((await Kubectl("get service -n kubedb kubedb-provisioner-webhook --ignore-not-found -o name")).Length > 0)
            Assert.Ignore("A Provisioner on the cluster serves the webhook.");
        await Kubectl("wait --for=condition=Established --timeout=60s crd/redises.kubedb.com");

        (await Client.CreateAsync(Redis.Resource, Manifest("kubedb.com/v1", "Redis", "unharmed", Namespace, ("spec", Spec("deletionPolicy"))), Soon)).OrThrow();
        await Kubectl($"patch rd unharmed -n {Namespace} --type=merge -p {{\"spec\":{{\"deletionPolicy\":\"WipeOut\"}}}}");
        Assert.That(await Kubectl($"get rd -n {Namespace} -o name"), Is.EqualTo("redis.kubedb.com/unharmed"));

        var refused = await Client.CreateAsync(
            new RedisV1Alpha2().Older, Manifest("kubedb.com/v1alpha2", "Redis", "not-now", Namespace, ("spec", Spec("terminationPolicy"))), Soon);
        Assert.That(refused.Error?.Message, Does.Contain("conversion webhook"));
        await Kubectl($"delete rd unharmed -n {Namespace}");
    }

    private static JsonObject Spec(string policy) => new() { ["version"] = "8.2.2", ["halted"] = true, ["storageType"] = "Ephemeral", [policy] = "Delete" };

    private static async Task<string> Kubectl(string arguments) =>
        (await Tool.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, .. arguments.Split(' ')])).OrFail().Trim();
}
