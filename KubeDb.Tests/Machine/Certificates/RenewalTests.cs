using System.Text.Json.Nodes;
using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Certificates;

/// <summary>cert-manager issues a certificate anew, and nobody asked for it.</summary>
[TestFixture]
[Category("Machine")]
public sealed class RenewalTests
{
    private const string Account = "system:serviceaccount:kubedb:kubedb-provisioner";
    private const string Tls = ",\"tls\":{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}}";

    [Test]
    public void Running_servers_load_what_was_renewed_and_nothing_is_restarted() => Run(async world =>
    {
        world.CertManager.Install("ca");
        await world.PassAsync(70);
        await world.HaveRedisAsync("databases 10", 2, Tls);
        var (pods, before) = (world.Pods, Held(world));
        Assert.That(world.Redis.Running.Select(s => s.Certificate), Has.All.EqualTo(before));

        world.Redis.KubeletsWait = true;
        Renew(world);
        await world.UntilAsync(() => Held(world) != before, "cert-manager renews");
        await world.UntilAsync(() => world.Redis.Running.All(s => s.Certificate == Held(world)), "the servers load it", 60);
        await world.PassAsync(30);
        Assert.Multiple(() =>
        {
            Assert.That(world.Pods, Is.EqualTo(pods));
            Assert.That(world.Events(), Has.One.Contains("2 of 2 pods show the renewed certificate"));
            Assert.That(world.Pods.Keys.Select(p => world.Get(Pod.Resource, p)!["metadata"]!["annotations"].Text(DatabaseCertificates.PodAnnotation)), Has.All.Not.Empty, "their kubelets were made to look");
            Assert.That(world.Phase(), Is.EqualTo("Ready"));
        });
    });

    [Test]
    public void A_certificate_that_is_not_renewed_in_time_is_warned_of_by_what_servers_show_until_it_is() => Run(async world =>
    {
        world.CertManager.Install("ca");
        world.CertManager.Validity = (VirtualTime.Start, VirtualTime.Start + TimeSpan.FromMinutes(15));
        await world.PassAsync(70);
        await world.HaveRedisAsync("databases 10", 2, Tls);
        await world.PassAsync((11 * 60) - world.Now.TotalSeconds);
        Assert.That(world.Condition("CertificateExpiring"), Is.Null, "cert-manager has a while to renew it");
        await world.UntilAsync(() => world.Condition("CertificateExpiring") is not null, "it is warned of", 90);
        Assert.That(world.Condition("CertificateExpiring").Text("message"), Does.StartWith("Pod cache-0 shows a certificate, serial ").And.Contains("ends 2026-01-02T03:19:05Z"));
        Assert.That(world.Phase(), Is.EqualTo("Ready"));
        Assert.That(Scraped(), Does.Match("kubedb_served_certificate_expiry_timestamp_seconds{kind=\"Redis\",name=\"cache\",namespace=\"demo\"} 1[0-9]{9}"));

        world.CertManager.Validity = (VirtualTime.Start, VirtualTime.Start + TimeSpan.FromHours(3));
        Renew(world);
        await world.UntilAsync(() => world.Condition("CertificateExpiring") is null, "it was renewed", 60);
        Assert.That(world.Events(), Has.One.Contains("was not renewed in time"));
    });

    [Test]
    public void A_refused_write_to_a_pod_is_reported_and_keeps_no_status_from_being_written() => Run(async world =>
    {
        world.CertManager.Install("ca");
        await world.PassAsync(70);
        await world.HaveRedisAsync("databases 10", 2, Tls);
        var before = Held(world);
        world.Redis.KubeletsWait = true;
        var refused = true;
        world.Provisioner.Last.Connection.Faults.On(
            e => refused && e.Does == RequestKind.Write && e.Type.Plural == "pods",
            Fault.Refused(new ApiError(ApiErrorKind.Forbidden, 403, "Forbidden", $"pods \"cache-0\" is forbidden: User \"{Account}\" cannot patch resource \"pods\"")),
            times: int.MaxValue);
        Renew(world);
        await world.UntilAsync(() => Held(world) != before, "cert-manager renews");
        await world.UntilAsync(() => world.Events().Any(e => e.Contains("cannot patch resource", StringComparison.Ordinal)), "an event tells", 90);
        world.Patch(Api.Kinds.Kubedb.Redis.Resource, "cache", """{"spec":{"deletionPolicy":"Halt"}}""");
        await world.UntilAsync(() => world.RedisNow()!["status"].Number("observedGeneration") == world.RedisNow()!["metadata"].Number("generation"), "the status is written", 10);
        Assert.That(world.Events(), Has.One.Contains("cannot patch resource"), "it is told once");

        refused = false;
        await world.UntilAsync(() => world.Redis.Running.All(s => s.Certificate == Held(world)), "the servers load it", 60);
    });

    // Other worlds may have a database of this name at this time, so the value is not this world's for sure.
    private static string Scraped()
    {
        using var exposition = new PrometheusExposition();
        return exposition.Write();
    }

    private static string? Held(TestWorld world) => world.Get(Secret.Resource, "cache-server-cert")?["data"].Text("tls.crt") is { } text
        ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(text))
        : null;

    private static void Renew(TestWorld world) => world.Patch(
        ResourceTypes.Certificate,
        "cache-server-cert",
        new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = CertManager.Issuing, ["status"] = "True" }) } }.ToJsonString(),
        "status");
}
