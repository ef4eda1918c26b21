using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Engines.Kafka.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes.Models;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>
/// TLS of running nodes. What they speak to each other they take from their start. A certificate is loaded while they run: a node that is told the place
/// of its keystore, the same as before, reads it again for all its listeners, and for the connections that brokers open.
/// </summary>
internal sealed class KafkaTlsServers(KafkaConnector connector) : ITlsEngine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // A controller takes any place of a keystore and reads it afterwards, so that it can not be asked whether the new one has arrived.
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<string, long> _attempts = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool SwitchesByRestart => true;

    /// <summary>A server says of nobody whom it trusts, and controllers keep to whom they trusted at their start.</summary>
    public bool LoadsAuthorities => false;

    /// <summary>
    /// With a login, nodes show each other no certificate, so that an old one can not expire in the hands of a controller, which shows others what it had at
    /// its start.
    /// </summary>
    public bool CanReload(IDatabase database, ICatalogVersion version) => !((KafkaDatabase)database).Spec.DisableSecurity;

    /// <inheritdoc/>
    public CertificateWish ServerCertificate(IDatabase database) => KafkaTls.Server(database);

    /// <summary>The name below which a node has the keystore of a certificate, beside the one that it reads: so that it can be seen that it has it.</summary>
    public static string MarkedKeyStore(string certificate) =>
        $"{KeyStoreObjects.StoreFolder}/server.keystore.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(certificate)))[..16]}.jks";

    /// <summary>What the listeners of a node show: that of the first which does not show the wanted certificate, if there is one.</summary>
    public async Task<(ServedCertificate? Served, string? Failure)> ServedAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        if (KafkaNodes.Of(instances.Database).FirstOrDefault(n => n.IdOf(pod.Metadata.Name) is not null) is not { } nodes)
            return (null, "it is no node of the cluster");
        var wanted = this.Wanted(instances.Facts);
        ServedCertificate? served = null;
        foreach (var port in Ports(nodes))
        {
            (served, var failure) = await connector.ServedAsync(instances, pod, port, Timeout, cancel);
            if (served is null)
                return (null, $"port {port}: {failure}");
            if (wanted is not null && served.Thumbprint != wanted.Thumbprint)
                return (served, null);
        }

        return (served, null);
    }

    /// <inheritdoc/>
    public Task<Readiness> SwitchAsync(DatabaseInstances instances, bool toTls, CancellationToken cancel) =>
        throw new NotSupportedException("Nodes take from their start what they speak to each other.");

    /// <inheritdoc/>
    public Task<Readiness> TrustAsync(DatabaseInstances instances, CancellationToken cancel) =>
        throw new NotSupportedException("Of a running node it can not be seen whom it trusts.");

    /// <inheritdoc/>
    public async Task<Readiness> ReloadAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        if (this.Wanted(instances.Facts) is not { } wanted)
            return Readiness.NotYet("the certificate of the servers is not known yet");
        var reloaded = await Task.WhenAll(instances.Pods.Select(p => ReloadAsync(instances, p, wanted, cancel)));
        return Array.Find(reloaded, r => !r.IsReady) is { Reason.Length: > 0 } notYet ? notYet : Readiness.Yes;
    }

    private async Task<Readiness> ReloadAsync(DatabaseInstances instances, Pod pod, ServedCertificate wanted, CancellationToken cancel)
    {
        var (name, key) = (pod.Metadata.Name, $"{pod.Metadata.Uid} {wanted.Thumbprint}");
        if (await ServedAsync(instances, pod, cancel) is { Served.Thumbprint: var shown } && shown == wanted.Thumbprint)
        {
            _attempts.TryRemove(key, out _);
            return Readiness.Yes;
        }

        if (KafkaNodes.Of(instances.Database).Select(n => (n.AreBrokers, Id: n.IdOf(name))).FirstOrDefault(n => n.Id is not null) is not { Id: { } id, AreBrokers: var isBroker })
            return Readiness.NotYet($"pod {name} is no node of the cluster");
        if (!isBroker && _attempts.TryGetValue(key, out var last) && connector.Time.GetElapsedTime(last) < BetweenAttempts)
            return Readiness.NotYet($"pod {name} does not show the new certificate yet");
        var refused = await LoadAsync(instances, pod, id, isBroker, cancel);
        if (refused is null)
            _attempts[key] = connector.Time.GetTimestamp();
        return Readiness.NotYet(refused ?? $"pod {name} loads the new certificate");
    }

    /// <summary>
    /// Has the node read its keystore again; null when it was told to, else why not. A broker is told itself, so that it can refuse what it can not load; a
    /// controller by the active one, since no other takes it.
    /// </summary>
    private async Task<string?> LoadAsync(DatabaseInstances instances, Pod pod, int id, bool isBroker, CancellationToken cancel)
    {
        string? problem = null;
        foreach (var told in instances.Pods.Where(p => isBroker ? p == pod : !KafkaConnector.IsBroker(instances, p)).OrderBy(p => p != pod))
        {
            var (client, closed) = await connector.OpenAsync(instances, told, Timeout, cancel);
            if (client is null)
            {
                problem = $"pod {told.Metadata.Name} can not be asked: {closed}";
                continue;
            }

            await using (client)
            {
                try
                {
                    if (await LoadAsync(client, instances, id, isBroker, cancel) is not { } refused)
                        return null;
                    problem ??= $"pod {pod.Metadata.Name} does not have the new certificate yet: {refused.Shown}";
                    if (refused.Error != KafkaError.NotController)
                        return problem;
                }
                catch (Exception e) when (e is IOException or TimeoutException)
                {
                    problem = $"pod {told.Metadata.Name} can not be asked: {e.Message.TrimEnd('.')}";
                }
            }
        }

        return problem;
    }

    private async Task<KafkaResult?> LoadAsync(KafkaClient client, DatabaseInstances instances, int id, bool isBroker, CancellationToken cancel)
    {
        var (node, setting) = (KafkaResource.Broker(id), $"listener.name.{(isBroker ? KafkaListeners.Replication : KafkaListeners.Quorum).ToLowerInvariant()}.ssl.keystore.location");
        var text = instances.Facts.Secrets.GetValueOrDefault(ServerCertificate(instances.Database).SecretName)?.Text(CertificateWish.CertificateKey);
        if (isBroker && await client.AlterSettingsAsync(node, [new(setting, MarkedKeyStore(text ?? ""))], validateOnly: true, cancel) is { IsOk: false } missing)
            return missing;

        // Set, and taken away at once: what is set by itself outlives restarts, and would hide what a later start says.
        if (await client.AlterSettingsAsync(node, [new(setting, KafkaFiles.KeyStore)], validateOnly: false, cancel) is { IsOk: false } refused)
            return refused;
        return await client.AlterSettingsAsync(node, [new(setting, null)], validateOnly: false, cancel) is { IsOk: false } kept ? kept : null;
    }

    private static IEnumerable<int> Ports(KafkaNodes nodes) =>
    [
        .. nodes.AreBrokers ? [KafkaPorts.Broker, KafkaPorts.Replication] : (int[])[],
        .. nodes.AreControllers ? [KafkaPorts.Controller, KafkaPorts.Quorum] : (int[])[],
    ];
}
