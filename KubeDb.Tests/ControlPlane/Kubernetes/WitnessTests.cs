using System.Text;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.ControlPlane.Kubernetes;

/// <summary>The reader that the other tests believe, on objects that kubectl made.</summary>
[TestFixture]
[Category("ControlPlane")]
public sealed class WitnessTests : ApiServerTest
{
    private const string Manifests = """
        apiVersion: v1
        kind: Pod
        metadata: {name: seen, labels: {app: seen} }
        spec: {nodeSelector: {there.is/none: "true"}, containers: [{name: first, image: "local/none:1"}]}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: seen, labels: {app: seen} }
        type: kubernetes.io/basic-auth
        stringData: {username: u, password: "p\u00e4"}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: seen, annotations: {a: b} }
        spec: {publishNotReadyAddresses: true, clusterIP: None, selector: {app: seen}, ports: [{port: 6379}]}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: seen}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: seen, labels: {app: seen} }
        spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 96Mi} } }
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: seen}
        spec:
          replicas: 0
          serviceName: seen
          updateStrategy: {type: OnDelete}
          selector: {matchLabels: {app: set} }
          template: {metadata: {labels: {app: set} }, spec: {containers: [{name: c, image: "local/none:1"}]} }
        ---
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata: {name: seen}
        spec: {holderIdentity: me, renewTime: "2026-01-02T03:04:05.678901Z"}
        ---
        apiVersion: v1
        kind: Event
        metadata: {name: seen.1}
        involvedObject: {kind: Pod, namespace: NAMESPACE, name: seen, uid: u1}
        message: it was seen
        """;

    [OneTimeSetUp]
    public async Task Make()
    {
        var manifests = Manifests.Replace("NAMESPACE", Namespace, StringComparison.Ordinal);
        (await Tool.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, "-n", Namespace, "apply", "-f", "-"], manifests)).OrFail();
    }

    [Test]
    public async Task Built_in_objects_are_read_as_they_are()
    {
        var pod = (await Witness.PodAsync(Namespace, "seen"))!;
        var secret = (await Witness.SecretAsync(Namespace, "seen"))!;
        var service = (await Witness.ServiceAsync(Namespace, "seen"))!;
        var claim = (await Witness.ClaimAsync(Namespace, "seen"))!;
        var lease = (await Witness.LeaseAsync(Namespace, "seen"))!;
        var events = await Witness.EventsAsync(Namespace, "involvedObject.name=seen,involvedObject.uid=u1");

        Assert.Multiple(() =>
        {
            Assert.That((pod.Spec.Containers[0].Name, pod.Status.Phase, pod.Status.ContainerStatuses?.Count), Is.EqualTo(("first", "Pending", (int?)null)));
            Assert.That((secret.Type, Encoding.UTF8.GetString(secret.Data["password"])), Is.EqualTo(("kubernetes.io/basic-auth", "pä")));
            Assert.That((service.Spec.ClusterIP, service.Spec.PublishNotReadyAddresses, service.Metadata.Annotations["a"]), Is.EqualTo(("None", (bool?)true, "b")));
            Assert.That((claim.Spec.Resources.Requests["storage"].ToString(), claim.Status.Capacity?.Count), Is.EqualTo(("96Mi", (int?)null)));
            Assert.That((lease.Spec.HolderIdentity, lease.Spec.RenewTime), Is.EqualTo(("me", (DateTime?)new DateTime(2026, 1, 2, 3, 4, 5, 678, 901, DateTimeKind.Utc))));
            Assert.That(lease.Spec.RenewTime!.Value.Kind, Is.EqualTo(DateTimeKind.Utc));
            Assert.That(events.Select(e => (e.Message, e.InvolvedObject.Uid)), Is.EqualTo(new[] { ("it was seen", "u1") }));
        });
    }

    [Test]
    public async Task Lists_hold_what_the_labels_choose()
    {
        Assert.Multiple(async () =>
        {
            Assert.That((await Witness.PodsAsync(Namespace, "app=seen")).Select(p => p.Metadata.Name), Is.EqualTo(new[] { "seen" }));
            Assert.That((await Witness.SecretsAsync(Namespace, "app=seen")).Select(s => s.Metadata.Name), Is.EqualTo(new[] { "seen" }));
            Assert.That((await Witness.ClaimsAsync(Namespace, "app=seen")).Select(c => c.Metadata.Name), Is.EqualTo(new[] { "seen" }));
            Assert.That(await Witness.PodsAsync(Namespace, "app=other"), Is.Empty);
            Assert.That((await Witness.JsonListAsync("statefulset", Namespace)).Select(s => (string?)s["spec"]!["updateStrategy"]!["type"]), Is.EqualTo(new[] { "OnDelete" }));
            Assert.That((await Witness.StatefulSetAsync(Namespace, "seen"))!.Spec.UpdateStrategy.Type, Is.EqualTo("OnDelete"));
        });
    }

    [TestCase("secret")]
    [TestCase("service")]
    [TestCase("serviceaccount")]
    [TestCase("pvc")]
    [TestCase("statefulset")]
    public async Task What_is_there_and_what_is_not_is_told_apart(string kind)
    {
        Assert.That(await Witness.ExistsAsync(Namespace, $"{kind}/seen"));
        Assert.That(await Witness.ExistsAsync(Namespace, $"{kind}/unseen"), Is.False);
    }

    [Test]
    public async Task Of_a_kind_that_the_server_does_not_know_there_are_none()
    {
        using var elsewhere = new ClusterReader(Kubeconfig);

        Assert.That(await elsewhere.JsonAsync("appbinding", "no-such-namespace", "x"), Is.Null);
        Assert.That(await elsewhere.JsonListAsync("appbinding", "no-such-namespace"), Is.Empty);
    }
}
