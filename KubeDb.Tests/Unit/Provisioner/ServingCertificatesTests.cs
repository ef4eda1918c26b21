using KubeDb.Api.Engines.Certificates;
using KubeDb.Provisioner.Webhooks;

namespace KubeDb.Tests.Unit.Provisioner;

[TestFixture]
[Category("Unit")]
public sealed class ServingCertificatesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Names = ["hook.kubedb.svc", "hook.kubedb.svc.cluster.local"];

    private static ServingCertificates Fresh => ServingCertificates.None.WithAuthority(Now).WithCertificate(Now, Names);

    [Test]
    public void Nothing_is_due_and_not_usable()
    {
        var none = ServingCertificates.None;

        Assert.That((none.IsAuthorityDue(Now), none.IsCertificateDue(Now, Names), none.IsUsable(Now, Names), none.Context()), Is.EqualTo((true, true, false, (object?)null)));
    }

    [Test]
    public void A_fresh_one_is_good_for_its_names_alone()
    {
        var fresh = Fresh;

        Assert.That((fresh.IsAuthorityDue(Now), fresh.IsCertificateDue(Now, Names), fresh.IsUsable(Now, Names)), Is.EqualTo((false, false, true)));
        Assert.That(fresh.IsUsable(Now, ["other.kubedb.svc"]), Is.False);
        Assert.That(fresh.IsCertificateDue(Now, ["other.kubedb.svc"]));
        Assert.That(fresh.Context(), Is.Not.Null);
    }

    [TestCase(240, false, true)]
    [TestCase(245, true, true)]
    [TestCase(366, true, false)]
    public void A_certificate_is_renewed_after_two_thirds_of_a_year(int days, bool due, bool usable)
    {
        var (fresh, then) = (Fresh, Now.AddDays(days));

        Assert.That((fresh.IsCertificateDue(then, Names), fresh.IsUsable(then, Names)), Is.EqualTo((due, usable)));
        Assert.That(fresh.IsAuthorityDue(then), Is.False);
        Assert.That(fresh.WithCertificate(then, Names).IsCertificateDue(then, Names), Is.False);
    }

    [Test]
    public void A_new_authority_is_trusted_beside_the_old_one_whose_certificate_serves_on()
    {
        var then = Now.AddDays(3650 * 2 / 3 + 5);
        var old = Fresh.WithCertificate(then, Names);
        Assert.That(old.IsAuthorityDue(then));
        var next = old.WithAuthority(then);

        Assert.That(TrustBundle.Certificates(next.Authorities).Count(), Is.EqualTo(2));
        Assert.That((next.IsAuthorityDue(then), next.IsUsable(then, Names), next.IsCertificateDue(then, Names)), Is.EqualTo((false, true, true)));
        var renewed = next.WithCertificate(then, Names);
        Assert.That((renewed.IsUsable(then, Names), renewed.IsCertificateDue(then, Names)), Is.EqualTo((true, false)));
        Assert.That(TrustBundle.Certificates(renewed.WithAuthority(Now.AddDays(3651)).Authorities).Count(), Is.EqualTo(2), "one that is out of date is trusted no longer");
    }

    [Test]
    public void What_is_damaged_counts_as_missing()
    {
        var fresh = Fresh;

        Assert.That((fresh with { Certificate = "no certificate" }).IsUsable(Now, Names), Is.False);
        Assert.That((fresh with { Key = Fresh.Key }).IsUsable(Now, Names), Is.False, "the key of another");
        Assert.That((fresh with { AuthorityKey = "" }).IsAuthorityDue(Now));
        Assert.That((fresh with { Authorities = Fresh.Authorities }).IsUsable(Now, Names), Is.False, "another authority");
        Assert.That((fresh with { Authorities = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }).WithAuthority(Now).WithCertificate(Now, Names).IsUsable(Now, Names));
    }

    [Test]
    public void A_clock_that_is_behind_accepts_it()
    {
        var (fresh, behind) = (Fresh, Now.AddMinutes(-30));

        Assert.That(fresh.IsUsable(behind, Names));
    }
}
