using KubeDb.Api.Engines;
using KubeDb.Tests.Unit.Kinds;
using YamlDotNet.RepresentationModel;

namespace KubeDb.Tests.Unit.Repository;

/// <summary>A kind is named once in each operator's chart, in its list of kinds; rights and policies range over that.</summary>
[TestFixture, Category("Unit")]
public class ChartKindTests
{
    [TestCase("kubedb-provisioner")]
    [TestCase("kubedb-ops-manager")]
    public void The_list_has_every_kind_that_is_defined_and_no_other(string chart)
    {
        var kinds = Kinds(chart);
        Assert.Multiple(() =>
        {
            foreach (var (column, group) in (ReadOnlySpan<(string, string)>)[("database", "kubedb.com"), ("request", "ops.kubedb.com"), ("version", "catalog.kubedb.com")])
                Assert.That(kinds.Select(k => k.Children.TryGetValue(column, out var name) ? name.ToString() : null).OfType<string>().Distinct(), Is.EquivalentTo(Defined(group)), group);
        });
    }

    [Test]
    public void The_converted_kinds_are_those_with_older_versions()
    {
        var converted = Kinds("kubedb-provisioner").Select(k => k.Children.TryGetValue("converted", out var name) ? name.ToString() : null).OfType<string>();
        var older = EngineRegistry.Create(new TcpDialer(), TimeProvider.System).SelectMany(e => e.Kinds.OlderVersions);

        Assert.That(converted, Is.EquivalentTo(older.Select(c => c.Hub.Plural).Distinct()));
    }

    [Test]
    public void Both_operators_have_the_same_list() =>
        Assert.That(File.ReadAllText(ListOf("kubedb-ops-manager")), Is.EqualTo(File.ReadAllText(ListOf("kubedb-provisioner"))));

    [TestCase("kubedb-provisioner")]
    [TestCase("kubedb-ops-manager")]
    public void No_other_template_names_a_kind(string chart)
    {
        var names = Defined("kubedb.com").Concat(Defined("ops.kubedb.com")).Concat(Defined("catalog.kubedb.com")).ToList();
        var naming = Directory.EnumerateFiles(Path.GetDirectoryName(ListOf(chart))!).Where(f => f != ListOf(chart))
            .Where(f => names.Any(File.ReadAllText(f).Contains)).Select(Path.GetFileName);
        Assert.That(names, Is.Not.Empty);
        Assert.That(naming, Is.Empty);
    }

    private static string ListOf(string chart) => Path.Combine(RepositoryFiles.Root, "charts", chart, "templates", "_kinds.tpl");

    /// <summary>The rows between the head of the template and its end.</summary>
    private static List<YamlMappingNode> Kinds(string chart)
    {
        var rows = File.ReadLines(ListOf(chart)).SkipWhile(l => !l.Contains("define \"kubedb.kinds\"", StringComparison.Ordinal)).Skip(1).TakeWhile(l => !l.StartsWith("{{", StringComparison.Ordinal));
        var yaml = new YamlStream();
        yaml.Load(new StringReader(string.Join('\n', rows)));
        return [.. ((YamlSequenceNode)yaml.Documents[0].RootNode).Cast<YamlMappingNode>()];
    }

    private static IEnumerable<string> Defined(string group) =>
        Directory.EnumerateFiles(RepositoryFiles.Crds, $"{group}_*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)[(group.Length + 1)..]);
}
