using System.Globalization;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Druid.Configuration;

/// <summary>The files of the servers: the operator's defaults, the deep storage's properties, the user's settings, and last what is the operator's. Pure.</summary>
internal static class DruidConfig
{
    /// <summary>Variable with the administrator's password.</summary>
    public const string AdminVariable = "DRUID_ADMIN_PASSWORD";

    /// <summary>Variable with the password by which servers know each other.</summary>
    public const string InternalClientVariable = "DRUID_INTERNAL_CLIENT_PASSWORD";

    /// <summary>Variable with the password of the metadata storage.</summary>
    public const string MetadataVariable = "DRUID_METADATA_STORAGE_PASSWORD";

    /// <summary>Variable with the password of the ZooKeeper.</summary>
    public const string ZooKeeperVariable = "DRUID_ZK_SERVICE_PASSWORD";

    /// <summary>Where the servers read files of a deep storage that are no properties.</summary>
    public const string CommonFolder = "/opt/druid/conf/druid/cluster/_common";

    /// <summary>Where the servers read what TLS to the metadata storage needs.</summary>
    public const string MetadataTlsFolder = "/opt/druid/ssl/metadata";

    /// <summary>Where the driver of MySQL finds the authorities; the start script makes that store of <c>ca.crt</c>.</summary>
    public const string MySqlTrustStoreKey = "druid.metadata.mysql.ssl.trustCertificateKeyStoreUrl";

    /// <summary>Of a store that holds nothing secret, which has to have one.</summary>
    public const string MySqlTrustStorePassword = "password";

    private const string Header = "# Written by KubeDB. Change spec.configuration instead: this file is replaced.\n";

    /// <summary>The properties that every server reads.</summary>
    public static string Common(DruidDescription d)
    {
        var own = PropertiesFile.Of(Owned(d));
        var lower = PropertiesFile.Of(Defaults(d)).Merge(PropertiesFile.Of(DeepStorage(d.Facts).Properties));
        return Rendered((PropertiesFile)lower.Merge(User(d, DruidFiles.Common)), own, d);
    }

    /// <summary>The properties of a role.</summary>
    public static string OfRole(DruidDescription d, DruidRole role)
    {
        var user = UserOf(d, role);
        var lower = (PropertiesFile)PropertiesFile.Of(DruidRoleConfig.Defaults(d, role, user)).Merge(user);
        return Rendered(lower, PropertiesFile.Of(DruidRoleConfig.Owned(d, role)), null);
    }

    /// <summary>The options of the Java machine of a role: the user's in place of the operator's.</summary>
    public static string Options(DruidDescription d, DruidRole role)
    {
        // Overlords have no such file of their own: theirs is that of the coordinators.
        var name = DruidFiles.Options(role.Name == DruidNames.Overlords ? DruidNames.Coordinators : role.Name);
        var user = User(d, name);
        return Header + (user.IsEmpty ? string.Concat(DruidRoleConfig.Options(DruidMemory.Of(role, d.MemoryOf(role))).Select(o => o + "\n")) : user.Render());
    }

    /// <summary>The extensions without which a server of this cluster does not work; an image may lack the others.</summary>
    public static IEnumerable<string> RequiredExtensions(DruidDescription d)
    {
        if (!d.Spec.DisableSecurity)
            yield return "druid-basic-security";
        if (d.Protocol != DruidProtocol.Plain)
            yield return "simple-client-sslcontext";
        if (d.Metadata.Type.Length > 0)
            yield return d.Metadata.Type == MetadataStorageTypes.MySql ? "mysql-metadata-storage" : "postgresql-metadata-storage";
        if (DeepStorage(d.Facts).Extension is { } extension)
            yield return extension;
        if (d.Monitor is not null)
            yield return "prometheus-emitter";
    }

