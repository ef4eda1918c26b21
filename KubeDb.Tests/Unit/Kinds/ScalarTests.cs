using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Unit.Kinds;

[TestFixture]
[Category("Unit")]
public sealed class ScalarTests
{
    [TestCase("5m", 300)]
    [TestCase("1h30m", 5400)]
    [TestCase("1.5s", 1.5)]
    [TestCase("300ms", 0.3)]
    [TestCase("-2s", -2)]
    [TestCase("+2s", 2)]
    [TestCase("0", 0)]
    [TestCase("1h0m0.5s", 3600.5)]
    [TestCase("2540400h", 2540400 * 3600.0)]
    public void Durations_are_read(string text, double seconds) =>
        Assert.That(GoDuration.Parse(text)?.TotalSeconds, Is.EqualTo(seconds).Within(1e-6));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("5")]
    [TestCase("m")]
    [TestCase("-")]
    [TestCase("5 m")]
    [TestCase("5d")]
    [TestCase("1..5s")]
    [TestCase("99999999999999h")]
    [TestCase("five minutes")]
    public void What_is_no_duration_is_null(string? text) => Assert.That(GoDuration.Parse(text), Is.Null);

    [TestCase(0, "0s")]
    [TestCase(90, "1m30s")]
    [TestCase(3600, "1h0m0s")]
    [TestCase(0.3, "300ms")]
    [TestCase(-1.5, "-1.5s")]
    public void Durations_are_written(double seconds, string text) =>
        Assert.That(GoDuration.Format(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool A_written_duration_reads_as_it_was(int seconds, int ticks) =>
        GoDuration.Parse(GoDuration.Format(TimeSpan.FromTicks(seconds * TimeSpan.TicksPerSecond + ticks))) == TimeSpan.FromTicks(seconds * TimeSpan.TicksPerSecond + ticks);

    [Test]
    public void Versions_are_in_order()
    {
        string[] order = ["4", "4.0.6", "5.0.14", "6.2.5", "6.2.14", "7.0.0-alpha", "7.0.0-alpha.1", "7.0.0-alpha.beta", "7.0.0-rc.2", "7.0.0-rc.11", "7.0.0", "7.2", "8.2.2"];

        Assert.That(order.Reverse().OrderBy(SemanticVersion.Parse), Is.EqualTo(order));
        Assert.That(SemanticVersion.Parse("v7.4.1+build.5"), Is.EqualTo(new SemanticVersion(7, 4, 1)));
    }

    [TestCase("")]
    [TestCase(null)]
    [TestCase("latest")]
    [TestCase("1.2.3.4")]
    [TestCase("1..2")]
    [TestCase("-1.0.0")]
    [TestCase("1.0.0-")]
    [TestCase("99999999999.0.0")]
    public void What_is_no_version_is_null(string? text) => Assert.That(SemanticVersion.Parse(text), Is.Null);

    [TestCase(">= 7.0.4, < 7.4.2", "7.0.4", true)]
    [TestCase(">= 7.0.4, < 7.4.2", "7.4.1", true)]
    [TestCase(">= 7.0.4, < 7.4.2", "7.4.2", false)]
    [TestCase(">= 7.0.4 < 7.4.2", "7.0.3", false)]
    [TestCase(">=7.0.4,<7.4.2", "7.1.0", true)]
    [TestCase("7.4.1", "7.4.1", true)]
    [TestCase("=7.4.1", "7.4.2", false)]
    [TestCase("!= 7.4.1", "7.4.2", true)]
    [TestCase("< 5.0.0 || >= 8.0.0", "6.0.0", false)]
    [TestCase("< 5.0.0 || >= 8.0.0", "8.2.2", true)]
    [TestCase("~7.2.3", "7.2.9", true)]
    [TestCase("~7.2.3", "7.4.0", false)]
    [TestCase("^7.2.3", "7.4.0", true)]
    [TestCase("^7.2.3", "8.0.0", false)]
    [TestCase("*", "1.0.0", true)]
    [TestCase("> 7.0.0", "7.0.0", false)]
    [TestCase("<= 7.0.0", "7.0.0", true)]
    public void A_range_permits(string range, string version, bool permits) =>
        Assert.That(VersionConstraint.Parse(range)!.Permits(SemanticVersion.Parse(version)!), Is.EqualTo(permits));

    [TestCase("")]
    [TestCase(">= ")]
    [TestCase("7.0.0 ||")]
    [TestCase("newer")]
    [TestCase(">> 7")]
    public void What_is_no_range_is_null(string range) => Assert.That(VersionConstraint.Parse(range), Is.Null);

    [TestCase("", "", "9.9.9", true)]
    [TestCase(">= 7.0.0, < 8.0.0", "", "7.1.0", true)]
    [TestCase(">= 7.0.0, < 8.0.0", "", "8.0.0", false)]
    [TestCase(">= 7.0.0, < 8.0.0", "7.1.0", "7.1.0", false)]
    [TestCase("", "< 7.0.0", "6.0.0", false)]
    [TestCase("", "< 7.0.0", "7.0.0", true)]
    [TestCase("rubbish", "", "7.0.0", false)]
    public void The_denylist_overrides_the_allowlist(string allow, string deny, string target, bool permits)
    {
        var constraints = new UpdateConstraints { Allowlist = allow.Length > 0 ? [allow] : [], Denylist = deny.Length > 0 ? [deny] : [] };

        Assert.That(VersionConstraint.Permits(constraints, SemanticVersion.Parse(target)!), Is.EqualTo(permits));
        Assert.That(VersionConstraint.Permits(null, SemanticVersion.Parse(target)!), Is.True);
    }

    [TestCase("sample-redis", "auth", "sample-redis-auth")]
    [TestCase("a23456789-123456789-123456789-123456789-123456789-123456789-123", "server-cert", "a23456789-123456789-123456789-123456789-123456789-1-server-cert")]
    public void A_long_name_is_cut_and_its_suffix_is_not(string name, string suffix, string expected)
    {
        Assert.That(ObjectNames.WithSuffix(name, suffix), Is.EqualTo(expected));
        Assert.That(expected, Has.Length.LessThanOrEqualTo(63));
    }
}
