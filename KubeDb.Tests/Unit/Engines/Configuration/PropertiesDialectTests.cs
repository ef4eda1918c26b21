using FsCheck;
using FsCheck.Fluent;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Engines.Configuration;

[TestFixture, Category("Unit")]
public class PropertiesDialectTests
{
    [TestCase("a=b", "a", "b")]
    [TestCase("a:b", "a", "b")]
    [TestCase("a b", "a", "b")]
    [TestCase("a\tb", "a", "b")]
    [TestCase("a\fb", "a", "b")]
    [TestCase("  a  =  b  ", "a", "b  ")]
    [TestCase("a : = b", "a", "= b")]
    [TestCase("a = : b", "a", ": b")]
    [TestCase("a==b", "a", "=b")]
    [TestCase("a", "a", "")]
    [TestCase("a=", "a", "")]
    [TestCase("a\\ b\\=c\\:d=e", "a b=c:d", "e")]
    [TestCase("log retention.hours=5", "log", "retention.hours=5")]
    [TestCase("listeners=CLIENT://:9192,X://h:1", "listeners", "CLIENT://:9192,X://h:1")]
    [TestCase("a=\\t\\n\\r\\f\\\\\\q\\ ", "a", "\t\n\r\f\\q ")]
    [TestCase("a=\\u00e9\\u00E9", "a", "éé")]
    [TestCase("a=\\U0041", "a", "U0041")]
    [TestCase("\\u0061=b", "a", "b")]
    [TestCase("a=é", "a", "é")]
    [TestCase("a=b # no comment", "a", "b # no comment")]
    [TestCase("a=b\\\n   c", "a", "bc")]
    [TestCase("a=b\\\r\n\tc", "a", "bc")]
    [TestCase("a=b\\\rc", "a", "bc")]
    [TestCase("a=b\\\n#c", "a", "b#c")]
    [TestCase("a=b\\\n", "a", "b")]
    [TestCase("a=b\\", "a", "b")]
    [TestCase("a=b\\\\", "a", "b\\")]
    [TestCase("a\\\n=b", "a", "b")]
    [TestCase("\\\n  \na=b", "a", "b")]
    [TestCase("\\#a=b", "#a", "b")]
    public void ReadsALineAsJavaDoes(string text, string key, string value)
    {
        var (file, errors) = Read(text);
        Assert.That(errors, Is.Empty);
        Assert.That(file.Entries, Is.EqualTo(new[] { new PropertiesEntry(key, value) }));
    }

    [TestCase("# c")]
    [TestCase("  ! c")]
    [TestCase("# c\\")]
    [TestCase("")]
    [TestCase(" \t\f\r\n\r")]
    [TestCase("\\")]
    [TestCase("\\\n#a=b")]
    public void CommentsAndBlankLinesAreNothing(string text) => Assert.That(Read(text).File.Entries, Is.Empty);

    [Test]
    public void AContinuedCommentEndsWithItsLine() => Assert.That(Read("# c\\\na=b").File.Entries.Single().Key, Is.EqualTo("a"));

    [TestCase("pass=\\u12", "pass", "\\u without four hexadecimal digits")]
    [TestCase("pass=\\u12g4", "pass", "\\u without four hexadecimal digits")]
    [TestCase("pass=\\u +12", "pass", "\\u without four hexadecimal digits")]
    [TestCase("half-of-a-secret\\u1", "", "\\u without four hexadecimal digits")]
    [TestCase("=x", "", "no key before the separator")]
    [TestCase(" : x", "", "no key before the separator")]
    [TestCase("a=b\0c", "", "holds a NUL byte")]
    public void WhatCanNotBeReadIsNamedByLineAndLeftOut(string line, string setting, string reason)
    {
        var (file, errors) = Read($"a=1\\\n  2\n\n{line}\r\nz=3\n");
        Assert.That(errors, Is.EqualTo(new[] { new ConfigurationError(4, setting, reason) }));
        Assert.That(file.Entries.Select(e => (e.Key, e.Line)), Is.EqualTo(new[] { ("a", 1), ("z", 5) }));
    }

    [TestCase("# top\n\n# of a\na=1\nb : 2 \\\n  3\n\n# end\n")]
    [TestCase("a=1")]
    [TestCase("\n\na=1\n# é is no trouble in a comment\nb=2")]
    public void AFileKeepsItsLayout(string text) => Assert.That(Read(text).File.Render(), Is.EqualTo(text.TrimEnd('\n') + (text.EndsWith('\n') ? "\n" : "\n")));

    [TestCase("a=é", "a=\\u00e9\n")]
    [TestCase("a=b\\", "a=b\n")]
    [TestCase("a=b\\\n", "a=b\n")]
    [TestCase("a=\ud83d\ude00", "a=\\ud83d\\ude00\n")]
    public void WhatCouldReadDifferentlyElsewhereIsWrittenAnew(string text, string rendered) => Assert.That(Read(text).File.Render(), Is.EqualTo(rendered));

    [TestCase(" lead", "= x : y #!", "\\ lead== x : y #!\n")]
    [TestCase("#k", "  two", "\\#k=\\  two\n")]
    [TestCase("k\n", "a\\b\r", "k\\n=a\\\\b\\r\n")]
    public void APropertyOfOurOwnIsEscapedWhereItMustBe(string key, string value, string line) =>
        Assert.That(PropertiesFile.Of([new(key, value)]).Render(), Is.EqualTo(line));

    [Test]
    public void TheLastOfAKeyWins() => Assert.That(Read("a=1\nb=2\n# late\na : 3").File.Render(), Is.EqualTo("b=2\n# late\na : 3\n"));

