namespace KubeDb.Tests.EndToEnd.LocalCluster;

/// <summary>What the other end-to-end tests take for granted of the local cluster's volumes.</summary>
[TestFixture]
public sealed class VolumeTests : ClusterTest
{
    [Test]
    public async Task A_pod_that_is_not_root_writes_to_its_volume_which_grows_and_goes_with_its_claim()
    {
        await Apply(ClaimAndPod("standard"));
        await KubectlHere("wait", "--for=condition=Ready", "pod/writer", "--timeout=90s");
        Assert.That(await KubectlHere("exec", "writer", "--", "sh", "-c", "echo kept > /data/f && stat -c %g /data"), Is.EqualTo("999"), "fsGroup applies");

        await KubectlHere("patch", "pvc", "data", "-p", """{"spec":{"resources":{"requests":{"storage":"96Mi"}}}}""");
        await Eventually(async () => await Capacity() == "96Mi", "the claim has the new capacity", TimeSpan.FromSeconds(30));
        var volume = (await Claim("data"))!.Spec.VolumeName;
        Assert.That((await Cluster.VolumeAsync(volume))!.Spec.Capacity["storage"].ToString(), Is.EqualTo("96Mi"));
        Assert.That(await KubectlHere("exec", "writer", "--", "cat", "/data/f"), Is.EqualTo("kept"));

        await KubectlHere("delete", "pod/writer", "pvc/data", "--grace-period=1");
        await Eventually(async () => await Cluster.VolumeAsync(volume) is null, "the volume is gone with its claim", TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task A_class_without_expansion_refuses_it()
    {
        await Apply(ClaimAndPod("fixed"));
        await KubectlHere("wait", "--for=condition=Ready", "pod/writer", "--timeout=90s");
        var grown = await TryKubectl("patch", "pvc", "data", "-p", """{"spec":{"resources":{"requests":{"storage":"96Mi"}}}}""");
        Assert.That(grown.ExitCode, Is.Not.Zero);
        Assert.That(await Capacity(), Is.EqualTo("64Mi"));
    }

    private async Task<string?> Capacity() => (await Claim("data"))!.Status.Capacity?["storage"].ToString();

    private static string ClaimAndPod(string storageClass) => $$"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {storageClassName: {{storageClass}}, accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi} } }
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: writer}
        spec:
          terminationGracePeriodSeconds: 1
          securityContext: {fsGroup: 999, runAsUser: 999, runAsNonRoot: true}
          containers:
            - {name: writer, image: "local/redis:7.0.15", command: [sleep, "600"], volumeMounts: [{name: data, mountPath: /data}]}
          volumes: [{name: data, persistentVolumeClaim: {claimName: data} }]
        """;
}
