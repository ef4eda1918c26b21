using System.Globalization;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Opens authenticated connections to servers, each step within the same bound.</summary>
/// <param name="dialer">Connects.</param>
/// <param name="time">The clock of the bounds.</param>
/// <param name="port">The port of the servers; another than that of pods where servers have no network of their own.</param>
public sealed class RedisConnector(IEngineDialer dialer, TimeProvider time, int port = RedisConnector.Port)
{
    /// <summary>Port of every server in a pod.</summary>
    public const int Port = 6379;

    /// <summary>Port of every sentinel.</summary>
    public const int SentinelPort = 26379;

    /// <summary>Port of the servers that this one connects to.</summary>
    public int ServerPort => port;

    /// <summary>Connects to the server of a pod and logs in. Exactly one of the two results is not null.</summary>
    /// <param name="instances">The database: its credential, and its certificates where it has TLS.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="timeout">Bound of the connection and of each command.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public Task<(RespClient? Client, ConnectFailure? Failure)> OpenAsync(DatabaseInstances instances, Pod pod, TimeSpan timeout, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(pod);
        return OpenAsync(new(instances, pod.Metadata.Name, pod.Status.PodIP, port), timeout, cancel);
    }

    /// <summary>Connects to the sentinel of a pod and logs in. Exactly one of the two results is not null.</summary>
    public Task<(RespClient? Client, ConnectFailure? Failure)> OpenSentinelAsync(DatabaseInstances instances, Pod pod, TimeSpan timeout, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(pod);
        return OpenAsync(new(instances, pod.Metadata.Name, pod.Status.PodIP, SentinelPort), timeout, cancel);
    }

    private async Task<(RespClient? Client, ConnectFailure? Failure)> OpenAsync(Target target, TimeSpan timeout, CancellationToken cancel)
    {
        var credential = target.Instances.Credential;
        if (target.Address.Length == 0)
            return (null, new("the pod has no address yet", null));
        RespClient? client = null;
        try
        {
            client = new RespClient(await BoundAsync(c => DialAsync(target, c), timeout, cancel), timeout, time);
            var error = credential is null ? null : await client.AuthenticateAsync(credential.Username, credential.Password, cancel);
            if (error is null)
                return (client, null);
            await client.DisposeAsync();
            return (null, new(Sentence(error, credential!), error));
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            if (client is not null)
                await client.DisposeAsync();
            var place = string.Create(CultureInfo.InvariantCulture, $"{target.Address}:{target.Port}: ");
            var said = e.Message.StartsWith(place, StringComparison.Ordinal) ? e.Message : place + e.Message;
            return (null, new(said, null) { TimedOut = e is TimeoutException });
        }
    }

    // While a database changes between plain and TLS, either may be on the port; at any other time nothing is sent in plain that was meant for TLS.
    private async Task<Stream> DialAsync(Target target, CancellationToken cancel)
    {
        var database = target.Instances.Database;
        if (!RedisTls.IsOn(database))
            return await dialer.ConnectAsync(target.Address, target.Port, cancel);
        var isOnItsWay = TlsTransition.IsOn(database);
        if (isOnItsWay && await PlainAsync(target, cancel) is { } plain)
            return plain;
        if (RedisTls.Identity(target.Instances.Facts) is not { } identity)
            throw new IOException("the certificate that clients show is not known yet");
        if (!isOnItsWay)
            return (await TlsAsync(target, identity, target.Port, cancel)).Stream;
        try
        {
            return (await TlsAsync(target, identity, target.Port, cancel)).Stream;
        }
        catch (IOException)
        {
            return (await TlsAsync(target, identity, RedisTls.SidePort, cancel)).Stream;
        }
    }

    private Task<TlsConnection> TlsAsync(Target target, TlsIdentity identity, int at, CancellationToken cancel) =>
        dialer.ConnectTlsAsync(target.Address, at, identity, RedisTls.ServerName(target.Instances.Database, target.Pod), cancel);

    /// <summary>
    /// A plain connection; null when the port speaks something else. It is asked first: a server that speaks TLS says at once that this is none,
    /// while one that does not would wait for the end of a line in the first words of TLS.
    /// </summary>
    private async Task<Stream?> PlainAsync(Target target, CancellationToken cancel)
    {
        Stream? stream = null;
        try
        {
            stream = await dialer.ConnectAsync(target.Address, target.Port, cancel);
            await stream.WriteAsync("PING\r\n"u8.ToArray(), cancel);
            await stream.FlushAsync(cancel);
            if (await IsAnsweredAsync(stream, cancel))
                return stream;
        }
        catch (IOException)
        {
            // Nobody listens, or the server hung up.
        }

        if (stream is not null)
            await stream.DisposeAsync();
        return null;
    }

    private static async Task<bool> IsAnsweredAsync(Stream stream, CancellationToken cancel)
    {
        var one = new byte[1];
        for (var read = 0; read < 200; read++)
        {
            if (await stream.ReadAsync(one, cancel) == 0 || (read == 0 && one[0] is not ((byte)'+' or (byte)'-')))
                return false;
            if (one[0] == (byte)'\n')
                return true;
        }

        return false;
    }

    /// <summary>The certificate that the server of a pod shows on the port that clients use, and whether it takes ours. Exactly one of the two results is not null.</summary>
    public async Task<(ServedCertificate? Served, string? Failure)> ServedAsync(DatabaseInstances instances, Pod pod, int at, TimeSpan timeout, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(pod);
        if (RedisTls.Identity(instances.Facts) is not { } identity)
            return (null, "the certificate that clients show is not known yet");
        ServedCertificate? served = null;
        try
        {
            // With TLS 1.3 a server that does not take our certificate says so only with its first answer.
            var stream = await BoundAsync(
                async c =>
                {
                    var connection = await TlsAsync(new(instances, pod.Metadata.Name, pod.Status.PodIP, at), identity, at, c);
                    served = connection.Served;
                    return connection.Stream;
                },
                timeout,
                cancel);
            await using var client = new RespClient(stream, timeout, time);
            _ = await client.SendAsync(cancel, "PING");
            return (served, null);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return (null, e.Message);
        }
    }

    private async Task<Stream> BoundAsync(Func<CancellationToken, Task<Stream>> dial, TimeSpan timeout, CancellationToken cancel)
    {
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

    // Who answers on that address may be anything, and an answer may repeat what was sent.
    private static string Sentence(RespError error, Credential credential) => error.Kind switch
    {
        RespErrorKind.WrongPassword => "the server refuses the user name or password of the auth secret: it runs with those that it was started with, or that were set "
            + "in it since. Put them back into the secret; or delete the pod, whose successor starts with what the secret says",
        RespErrorKind.Denied => "the server's protected mode refuses connections from outside",
        RespErrorKind.UnknownCommand => "the server has no command AUTH",
        _ => credential.Password.Length == 0 ? error.Sentence : error.Sentence.Replace(credential.Password, "***", StringComparison.Ordinal),
    };

    private readonly record struct Target(DatabaseInstances Instances, string Pod, string Address, int Port);
}

/// <summary>Why no usable connection came about.</summary>
/// <param name="Message">What was seen; never a secret.</param>
/// <param name="Error">The server's answer; null when there was none.</param>
public sealed record ConnectFailure(string Message, RespError? Error)
{
    /// <summary>Nothing was heard in time: a server may run there all the same.</summary>
    public bool TimedOut { get; init; }
}
