using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.Writers;
using KubeDb.Tests.Support.Writers.Redis;

namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>Numbered writers of the databases of the cluster, each as a client of its mode.</summary>
internal static class RedisWriters
{
    // A slot in each third of the slots: 3300, 7365 and 15495.
    private static readonly string[] Tags = ["b", "c", "a"];

    /// <summary>Writes through the database's service.</summary>
    public static async Task<NumberedWriter> ThroughServiceAsync(string ns, string database, double perSecond, TimeSpan patience = default, int replicas = 0)
    {
        var address = (await ClusterReader.Shared.ServiceAsync(ns, database))!.Spec.ClusterIP;
        return await NumberedWriter.StartAsync([RedisWriterClient.Through(address, await PasswordAsync(ns, database), replicas)], perSecond, patience);
    }

    /// <summary>
    /// Writes into three shards as a client that knows clusters; a write counts once a replica has it. While the database has a client certificate, its
    /// secret of the moment is shown to servers that speak TLS.
    /// </summary>
    public static async Task<NumberedWriter> OfClusterAsync(string ns, string database, double perSecond)
    {
        var password = await PasswordAsync(ns, database);
        return await NumberedWriter.StartAsync(Tags.Select(tag => RedisWriterClient.OfSlot(() => AddressesAsync(ns, database), tag, password, replicas: 1, () => CertificateAsync(ns, database))), perSecond);
    }

    /// <summary>Writes as a client that asks the sentinels for the master; a write counts once a replica has it.</summary>
    public static async Task<NumberedWriter> OfSentinelAsync(string ns, string database, string sentinelNs, string sentinel, double perSecond)
    {
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        var client = RedisWriterClient.OfMaster(
            async () =>
            {
                foreach (var pod in await ClusterReader.Shared.PodsAsync(ns, $"app.kubernetes.io/instance={database}"))
                    addresses[pod.Metadata.Name] = pod.Status.PodIP;
                return await AddressesAsync(sentinelNs, sentinel);
            },
            await PasswordAsync(sentinelNs, sentinel),
            $"{ns}/{database}",
            host => addresses.GetValueOrDefault(host.Split('.')[0], host),
            await PasswordAsync(ns, database),
            replicas: 1);
        return await NumberedWriter.StartAsync([client], perSecond);
    }

    private static async Task<string> PasswordAsync(string ns, string database) =>
        Encoding.UTF8.GetString((await ClusterReader.Shared.SecretAsync(ns, $"{database}-auth"))!.Data["password"]);

    private static async Task<X509Certificate2?> CertificateAsync(string ns, string database) =>
        (await ClusterReader.Shared.SecretAsync(ns, $"{database}-client-cert"))?.Data is { } pair
            ? X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(pair["tls.crt"]), Encoding.UTF8.GetString(pair["tls.key"]))
            : null;

    private static async Task<IReadOnlyList<string>> AddressesAsync(string ns, string database) =>
        [.. (await ClusterReader.Shared.PodsAsync(ns, $"app.kubernetes.io/instance={database}")).Select(p => p.Status.PodIP).Where(a => !string.IsNullOrEmpty(a))];
}
