using k8s.Models;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture, Category("Unit")]
public sealed class ManifestsTests
{
    private static readonly DateTime At = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Test]
    public void Absent_fields_stay_absent_and_the_kind_is_added() => Assert.That(
        Manifests.ToJson(ResourceTypes.Service, new V1Service
        {
            Metadata = new() { Name = "a" },
            Spec = new() { Ports = [new() { Name = "web", Port = 80, TargetPort = "http" }, new() { Port = 81, TargetPort = 8081 }] },
        }).ToJsonString(),
        Is.EqualTo("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"name":"web","port":80,"targetPort":"http"},{"port":81,"targetPort":8081}]}}"""));

    [Test]
    public void The_version_is_that_of_the_resource_type() => Assert.That(
        Manifests.ToJson(ResourceTypes.PodDisruptionBudgetV1Beta1, new V1PodDisruptionBudget { Spec = new() { MaxUnavailable = 1, MinAvailable = "50%" } }).ToJsonString(),
        Is.EqualTo("""{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","spec":{"maxUnavailable":1,"minAvailable":"50%"}}"""));

    [Test]
    public void A_lease_has_microseconds_and_an_event_seconds()
    {
        var lease = Manifests.ToJson(ResourceTypes.Lease, new V1Lease { Spec = new() { AcquireTime = At, RenewTime = At.AddMicroseconds(7) } });
        var told = Manifests.ToJson(ResourceTypes.Event, new Corev1Event { LastTimestamp = At.AddMilliseconds(999), EventTime = At });

        Assert.That(lease["spec"]!.ToJsonString(), Is.EqualTo("""{"acquireTime":"2026-01-02T03:04:05.000000Z","renewTime":"2026-01-02T03:04:05.000007Z"}"""));
        Assert.That(told["lastTimestamp"]!.GetValue<string>(), Is.EqualTo("2026-01-02T03:04:05Z"));
        Assert.That(told["eventTime"]!.GetValue<string>(), Is.EqualTo("2026-01-02T03:04:05.000000Z"));
    }

    [Test]
    public void An_eviction_names_the_pod_that_was_read()
    {
        var eviction = new V1Eviction { Metadata = new() { Name = "a-0", NamespaceProperty = "demo" }, DeleteOptions = new() { Preconditions = new() { Uid = "u" } } };
        Assert.That(
            Manifests.ToJson(new Api.Kubernetes.ResourceType("policy", "v1", "evictions", "Eviction"), eviction).ToJsonString(),
            Is.EqualTo("""{"apiVersion":"policy/v1","deleteOptions":{"preconditions":{"uid":"u"}},"kind":"Eviction","metadata":{"name":"a-0","namespace":"demo"}}"""));
    }

    [Test]
    public void Data_is_in_base64() => Assert.That(
        Manifests.ToJson(new V1Secret { Data = new Dictionary<string, byte[]> { ["k"] = "ä"u8.ToArray() } }).ToJsonString(), Is.EqualTo("""{"data":{"k":"w6Q="}}"""));
}
