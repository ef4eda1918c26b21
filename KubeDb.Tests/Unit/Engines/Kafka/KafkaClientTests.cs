using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Kafka.Client;

namespace KubeDb.Tests.Unit.Engines.Kafka;

[TestFixture, Category("Unit")]
public class KafkaClientTests
{
    /// <summary>The requests that the scripted peers take, with the versions that are sent.</summary>
    private static readonly (short Key, short Version)[] Offered = [(0, 9), (1, 12), (3, 9), (17, 1), (18, 3), (19, 5), (32, 4), (36, 2), (44, 1), (50, 0), (51, 0), (55, 1), (60, 0)];

    private static readonly byte[] Hello = Versions(Offered);

    [Test]
    public async Task A_connection_begins_with_the_question_which_requests_the_server_takes()
    {
        var peer = new ScriptedStream(Hello);
        await using var client = await OpenAsync(peer);
        Assert.That(peer.Sent, Is.EqualTo(Framed([.. Short(18), .. Short(3), .. Number(1), .. Legacy("kubedb"), 0, .. Text("kubedb"), .. Text("1"), 0])));
    }

    [Test]
    public void A_server_that_is_too_old_for_the_question_is_named_so() => Assert.That(
        async () => await OpenAsync(new ScriptedStream(Framed([.. Number(1), .. Short(35), .. Number(0)]))),
        Throws.InstanceOf<KafkaRefusedException>().With.Message.EqualTo("The server does not say which requests it takes: UNSUPPORTED_VERSION. Servers from Kafka 3.3 on do."));

    [Test]
    public async Task A_request_that_the_server_does_not_take_is_not_sent_and_breaks_nothing()
    {
        var peer = new ScriptedStream([.. Versions([(3, 13), (60, 0)]), .. Framed([.. Number(2), 0, .. Number(0), .. Short(0), 0, .. Text("id"), .. Number(1), 1, .. Number(0), 0])]);
        await using var client = await OpenAsync(peer);
        var before = peer.Sent.Length;
        Assert.That(
            async () => await client.MetadataAsync(null, CancellationToken.None),
            Throws.InstanceOf<KafkaRefusedException>().With.Message.EqualTo("The server does not take Metadata version 9, only 13 to 13."));
        Assert.That(peer.Sent, Has.Length.EqualTo(before));
        Assert.That((await client.DescribeClusterAsync(CancellationToken.None)).ClusterId, Is.EqualTo("id"));
    }

    [Test]
    public async Task A_login_sends_name_and_password_and_a_refusal_repeats_neither()
    {
        byte[] handshake = Framed([.. Number(2), .. Short(0), .. Number(1), .. Legacy("PLAIN")]);
        var peer = new ScriptedStream([.. Hello, .. handshake, .. Framed([.. Number(3), 0, .. Short(58), .. Text("Authentication failed: user canary"), 1, .. Long(0), 0])]);
        Assert.That(
            async () => await OpenAsync(peer, new Credential("canary", "secret")),
            Throws.InstanceOf<KafkaRefusedException>().With.Message.EqualTo("The server refuses user name or password."));
        Assert.That(Encoding.ASCII.GetString(peer.Sent), Does.Contain("\0canary\0secret"));
    }

    [Test]
    public void A_login_that_the_server_does_not_offer_is_told_with_those_that_it_does() => Assert.That(
        async () => await OpenAsync(new ScriptedStream([.. Hello, .. Framed([.. Number(2), .. Short(33), .. Number(1), .. Legacy("GSSAPI")])]), new Credential("a", "b")),
        Throws.InstanceOf<KafkaRefusedException>().With.Message.EqualTo("The server takes no login by PLAIN, only by GSSAPI."));

