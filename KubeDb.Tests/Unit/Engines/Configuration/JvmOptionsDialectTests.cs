using KubeDb.Api.Engines.Configuration;

namespace KubeDb.Tests.Unit.Engines.Configuration;

/// <summary>Files with options of a Java machine.</summary>
[TestFixture]
[Category("Unit")]
public sealed class JvmOptionsDialectTests
{
    [TestCase("-Xmx1g\n-Xmx2g", "-Xmx2g\n")]
    [TestCase("# heap\n\n  -Xms64m \r\n-Xmx1g", "-Xms64m\n-Xmx1g\n")]
    [TestCase("-XX:+UseG1GC\n-XX:-UseG1GC", "-XX:-UseG1GC\n")]
    [TestCase("-Dkey=a\n-Dkey=b\n-Dother", "-Dkey=b\n-Dother\n")]
    [TestCase("--add-opens=java.base/java.io=ALL-UNNAMED\n--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/java.io=ALL-UNNAMED\n--add-opens=java.base/java.nio=ALL-UNNAMED\n")]
    public void Of_two_options_that_exclude_each_other_the_last_counts(string text, string expected)
    {
        var read = JvmOptionsDialect.Instance.Read(text);
        Assert.That(read.Errors, Is.Empty);
        Assert.That(read.Document.Render(), Is.EqualTo(expected));
        Assert.That(JvmOptionsDialect.Instance.Read(expected).Document.DiffTo(read.Document).IsEmpty, Is.True);
    }

    [TestCase("Xmx1g", 1)]
    [TestCase("-server\n-", 2)]
    public void A_line_that_is_no_option_is_named(string text, int line)
    {
        var error = JvmOptionsDialect.Instance.Read(text).Errors.Single();
        Assert.That((error.Line, error.Reason), Is.EqualTo((line, "is no option of a Java machine, which begins with a dash")));
    }

    [Test]
    public void The_upper_file_wins_in_place()
    {
        var merged = Read("-server\n-Xmx1g\n-Da=1").Merge(Read("-Db=2\n-Xmx2g"));
        Assert.That(merged.Render(), Is.EqualTo("-server\n-Xmx2g\n-Da=1\n-Db=2\n"));
        Assert.That(merged.Without(new HashSet<string> { "-Xmx", "-Da" }).Render(), Is.EqualTo("-server\n-Db=2\n"));
        var difference = Read("-server\n-Xmx1g").DiffTo(merged);
        Assert.That((difference.Added, difference.Changed, difference.Removed), Is.EqualTo((new[] { "-Da", "-Db" }, new[] { "-Xmx" }, Array.Empty<string>())));
    }

    private static IConfigurationDocument Read(string text) => JvmOptionsDialect.Instance.Read(text).Document;
}
