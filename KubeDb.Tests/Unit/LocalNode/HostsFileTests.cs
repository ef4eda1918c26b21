using System.Text;
using KubeDb.LocalNode;

namespace KubeDb.Tests.Unit.LocalNode;

[TestFixture]
[Category("Unit")]
public sealed class HostsFileTests
{
    [Test]
    public void A_service_has_its_own_address() =>
        Assert.That(HostsFile.Of(Service("\"clusterIP\":\"10.96.0.9\""), null), Is.EqualTo("10.96.0.9 db.demo.svc.cluster.local\n"));

    [Test]
    public void A_headless_service_names_its_pods() =>
        Assert.That(
            HostsFile.Of(Service("\"clusterIP\":\"None\""), OneReadyOneNot()),
            Is.EqualTo("10.244.0.5 db-0.db.demo.svc.cluster.local\n10.244.0.5 db.demo.svc.cluster.local\n"));

    [Test]
    public void A_headless_service_that_publishes_all_names_the_unready_too() =>
        Assert.That(
            HostsFile.Of(Service("\"clusterIP\":\"None\",\"publishNotReadyAddresses\":true"), OneReadyOneNot()),
            Does.Contain("10.244.0.6 db-1.db.demo.svc.cluster.local\n").And.Contain("10.244.0.6 db.demo.svc.cluster.local\n"));

    [Test]
    public void A_service_without_address_or_without_pods_has_no_name()
    {
        Assert.That(HostsFile.Of(Service("\"type\":\"ExternalName\""), null), Is.Empty);
        Assert.That(HostsFile.Of(Service("\"clusterIP\":\"None\""), null), Is.Empty);
    }

    private static NamedService Service(string spec) =>
        NamedService.Decode(Encoding.UTF8.GetBytes($$"""{"metadata":{"namespace":"demo","name":"db"},"spec":{ {{spec}} } }"""));

    private static ServiceEndpoints OneReadyOneNot() =>
        ServiceEndpoints.Decode(
            """
            {"metadata":{"namespace":"demo","name":"db"},"subsets":[{
              "addresses":[{"ip":"10.244.0.5","hostname":"db-0"}],
              "notReadyAddresses":[{"ip":"10.244.0.6","hostname":"db-1"}]}]}
            """u8);
}
