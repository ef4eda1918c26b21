using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KubeDb.Api.Engines.ZooKeeper.Client;

namespace KubeDb.Tests.Unit.Engines.ZooKeeper;

[TestFixture, Category("Unit")]
public class ZooKeeperClientTests
{
    private static readonly byte[] Handshake = [.. Number(37), .. Number(0), .. Number(4000), .. Long(0x1234), .. Number(16), .. new byte[16], 0];

    [Test]
    public async Task A_session_begins_with_the_handshake_and_takes_what_the_server_grants()
    {
        var peer = new ScriptedStream(Handshake);
        await using var client = await OpenAsync(peer);
        Assert.That((client.SessionId, client.SessionTimeout), Is.EqualTo((0x1234L, TimeSpan.FromSeconds(4))));
        Assert.That(peer.Sent, Is.EqualTo((byte[])[.. Number(45), .. Number(0), .. Long(0), .. Number(10_000), .. Long(0), .. Number(16), .. new byte[16], 0]));
    }

    [Test]
    public async Task A_server_of_before_3_4_does_not_say_whether_it_serves_reads_alone() =>
        Assert.That((await OpenAsync(new ScriptedStream([.. Number(36), .. Handshake[4..^1]]))).SessionId, Is.EqualTo(0x1234));

    [Test]
    public async Task A_request_has_its_number_its_type_and_its_arguments()
    {
        var peer = new ScriptedStream([.. Handshake, .. Reply(1, 0, [.. Text("/a")])]);
        await using var client = await OpenAsync(peer);
        var created = await client.CreateAsync("/a", "x"u8.ToArray(), ZooKeeperAcl.Creator, ZooKeeperNodeKind.Ephemeral, CancellationToken.None);
        Assert.That(created, Is.EqualTo(new ZooKeeperReply<string>(ZooKeeperError.None, "/a")));
        byte[] body = [.. Number(1), .. Number(1), .. Text("/a"), .. Text("x"), .. Number(1), .. Number(31), .. Text("auth"), .. Text(""), .. Number(1)];
        Assert.That(peer.Sent[49..], Is.EqualTo((byte[])[.. Number(body.Length), .. body]));
    }

    [Test]
    public async Task A_login_has_a_number_of_its_own_and_counts_for_none()
    {
        var peer = new ScriptedStream([.. Handshake, .. Reply(-4, 0), .. Reply(1, -101)]);
        await using var client = await OpenAsync(peer);
        Assert.That(await client.AuthenticateAsync("super", "p", CancellationToken.None), Is.EqualTo(ZooKeeperError.None));
        Assert.That((await client.ExistsAsync("/a", CancellationToken.None)).Error, Is.EqualTo(ZooKeeperError.NoNode));
        Assert.That(peer.Sent[53..57], Is.EqualTo(Number(-4)));
        Assert.That(Encoding.ASCII.GetString(peer.Sent), Does.Contain("digest").And.Contain("super:p"));
    }

    [Test]
    public async Task A_change_of_the_membership_that_says_nothing_says_so_by_a_length_of_minus_one()
    {
        var peer = new ScriptedStream([.. Handshake, .. Reply(1, -13)]);
        await using var client = await OpenAsync(peer);
        Assert.That((await client.ReconfigureAsync(null, "3", -1, CancellationToken.None)).Error, Is.EqualTo(ZooKeeperError.NewConfigNoQuorum));
        Assert.That(peer.Sent[61..], Is.EqualTo((byte[])[.. Number(-1), .. Text("3"), .. Number(-1), .. Long(-1)]));
    }

    [Test]
    public async Task Notifications_and_late_pings_between_are_passed_over()
    {
        byte[] stat = [.. Long(5), .. Long(6), .. new byte[16], .. Number(7), .. new byte[8], .. Long(9), .. Number(3), .. Number(2), .. Long(6)];
        var peer = new ScriptedStream([.. Handshake, .. Reply(-1, 0, [1, 2, 3]), .. Reply(-2, 0), .. Reply(1, 0, [.. Text("hi!"), .. stat])], cut: 3);
        await using var client = await OpenAsync(peer);
        var got = (await client.GetAsync("/a", CancellationToken.None)).Value!;
        Assert.That((got.Text, got.Stat), Is.EqualTo(("hi!", new ZooKeeperStat(5, 6, 7, 9, 3, 2))));
    }

    [TestCase(0, "does not speak the protocol")]
    [TestCase(3, "announces an answer of 3 bytes")]
    [TestCase(0x48545450, "announces an answer of 1213486160 bytes")]
    [TestCase(-5, "announces an answer of -5 bytes")]
    public void An_answer_of_an_impossible_length_is_refused_before_anything_is_reserved_for_it(int length, string text) => Assert.That(
        async () => await OpenAsync(new ScriptedStream([.. Number(length), .. new byte[8]])), Throws.InstanceOf<IOException>().With.Message.Contains(text));

    [TestCase(0, 4000, 16, "gives no session")]
    [TestCase(1, 0, 16, "gives no session")]
    [TestCase(1, 4000, 15, "none of a ZooKeeper server")]
    public void A_handshake_that_makes_no_sense_is_refused(long session, int timeout, int password, string text)
    {
        byte[] answer = [.. Number(0), .. Number(timeout), .. Long(session), .. Number(password), .. new byte[password], 0];
        Assert.That(async () => await OpenAsync(new ScriptedStream([.. Number(answer.Length), .. answer])), Throws.InstanceOf<IOException>().With.Message.Contains(text));
    }

