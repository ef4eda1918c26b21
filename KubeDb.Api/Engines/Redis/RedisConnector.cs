using System.Globalization;
using System.Net.Sockets;
using KubeDb.Api.Engines.Redis.Resp;

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

    /// <summary>Connects to a server and logs in. Exactly one of the two results is not null.</summary>
    /// <param name="host">Address of the server.</param>
    /// <param name="credential">The credential; null when authentication is off.</param>
    /// <param name="timeout">Bound of the connection and of each command.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public Task<(RespClient? Client, ConnectFailure? Failure)> OpenAsync(string host, Credential? credential, TimeSpan timeout, CancellationToken cancel) =>
        OpenAsync(host, port, credential, timeout, cancel);

    /// <summary>Connects to a port and logs in. Exactly one of the two results is not null.</summary>
    /// <param name="host">Address of the server.</param>
    /// <param name="at">Its port.</param>
    /// <param name="credential">The credential; null when authentication is off.</param>
    /// <param name="timeout">Bound of the connection and of each command.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public async Task<(RespClient? Client, ConnectFailure? Failure)> OpenAsync(
        string host, int at, Credential? credential, TimeSpan timeout, CancellationToken cancel)
    {
        if (host.Length == 0)
            return (null, new("the pod has no address yet", null));
        RespClient? client = null;
        try
        {
            client = new RespClient(await DialAsync(host, at, timeout, cancel), timeout, time);
            var error = credential is null ? null : await client.AuthenticateAsync(credential.Username, credential.Password, cancel);
            if (error is null)
                return (client, null);
            await client.DisposeAsync();
            return (null, new(Sentence(error, credential!), error));
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException)
        {
            if (client is not null)
                await client.DisposeAsync();
            return (null, new(string.Create(CultureInfo.InvariantCulture, $"{host}:{at}: {e.Message}"), null) { TimedOut = e is TimeoutException });
        }
    }

    private async Task<Stream> DialAsync(string host, int at, TimeSpan timeout, CancellationToken cancel)
    {
        using var bound = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            return await dialer.ConnectAsync(host, at, both.Token);
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
}

/// <summary>Why no usable connection came about.</summary>
/// <param name="Message">What was seen; never a secret.</param>
/// <param name="Error">The server's answer; null when there was none.</param>
public sealed record ConnectFailure(string Message, RespError? Error)
{
    /// <summary>Nothing was heard in time: a server may run there all the same.</summary>
    public bool TimedOut { get; init; }
}