    [Test]
    public async Task Metadata_tells_brokers_and_partitions_and_passes_over_fields_of_later_versions()
    {
        byte[] partition = [.. Short(5), .. Number(2), .. Number(-1), .. Number(7), .. Numbers(0, 1), .. Numbers(1), .. Numbers(0), 0];
        byte[] answer =
        [
            .. Number(2), 0, .. Number(0), 2, .. Number(1), .. Text("host"), .. Number(9092), 0, 1, 9, 2, 0xff, 0xff, .. Text("cluster"), .. Number(1),
            2, .. Short(0), .. Text("topic"), 1, 2, .. partition, .. Number(0), 0, 0,
        ];
        await using var client = await OpenAsync(new ScriptedStream([.. Hello, .. Framed(answer)], cut: 3));
        var metadata = await client.MetadataAsync(["topic"], CancellationToken.None);
        Assert.That(metadata.ClusterId, Is.EqualTo("cluster"));
        Assert.That(metadata.Brokers, Is.EqualTo(new[] { new KafkaBroker(1, "host", 9092, null) }));
        var read = metadata.Topics.Single().Partitions.Single();
        Assert.That((read.Index, read.Error, read.Leader), Is.EqualTo((2, KafkaError.LeaderNotAvailable, -1)));
        Assert.That((read.Replicas, read.InSync, read.Offline), Is.EqualTo((new[] { 0, 1 }, new[] { 1 }, new[] { 0 })));
    }

    [Test]
    public async Task The_quorum_tells_who_leads_and_how_far_everybody_is()
    {
        byte[] voter = [.. Number(1000), .. Long(42), .. Long(-1), .. Long(-1), 0];
        byte[] answer = [.. Number(2), 0, .. Short(0), 2, .. Text("__cluster_metadata"), 2, .. Number(0), .. Short(0), .. Number(1000), .. Number(3), .. Long(41), 2, .. voter, 1, 0, 0, 0];
        await using var client = await OpenAsync(new ScriptedStream([.. Hello, .. Framed(answer)]));
        var quorum = await client.DescribeQuorumAsync(CancellationToken.None);
        Assert.That((quorum.Leader, quorum.Epoch, quorum.HighWatermark, quorum.Voters.Single(), quorum.Observers.Count), Is.EqualTo((1000, 3, 41L, new KafkaQuorumReplica(1000, 42), 0)));
    }

    [Test]
    public async Task A_setting_is_changed_or_taken_away_and_a_refusal_is_told_in_the_servers_words()
    {
        var peer = new ScriptedStream([.. Hello, .. Framed([.. Number(2), 0, .. Number(0), 2, .. Short(40), .. Text("Invalid value."), 4, .. Text("1"), 0, 0])]);
        await using var client = await OpenAsync(peer);
        var result = await client.AlterSettingsAsync(KafkaResource.Broker(1), [new("a", "b"), new("c", null)], validateOnly: true, CancellationToken.None);
        Assert.That((result.IsOk, result.Shown), Is.EqualTo((false, "INVALID_CONFIG: Invalid value")));
        Assert.That(peer.Sent[^19..], Is.EqualTo((byte[])[2, 4, .. Text("1"), 3, .. Text("a"), 0, .. Text("b"), 0, .. Text("c"), 1, 0, 0, 0, 1, 0]));
    }

    [Test]
    public async Task What_is_produced_is_what_is_fetched()
    {
        var batch = KafkaBatch.Of("value"u8, DateTimeOffset.UnixEpoch);
        byte[] fetched = [.. Number(2), 0, .. Number(0), .. Short(0), .. Number(0), 2, .. Text("t"), 2, .. Number(0), .. Short(0), .. Long(1), .. Long(1), .. Long(0), 0, .. Number(-1), .. Sized([.. batch, .. batch[..20]]), 0, 0, 0];
        await using var client = await OpenAsync(new ScriptedStream([.. Hello, .. Framed(fetched)]));
        var read = await client.FetchAsync("t", 0, 0, TimeSpan.Zero, CancellationToken.None);
        Assert.That(read.Records.Select(r => (r.Offset, Encoding.ASCII.GetString(r.Value.Span))), Is.EqualTo(new[] { (0L, "value") }));
    }

    [Test]
    public void A_batch_has_the_checksum_that_the_format_wants() =>
        Assert.That(Convert.ToHexStringLower(KafkaBatch.Of("a"u8, DateTimeOffset.FromUnixTimeMilliseconds(1))), Is.EqualTo(
            "0000000000000000" + "00000039" + "ffffffff" + "02" + "a411ccf5" + "0000" + "00000000" + "0000000000000001" + "0000000000000001" + "ffffffffffffffff" + "ffff" + "ffffffff" + "00000001" + "0e00000001026100"));

    [Test]
    public void A_damaged_batch_is_not_believed()
    {
        var batch = KafkaBatch.Of("value"u8, DateTimeOffset.UnixEpoch);
        batch[^3] ^= 1;
        Assert.That(() => KafkaBatch.Read(batch), Throws.InstanceOf<IOException>().With.Message.Contains("damaged"));
    }