    /// <summary>What the secret of the deep storage says: properties, files beside them, and the extension that knows the kind of storage.</summary>
    public static (IReadOnlyDictionary<string, string> Properties, IReadOnlyDictionary<string, string> Files, string? Extension) DeepStorage(DatabaseFacts facts)
    {
        var storage = ((Kinds.Kubedb.Druid)facts.Database).Spec.DeepStorage;
        var secret = storage?.ConfigSecret is { Name.Length: > 0 } reference ? facts.Secrets.GetValueOrDefault(reference.Name) : null;
        var values = (secret?.Data.Keys ?? []).ToDictionary(k => k, k => secret!.Text(k)!, StringComparer.Ordinal);
        var properties = values.Where(v => !IsFile(v.Key)).ToDictionary(v => v.Key, v => v.Value.TrimEnd('\n', '\r'), StringComparer.Ordinal);
        var type = properties.GetValueOrDefault("druid.storage.type") ?? storage?.Type;
        properties.TryAdd("druid.storage.type", type ?? "");
        return (properties, values.Where(v => IsFile(v.Key)).ToDictionary(StringComparer.Ordinal), type switch
        {
            "s3" => "druid-s3-extensions",
            "google" => "druid-google-extensions",
            "azure" => "druid-azure-extensions",
            "hdfs" => "druid-hdfs-storage",
            _ => null,
        });
    }

    /// <summary>What a role's user says in the files that its servers read beside the common one.</summary>
    public static PropertiesFile UserOf(DruidDescription d, DruidRole role)
    {
        var names = role.Name is DruidNames.Coordinators or DruidNames.Overlords ? (string[])[DruidNames.Coordinators, DruidNames.Overlords] : [role.Name];
        return names.Aggregate(PropertiesFile.Empty, (merged, name) => (PropertiesFile)merged.Merge(User(d, DruidFiles.Properties(name))));
    }

    private static IConfigurationDocument User(DruidDescription d, string name)
    {
        var files = DruidFiles.Of(d.Facts.Version);
        var file = files.First(f => f.Name == name);
        return file.WithoutOwned(UserConfiguration.Of(files, d.Facts).Effective(file));
    }

    // Keys of properties have dots and no such endings: a service account, a description of a file system.
    private static bool IsFile(string key) => key.EndsWith(".json", StringComparison.Ordinal) || key.EndsWith(".xml", StringComparison.Ordinal);

