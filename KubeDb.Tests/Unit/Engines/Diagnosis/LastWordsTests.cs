using KubeDb.Api.Engines.Diagnosis;

namespace KubeDb.Tests.Unit.Engines.Diagnosis;

[TestFixture]
[Category("Unit")]
public sealed class LastWordsTests
{
    [Test]
    public void They_begin_with_the_fatal_error_and_hold_no_password()
    {
        const string log = "1:C starts\n1:C Configuration loaded\n*** FATAL CONFIG FILE ERROR (Redis 8.2.2) ***\nReading the configuration file, at line 3\n>>> 'user x on >s3cr3t'\nrequirepass: \"abc\"\nBad directive\n";

        Assert.That(
            LastWords.Of(log, ["s3cr3t"]),
            Is.EqualTo("*** FATAL CONFIG FILE ERROR (Redis 8.2.2) *** / Reading the configuration file, at line 3 / >>> 'user x on >***' / requirepass *** / Bad directive"));
    }

    [Test]
    public void Without_a_fatal_error_they_begin_with_the_last_trouble() =>
        Assert.That(LastWords.Of("WARNING: may fail\nbanner\nready soon\nBad file format reading x\nbye\n", []), Is.EqualTo("Bad file format reading x / bye"));

    [Test]
    public void Of_an_exception_they_are_its_announcement_and_its_causes_without_the_frames()
    {
        const string log = """
            2026-11-30 18:00:00,101 [myid:] - INFO  [main:o.a.z.s.q.QuorumPeerConfig@177] - Reading configuration from: /conf/zoo.cfg
            2026-11-30 18:00:00,123 [myid:] - ERROR [main:o.a.z.s.q.QuorumPeerMain@99] - Invalid config, exiting abnormally
            org.apache.zookeeper.server.quorum.QuorumPeerConfig$ConfigException: Error processing /conf/zoo.cfg
            	at org.apache.zookeeper.server.quorum.QuorumPeerConfig.parse(QuorumPeerConfig.java:198)
            	at org.apache.zookeeper.server.quorum.QuorumPeerMain.main(QuorumPeerMain.java:90)
            Caused by: java.lang.IllegalArgumentException: initLimit is not set
            	at org.apache.zookeeper.server.quorum.QuorumPeerConfig.checkValidity(QuorumPeerConfig.java:766)
            	... 2 common frames omitted
            2026-11-30 18:00:00,130 [myid:] - INFO  [main:o.a.z.a.ZKAuditProvider@42] - ZooKeeper audit is disabled.
            2026-11-30 18:00:00,131 [myid:] - ERROR [main:o.a.z.u.ServiceUtils@48] - Exiting JVM with code 2
            """;

        Assert.That(
            LastWords.Of(log, []),
            Does.StartWith("2026-11-30 18:00:00,123 [myid:] - ERROR [main:o.a.z.s.q.QuorumPeerMain@99] - Invalid config, exiting abnormally / org.apache.zookeeper.server.quorum.QuorumPeerConfig$ConfigException: Error processing /conf/zoo.cfg / Caused by: java.lang.IllegalArgumentException: initLimit is not set"));
    }

    [Test]
    public void Without_any_trouble_they_are_the_end_of_the_log() => Assert.That(LastWords.Of("a\nb\n", []), Is.EqualTo("a / b"));

    [TestCase("", false)]
    [TestCase("unable to retrieve container logs for containerd://00ad329c", false)]
    [TestCase("1:M Ready to accept connections", true)]
    public void The_kubelets_excuse_is_no_log(string text, bool log) => Assert.That(LastWords.IsLog(text), Is.EqualTo(log));

    [Test]
    public void They_are_bounded() =>
        Assert.That(LastWords.Of(string.Concat(Enumerable.Repeat(new string('x', 200) + "\n", 50)), []), Has.Length.LessThan(700));
}