    [TestCase(0, "announces an answer of 0 bytes")]
    [TestCase(0x48545450, "announces an answer of 1213486160 bytes")]
    [TestCase(-5, "announces an answer of -5 bytes")]
    public void An_answer_of_an_impossible_length_is_refused_before_anything_is_reserved_for_it(int length, string text) =>
        Assert.That(async () => await OpenAsync(new ScriptedStream([.. Number(length), .. new byte[8]])), Throws.InstanceOf<IOException>().With.Message.Contains(text));

    [Test]
    public async Task An_array_longer_than_its_answer_is_not_believed()
    {
        await using var client = await OpenAsync(new ScriptedStream([.. Hello, .. Framed([.. Number(2), 0, .. Number(0), 0xff, 0xff, 0xff, 0xff, 7])]));
        Assert.That(async () => await client.MetadataAsync(null, CancellationToken.None), Throws.InstanceOf<IOException>().With.Message.Contains("in the middle of a field"));
    }

    [Test]
    public async Task An_answer_to_another_request_breaks_the_connection_for_good()
    {
        await using var client = await OpenAsync(new ScriptedStream([.. Hello, .. Framed([.. Number(9), 0])]));
        Assert.That(async () => await client.DescribeClusterAsync(CancellationToken.None), Throws.InstanceOf<IOException>().With.Message.Contains("a request that was not sent"));
        Assert.That(async () => await client.DescribeClusterAsync(CancellationToken.None), Throws.InstanceOf<IOException>().With.Message.Contains("broke during an earlier request"));
    }

    [Test]
    public async Task A_server_that_falls_silent_is_waited_for_no_longer_than_the_bound()
    {
        await using var client = await KafkaClient.OpenAsync(
            new ScriptedStream(Hello, stall: true), TimeProvider.System, new() { Timeout = TimeSpan.FromMilliseconds(50) }, null, KafkaMechanism.Plain, CancellationToken.None);
        Assert.That(async () => await client.DescribeClusterAsync(CancellationToken.None), Throws.InstanceOf<TimeoutException>());
    }

    [Test]
    public void Whatever_a_peer_sends_ends_in_an_answer_or_an_error_and_nothing_else() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes =>
        {
            foreach (var ask in new Func<KafkaClient, Task>[]
            {
                c => c.MetadataAsync(null, CancellationToken.None), c => c.DescribeQuorumAsync(CancellationToken.None),
                c => c.DescribeSettingsAsync([KafkaResource.Broker(0)], null, CancellationToken.None), c => c.FetchAsync("t", 0, 0, TimeSpan.Zero, CancellationToken.None),
            })
            {
                try
                {
                    ask(OpenAsync(new ScriptedStream([.. Hello, .. Framed([.. Number(2), 0, .. bytes])], cut: 5)).GetAwaiter().GetResult()).GetAwaiter().GetResult();
                }
                catch (IOException)
                {
                    // Refused, or ended too early.
                }
            }
        }).QuickCheckThrowOnFailure();

    private static Task<KafkaClient> OpenAsync(Stream peer, Credential? credential = null) =>
        KafkaClient.OpenAsync(peer, TimeProvider.System, new(), credential, KafkaMechanism.Plain, CancellationToken.None);

    private static byte[] Versions(params (short Key, short Version)[] offered) =>
        Framed([.. Number(1), .. Short(0), (byte)(offered.Length + 1), .. offered.SelectMany(o => (byte[])[.. Short(o.Key), .. Short(o.Version), .. Short(o.Version), 0]), .. Number(0), 0]);

    private static byte[] Framed(byte[] body) => [.. Number(body.Length), .. body];

    private static byte[] Short(short value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Long(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Numbers(params int[] values) => [(byte)(values.Length + 1), .. values.SelectMany(Number)];

    private static byte[] Text(string text) => Sized(Encoding.ASCII.GetBytes(text));

    // Lengths up to 16383.
    private static byte[] Sized(byte[] bytes) => bytes.Length < 127 ? [(byte)(bytes.Length + 1), .. bytes] : [(byte)((bytes.Length + 1) | 0x80), (byte)((bytes.Length + 1) >> 7), .. bytes];

    private static byte[] Legacy(string text) => [.. Short((short)text.Length), .. Encoding.ASCII.GetBytes(text)];
}