    private static string Rendered(PropertiesFile lower, PropertiesFile owned, DruidDescription? extensionsOf)
    {
        var merged = ((PropertiesFile)lower.Merge(owned)).Entries.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        if (extensionsOf is { } d)
            merged[DruidKeys.Extensions] = Extensions(d, merged.GetValueOrDefault(DruidKeys.Extensions));
        return Header + string.Concat(merged.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new PropertiesEntry(e.Key, e.Value).Render()));
    }

    // The user's are added: a cluster without one of the operator's does not work.
    private static string Extensions(DruidDescription d, string? user)
    {
        var names = RequiredExtensions(d).Concat(DruidKeys.Items(user)?.Select(i => i.AsText()).OfType<string>() ?? []);
        return $"[{string.Join(", ", names.Distinct(StringComparer.Ordinal).Select(n => $"\"{n}\""))}]";
    }

    private static IEnumerable<KeyValuePair<string, string>> Defaults(DruidDescription d)
    {
        yield return new(DruidKeys.Extensions, """["druid-avro-extensions", "druid-kafka-indexing-service", "druid-datasketches", "druid-multi-stage-query"]""");
        yield return new("druid.emitter", "noop");
        yield return new("druid.emitter.logging.logLevel", "info");
        yield return new("druid.indexer.logs.directory", "var/druid/indexing-logs");
        yield return new("druid.indexer.logs.type", "file");
        yield return new("druid.lookup.enableLookupSyncOnStartup", "false");
        yield return new("druid.monitoring.monitors", d.Monitor is null ? "[]" : """["org.apache.druid.java.util.metrics.JvmMonitor", "org.apache.druid.server.metrics.ServiceStatusMonitor"]""");
        yield return new("druid.server.hiddenProperties", """["druid.s3.accessKey", "druid.s3.secretKey", "druid.metadata.storage.connector.password", "password", "key", "token", "pwd"]""");
        yield return new("druid.sql.enable", "true");

        // Which properties a server was started with stands in this file; passwords among them have no place in a log.
        yield return new("druid.startup.logging.logProperties", "false");
    }

    private static IEnumerable<KeyValuePair<string, string>> Owned(DruidDescription d) =>
    [
        new("druid.selectors.coordinator.serviceName", "druid/coordinator"),
        new("druid.selectors.indexing.serviceName", "druid/overlord"),
        .. d.Spec.DisableSecurity ? [] : Security(),
        .. MetadataStorage(d),
        .. ZooKeeper(d),
        .. DruidTls.Settings(d.Protocol),
        .. Monitoring(d),
    ];

    private static IEnumerable<KeyValuePair<string, string>> Security()
    {
        const string Authenticator = "druid.auth.authenticator.basic";
        yield return new("druid.auth.authenticatorChain", "[\"basic\"]");
        yield return new("druid.auth.authorizers", "[\"basic\"]");
        yield return new("druid.auth.authorizer.basic.type", "basic");
        yield return new($"{Authenticator}.type", "basic");
        yield return new($"{Authenticator}.authorizerName", "basic");
        yield return new($"{Authenticator}.credentialsValidator.type", "metadata");
        yield return new($"{Authenticator}.initialAdminPassword", DruidTls.Variable(AdminVariable));
        yield return new($"{Authenticator}.initialInternalClientPassword", DruidTls.Variable(InternalClientVariable));
        yield return new($"{Authenticator}.skipOnFailure", "false");
        yield return new("druid.escalator.type", "basic");
        yield return new("druid.escalator.authorizerName", "basic");
        yield return new("druid.escalator.internalClientUsername", DruidSecrets.InternalClient);
        yield return new("druid.escalator.internalClientPassword", DruidTls.Variable(InternalClientVariable));
    }

    private static IEnumerable<KeyValuePair<string, string>> MetadataStorage(DruidDescription d)
    {
        if (d.Metadata.Connection is not { } connection)
            yield break;
        const string Connector = "druid.metadata.storage.connector";
        var isMySql = d.Metadata.Type == MetadataStorageTypes.MySql;
        yield return new("druid.metadata.storage.type", isMySql ? "mysql" : "postgresql");
        yield return new($"{Connector}.connectURI", connection.Uri);
        yield return new($"{Connector}.user", connection.User);
        yield return new($"{Connector}.password", DruidTls.Variable(MetadataVariable));
        yield return new($"{Connector}.createTables", d.Spec.MetadataStorage?.CreateTables == false ? "false" : "true");
        if (connection.Tls is not { } tls)
            yield break;
        if (isMySql)
        {
            yield return new("druid.metadata.mysql.ssl.useSSL", "true");
            yield return new("druid.metadata.mysql.ssl.verifyServerCertificate", "true");
            yield return new(MySqlTrustStoreKey, $"file://{MetadataTlsFolder}/{DruidTls.TrustStore}");
            yield return new("druid.metadata.mysql.ssl.trustCertificateKeyStoreType", "JKS");
            yield return new("druid.metadata.mysql.ssl.trustCertificateKeyStorePassword", MySqlTrustStorePassword);
            yield break;
        }

        yield return new("druid.metadata.postgres.ssl.useSSL", "true");
        yield return new("druid.metadata.postgres.ssl.sslMode", "verify-full");
        yield return new("druid.metadata.postgres.ssl.sslRootCert", $"{MetadataTlsFolder}/ca.crt");
        if (tls.Certificate is null)
            yield break;
        yield return new("druid.metadata.postgres.ssl.sslCert", $"{MetadataTlsFolder}/tls.crt");
        yield return new("druid.metadata.postgres.ssl.sslKey", $"{MetadataTlsFolder}/tls.pk8");
    }

    private static IEnumerable<KeyValuePair<string, string>> ZooKeeper(DruidDescription d)
    {
        yield return new("druid.zk.paths.base", d.Spec.ZooKeeperRef?.PathsBase ?? DruidDefaults.PathsBase);
        if (d.ZooKeeper is not { } connection)
            yield break;
        yield return new("druid.zk.service.host", connection.Place);
        if (connection.User is null)
            yield break;
        yield return new("druid.zk.service.user", connection.User);
        yield return new("druid.zk.service.pwd", DruidTls.Variable(ZooKeeperVariable));
    }

    private static IEnumerable<KeyValuePair<string, string>> Monitoring(DruidDescription d)
    {
        if (d.Monitor is null)
            yield break;
        yield return new("druid.emitter", "prometheus");
        yield return new("druid.emitter.prometheus.port", d.ExporterPort.ToString(CultureInfo.InvariantCulture));
        yield return new("druid.emitter.prometheus.strategy", "exporter");
    }
}
