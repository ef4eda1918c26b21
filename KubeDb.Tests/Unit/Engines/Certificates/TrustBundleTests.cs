using KubeDb.Api.Engines.Certificates;

namespace KubeDb.Tests.Unit.Engines.Certificates;

[TestFixture, Category("Unit")]
public sealed class TrustBundleTests
{
    private const string A = "-----BEGIN CERTIFICATE-----\nQUFBQQ==\n-----END CERTIFICATE-----\n";
    private const string B = "-----BEGIN CERTIFICATE-----\nQkJCQg==\n-----END CERTIFICATE-----\n";

    [Test]
    public void EachAuthorityIsInItOnceInTheOrderInWhichItWasFound() =>
        Assert.That(TrustBundle.Of([A + B, null, "", B, A]).Text, Is.EqualTo(A + B));

    [Test]
    public void WhatIsNoCertificateIsLeftOut() =>
        Assert.That(TrustBundle.Of(["no PEM", "-----BEGIN PRIVATE KEY-----\nQUFBQQ==\n-----END PRIVATE KEY-----\n" + A]).Text, Is.EqualTo(A));

    [Test]
    public void BundlesAreToldApartByTheirContent()
    {
        var (one, both, turned) = (TrustBundle.Of([A]), TrustBundle.Of([A, B]), TrustBundle.Of([B, A]));
        Assert.That(new[] { one.Fingerprint, both.Fingerprint, turned.Fingerprint }, Is.Unique);
        Assert.That(TrustBundle.Of([A, A]).Fingerprint, Is.EqualTo(one.Fingerprint));
        Assert.That(one.MarkKey, Is.EqualTo($".{one.Fingerprint}.crt"), "a list of the folder does not show it");
    }

    [Test]
    public void ABundleCoversWhatItHolds()
    {
        var (one, both) = (TrustBundle.Of([A]), TrustBundle.Of([A, B]));
        Assert.That((both.Covers(one), one.Covers(both), one.Covers(TrustBundle.Of([]))), Is.EqualTo((true, false, true)));
        Assert.That(TrustBundle.Of([]).IsEmpty, Is.True);
    }
}
