using System.Security.Cryptography;
using KubeDb.Api.Engines.ZooKeeper.Client;

namespace KubeDb.Tests.Engines.ZooKeeper;

/// <summary>The client of the protocol, with a peer that nobody here wrote.</summary>
[TestFixtureSource(typeof(ZooKeeperVersions))]
public sealed class ZooKeeperClientTests(EngineVersion version) : EngineFixture(version)
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private RealEnsemble _ensemble = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _ensemble = await RealEnsemble.MakeAsync(Version, size: 1);
        await _ensemble.StartAsync(_ensemble.Pods);
        await _ensemble.SettleAsync();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_ensemble is not null)
            await _ensemble.DisposeAsync();
    }

    [Test]
    public async Task A_node_is_created_read_changed_listed_and_deleted()
    {
        await using var client = await ClientAsync();
        Assert.That((await client.CreateAsync("/tree", "one"u8.ToArray(), ZooKeeperAcl.Open, ZooKeeperNodeKind.Persistent, Never)).Value, Is.EqualTo("/tree"));
        Assert.That((await client.CreateAsync("/tree", default, ZooKeeperAcl.Open, ZooKeeperNodeKind.Persistent, Never)).Error, Is.EqualTo(ZooKeeperError.NodeExists));
        Assert.That((await client.CreateAsync("/tree/n-", default, ZooKeeperAcl.Open, ZooKeeperNodeKind.PersistentSequential, Never)).Value, Is.EqualTo("/tree/n-0000000000"));
        Assert.That((await client.SetAsync("/tree", "zwö"u8.ToArray(), 0, Never)).Value.Version, Is.EqualTo(1));
        Assert.That((await client.SetAsync("/tree", default, 0, Never)).Error, Is.EqualTo(ZooKeeperError.BadVersion));
        var read = (await client.GetAsync("/tree", Never)).Value!;
        Assert.That((read.Text, read.Stat.Version, read.Stat.DataLength, read.Stat.Children), Is.EqualTo(("zwö", 1, 4, 1)));
        Assert.That((await client.GetChildrenAsync("/tree", Never)).Value, Is.EqualTo(new[] { "n-0000000000" }));
        Assert.That(await client.SyncAsync("/tree", Never), Is.EqualTo(ZooKeeperError.None));
        Assert.That(await client.DeleteAsync("/tree", -1, Never), Is.EqualTo(ZooKeeperError.NotEmpty));
        Assert.That(await client.DeleteAsync("/tree/n-0000000000", -1, Never), Is.EqualTo(ZooKeeperError.None));
        Assert.That(await client.DeleteAsync("/tree", 1, Never), Is.EqualTo(ZooKeeperError.None));
        Assert.That((await client.ExistsAsync("/tree", Never)).Error, Is.EqualTo(ZooKeeperError.NoNode));
        Assert.That(await client.PingAsync(Never), Is.EqualTo(ZooKeeperError.None));
    }

    [TestCase(0)]
    [TestCase(300)]
    [TestCase(1_000_000)]
    public async Task Data_of_any_bytes_comes_back_as_it_was(int length)
    {
        var data = RandomNumberGenerator.GetBytes(length);
        await using var client = await ClientAsync();
        var path = (await client.CreateAsync("/bytes-", data, ZooKeeperAcl.Open, ZooKeeperNodeKind.EphemeralSequential, Never)).Value!;
        Assert.That((await client.GetAsync(path, Never)).Value!.Bytes.ToArray(), Is.EqualTo(data));
    }

    [Test]
    public async Task A_closed_session_takes_its_nodes_along()
    {
        await using var client = await ClientAsync();
        await client.CreateAsync("/mine", default, ZooKeeperAcl.Open, ZooKeeperNodeKind.Ephemeral, Never);
        await using var other = await ClientAsync();
        Assert.That((await other.ExistsAsync("/mine", Never)).Value.EphemeralOwner, Is.EqualTo(client.SessionId));
        Assert.That(await client.CloseAsync(Never), Is.EqualTo(ZooKeeperError.None));
        Assert.That((await other.ExistsAsync("/mine", Never)).Error, Is.EqualTo(ZooKeeperError.NoNode));
    }

    [Test]
    public async Task The_secret_s_user_is_the_superuser_and_nobody_else_is()
    {
        await using var super = await ClientAsync();
        await using var user = await ClientAsync(("user", "other"));
        await using var nobody = await ClientAsync(null);
        await using var wrong = await ClientAsync(("super", "wrong"));
        await user.CreateAsync("/private", "x"u8.ToArray(), ZooKeeperAcl.Creator, ZooKeeperNodeKind.Ephemeral, Never);
        Assert.That((await super.GetAsync("/private", Never)).Error, Is.EqualTo(ZooKeeperError.None));
        Assert.That((await nobody.GetAsync("/private", Never)).Error, Is.EqualTo(ZooKeeperError.NoAuth));
        Assert.That((await wrong.GetAsync("/private", Never)).Error, Is.EqualTo(ZooKeeperError.NoAuth));
        Assert.That((await nobody.CreateAsync("/none", default, ZooKeeperAcl.Creator, ZooKeeperNodeKind.Ephemeral, Never)).Error, Is.EqualTo(ZooKeeperError.InvalidAcl));
    }

    [Test]
    public async Task The_membership_is_changed_by_the_superuser_alone()
    {
        await using var nobody = await ClientAsync(null);
        await using var super = await ClientAsync();
        var pod = _ensemble.Pods[0];
        var seat = Line(await nobody.GetAsync("/zookeeper/config", Never), "server.1=");
        Assert.That((await nobody.ReconfigureAsync(seat, null, -1, Never)).Error, Is.EqualTo(ZooKeeperError.NoAuth));
        Assert.That((await super.ReconfigureAsync(seat, null, 1, Never)).Error, Is.EqualTo(ZooKeeperError.BadVersion));
        Assert.That((await super.ReconfigureAsync("server.9=nonsense", null, -1, Never)).Error, Is.EqualTo(ZooKeeperError.BadArguments));
        Assert.That(Line(await super.ReconfigureAsync(seat, null, -1, Never), "server.1="), Is.EqualTo(seat).And.Contain(pod));
    }

    [TestCase(FourLetterWord.Ok, "imok")]
    [TestCase(FourLetterWord.Server, "Mode: leader")]
    [TestCase(FourLetterWord.Monitor, "zk_server_state\tleader")]
    [TestCase(FourLetterWord.ReadOnly, "rw")]
    [TestCase(FourLetterWord.Configuration, ":participant;")]
    public async Task A_word_of_four_letters_is_answered(string word, string text)
    {
        var (answer, problem) = await _ensemble.Connector.AskAsync(_ensemble.PodOf(_ensemble.Pods[0]), word, TimeSpan.FromSeconds(10), Never);
        Assert.That(answer, Does.Contain(text), problem);
    }

    private static string Line(ZooKeeperReply<ZooKeeperData> reply, string start) => reply.Value!.Text.Split('\n').First(l => l.StartsWith(start, StringComparison.Ordinal));

    private Task<ZooKeeperClient> ClientAsync() => _ensemble.ClientAsync(_ensemble.Pods[0]);

    private async Task<ZooKeeperClient> ClientAsync((string User, string Password)? login)
    {
        var stream = await new KubeDb.Api.Engines.TcpDialer().ConnectAsync(_ensemble.PodOf(_ensemble.Pods[0]).Status.PodIP, RealEnsemble.Port, Never);
        var client = await ZooKeeperClient.OpenAsync(stream, TimeProvider.System, new(), Never);
        if (login is { } who)
            await client.AuthenticateAsync(who.User, who.Password, Never);
        return client;
    }
}