    [TestCase("# x\na=1\nb=2", "a=3", "# x\na=3\nb=2\n", TestName = "Replaced in place, the comment stays")]
    [TestCase("# x\na=1\nb=2", "# y\na=3", "# y\na=3\nb=2\n", TestName = "Replaced with its own comment")]
    [TestCase("a=1\n\n# end", "c=1\n\n# lone\n\n# of d\nd=2", "a=1\n\n# end\n\nc=1\n# of d\nd=2\n", TestName = "New ones follow with their comments")]
    [TestCase("", "# lone\n\nd=2", "# lone\n\nd=2\n", TestName = "Over nothing all of it stays")]
    [TestCase("# lone", "d=2", "# lone\n\nd=2\n", TestName = "A comment at the end does not become another's")]
    public void Merges(string lower, string upper, string merged) => Assert.That(Read(lower).File.Merge(Read(upper).File).Render(), Is.EqualTo(merged));

    [TestCase("# top\n\n# of a\na=1\nb=2", "a", "# top\n\nb=2\n")]
    [TestCase("# top\n\na=1", "a", "")]
    [TestCase("a=1", "b", "a=1\n")]
    public void Removes(string text, string key, string rest) =>
        Assert.That(Read(text).File.Without(new HashSet<string> { key }).Render(), Is.EqualTo(rest));

    [Test]
    public void ADiffCountsMeaningNotSpelling()
    {
        var diff = Read("a=1\nb=2\nc=3").File.DiffTo(Read("# new\nb : 2\na=\\u0032\nd=4").File);
        Assert.That((diff.Added.Single(), diff.Changed.Single(), diff.Removed.Single()), Is.EqualTo(("d", "a", "c")));
    }

    [Test]
    public void ReadingWhatWasRenderedGivesTheSame() => Prop.ForAll(Texts().ToArbitrary(), text =>
    {
        var file = Read(text).File;
        var again = Read(file.Render());
        return again.Errors.Count == 0 && again.File.Entries.SequenceEqual(file.Entries) && again.File.Render() == file.Render();
    }).QuickCheckThrowOnFailure();

    [Test]
    public void AnyTextIsReadWithoutAThrowAndIsStable() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
    {
        var rendered = Read(text ?? "").File.Render();
        return Read(rendered).File.Render() == rendered;
    }).QuickCheckThrowOnFailure();

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool ADamagedFileIsReadWithoutAThrowAndNoErrorQuotesAValue(int[] damages)
    {
        const string Value = "CANARY8d1e";
        var text = $"# c\nssl.password={Value}\nsasl.jaas.config = x \\\n   password=\"{Value}\" \\\n  user;\nk\\u0061y : {Value}\\u0041\n";
        var (file, errors) = Read(System.Text.Encoding.UTF8.GetString(Mangle.Bytes(System.Text.Encoding.UTF8.GetBytes(text), damages)));
        return errors.All(e => !e.ToString().Contains(Value, StringComparison.Ordinal)) && Read(file.Render()).File.Render() == file.Render();
    }

    [Test]
    public void APropertyOfAnyKeyAndValueIsReadBack() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyString>(),
        ArbMap.Default.ArbFor<string>(),
        (key, value) =>
        {
            var entry = new PropertiesEntry(key.Get, value ?? "");
            var (file, errors) = Read(PropertiesFile.Of([new(entry.Key, entry.Value)]).Render());
            return errors.Count == 0 ? file.Entries.Single().Equals(entry) : entry.Key.Contains('\0') || entry.Value.Contains('\0');
        }).QuickCheckThrowOnFailure();

    [Test]
    public void MergingIsAssociativeAndIdempotentAlsoThroughTheText() => Prop.ForAll(
        Texts().ToArbitrary(),
        Texts().ToArbitrary(),
        Texts().ToArbitrary(),
        (a, b, c) =>
        {
            var (x, y, z) = (Read(a).File, Read(b).File, Read(c).File);
            var left = Again(Again(x.Merge(y)).Merge(z)).Render();
            var right = Again(x.Merge(Again(y.Merge(z)))).Render();
            return left == right && Again(x.Merge(x)).Render() == x.Render();
        }).QuickCheckThrowOnFailure();

    [Test]
    public void MergingEqualsTheModel() => Prop.ForAll(Texts().ToArbitrary(), Texts().ToArbitrary(), (lower, upper) =>
    {
        var model = Values(Read(lower).File);
        foreach (var (key, value) in Values(Read(upper).File))
            model[key] = value;
        var merged = Again(Read(lower).File.Merge(Read(upper).File));
        return merged.DiffTo(PropertiesFile.Of(model)).IsEmpty && merged.DiffTo(merged).IsEmpty;
    }).QuickCheckThrowOnFailure();

    private static Dictionary<string, string> Values(PropertiesFile file) => file.Entries.ToDictionary(e => e.Key, e => e.Value);

    private static PropertiesFile Again(IConfigurationDocument document) => Read(document.Render()).File;

    private static (PropertiesFile File, IReadOnlyList<ConfigurationError> Errors) Read(string text)
    {
        var reading = PropertiesDialect.Instance.Read(text);
        return ((PropertiesFile)reading.Document, reading.Errors);
    }

    /// <summary>Texts of pieces that matter, few keys among them, so that they meet.</summary>
    internal static Gen<string> Texts()
    {
        var line = Gen.Elements(
            "a=1", "a : 2", "b 3", "b=", "c=é", "c=x\\\n  y", "d\\ e=f", "d=1\\", "# one", "! two", "", "  ", "#\\", "\\u0061=9", "e=\\", "f=\\u00", "=g", "h=\\\n");
        return line.ListOf().SelectMany(l => Gen.Elements("\n", "\r\n", "\r").Select(end => string.Join(end, l)));
    }
}
