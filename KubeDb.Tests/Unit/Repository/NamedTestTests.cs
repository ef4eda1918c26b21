using System.Text.RegularExpressions;
using KubeDb.Tests.Unit.Kinds;

namespace KubeDb.Tests.Unit.Repository;

/// <summary>The tests that the documentation names exist.</summary>
[TestFixture]
[Category("Unit")]
public sealed partial class NamedTestTests
{
    private const string Guarantees = "guarantees.md";
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "docs");

    private static IEnumerable<string> Pages => Directory.GetFiles(Folder, "*.md").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Pages))]
    public void Every_test_that_a_page_names_exists(string page)
    {
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Folder, page))).Select(m => m.Groups["name"].Value);

        Assert.That(named.Where(n => n.Any(char.IsLower) && !Exists(n)).Distinct(), Is.Empty);
    }

    [Test]
    public void Every_guarantee_names_tests_that_exist()
    {
        var rows = File.ReadAllLines(Path.Combine(Folder, Guarantees)).Where(l => l.StartsWith("| ", StringComparison.Ordinal) && !l.StartsWith("| Fault |", StringComparison.Ordinal)).ToList();
        var names = rows.Select(r => (Row: r, Tests: Quoted().Matches(r.Split('|')[^2]).Select(m => m.Groups[1].Value.Split('/')[^1]).ToList())).ToList();

        Assert.That(rows, Has.Count.GreaterThan(40));
        Assert.That(names.Where(n => n.Tests.Count == 0).Select(n => n.Row), Is.Empty, "guarantees without a test");
        Assert.That(names.SelectMany(n => n.Tests).Where(t => !Exists(t)).Distinct(), Is.Empty, "tests that do not exist");
    }

    private static bool Exists(string name) =>
        TestNames.All.Any(t => t.EndsWith("." + name, StringComparison.Ordinal) || t.Contains($".{name}.", StringComparison.Ordinal));

    // A test, or a whole class of them, with or without its folders.
    [GeneratedRegex("`(?:[A-Za-z]+/)*(?<name>[A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+|[A-Z][A-Za-z0-9]*Tests)`")]
    private static partial Regex TestName();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
