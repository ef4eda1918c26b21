using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RespClientTests
{
    [TestCase("+OK\r\n", RespKind.Text, "OK")]
    [TestCase("$5\r\nhe\r\no\r\n", RespKind.Text, "he\r\no")]
    [TestCase("$0\r\n\r\n", RespKind.Text, "")]
    [TestCase("$-1\r\n", RespKind.Null, "")]
    [TestCase("*-1\r\n", RespKind.Null, "")]
    [TestCase(":-42\r\n", RespKind.Integer, "-42")]
    [TestCase("-ERR no\r\n", RespKind.Error, "ERR no")]
    public async Task ReadsEachKindOfReply(string wire, RespKind kind, string text)
    {
        var reply = await ReadAsync(Encoding.UTF8.GetBytes(wire), 4096);
        Assert.That((reply.Kind, reply.Text), Is.EqualTo((kind, text)));
    }

    [Test]
    public async Task ReadsNestedArraysWithNullsAndErrorsInside()
    {
        var reply = await ReadAsync("*3\r\n*2\r\n:1\r\n$-1\r\n-ERR inner\r\n*0\r\n"u8.ToArray(), 4096);
        Assert.That(reply.Items, Has.Count.EqualTo(3));
        Assert.That(reply.Items[0].Items.Select(i => i.Kind), Is.EqualTo(new[] { RespKind.Integer, RespKind.Null }));
        Assert.That(reply.Items[1].Error!.Sentence, Is.EqualTo("inner"));
        Assert.That(reply.Items[2].Items, Is.Empty);
    }

    [Test]
    public void AReplyReadsTheSameWhereverItIsCut() =>
        Prop.ForAll(
            Replies().ToArbitrary(),
            Gen.Choose(1, 7).ToArbitrary(),
            (wire, size) => Show(ReadAsync(wire, size).GetAwaiter().GetResult()) == Show(ReadAsync(wire, int.MaxValue).GetAwaiter().GetResult()))
        .QuickCheckThrowOnFailure();

    [Test]
    public void GarbageEndsInAnErrorOrAReplyNeverInAnythingElse() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            bytes =>
            {
                try
                {
                    ReadAsync([.. "*2\r\n$"u8, .. bytes], 3).GetAwaiter().GetResult();
                }
                catch (IOException)
                {
                    // Refused, or ended too early.
                }
            })
        .QuickCheckThrowOnFailure();

    [TestCase("$17\r\n")]
    [TestCase("$-2\r\n")]
    [TestCase("*9\r\n")]
    [TestCase("*1\r\n*1\r\n*1\r\n:1\r\n")]
    [TestCase("+0123456789012345678901234567890123456789\r\n")]
    [TestCase("$1\r\nabc\r\n")]
    [TestCase("+OK\n")]
    [TestCase("%1\r\n")]
    [TestCase(":1x\r\n")]
    public async Task RefusesWhatIsTooLargeOrNoRespTwo(string wire)
    {
        var limits = new RespLimits { BulkBytes = 16, Depth = 2, Elements = 8, LineBytes = 32 };
        await Assert.ThrowsAsync<RespProtocolException>(async () => await ReadAsync(Encoding.ASCII.GetBytes(wire), 4096, limits));
    }

    [TestCase("NOAUTH Authentication required.", RespErrorKind.NoAuthentication)]
    [TestCase("WRONGPASS invalid username-password pair or user is disabled.", RespErrorKind.WrongPassword)]
    [TestCase("LOADING Redis is loading the dataset in memory", RespErrorKind.Loading)]
    [TestCase("READONLY You can't write against a read only replica.", RespErrorKind.ReadOnly)]
    [TestCase("MOVED 866 10.0.0.1:6379", RespErrorKind.Moved)]
    [TestCase("ERR unknown command 'CONFIG', with args beginning with: 'GET'", RespErrorKind.UnknownCommand)]
    [TestCase("ERR syntax error", RespErrorKind.Other)]
    public void TellsErrorsApart(string message, RespErrorKind kind) => Assert.That(RespError.Parse(message).Kind, Is.EqualTo(kind));

    [Test]
    public async Task SendsWordsAsBulkStrings()
    {
        var peer = new ScriptedStream("+OK\r\n"u8.ToArray());
        await using var client = new RespClient(peer, TimeSpan.FromSeconds(5), TimeProvider.System);
        Assert.That((await client.SendAsync(CancellationToken.None, "SET", "clé", "")).IsOk, Is.True);
        Assert.That(Encoding.UTF8.GetString(peer.Sent), Is.EqualTo("*3\r\n$3\r\nSET\r\n$4\r\nclé\r\n$0\r\n\r\n"));
    }

    [Test]
    public async Task ASilentServerIsATimeOutAndTheConnectionIsDoneWith()
    {
        var time = new VirtualTime();
        await using var client = new RespClient(new ScriptedStream([], stall: true), TimeSpan.FromSeconds(10), time);
        var pending = client.SendAsync(CancellationToken.None, "PING");
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.That(pending.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.That((await Assert.ThrowsAsync<TimeoutException>(() => pending))!.Message, Is.EqualTo("No reply within 10 s."));
        await Assert.ThrowsAsync<IOException>(() => client.SendAsync(CancellationToken.None, "PING"));
    }

    [Test]
    public async Task CancellationReachesTheStream()
    {
        using var cancel = new CancellationTokenSource();
        await using var client = new RespClient(new ScriptedStream([], stall: true), TimeSpan.FromMinutes(1), TimeProvider.System);
        var pending = client.SendAsync(cancel.Token, "PING");
        await cancel.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => pending);
    }

    [Test]
    public async Task ACallThatWasCancelledBeforeItBeganSendsNothingAndLeavesTheConnectionUsable()
    {
        var peer = new ScriptedStream("+PONG\r\n"u8.ToArray());
        await using var client = new RespClient(peer, TimeSpan.FromSeconds(5), TimeProvider.System);
        await Assert.CatchAsync<OperationCanceledException>(() => client.SendAsync(new CancellationToken(canceled: true), "SET", "a", "b"));
        Assert.That((await client.SendAsync(CancellationToken.None, "PING")).Text, Is.EqualTo("PONG"));
        Assert.That(Encoding.UTF8.GetString(peer.Sent), Is.EqualTo("*1\r\n$4\r\nPING\r\n"));
    }

    [Test]
    public async Task ACallThatWaitsItsTurnCanBeCancelledAndSendsNothing()
    {
        var time = new VirtualTime();
        using var cancel = new CancellationTokenSource();
        var peer = new ScriptedStream([], stall: true);
        await using var client = new RespClient(peer, TimeSpan.FromSeconds(10), time);
        var first = client.SendAsync(CancellationToken.None, "PING");
        var second = client.SendAsync(cancel.Token, "SET", "a", "b");
        await cancel.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => second);
        Assert.That(first.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromSeconds(11));
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        Assert.That(Encoding.UTF8.GetString(peer.Sent), Is.EqualTo("*1\r\n$4\r\nPING\r\n"));
    }

    [Test]
    public async Task AClosedConnectionSaysSo()
    {
        var client = new RespClient(new ScriptedStream("+PONG\r\n"u8.ToArray()), TimeSpan.FromSeconds(5), TimeProvider.System);
        await client.DisposeAsync();
        Assert.That((await Assert.ThrowsAsync<IOException>(() => client.SendAsync(CancellationToken.None, "PING")))!.Message, Does.Contain("closed"));
    }

    [Test]
    public async Task ServersBeforeSixAreGivenThePasswordAlone()
    {
        var peer = new ScriptedStream("-ERR wrong number of arguments for 'auth' command\r\n+OK\r\n"u8.ToArray());
        await using var client = new RespClient(peer, TimeSpan.FromSeconds(5), TimeProvider.System);
        Assert.That(await client.AuthenticateAsync("default", "pw", CancellationToken.None), Is.Null);
        Assert.That(Encoding.UTF8.GetString(peer.Sent), Does.EndWith("*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n"));
    }

    private static async Task<RespReply> ReadAsync(byte[] wire, int cut, RespLimits? limits = null) =>
        await new RespReader(new ScriptedStream(wire, cut), limits ?? RespLimits.Default).ReadAsync(CancellationToken.None);

    private static string Show(RespReply reply) => $"{reply.Kind}({reply.Text}|{string.Join(',', reply.Items.Select(Show))})";

    private static Gen<byte[]> Replies()
    {
        var text = ArbMap.Default.GeneratorFor<byte[]>().Select(b => (byte[])[.. Encoding.ASCII.GetBytes($"${b.Length}\r\n"), .. b, .. "\r\n"u8]);
        var leaf = Gen.OneOf(
            text,
            Gen.Choose(-1000, 1000).Select(i => Encoding.ASCII.GetBytes($":{i}\r\n")),
            Gen.Elements("+OK\r\n", "$-1\r\n", "*-1\r\n", "-ERR x y\r\n").Select(Encoding.ASCII.GetBytes));
        var array = leaf.ListOf().Select(l => (byte[])[.. Encoding.ASCII.GetBytes($"*{l.Count}\r\n"), .. l.SelectMany(b => b)]);
        return Gen.OneOf(leaf, array, array.ListOf().Select(l => (byte[])[.. Encoding.ASCII.GetBytes($"*{l.Count}\r\n"), .. l.SelectMany(b => b)]));
    }
}
