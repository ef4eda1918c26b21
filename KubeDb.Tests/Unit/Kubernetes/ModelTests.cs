using System.Text;
using System.Text.Json;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture]
[Category("Unit")]
public sealed class ModelTests
{
    [Test]
    public void A_pod_holds_what_is_read_of_it()
    {
        var pod = Decode<Pod>(
            """
            {"kind":"Pod","metadata":{"name":"db-0","namespace":"prod","uid":"u","resourceVersion":"7","creationTimestamp":"2026-01-02T03:04:05Z",
              "labels":{"controller-revision-hash":"db-5d4","a":"b"},"managedFields":[{"fieldsV1":{"f:x":{}}}],
              "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"password\":\"x\"}","kept":"yes"},
              "ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"db","uid":"o","controller":true}]},
             "spec":{"nodeName":"n1","containers":[{"name":"db","image":"db:1","env":[{"name":"X"}]}],"volumes":[]},
             "status":{"phase":"Running","podIP":"10.0.0.1","startTime":"2026-01-02T03:04:06.123456Z",
              "conditions":[{"type":"Ready","status":"True","lastTransitionTime":null}],
              "containerStatuses":[{"name":"db","ready":true,"restartCount":2,"image":"db:1","state":{"running":{"startedAt":"2026-01-02T03:04:07Z"}},
                "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","finishedAt":"2026-01-02T03:04:06Z"}}}]}}
            """);

        Assert.That((pod.IsReady, pod.Revision, pod.Spec.NodeName, pod.Status.PodIP), Is.EqualTo((true, "db-5d4", "n1", "10.0.0.1")));
        Assert.That(pod.Metadata.Annotations.Keys, Is.EqualTo(new[] { "kept" }));
        Assert.That(pod.Metadata.Controller?.Uid, Is.EqualTo("o"));
        Assert.That(pod.Status.ContainerStatuses[0].LastState.Terminated?.ExitCode, Is.EqualTo(137));
        Assert.That(pod.Status.ContainerStatuses[0].State.Waiting, Is.Null);
    }

    [Test]
    public void A_ready_pod_that_is_being_deleted_is_not_ready()
    {
        var pod = Decode<Pod>("""{"metadata":{"deletionTimestamp":"2026-01-02T03:04:05Z"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}""");

        Assert.That(pod.IsReady, Is.False);
    }

    [Test]
    public void Nulls_and_absent_parts_are_empty_and_never_null()
    {
        var pod = Decode<Pod>("""{"metadata":{"labels":null,"annotations":null,"ownerReferences":null,"finalizers":null},"spec":{"containers":null},"status":null}""");

        Assert.That((pod.Metadata.Labels.Count, pod.Metadata.Annotations.Count, pod.Metadata.OwnerReferences.Count, pod.Metadata.Finalizers.Count), Is.EqualTo((0, 0, 0, 0)));
        Assert.That((pod.Spec.Containers.Count, pod.Status.Phase, pod.Status.Conditions.Count), Is.EqualTo((0, "", 0)));
        Assert.That((pod.Metadata.Namespace, pod.Metadata.Name, pod.Spec.NodeName), Is.EqualTo(("", "", "")));
    }

    [TestCase("\"2026-01-02T03:04:05Z\"", 0)]
    [TestCase("\"2026-01-02T03:04:05.123456789Z\"", 1234567)]
    [TestCase("\"2026-01-02T04:04:05+01:00\"", 0)]
    [TestCase("\"2026-01-02 03:04:05\"", 0)]
    public void Times_are_read_as_others_write_them(string json, long ticks) =>
        Assert.That(
            JsonSerializer.Deserialize(Encoding.UTF8.GetBytes($$"""{"lastTransitionTime":{{json}}}"""), ModelJson.Default.Condition)!.LastTransitionTime,
            Is.EqualTo(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(ticks)));

    [TestCase("\"\"")]
    [TestCase("\"yesterday\"")]
    [TestCase("null")]
    [TestCase("17")]
    [TestCase("{\"seconds\":1}")]
    public void What_is_no_time_counts_as_absent(string json) =>
        Assert.That(
            JsonSerializer.Deserialize(Encoding.UTF8.GetBytes($$"""{"lastTransitionTime":{{json}},"type":"Ready"}"""), ModelJson.Default.Condition),
            Is.EqualTo(new Condition { Type = "Ready" }));

    [Test]
    public void A_secret_does_not_show_its_values()
    {
        var secret = Decode<Secret>("""{"metadata":{"name":"s","namespace":"n"},"type":"Opaque","data":{"password":"aHVudGVyMg=="}}""");

        Assert.That((secret.Text("password"), secret.Text("other")), Is.EqualTo(("hunter2", (string?)null)));
        Assert.That(secret.ToString(), Is.EqualTo("Secret n/s"));
    }

    [Test]
    public void A_claim_tells_asked_and_given_storage()
    {
        var claim = Decode<PersistentVolumeClaim>(
            """{"spec":{"storageClassName":"fast","resources":{"requests":{"storage":"2Gi"}}},"status":{"phase":"Bound","capacity":{"storage":"1Gi"}}}""");

        Assert.That(claim.Spec.Resources.Storage > claim.Status.Storage, Is.True);
        Assert.That((claim.Spec.StorageClassName, claim.Status.Phase), Is.EqualTo(("fast", "Bound")));
    }

