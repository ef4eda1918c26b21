using KubeDb.Tests.Support.Writers;
using KubeDb.Tests.Support.Writers.ZooKeeper;

namespace KubeDb.Tests.EndToEnd.ZooKeeper;

/// <summary>What goes on at an ensemble's service throughout a journey: a writer, and a session that is kept and watches a node.</summary>
internal sealed class EnsembleClients : IAsyncDisposable
{
    private readonly ZooKeeperWriterClient _client;
    private readonly NumberedWriter _writer;
    private readonly ZooKeeperSession _session;

    private EnsembleClients(ZooKeeperWriterClient client, NumberedWriter writer, ZooKeeperSession session) =>
        (_client, _writer, _session) = (client, writer, session);

    /// <summary>Begins, at the address of the service.</summary>
    public static async Task<EnsembleClients> StartAsync(string host, double perSecond)
    {
        var client = new ZooKeeperWriterClient(host);
        var writer = await NumberedWriter.StartAsync([client], perSecond);
        return new(client, writer, await ZooKeeperSession.OpenAsync(host));
    }

    /// <summary>Ends, and counts: nothing acknowledged is lost, the session lived throughout, and its watch told the newest change.</summary>
    public async Task EndAsync()
    {
        var knows = await _session.KnowsAsync();
        var report = await _writer.StopAsync(after: 20);
        TestContext.Out.WriteLine(
            $"{report.Acknowledged} writes acknowledged, {report.Lost} lost, {report.Errors.Count} failed, {_client.Sessions} sessions, longest gap {report.LongestGap.TotalSeconds:F1} s until {report.LongestGapEnded:HH:mm:ss}; {_session}");
        Assert.Multiple(() =>
        {
            Assert.That(report.Lost, Is.Zero, "no acknowledged write is lost");
            Assert.That(_session.Expired, Is.Zero, "the session that is kept never expires");
            Assert.That(knows, "the watch tells the newest change");
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _writer.DisposeAsync();
    }
}
