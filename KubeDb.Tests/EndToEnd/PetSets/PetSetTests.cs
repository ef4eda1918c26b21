namespace KubeDb.Tests.EndToEnd.PetSets;

[TestFixture]
public sealed class PetSetTests : ClusterTest
{
    [Test]
    public async Task Changed_claim_templates_make_the_StatefulSet_anew_and_leave_its_pod()
    {
        const string Manifest = """
            apiVersion: apps.k8s.appscode.com/v1
            kind: PetSet
            metadata: {name: plain}
            spec:
              replicas: 1
              serviceName: plain
              selector: {matchLabels: {app: plain} }
              template:
                metadata: {labels: {app: plain} }
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                    - {name: sleeper, image: "local/redis:7.0.15", command: [sh, -c, "sleep 3600"]}
              volumeClaimTemplates:
                - metadata: {name: data}
                  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi} } }
            """;
        await Apply(Manifest);
        await Eventually(async () => (await Pod("plain-0"))?.Status.Phase == "Running", "the pod runs");
        var pod = await PodUid("plain-0");
        var set = (await StatefulSet("plain"))!.Metadata.Uid;

        await Apply(Manifest.Replace("64Mi", "128Mi", StringComparison.Ordinal));
        await Eventually(async () => (await StatefulSet("plain"))?.Metadata.Uid is { } now && now != set, "the StatefulSet is another");

        Assert.That(await PodUid("plain-0"), Is.EqualTo(pod));
        Assert.That((await StatefulSet("plain"))!.Spec.VolumeClaimTemplates.Single().Spec.Resources.Requests["storage"].ToString(), Is.EqualTo("128Mi"));
    }
}
