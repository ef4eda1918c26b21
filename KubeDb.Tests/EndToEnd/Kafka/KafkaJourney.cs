using System.Diagnostics;
using KubeDb.Tests.Support.Writers;
using KubeDb.Tests.Support.Writers.Kafka;

namespace KubeDb.Tests.EndToEnd.Kafka;

/// <summary>
/// A journey on one cluster of three brokers, with a producer and a consumer group outside of it that go on throughout: through a listener of their own
/// (<c>CLIENT</c> in the user's configuration), whose protocol no request changes.
/// </summary>
public abstract class KafkaJourney(string version) : KafkaTest
{
    private const int OwnPort = 9192;
    private const string Topic = "numbers";
    private const int Partitions = 3;
    private readonly List<PodForwarder> _forwarders = [];
    private NumberedWriter? _writer;
    private KafkaGroup? _group;

    /// <summary>Version of the database.</summary>
    protected string Version { get; } = version;

    /// <summary>Says which broker is killed in the course of each request, and when; null where none is.</summary>
    protected Random? Crashes { get; init; }

    /// <summary>Name of the database.</summary>
    protected abstract string Name { get; }

    [SetUp]
    public Task NeedsImage() => RequireImageAsync("kafkaversion", Version);

    /// <summary>The pods of the brokers.</summary>
    protected abstract IReadOnlyList<string> Brokers { get; }

    /// <summary>The configuration by which clients outside reach the brokers, as <c>spec.configuration</c> in flow style.</summary>
    /// <param name="file">The file that brokers read.</param>
    /// <param name="controllers">The file that controllers read, where that is another: they decide who may make topics.</param>
    protected string Outside(string file, string? controllers = null)
    {
        const string Everyone = "allow.everyone.if.no.acl.found=true\\n";
        foreach (var broker in Brokers)
            _forwarders.Add(Forward(broker, OwnPort));
        var advertised = string.Join(',', _forwarders.Select(f => $"CLIENT://127.0.0.1:{f.Port}"));
        var ofControllers = controllers is null ? "" : $", {controllers}: \"{Everyone}\"";
        return $"configuration: {{inline: {{{file}: \"listeners=CLIENT://:{OwnPort}\\nlistener.security.protocol.map=CLIENT:PLAINTEXT\\nclient.advertised.listeners={advertised}\\n{Everyone}\"{ofControllers}}}}}";
    }

    /// <summary>Begins to write and to read.</summary>
    protected async Task BeginAsync()
    {
        var config = KafkaWriterClient.Config(_forwarders.Select(f => f.Port));
        await KafkaWriterClient.CreateTopicAsync(config, Topic, Partitions);
        _writer = await NumberedWriter.StartAsync(
            Enumerable.Range(0, Partitions).Select(p => new KafkaWriterClient(config, Topic, p)), perSecond: 30, patience: TimeSpan.FromMinutes(2), limit: TimeSpan.FromMinutes(1));
        _group = new KafkaGroup(config, Topic, "readers");
    }

    /// <summary>Ends, and counts.</summary>
    protected async Task EndAsync()
    {
        var report = await _writer!.StopAsync(after: 20);
        var clock = Stopwatch.StartNew();
        while (_group!.Seen < report.Acknowledged && clock.Elapsed < TimeSpan.FromSeconds(60))
            await Task.Delay(200);
        TestContext.Out.WriteLine(
            $"{report.Acknowledged} records acknowledged, {report.Lost} lost, {report.Errors.Count} failed after the client's own retries, longest gap {report.LongestGap.TotalSeconds:F1} s until {report.LongestGapEnded:HH:mm:ss}; the group read {_group.Seen}");
        Assert.Multiple(() =>
        {
            Assert.That(report.Lost, Is.Zero, "no acknowledged record is lost");
            Assert.That(report.Errors, Is.Empty, "no record failed after the client's own retries");
            Assert.That(_group.Seen, Is.GreaterThanOrEqualTo(report.Acknowledged), "the group reads every acknowledged record");
            Assert.That(_group.Fatal, Is.Empty);
        });
    }

    [TearDown]
    public async Task Close()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
        if (_group is not null)
            await _group.DisposeAsync();
        foreach (var forwarder in _forwarders)
            await forwarder.DisposeAsync();
        _forwarders.Clear();
        (_writer, _group) = (null, null);
    }

    /// <summary>Carries out a request, and says how long it took.</summary>
    protected async Task Ask(string request, string type, string rest = "")
    {
        var clock = Stopwatch.StartNew();
        await Apply(Request(request, type, Name, rest));
        var crash = Crashes is null ? Task.CompletedTask : CrashSoonAsync(Crashes);
        await Succeeds(request);
        await crash;
        TestContext.Out.WriteLine($"{request}: {clock.Elapsed.TotalSeconds:F1} s, {_writer?.Acknowledged} records so far");
        await KafkaIs(Name, "Ready");
    }

    /// <summary>Produces and consumes with the console tools of the image, as the guides do.</summary>
    protected async Task ProducesAndConsumes(string topic)
    {
        const string Login = "--bootstrap-server localhost:9092 --command-config config/clientauth.properties";
        await Run(Brokers[0], $"kafka-topics.sh {Login} --create --if-not-exists --topic {topic} --partitions 3 --replication-factor 3");
        await Run(Brokers[0], $"printf 'hello\\nhi\\n' | {Console("producer")} --bootstrap-server localhost:9092 --topic {topic}");
        var read = await Run(Brokers[1], $"{Console("consumer")} --bootstrap-server localhost:9092 --topic {topic} --from-beginning --max-messages 2 --timeout-ms 30000");
        Assert.That(read, Does.Contain("hello").And.Contain("hi"));
    }

    /// <summary>Whether no partition lacks an in-sync replica.</summary>
    protected async Task<bool> IsReplicated()
    {
        var told = await TryKubectl("exec", Brokers[0], "--", "bash", "-c", "kafka-topics.sh --bootstrap-server localhost:9092 --command-config config/clientauth.properties --describe --under-replicated-partitions");
        return told.ExitCode == 0 && !told.Output.Contains("Topic:", StringComparison.Ordinal);
    }

    private async Task CrashSoonAsync(Random chance)
    {
        var (after, broker) = (TimeSpan.FromSeconds(1 + (chance.NextDouble() * 30)), Brokers[chance.Next(Brokers.Count)]);
        await Task.Delay(after);
        await CrashAsync(broker, "kafka");
    }

    /// <summary>Uids of the database's pods.</summary>
    protected async Task<IReadOnlyList<string>> Uids() => [.. (await Cluster.PodsAsync(Namespace, $"app.kubernetes.io/instance={Name}")).Select(p => p.Metadata.Uid)];

    // Newer tools have one option for all.
    private static string Console(string tool) =>
        $"kafka-console-{tool}.sh $(kafka-console-{tool}.sh --help 2>&1 | grep -q -- --command-config && echo --command-config config/clientauth.properties || echo --{tool}.config config/clientauth.properties)";
}