    [Test]
    public void Other_kinds_hold_what_is_read_of_them()
    {
        var set = Decode<StatefulSet>("""{"spec":{"replicas":2},"status":{"updateRevision":"r2","readyReplicas":3,"collisionCount":0}}""");
        var lease = Decode<Lease>("""{"spec":{"holderIdentity":null,"leaseDurationSeconds":15,"renewTime":"2026-01-02T03:04:05.000001Z","leaseTransitions":4}}""");
        var service = Decode<Service>("""{"spec":{"clusterIP":"None","ports":[{"port":1,"targetPort":2}]},"status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"}]}}}""");
        var storage = Decode<StorageClass>("""{"metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"true"}},"provisioner":"p","allowVolumeExpansion":true}""");
        var space = Decode<Namespace>("""{"status":{"phase":"Terminating"}}""");

        Assert.That((set.Spec.Replicas, set.Status.UpdateRevision, set.Status.ReadyReplicas), Is.EqualTo((2, "r2", 3)));
        Assert.That((lease.Spec.HolderIdentity, lease.Spec.LeaseTransitions, lease.Spec.RenewTime is null), Is.EqualTo(("", 4, false)));
        Assert.That((service.Spec.ClusterIP, service.Spec.Ports[0].TargetPort, service.Status.LoadBalancer.Ingress[0].Ip), Is.EqualTo(("None", "2", "1.2.3.4")));
        Assert.That((storage.IsDefault, storage.AllowVolumeExpansion, space.Status.Phase), Is.EqualTo((true, true, "Terminating")));
    }

    [Test]
    public void Strings_that_come_again_are_kept_once()
    {
        const string json = """{"metadata":{"labels":{"app.example.com/unusual-key":"unusual-value-ü"}},"status":{"phase":"Running"}}""";
        var (one, two) = (Decode<Pod>(json), Decode<Pod>(json));

        Assert.That(one.Metadata.Labels.Keys.Single(), Is.SameAs(two.Metadata.Labels.Keys.Single()));
        Assert.That(one.Status.Phase, Is.SameAs(two.Status.Phase));
        Assert.That(one.Metadata.Labels["app.example.com/unusual-key"], Is.EqualTo("unusual-value-ü"));
    }

    [Test]
    public void A_list_is_decoded_item_by_item()
    {
        var page = ListDecoder.Decode(
            """{"kind":"PodList","metadata":{"resourceVersion":"12","continue":"next","remainingItemCount":1},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}"""u8,
            Pod.Decode);
        var none = ListDecoder.Decode("""{"items":null,"metadata":{"resourceVersion":"1"}}"""u8, Pod.Decode);

        Assert.That((page.ResourceVersion, page.Continue, string.Concat(page.Items.Select(i => i.Metadata.Name))), Is.EqualTo(("12", "next", "ab")));
        Assert.That((none.Items.Count, none.ResourceVersion), Is.EqualTo((0, "1")));
    }

    /// <summary>Ten thousand databases with their children have to fit into 128 MB, most of which others than pods take.</summary>
    [Test]
    public void Ten_thousand_pods_fit_into_their_share_of_memory()
    {
        const int count = 10_000;
        var pods = new Pod[count];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++)
            pods[i] = Pod.Decode(Encoding.UTF8.GetBytes(TypicalPod(i)));
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        GC.KeepAlive(pods);

        TestContext.Out.WriteLine($"{each} bytes a pod, from {TypicalPod(0).Length} bytes of JSON");
        Assert.That(each, Is.LessThan(1500));
    }

    private static string TypicalPod(int i) => $$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"database-{{i}}-0","namespace":"team-{{i % 100}}","uid":"{{new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)}}",
         "resourceVersion":"{{1000 + i}}","creationTimestamp":"2026-01-02T03:04:05Z",
         "labels":{"app.kubernetes.io/component":"database","app.kubernetes.io/instance":"database-{{i}}","app.kubernetes.io/managed-by":"kubedb.com",
          "app.kubernetes.io/name":"redises.kubedb.com","apps.kubernetes.io/pod-index":"0","controller-revision-hash":"database-{{i}}-5d4f9b8c7","statefulset.kubernetes.io/pod-name":"database-{{i}}-0"},
         "ownerReferences":[{"apiVersion":"apps/v1","blockOwnerDeletion":true,"controller":true,"kind":"StatefulSet","name":"database-{{i}}","uid":"{{new Guid(i, 9, 2, 3, 4, 5, 6, 7, 8, 9, 10)}}"}],
         "managedFields":[{"manager":"kubelet","operation":"Update","apiVersion":"v1","fieldsV1":{"f:status":{"f:conditions":{} } },"subresource":"status"}]},
         "spec":{"nodeName":"node-{{i % 50}}","volumes":[{"name":"data"}],"containers":[{"name":"redis","image":"redis:7.4.0","env":[{"name":"A","value":"B"}],"resources":{"limits":{"memory":"1Gi"} } },
          {"name":"exporter","image":"exporter:1.66.0"}]},
         "status":{"phase":"Running","podIP":"10.{{i % 200}}.{{i / 200}}.7","startTime":"2026-01-02T03:04:05Z","conditions":[
          {"type":"Initialized","status":"True","lastTransitionTime":"2026-01-02T03:04:05Z"},{"type":"Ready","status":"True","lastTransitionTime":"2026-01-02T03:04:05Z"},
          {"type":"ContainersReady","status":"True","lastTransitionTime":"2026-01-02T03:04:05Z"},{"type":"PodScheduled","status":"True","lastTransitionTime":"2026-01-02T03:04:05Z"}],
          "containerStatuses":[{"name":"redis","ready":true,"restartCount":0,"image":"redis:7.4.0","state":{"running":{"startedAt":"2026-01-02T03:04:05Z"} },"lastState":{} },
          {"name":"exporter","ready":true,"restartCount":0,"image":"exporter:1.66.0","state":{"running":{"startedAt":"2026-01-02T03:04:05Z"} },"lastState":{} }] } }
        """;

    private static T Decode<T>(string json)
        where T : class, IKubernetesObject<T> => T.Decode(Encoding.UTF8.GetBytes(json));
}
