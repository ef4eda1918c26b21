using System.Text.RegularExpressions;
using System.Xml.Linq;
using KubeDb.Tests.Unit.Kinds;

namespace KubeDb.Tests.Unit.Repository;

/// <summary>docs/dependencies.md names every package, and tests that exist.</summary>
[TestFixture]
[Category("Unit")]
public sealed partial class DependencyTests
{
    private const string NotUsed = "## What of KubernetesClient is not used";

    private static string[] Page => File.ReadAllLines(Path.Combine(RepositoryFiles.Root, "docs", "dependencies.md"));

    private static IEnumerable<string> Packages =>
        XDocument.Load(Path.Combine(RepositoryFiles.Root, "Directory.Packages.props")).Descendants("PackageVersion").Select(p => p.Attribute("Include")!.Value);

    [Test]
    public void Every_package_is_on_the_page_and_no_other()
    {
        var listed = Page.TakeWhile(l => l != NotUsed).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('`')[1]);

        Assert.That(listed, Is.EquivalentTo(Packages));
    }

    [Test]
    public void Every_package_is_referenced_unless_it_only_sets_a_version()
    {
        var pinned = Page.SkipWhile(l => l != "## Versions only").TakeWhile(l => l != NotUsed).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('`')[1]).ToHashSet();
        var referenced = Directory.EnumerateFiles(RepositoryFiles.Root, "*.csproj", SearchOption.AllDirectories)
            .SelectMany(f => XDocument.Load(f).Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value)).ToHashSet();

        Assert.That(Packages.Where(p => !pinned.Contains(p)), Is.EquivalentTo(referenced));
    }

    [Test]
    public void Every_test_on_the_page_exists()
    {
        var named = Page.SelectMany(l => TestName().Matches(l)).Select(m => m.Groups[1].Value).Distinct().ToList();

        Assert.That(named, Has.Count.GreaterThan(20));
        Assert.That(named.Where(n => !TestNames.All.Any(t => t.EndsWith("." + n, StringComparison.Ordinal) || t.Contains($".{n}.", StringComparison.Ordinal))), Is.Empty, "tests that do not exist");
    }

    [Test]
    public void Each_reason_names_what_would_fail()
    {
        var reasons = Page.SkipWhile(l => l != NotUsed).Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();

        Assert.That(reasons, Has.Count.GreaterThan(8));
        Assert.That(reasons.Where(r => !TestName().IsMatch(r.Split('|')[3])), Is.Empty, "rows without a test of ours");
    }

    // A test, or a whole class of them.
    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+|[A-Z][A-Za-z0-9]*Tests)`")]
    private static partial Regex TestName();
}
