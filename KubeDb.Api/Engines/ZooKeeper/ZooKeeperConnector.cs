using System.Globalization;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.ZooKeeper.Client;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>Opens sessions with members, and asks them four-letter words, each step within the same bound.</summary>
/// <param name="dialer">Connects.</param>
/// <param name="time">The clock of the bounds.</param>
/// <param name="port">The port of the members; another than that of pods where members have no network of their own.</param>
public sealed class ZooKeeperConnector(IEngineDialer dialer, TimeProvider time, int port = ZooKeeperPorts.Client)
{
    // As short as servers give: a session that is not closed, because this process was killed, is gone soon.
    private static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(4);

    /// <summary>Asks the server of a pod a four-letter word. Exactly one of the two results is not null.</summary>
    public async Task<(string? Answer, string? Problem)> AskAsync(Pod pod, string word, TimeSpan timeout, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(pod);
        try
        {
            var stream = await BoundAsync(pod, timeout, cancel);
            return (await FourLetterWord.AskAsync(stream, word, timeout, time, cancel), null);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return (null, Said(pod, e));
        }
    }

    /// <summary>Opens a session with the server of a pod, logged in with the database's credential. Exactly one of the two results is not null.</summary>
    public async Task<(ZooKeeperClient? Client, string? Problem)> OpenAsync(DatabaseInstances instances, Pod pod, TimeSpan timeout, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(pod);
        ZooKeeperClient? client = null;
        try
        {
            var stream = await BoundAsync(pod, timeout, cancel);
            client = await ZooKeeperClient.OpenAsync(stream, time, new() { Timeout = timeout, SessionTimeout = SessionTimeout }, cancel);
            if (instances.Credential is not { } credential || await client.AuthenticateAsync(credential.Username, credential.Password, cancel) == ZooKeeperError.None)
                return (client, null);
            await client.DisposeAsync();
            return (null, "the server takes no login by digest");
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            if (client is not null)
                await client.DisposeAsync();
            return (null, Said(pod, e));
        }
    }

    /// <summary>The certificate that the server of a pod shows on a port, and whether it takes ours. Exactly one of the two results is not null.</summary>
    public async Task<(ServedCertificate? Served, string? Failure)> ServedAsync(DatabaseInstances instances, Pod pod, int at, TimeSpan timeout, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(pod);
        if (ZooKeeperTls.Identity(instances.Facts) is not { } identity)
            return (null, "the certificate that clients show is not known yet");
        try
        {
            TlsConnection? connection = null;
            var name = ZooKeeperTls.ServerName(instances.Database, pod.Metadata.Name);
            var stream = await BoundAsync(pod, async c => (connection = await dialer.ConnectTlsAsync(pod.Status.PodIP, at, identity, name, c)).Stream, timeout, cancel);

            // With TLS 1.3 a server that does not take our certificate says so only with its first answer.
            _ = await FourLetterWord.AskAsync(stream, FourLetterWord.Ok, timeout, time, cancel);
            return (connection!.Served, null);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return (null, e.Message.TrimEnd('.'));
        }
    }

    private string Said(Pod pod, Exception e)
    {
        var message = e.Message.TrimEnd('.');
        var place = string.Create(CultureInfo.InvariantCulture, $"{pod.Status.PodIP}:{port}");
        return pod.Status.PodIP.Length == 0 || message.StartsWith(place, StringComparison.Ordinal) ? message : $"{place}: {message}";
    }

    private Task<Stream> BoundAsync(Pod pod, TimeSpan timeout, CancellationToken cancel) =>
        BoundAsync(pod, c => dialer.ConnectAsync(pod.Status.PodIP, port, c), timeout, cancel);

    private async Task<Stream> BoundAsync(Pod pod, Func<CancellationToken, Task<Stream>> dial, TimeSpan timeout, CancellationToken cancel)
    {
        if (pod.Status.PodIP.Length == 0)
            throw new IOException("the pod has no address yet");
        using var bound = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            return await dial(both.Token);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"no connection within {timeout.TotalSeconds:0.###} s"));
        }
    }
}
