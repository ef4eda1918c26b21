using System.Globalization;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>Opens connections to nodes, each step within the same bound. A broker is asked at a listener of brokers, a controller at one of controllers.</summary>
public sealed class KafkaConnector(IEngineDialer dialer, TimeProvider time)
{
    /// <summary>The clock of the bounds.</summary>
    public TimeProvider Time => time;

    /// <summary>
    /// Connects to the server of a pod, logged in with the database's credential. With TLS a plain connection is never tried, but while a request changes
    /// TLS. Exactly one of the two results is not null.
    /// </summary>
    public async Task<(KafkaClient? Client, string? Problem)> OpenAsync(
        DatabaseInstances instances, Pod pod, TimeSpan timeout, CancellationToken cancel, KafkaMechanism mechanism = KafkaMechanism.Plain)
    {
        try
        {
            return (await OpenOrThrowAsync(instances, pod, timeout, mechanism, cancel), null);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return (null, e.Message.TrimEnd('.'));
        }
    }

    /// <summary>As <see cref="OpenAsync"/>, where the kind of a refusal matters.</summary>
    /// <exception cref="KafkaRefusedException">The server refuses the login.</exception>
    /// <exception cref="IOException">There is no connection.</exception>
    /// <exception cref="TimeoutException">Not in time.</exception>
    public async Task<KafkaClient> OpenOrThrowAsync(DatabaseInstances instances, Pod pod, TimeSpan timeout, KafkaMechanism mechanism, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(pod);
        var isBroker = IsBroker(instances, pod);
        var plain = isBroker ? KafkaPorts.Broker : KafkaPorts.Controller;
        if (!KafkaTls.IsOn(instances.Database))
            return await OverAsync(await PlainAsync(pod, plain, timeout, cancel));
        Stream stream;
        try
        {
            stream = (await TlsAsync(instances, pod, isBroker ? KafkaPorts.Replication : KafkaPorts.Quorum, timeout, cancel)).Stream;
        }
        catch (Exception e) when (e is IOException or TimeoutException && TlsTransition.IsOn(instances.Database))
        {
            stream = await PlainAsync(pod, plain, timeout, cancel);
        }

        return await OverAsync(stream);

        Task<KafkaClient> OverAsync(Stream over) => KafkaClient.OpenAsync(over, time, new() { Timeout = timeout }, instances.Credential, mechanism, cancel);
    }

    /// <summary>The certificate that the server of a pod shows on a port, where it answers behind it. Exactly one of the two results is not null.</summary>
    public async Task<(ServedCertificate? Served, string? Failure)> ServedAsync(DatabaseInstances instances, Pod pod, int port, TimeSpan timeout, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(pod);
        try
        {
            var connection = await TlsAsync(instances, pod, port, timeout, cancel);

            // With TLS 1.3 a server that does not take our certificate says so only with its first answer.
            await using var client = await KafkaClient.OpenAsync(connection.Stream, time, new() { Timeout = timeout }, null, KafkaMechanism.Plain, cancel);
            return (connection.Served, null);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return (null, e.Message.TrimEnd('.'));
        }
    }

    /// <summary>True for a pod whose node keeps records.</summary>
    public static bool IsBroker(DatabaseInstances instances, Pod pod)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(pod);
        return KafkaNodes.Of(instances.Database).Any(n => n.AreBrokers && n.IdOf(pod.Metadata.Name) is not null);
    }

    private Task<Stream> PlainAsync(Pod pod, int port, TimeSpan timeout, CancellationToken cancel) =>
        BoundAsync(pod, c => dialer.ConnectAsync(pod.Status.PodIP, port, c), timeout, cancel);

    private Task<TlsConnection> TlsAsync(DatabaseInstances instances, Pod pod, int port, TimeSpan timeout, CancellationToken cancel)
    {
        var identity = KafkaTls.Identity(instances.Facts) ?? throw new IOException("the certificate that clients show is not known yet");
        return BoundAsync(pod, c => dialer.ConnectTlsAsync(pod.Status.PodIP, port, identity, KafkaTls.ServerName(instances.Database, pod.Metadata.Name), c), timeout, cancel);
    }

    private async Task<T> BoundAsync<T>(Pod pod, Func<CancellationToken, Task<T>> dial, TimeSpan timeout, CancellationToken cancel)
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
