using KubeDb.Tests.Unit.Kinds;

namespace KubeDb.Tests.Unit.Repository;

/// <summary>
/// hack/mutate takes one guarantee out at a time and demands that a named test fails. That takes minutes; here, only that every mutation still
/// fits the code, names tests that exist, and is listed in docs/testing.md.
/// </summary>
[TestFixture]
[Category("Unit")]
public sealed class MutationTests
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "hack", "mutations");

    private static IEnumerable<string> Names => Directory.GetFiles(Folder, "*.patch").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Names))]
    public void A_mutation_fits_the_code_and_names_its_tests(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, name + ".patch"));
        var tests = lines.Where(l => l.StartsWith("Test: ", StringComparison.Ordinal)).Select(l => l["Test: ".Length..]).ToList();
        var source = File.ReadAllText(Path.Combine(RepositoryFiles.Root, lines.Single(l => l.StartsWith("--- a/", StringComparison.Ordinal))["--- a/".Length..]));

        Assert.Multiple(() =>
        {
            Assert.That(lines[0], Does.StartWith("Guarantee: "));
            Assert.That(tests, Is.Not.Empty);
            Assert.That(tests.Where(t => !TestNames.All.Any(a => a.Contains(t, StringComparison.Ordinal))), Is.Empty, "tests that do not exist");
            Assert.That(Hunks(lines).Where(h => !source.Contains(h, StringComparison.Ordinal)), Is.Empty, "places that are no longer there: make the patch anew");
        });
    }

    [Test]
    public void Every_mutation_is_in_the_docs_and_none_else()
    {
        var docs = File.ReadAllLines(Path.Combine(RepositoryFiles.Root, "docs", "testing.md"));
        var listed = docs.SkipWhile(l => l != "## Mutations").Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('`')[1]);

        Assert.That(listed, Is.EquivalentTo(Names));
    }

    /// <summary>What each hunk expects to find.</summary>
    private static IEnumerable<string> Hunks(string[] lines)
    {
        var starts = Enumerable.Range(0, lines.Length).Where(i => lines[i].StartsWith("@@", StringComparison.Ordinal)).Append(lines.Length).ToList();
        return starts.Zip(starts.Skip(1), (from, to) => string.Concat(lines[(from + 1)..to].Where(l => l.Length == 0 || l[0] is ' ' or '-').Select(l => (l.Length == 0 ? "" : l[1..]) + "\n")));
    }
}