    [Test]
    public void A_server_that_hangs_up_gives_no_session() =>
        Assert.That(async () => await OpenAsync(new ScriptedStream([])), Throws.InstanceOf<IOException>().With.Message.Contains("No session: The server closed the connection"));

    [Test]
    public async Task An_answer_to_another_request_breaks_the_connection_for_good()
    {
        await using var client = await OpenAsync(new ScriptedStream([.. Handshake, .. Reply(9, 0), .. Reply(2, 0)]));
        Assert.That(async () => await client.SyncAsync("/", CancellationToken.None), Throws.InstanceOf<IOException>().With.Message.Contains("a request that was not sent"));
        Assert.That(async () => await client.SyncAsync("/", CancellationToken.None), Throws.InstanceOf<IOException>().With.Message.Contains("broke during an earlier request"));
    }

    [Test]
    public async Task A_list_longer_than_its_packet_is_not_believed()
    {
        await using var client = await OpenAsync(new ScriptedStream([.. Handshake, .. Reply(1, 0, Number(int.MaxValue))]));
        Assert.That(async () => await client.GetChildrenAsync("/", CancellationToken.None), Throws.InstanceOf<IOException>().With.Message.Contains("in the middle of a record"));
    }

    [Test]
    public async Task A_request_larger_than_servers_take_is_not_sent_and_breaks_nothing()
    {
        var peer = new ScriptedStream([.. Handshake, .. Reply(2, 0, Text("/"))]);
        await using var client = await OpenAsync(peer);
        Assert.That(async () => await client.SetAsync("/a", new byte[0x101000], -1, CancellationToken.None), Throws.ArgumentException.With.Message.Contains("larger than"));
        Assert.That(peer.Sent, Has.Length.EqualTo(49));
        Assert.That(await client.SyncAsync("/", CancellationToken.None), Is.EqualTo(ZooKeeperError.None));
    }

    [Test]
    public async Task A_server_that_falls_silent_is_waited_for_no_longer_than_the_bound()
    {
        await using var client = await ZooKeeperClient.OpenAsync(
            new ScriptedStream(Handshake, stall: true), TimeProvider.System, new() { Timeout = TimeSpan.FromMilliseconds(50) }, CancellationToken.None);
        Assert.That(async () => await client.SyncAsync("/", CancellationToken.None), Throws.InstanceOf<TimeoutException>());
    }

    [Test]
    public async Task A_caller_that_gives_up_ends_the_wait()
    {
        await using var client = await OpenAsync(new ScriptedStream(Handshake, stall: true));
        using var ends = new CancellationTokenSource();
        var waits = client.SyncAsync("/", ends.Token);
        await ends.CancelAsync();
        Assert.That(async () => await waits, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Whatever_a_peer_sends_ends_in_an_answer_or_an_error_and_nothing_else() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            bytes =>
            {
                try
                {
                    using var client = new Disposing(OpenAsync(new ScriptedStream([.. Handshake, .. Reply(1, 0, bytes)], cut: 5)).GetAwaiter().GetResult());
                    client.It.GetAsync("/", CancellationToken.None).GetAwaiter().GetResult();
                }
                catch (IOException)
                {
                    // Refused, or ended too early.
                }
            })
        .QuickCheckThrowOnFailure();

    [Test]
    public async Task A_four_letter_word_is_answered_until_the_server_hangs_up()
    {
        var peer = new ScriptedStream("Mode: leader\n"u8.ToArray(), cut: 4);
        Assert.That(await AskAsync(peer, FourLetterWord.Server), Is.EqualTo("Mode: leader\n"));
        Assert.That(peer.Sent, Is.EqualTo("srvr"u8.ToArray()));
    }

    [TestCase("", "hung up without an answer to mntr")]
    [TestCase("mntr is not executed because it is not in the whitelist.\n", "4lw.commands.whitelist does not allow it")]
    public void A_word_without_an_answer_says_why(string answer, string text) =>
        Assert.That(async () => await AskAsync(new ScriptedStream(Encoding.ASCII.GetBytes(answer)), FourLetterWord.Monitor), Throws.InstanceOf<IOException>().With.Message.Contains(text));

    [Test]
    public void An_endless_answer_is_cut_off() =>
        Assert.That(async () => await AskAsync(new ScriptedStream(new byte[0x200000]), FourLetterWord.Monitor), Throws.InstanceOf<IOException>().With.Message.Contains("larger than"));

    [Test]
    public void An_answer_that_does_not_end_is_waited_for_no_longer_than_the_bound() =>
        Assert.That(
            async () => await FourLetterWord.AskAsync(new ScriptedStream("Mo"u8.ToArray(), stall: true), FourLetterWord.Server, TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None),
            Throws.InstanceOf<TimeoutException>());

    private static Task<ZooKeeperClient> OpenAsync(Stream peer) => ZooKeeperClient.OpenAsync(peer, TimeProvider.System, new(), CancellationToken.None);

    private static Task<string> AskAsync(Stream peer, string word) => FourLetterWord.AskAsync(peer, word, TimeSpan.FromSeconds(10), TimeProvider.System, CancellationToken.None);

    private static byte[] Reply(int xid, int error, byte[]? body = null) => [.. Number(16 + (body?.Length ?? 0)), .. Number(xid), .. Long(77), .. Number(error), .. body ?? []];

    private static byte[] Text(string text) => [.. Number(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Long(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes;
    }

    private sealed class Disposing(ZooKeeperClient client) : IDisposable
    {
        public ZooKeeperClient It => client;

        public void Dispose() => client.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
