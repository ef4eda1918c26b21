using FsCheck;
using FsCheck.Fluent;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Configuration;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RedisConfTests
{
    [TestCase("maxclients 500", "maxclients|500")]
    [TestCase("  MaxClients\t500  \r", "maxclients|500")]
    [TestCase("requirepass \"a\\x41\\n\\t\\\"\\\\b\"", "requirepass|aA\n\t\"\\b")]
    [TestCase("requirepass 'it\\'s \\n'", "requirepass|it's \\n")]
    [TestCase("requirepass foo\"bar baz\"", "requirepass|foobar baz")]
    [TestCase("requirepass foo\\bar", "requirepass|foo\\bar")]
    [TestCase("requirepass \"\\xzz\"", "requirepass|xzz")]
    [TestCase("requirepass abc # not a comment", "requirepass|abc|#|not|a|comment")]
    [TestCase("rename-command FLUSHALL \"\"", "rename-command|FLUSHALL|")]
    public void SplitsALineAsTheServerDoes(string line, string words)
    {
        var (conf, errors) = RedisConf.Parse(line);
        Assert.That(errors, Is.Empty);
        var directive = conf.Directives.Single();
        Assert.That(string.Join('|', directive.Arguments.Prepend(directive.Name)), Is.EqualTo(words));
    }

    [TestCase("# comment")]
    [TestCase("   # indented comment")]
    [TestCase("")]
    [TestCase(" \t\r")]
    public void CommentsAndBlankLinesAreNothing(string line) => Assert.That(RedisConf.Parse(line).Conf.Directives, Is.Empty);

    [TestCase("proc-title-template \"abc", "proc-title-template")]
    [TestCase("proc-title-template \"abc\"d", "proc-title-template")]
    [TestCase("second-half-of-a-secret\"", "")]
    [TestCase("requirepass \"secret", "requirepass")]
    public void UnbalancedQuotesNameLineAndDirectiveButNoValue(string line, string shown)
    {
        var (conf, errors) = RedisConf.Parse($"hz 10\n\n{line}\ntimeout 1\n");
        Assert.That(errors, Is.EqualTo(new[] { new ConfigurationError(3, shown, "unbalanced quotes") }));
        Assert.That(conf.Directives.Select(d => d.Name), Is.EqualTo(new[] { "hz", "timeout" }));
    }

    [Test]
    public void TheLastOfASingleValuedDirectiveWinsAliasesIncluded() =>
        Assert.That(
            RedisConf.Parse("maxclients 1\nslave-priority 5\nMAXCLIENTS 2\nreplica-priority 6").Conf.Render(),
            Is.EqualTo("maxclients 2\nreplica-priority 6\n"));

    [Test]
    public void RepeatableDirectivesAreNotCollapsed()
    {
        const string Text = "save 900 1\nsave 300 10\nclient-output-buffer-limit normal 0 0 0\nclient-output-buffer-limit pubsub 1 1 1\n"
            + "rename-command KEYS k\nrename-command FLUSHALL \"\"\nloadmodule /a.so x\nloadmodule /b.so\ninclude /x.conf\nuser ann on\nuser bob on\n";
        Assert.That(RedisConf.Parse(Text).Conf.Render(), Is.EqualTo(Text));
    }

    [TestCase("save 900 1\nsave \"\"\nsave 60 5", "save 60 5\n")]
    [TestCase("save 900 1\nsave \"\"", "save \"\"\n")]
    [TestCase("save \"\"\nsave \"\"", "save \"\"\n")]
    [TestCase("client-output-buffer-limit normal 0 0 0 slave 1 2 3", "client-output-buffer-limit normal 0 0 0\nclient-output-buffer-limit slave 1 2 3\n")]
    public void SpecialFormsComeToOneMeaning(string text, string rendered) => Assert.That(RedisConf.Parse(text).Conf.Render(), Is.EqualTo(rendered));

    [TestCase("save 900 1\nsave 300 10\nhz 10", "save 60 1", "save 60 1\nhz 10\n")]
    [TestCase("save 900 1\nsave 300 10", "save \"\"", "save \"\"\n")]
    [TestCase("save \"\"", "save 60 1\nsave 30 2", "save 60 1\nsave 30 2\n")]
    [TestCase("client-output-buffer-limit slave 1 1 1\nclient-output-buffer-limit pubsub 1 1 1", "client-output-buffer-limit replica 2 2 2",
        "client-output-buffer-limit replica 2 2 2\nclient-output-buffer-limit pubsub 1 1 1\n")]
    [TestCase("rename-command KEYS a", "rename-command keys b\nrename-command SORT c", "rename-command keys b\nrename-command SORT c\n")]
    [TestCase("loadmodule /a.so 1\nloadmodule /b.so", "loadmodule /a.so 2", "loadmodule /a.so 2\nloadmodule /b.so\n")]
    [TestCase("user ann on\nuser bob on", "user bob off", "user ann on\nuser bob off\n")]
    [TestCase("lua-time-limit 1", "busy-reply-threshold 2", "busy-reply-threshold 2\n")]
    public void TheUpperLayerWinsByKey(string lower, string upper, string merged) =>
        Assert.That(Conf(lower).Merge(Conf(upper)).Render(), Is.EqualTo(merged));

    [Test]
    public void ADiffCountsMeaningNotSpelling()
    {
        var diff = Conf("maxmemory 100mb\nappendonly no\nhz 10\nsave 60 1\nsave 30 2\ntimeout 0")
            .DiffTo(Conf("save 60 1 30 2\nmaxmemory 104857600\nappendonly YES\nhz 10\nmaxclients 5"));
        Assert.That(diff.Added, Is.EqualTo(new[] { "maxclients" }));
        Assert.That(diff.Changed, Is.EqualTo(new[] { "appendonly" }));
        Assert.That(diff.Removed, Is.EqualTo(new[] { "timeout" }));
    }

    [Test]
    public void ParsingWhatWasRenderedGivesTheSame() =>
        Prop.ForAll(Confs().ToArbitrary(), conf => RedisConf.Parse(conf.Render()).Conf.Equals(conf)).QuickCheckThrowOnFailure();

    [Test]
    public void MergingThenParsingEqualsTheModel() =>
        Prop.ForAll(Confs().ToArbitrary(), Confs().ToArbitrary(), (lower, upper) =>
        {
            var actual = RedisConf.Parse(lower.Merge(upper).Render()).Conf.ByKey();
            var model = new Dictionary<string, IReadOnlyList<RedisDirective>>(lower.ByKey());
            foreach (var (key, lines) in upper.ByKey())
                model[key] = lines;
            return actual.Count == model.Count && model.All(p => actual[p.Key].SequenceEqual(p.Value));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void MergingIsAssociativeAndIdempotentAlsoThroughTheText() =>
        Prop.ForAll(Confs().ToArbitrary(), Confs().ToArbitrary(), Confs().ToArbitrary(), (a, b, c) =>
        {
            static RedisConf Again(RedisConf conf) => RedisConf.Parse(conf.Render()).Conf;
            return Again(Again(a.Merge(b)).Merge(c)).Equals(Again(a.Merge(Again(b.Merge(c))))) && a.Merge(a).Equals(a) && a.DiffTo(Again(a)).IsEmpty;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void ADirectiveKnowsItsLine() => Assert.That(
        Conf("# c\nhz 1\n\nclient-output-buffer-limit normal 0 0 0 slave 1 2 3\n").Directives.Select(d => d.Line), Is.EqualTo(new[] { 2, 4, 4 }));

    [Test]
    public void ReadingArbitraryTextNeverThrowsAndIsStable() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            var conf = RedisConf.Parse(text ?? "").Conf;
            return RedisConf.Parse(conf.Render()).Conf.Equals(conf);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void BytesThatAreNoUtfSurvive()
    {
        var conf = Conf("proc-title-template \"\\xff\\xfe é\"");
        Assert.That(conf.Directives[0].Arguments[0].Select(c => (int)c), Is.EqualTo(new[] { 0xff, 0xfe, ' ', 0xc3, 0xa9 }));
        Assert.That(Conf(conf.Render()), Is.EqualTo(conf));
    }

    private static RedisConf Conf(string text)
    {
        var (conf, errors) = RedisConf.Parse(text);
        Assert.That(errors, Is.Empty);
        return conf;
    }

    private static Gen<RedisConf> Confs()
    {
        var word = Gen.OneOf(
            ArbMap.Default.GeneratorFor<byte[]>().Select(b => new string([.. b.Where(x => x != 0).Select(x => (char)x)])),
            Gen.Elements("", "a b", "\"", "'", "\\", "#x", "é", "100mb", "0"));
        var name = Gen.Elements(
            "maxclients", "hz", "save", "user", "rename-command", "loadmodule", "include", "client-output-buffer-limit", "slave-priority",
            "replica-priority", "search.timeout", "unheard-of");
        var directive = name.SelectMany(n => word.ListOf().Select(w => RedisConf.Of([new RedisDirective(n, [.. w.Take(5)])])));
        return directive.ListOf().Select(l => RedisConf.Of(l.SelectMany(c => c.Directives)));
    }
}
