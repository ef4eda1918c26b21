using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.ZooKeeper.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>What TLS makes of a ZooKeeper: certificates, stores, settings, files of the pods. Pure.</summary>
internal static class ZooKeeperTls
{
    private const string Switch = "enableSSL";
    private const string PasswordKey = "ssl.key.password";
    private static readonly string[] PasswordKeys = ["ssl.quorum.keyStore.password", "ssl.quorum.trustStore.password", PasswordKey];
    private static readonly Version ReloadsClientPort = new(3, 9);

    /// <summary>True for an ensemble whose members have certificates.</summary>
    public static bool IsOn(IDatabase database) => ((ZooKeeperDatabase)database).Spec is { EnableSsl: true, Tls.IssuerRef: not null };

    /// <summary>The certificates of the (defaulted) ensemble: of its members, and of clients.</summary>
    public static IReadOnlyList<CertificateWish> Certificates(IDatabase database) => IsOn(database) ? [Server(database), Client(database)] : [];

    /// <summary>The certificate of the members.</summary>
    public static CertificateWish Server(IDatabase database) => Wish(database, ZooKeeperNames.ServerCertificate, $"{database.Metadata.Name}.{database.Metadata.Namespace}.svc");

    /// <summary>The certificate that clients show.</summary>
    public static CertificateWish Client(IDatabase database) => Wish(database, ZooKeeperNames.ClientCertificate, $"{Governing(database)}.{database.Metadata.Namespace}.svc");

    /// <summary>Who the operator is to the members; null without TLS, or while the certificates are not known.</summary>
    public static TlsIdentity? Identity(DatabaseFacts facts) => IsOn(facts.Database) ? TlsIdentity.Of(facts, Client(facts.Database)) : null;

    /// <summary>The name of a pod, which the certificate of its member has.</summary>
    public static string ServerName(IDatabase database, string pod) => $"{pod}.{Governing(database)}.{database.Metadata.Namespace}.svc.cluster.local";

    /// <summary>True for versions whose client port shows a certificate that changed while the server runs.</summary>
    public static bool CanReload(ICatalogVersion version) => System.Version.TryParse(version.Version.Split('-')[0], out var parsed) && parsed >= ReloadsClientPort;

    /// <summary>The settings of TLS; null without.</summary>
    public static ZooKeeperTlsSettings? Settings(DatabaseFacts facts) => IsOn(facts.Database)
        ? new(((ZooKeeperDatabase)facts.Database).Spec.ClientSecurePort ?? ZooKeeperDefaults.ClientSecurePort, Passwords(facts.Database).Value(facts), Quorum(facts.Database), CanReload(facts.Version))
        : null;

    /// <summary>What the members are to speak among themselves.</summary>
    public static PeerProtocol Quorum(IDatabase database) => TlsTransition.Protocol(database, IsOn(database));

    /// <summary>The passwords of the stores.</summary>
    public static StorePasswords Passwords(IDatabase database) => new(database, ((ZooKeeperDatabase)database).Spec.KeystoreCredSecret, PasswordKeys, PasswordKey);

    /// <summary>The secret that the user names for the passwords; none where the operator makes it.</summary>
    public static IEnumerable<SecretReference> References(IDatabase database) => IsOn(database) ? Passwords(database).References : [];

    /// <summary>The secret of the passwords, unless it is the user's.</summary>
    public static IEnumerable<DesiredObject> PasswordSecret(DatabaseDescription d) =>
        IsOn(d.Facts.Database) ? KeyStoreObjects.Secret(d, Passwords(d.Facts.Database)) : [];

    /// <summary>What a request makes of the spec: an ensemble has TLS where the switch is on, too.</summary>
    public static SpecChange Change(ITlsChangeSpec change, IDatabase before) => TlsChanges.Of(change, before, ZooKeeperNames.Certificates, Switch);

    /// <summary>The volumes of a pod.</summary>
    public static IEnumerable<V1Volume> Volumes(DatabaseDescription d) => IsOn(d.Facts.Database) ? KeyStoreObjects.Volumes(d, Server(d.Facts.Database)) : [];

    /// <summary>The mounts of the server's container.</summary>
    public static IEnumerable<V1VolumeMount> Mounts(IDatabase database) => IsOn(database) ? KeyStoreObjects.Mounts : [];

    /// <summary>What a member is to speak, beside the file that says it: a pod starts only when both agree.</summary>
    public static IEnumerable<V1EnvVar> Variables(IDatabase database) => IsOn(database) ? [PodParts.Variable("QUORUM_PROTOCOL", Quorum(database).ToString())] : [];

    private static CertificateWish Wish(IDatabase database, string alias, string commonName)
    {
        var (name, ns, governing) = (database.Metadata.Name, database.Metadata.Namespace, Governing(database));
        return CertificateWish.Of(database, alias, commonName) with
        {
            DnsNames = [$"*.{governing}.{ns}.svc.cluster.local", "localhost", name, governing, $"{governing}.{ns}.svc", $"{governing}.{ns}.svc.cluster.local", $"{name}.{ns}.svc"],
            IpAddresses = ["127.0.0.1"],
            KeyStorePassword = (Passwords(database).SecretName, PasswordKey),
        };
    }

    private static string Governing(IDatabase database) => ObjectNames.WithSuffix(database.Metadata.Name, "pods");
}
