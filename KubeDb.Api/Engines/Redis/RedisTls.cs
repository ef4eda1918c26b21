using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>What TLS makes of a Redis or of its sentinels: certificates, files, directives. Pure.</summary>
internal static class RedisTls
{
    /// <summary>Where the certificates are mounted.</summary>
    public const string Folder = "/certs";

    /// <summary>Port of the protocol that clients do not use yet, or no more, while a database changes between plain and TLS.</summary>
    public const int SidePort = 6380;

    private const string Volume = "tls-volume";
    private const string ExporterVolume = "exporter-tls-volume";
    private const string ExporterFile = "exporter";

    /// <summary>True for a database whose servers have certificates.</summary>
    public static bool IsOn(IDatabase database) => database.Spec.Tls?.IssuerRef is not null;

    /// <summary>The certificates of the (defaulted) database: of its servers, of clients, and of the exporter.</summary>
    public static IReadOnlyList<CertificateWish> Certificates(IDatabase database)
    {
        if (!IsOn(database))
            return [];
        var (name, ns) = (database.Metadata.Name, database.Metadata.Namespace);
        var service = $"{name}.{ns}.svc";
        var governing = $"*.{ObjectNames.WithSuffix(name, "pods")}.{ns}.svc";
        List<string> names = [name, $"{name}.{ns}", service, $"{service}.cluster.local", governing, $"{governing}.cluster.local", "localhost"];
        List<string> addresses = ["127.0.0.1"];
        if (database is RedisDatabase { Spec.Mode: RedisModes.Sentinel })
            names.InsertRange(4, [$"{ObjectNames.WithSuffix(name, ServiceAliases.Standby)}.{ns}.svc"]);
        if (database is RedisDatabase { Spec.Mode: RedisModes.Cluster } redis)
        {
            foreach (var endpoint in RedisEndpoint.Of(redis, ObjectNames.WithSuffix(name, "pods")).Where(e => e.Kind is RedisAnnounceTypes.Ip or RedisAnnounceTypes.Hostname))
                (System.Net.IPAddress.TryParse(endpoint.Host, out _) ? addresses : names).Add(endpoint.Host);
        }

        return
        [
            CertificateWish.Of(database, RedisNames.ServerCertificate, service) with { DnsNames = names, IpAddresses = addresses },
            Client(database),
            CertificateWish.Of(database, RedisNames.ExporterCertificate, "default"),
        ];
    }

    /// <summary>The certificate that clients show. Its name is that of the user whom redis-cli logs in as.</summary>
    public static CertificateWish Client(IDatabase database) => CertificateWish.Of(database, RedisNames.ClientCertificate, "default");

    /// <summary>Who the operator is to the servers; null without TLS, or while the certificates are not known.</summary>
    public static TlsIdentity? Identity(DatabaseFacts facts) => IsOn(facts.Database) ? TlsIdentity.Of(facts, Client(facts.Database)) : null;

    /// <summary>The name of a pod, which the certificate of its server has.</summary>
    public static string ServerName(IDatabase database, string pod) =>
        $"{pod}.{ObjectNames.WithSuffix(database.Metadata.Name, "pods")}.{database.Metadata.Namespace}.svc";

    /// <summary>The directives of the ports, and of TLS where the database has it.</summary>
    /// <param name="database">The database.</param>
    /// <param name="port">The port that clients use.</param>
    public static IEnumerable<RedisDirective> Directives(IDatabase database, int port)
    {
        if (!IsOn(database))
            return [RedisDirective.Of("port", Text(port))];
        // Sentinels can not change ports while they run, so they never have both.
        var isInBetween = TlsTransition.IsOn(database) && database is RedisDatabase;
        List<RedisDirective> directives = isInBetween
            ? [RedisDirective.Of("port", Text(port)), RedisDirective.Of("tls-port", Text(SidePort))]
            : [RedisDirective.Of("port", "0"), RedisDirective.Of("tls-port", Text(port)), RedisDirective.Of("tls-replication", "yes")];
        if (database is RedisDatabase { Spec.Mode: RedisModes.Cluster } && !isInBetween)
            directives.Add(RedisDirective.Of("tls-cluster", "yes"));
        return
        [
            .. directives,
            RedisDirective.Of("tls-cert-file", $"{Folder}/server.crt"),
            RedisDirective.Of("tls-key-file", $"{Folder}/server.key"),
            RedisDirective.Of("tls-ca-cert-file", $"{Folder}/{CertificateWish.CaKey}"),
        ];
    }

    /// <summary>The volumes of a pod: those of the server, and of the exporter where there is one.</summary>
    public static IEnumerable<JsonObject> Volumes(DatabaseDescription d)
    {
        if (!IsOn(d.Facts.Database))
            yield break;
        var wishes = Certificates(d.Facts.Database).ToDictionary(w => w.Alias, StringComparer.Ordinal);
        yield return CertificateObjects.Volume(
            d, Volume, (wishes[RedisNames.ServerCertificate], RedisNames.ServerCertificate), (wishes[RedisNames.ClientCertificate], RedisNames.ClientCertificate));
        if (d.Monitor is not null)
            yield return CertificateObjects.Volume(d, ExporterVolume, (wishes[RedisNames.ExporterCertificate], ExporterFile));
    }

    /// <summary>The mounts of the server's container.</summary>
    public static IEnumerable<V1VolumeMount> Mounts(IDatabase database) => IsOn(database) ? [PodParts.Mount(Volume, Folder)] : [];

    /// <summary>Adds to the exporter what it needs to reach the server.</summary>
    public static void AddTo(JsonObject exporter, IDatabase database)
    {
        if (!IsOn(database))
            return;
        if (exporter["volumeMounts"] is not JsonArray mounts)
            exporter["volumeMounts"] = mounts = [];
        mounts.Add((JsonNode)Manifests.ToJson(PodParts.Mount(ExporterVolume, Folder)));
    }

    /// <summary>Where the exporter finds the server, and how it shows who it is.</summary>
    public static IEnumerable<V1EnvVar> ExporterVariables(IDatabase database, int port)
    {
        var isOn = IsOn(database);
        yield return PodParts.Variable("REDIS_ADDR", $"{(isOn ? "rediss" : "redis")}://localhost:{Text(port)}");
        if (!isOn)
            yield break;
        yield return PodParts.Variable("REDIS_EXPORTER_TLS_CLIENT_CERT_FILE", $"{Folder}/{ExporterFile}.crt");
        yield return PodParts.Variable("REDIS_EXPORTER_TLS_CLIENT_KEY_FILE", $"{Folder}/{ExporterFile}.key");
        yield return PodParts.Variable("REDIS_EXPORTER_TLS_CA_CERT_FILE", $"{Folder}/{CertificateWish.CaKey}");
    }

    /// <summary>How programs find and reach the database.</summary>
    public static DesiredObject AppBinding(DatabaseDescription d, string type, JsonObject primary, JsonObject parameters)
    {
        var isOn = IsOn(d.Facts.Database);
        var secret = isOn ? Client(d.Facts.Database).SecretName : null;
        if (secret is not null)
            parameters["clientCertSecret"] = new JsonObject { ["name"] = secret };
        var service = new AppService { Name = d.Name, Port = primary["spec"]!["ports"]![0]!["port"]!.GetValue<int>(), Scheme = isOn ? "rediss" : "redis" };
        return BindingObjects.AppBinding(d, type, new AppClientConfig { Service = service }, parameters, secret);
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
