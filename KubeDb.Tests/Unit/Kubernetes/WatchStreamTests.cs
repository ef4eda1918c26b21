using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Transport;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture]
[Category("Unit")]
public sealed class WatchStreamTests
{
    private const string Added = """{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a – ü🚀","resourceVersion":"1"}}}""";
    private const string Modified = """{"object":{"metadata":{"labels":{"resourceVersion":"x"},"resourceVersion":"2"},"note":"} \" {"},"type":"MODIFIED"}""";
    private const string Bookmark = """{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"9"}}}""";
    private const string Deleted = """{"type":"DELETED","object":{"metadata":{"resourceVersion":"12"}}}""";
    private static readonly byte[] Stream = Encoding.UTF8.GetBytes($"{Added}\n{Modified}\r\n{Bookmark}\n{Deleted}\n");
    private static readonly string[] Versions = ["1", "2", "9", "12"];

    /// <summary>Wherever the stream ends and in whatever pieces it comes: whole events arrive, and only an end between events is quiet.</summary>
    [FsCheck.NUnit.Property(MaxTest = 400)]
    public Property A_stream_cut_anywhere_brings_the_whole_events_and_tells_of_the_cut() =>
        Prop.ForAll(
            Gen.Choose(0, Stream.Length).Zip(Gen.Choose(1, 97)).ToArbitrary(),
            async ((int Cut, int Piece) c) =>
            {
                var events = await Read(new PieceStream(Stream[..c.Cut], c.Piece));
                var whole = Stream[..c.Cut].Count(b => b == '\n');
                var inside = c.Cut > 0 && Stream[c.Cut - 1] != '\n';
                return events.Take(whole).Select(e => e.ResourceVersion).SequenceEqual(Versions[..whole])
                    && events.Count == whole + (inside ? 1 : 0)
                    && (!inside || events[^1] is { Type: WatchEventType.Error, Error.Kind: ApiErrorKind.Unreachable });
            });

    [Test]
    public async Task Events_are_what_the_server_sent()
    {
        var events = await Read(new MemoryStream(Stream));

        Assert.That(
            events.Select(e => e.Type),
            Is.EqualTo(new[] { WatchEventType.Added, WatchEventType.Modified, WatchEventType.Bookmark, WatchEventType.Deleted }));
        Assert.That(events[0].Object!["metadata"]!["name"]!.GetValue<string>(), Is.EqualTo("a – ü🚀"));
        Assert.That(events[1].Object!["note"]!.GetValue<string>(), Is.EqualTo("} \" {"));
    }

    [TestCase("""{"kind":"Status","status":"Failure","reason":"Expired","code":410,"message":"too old resource version"}""", ApiErrorKind.Gone)]
    [TestCase("""{"kind":"Status","status":"Failure","reason":"Gone","code":410}""", ApiErrorKind.Gone)]
    [TestCase("""{"kind":"Status","status":"Failure","reason":"InternalError","code":500,"message":"etcd"}""", ApiErrorKind.ServerError)]
    [TestCase("""{"kind":"Pod"}""", ApiErrorKind.Other)]
    public async Task An_error_event_is_the_last(string status, ApiErrorKind kind)
    {
        var events = await Read(new MemoryStream(Encoding.UTF8.GetBytes($$"""{"type":"ERROR","object":{{status}}}""" + $"\n{Added}\n")));

        Assert.That(events.Select(e => e.Error?.Kind), Is.EqualTo(new ApiErrorKind?[] { kind }));
    }

    [TestCase("not json")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"type":"ADDED"}""")]
    [TestCase("""{"type":"NEWKIND","object":{}}""")]
    [TestCase("""{"type":"ADDED","object":"text"}""")]
    public async Task Nonsense_is_an_error_and_no_exception(string line)
    {
        var events = await Read(new MemoryStream(Encoding.UTF8.GetBytes(line + "\n")));

        Assert.That(events.Select(e => (e.Type, e.Error?.Reason)), Is.EqualTo(new[] { (WatchEventType.Error, "UnreadableAnswer") }));
    }

    [Test]
    public async Task An_endless_event_is_given_up()
    {
        var events = await Read(new PieceStream(Encoding.UTF8.GetBytes("{\"type\":\"ADDED\",\"x\":\"" + new string('x', 200_000)), 4096), maxLine: 100_000);

        Assert.That(events.Select(e => e.Error?.Reason), Is.EqualTo(new[] { "UnreadableAnswer" }));
        Assert.That(events[0].Error!.Message, Does.Contain("100000"));
    }

    [Test]
    public async Task A_broken_connection_is_an_error()
    {
        var events = await Read(new PieceStream(Stream, 64, new IOException("connection reset")));

        Assert.That(events, Has.Count.EqualTo(5));
        Assert.That(events[^1].Error?.Kind, Is.EqualTo(ApiErrorKind.Unreachable));
    }

    [Test]
    public async Task Silence_is_given_up_and_every_event_renews_the_patience()
    {
        var time = new VirtualTime();
        var stream = new QueueStream();
        var events = WatchStream.ReadAsync(stream, "watch", Settings(time, 8 << 20), KubernetesVerbs.DecodeJson, CancellationToken.None).GetAsyncEnumerator();
        for (var i = 0; i < 3; i++)
        {
            var next = events.MoveNextAsync().AsTask();
            time.Advance(TimeSpan.FromSeconds(80));
            Assert.That(next.IsCompleted, Is.False);
            stream.Add(Bookmark + "\n");
            Assert.That(await next, Is.True);
            Assert.That(events.Current.Type, Is.EqualTo(WatchEventType.Bookmark));
        }

        var last = events.MoveNextAsync().AsTask();
        time.Advance(TimeSpan.FromSeconds(91));

        Assert.That(await last, Is.True);
        Assert.That(events.Current.Error?.Reason, Is.EqualTo("WatchIdle"));
        Assert.That(await events.MoveNextAsync(), Is.False);
    }

    [Test]
    public async Task Cancellation_ends_it_at_once()
    {
        using var cancel = new CancellationTokenSource();
        var events = WatchStream.ReadAsync(new QueueStream(), "watch", Settings(new VirtualTime(), 8 << 20), KubernetesVerbs.DecodeJson, cancel.Token).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();

        await cancel.CancelAsync();

        Assert.That(async () => await next, Throws.InstanceOf<OperationCanceledException>());
    }

    private static WatchSettings Settings(TimeProvider time, int maxLine) => new(TimeSpan.FromSeconds(90), maxLine, time, false);

    private static async Task<List<WatchEvent<JsonObject>>> Read(Stream stream, int maxLine = 8 << 20)
    {
        var events = new List<WatchEvent<JsonObject>>();
        await foreach (var e in WatchStream.ReadAsync(stream, "watch", Settings(new VirtualTime(), maxLine), KubernetesVerbs.DecodeJson, CancellationToken.None))
            events.Add(e);
        return events;
    }
}
