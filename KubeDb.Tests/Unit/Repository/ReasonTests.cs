using System.Text.RegularExpressions;
using KubeDb.Tests.Unit.Kinds;

namespace KubeDb.Tests.Unit.Repository;

/// <summary>Every id that a condition, an event, a metric or a log line carries is explained in a table of reasons.</summary>
[TestFixture]
[Category("Unit")]
public sealed partial class ReasonTests
{
    private static readonly string[] Folders = ["Provisioner", "OpsManager", "KubeDb.Api"];

    private static readonly Lazy<List<(string File, string Text)>> Sources = new(() =>
    [
        .. Folders.SelectMany(f => Directory.GetFiles(Path.Combine(RepositoryFiles.Root, f), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(f => (Path.GetRelativePath(RepositoryFiles.Root, f), File.ReadAllText(f))),
    ]);

    [Test]
    public void Every_reason_in_the_code_is_in_a_table()
    {
        var explained = ReasonTables.Types.SelectMany(ReasonTables.Of).Select(r => r.Id).ToHashSet();
        var constants = Sources.Value.SelectMany(s => Constant().Matches(s.Text))
            .ToLookup(m => m.Groups["name"].Value, m => m.Groups["value"].Value);
        var used = Sources.Value.SelectMany(s => Uses(s.Text, constants).Select(id => (s.File, Id: id))).ToList();

        Assert.That(used, Has.Count.GreaterThan(25), "the patterns no longer fit the code");
        Assert.That(used.Where(u => u.Id.Length > 0 && !explained.Contains(u.Id)), Is.Empty, "reasons that no table explains");
    }

    [TestCase("""Outcome.Wait("Odd", "…", Soon)""", "Odd")]
    [TestCase("StepResult.FailForGood(\n    \"Odd\", message)", "Odd")]
    [TestCase("""parts.Events.Warning(pass.Target, "Odd", message)""", "Odd")]
    [TestCase("""yield return new Violation(path, "Odd", message)""", "Odd")]
    [TestCase("Outcome.Fail(Mine, message)", "Odd")]
    [TestCase("""yield return new Violation($"{at}.name", Mine, message)""", "Odd")]
    [TestCase("""yield return new Violation(path, ToyReasons.Mine, message)""", "Odd")]
    [TestCase("""yield return new("spec.x", ToyReasons.Mine, $"spec.x {x}")""", "Odd")]
    [TestCase("new(\n    $\"spec.{x}\", Kinds.ToyReasons.Mine, message)", "Odd")]
    [TestCase("""new("spec.x", Reasons.NameTaken, message)""")]
    [TestCase("""new(Name, Shared.Mine, message)""")]
    [TestCase("""Outcome.Fail(Reasons.NameTaken, "…")""")]
    [TestCase("Outcome.Wait(stalled.Reason, stalled.Message, Soon)")]
    public void A_reason_is_found_wherever_it_stands(string code, params string[] ids) => Assert.That(
        Uses(code, new[] { ("Mine", "Odd"), ("NameTaken", "NameTaken") }.ToLookup(c => c.Item1, c => c.Item2)).Where(id => id != "NameTaken"), Is.EqualTo(ids));

    private static IEnumerable<string> Uses(string text, ILookup<string, string> constants) =>
        Literal().Matches(text).Select(m => m.Groups["id"].Value)
            .Concat(Named().Matches(text).SelectMany(m => constants[m.Groups["name"].Value]));

    [GeneratedRegex("""const string (?<name>\w+) = "(?<value>[A-Z][A-Za-z]+)";""")]
    private static partial Regex Constant();

    [GeneratedRegex("""(?:(?:Outcome|StepResult)\.(?:Wait|Fail|FailForGood|Passed)\(\s*|Events\.(?:Warning|Normal)\(\s*[^,"]+,\s*|new Violation\(\s*[^,]+,\s*|Condition\(\s*\w+,\s*)"(?<id>[A-Za-z]*)"\s*,""")]
    private static partial Regex Literal();

    [GeneratedRegex("""(?:(?:(?:Outcome|StepResult)\.(?:Wait|Fail|FailForGood|Passed)\(\s*|new Violation\(\s*[^,]+,\s*)(?:[A-Z]\w*\.)*|new\(\s*[^,]+,\s*(?:[A-Z]\w*\.)*\w*Reasons\.)(?<name>[A-Z]\w*)\s*,""")]
    private static partial Regex Named();
}
