using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>What TLS makes of a Kafka: certificates, stores, volumes of the pods. Pure.</summary>
internal static class KafkaTls
{
    private const string Switch = "enableSSL";
    private const string PasswordKey = "ssl.keystore.password";
    private static readonly string[] PasswordKeys = [PasswordKey, "ssl.truststore.password", "ssl.key.password"];

    /// <summary>True for a cluster whose nodes have certificates.</summary>
    public static bool IsOn(IDatabase database) => ((KafkaDatabase)database).Spec is { EnableSsl: true, Tls.IssuerRef: not null };

    /// <summary>The certificates of the (defaulted) cluster: of its nodes, and of clients.</summary>
    public static IReadOnlyList<CertificateWish> Certificates(IDatabase database) => IsOn(database) ? [Server(database), Client(database)] : [];

    /// <summary>The certificate of the nodes.</summary>
    public static CertificateWish Server(IDatabase database) => Wish(database, KafkaNames.ServerCertificate);

    /// <summary>The certificate that clients show.</summary>
    public static CertificateWish Client(IDatabase database) => Wish(database, KafkaNames.ClientCertificate);

    /// <summary>Who the operator is to the nodes; null without TLS, or while the certificates are not known.</summary>
    public static TlsIdentity? Identity(DatabaseFacts facts) => IsOn(facts.Database) ? TlsIdentity.Of(facts, Client(facts.Database)) : null;

    /// <summary>The name of a pod, which the certificate of its node has.</summary>
    public static string ServerName(IDatabase database, string pod) => $"{pod}.{Governing(database)}.{database.Metadata.Namespace}.svc.cluster.local";

    /// <summary>What the nodes are to speak.</summary>
    public static PeerProtocol Protocol(IDatabase database) => TlsTransition.Protocol(database, IsOn(database));

    /// <summary>The passwords of the stores.</summary>
    public static StorePasswords Passwords(IDatabase database) => new(database, ((KafkaDatabase)database).Spec.KeystoreCredSecret, PasswordKeys, PasswordKey);

    /// <summary>The secret that the user names for the passwords; none where the operator makes it.</summary>
    public static IEnumerable<SecretReference> References(IDatabase database) => IsOn(database) ? Passwords(database).References : [];

    /// <summary>The secret of the passwords, unless it is the user's.</summary>
    public static IEnumerable<DesiredObject> PasswordSecret(DatabaseDescription d) =>
        IsOn(d.Facts.Database) ? KeyStoreObjects.Secret(d, Passwords(d.Facts.Database)) : [];

    /// <summary>What a request makes of the spec: a cluster has TLS where the switch is on, too.</summary>
    public static SpecChange Change(ITlsChangeSpec change, IDatabase before) => TlsChanges.Of(change, before, KafkaNames.Certificates, Switch);

    /// <summary>The volumes of a pod.</summary>
    public static IEnumerable<V1Volume> Volumes(DatabaseDescription d) => IsOn(d.Facts.Database) ? KeyStoreObjects.Volumes(d, Server(d.Facts.Database)) : [];

    /// <summary>The mounts of the server's container.</summary>
    public static IEnumerable<V1VolumeMount> Mounts(IDatabase database) => IsOn(database) ? KeyStoreObjects.Mounts : [];

    /// <summary>
    /// What a node is to speak, beside the file that says it: a pod starts only when both agree; and the password of its stores.
    /// </summary>
    public static IEnumerable<V1EnvVar> Variables(IDatabase database) => IsOn(database)
        ? [PodParts.Variable("PEER_PROTOCOL", Protocol(database).ToString()), PodParts.FromSecret("STORE_PASSWORD", Passwords(database).SecretName, PasswordKey)]
        : [];

    private static CertificateWish Wish(IDatabase database, string alias)
    {
        var (ns, governing) = (database.Metadata.Namespace, Governing(database));
        return CertificateWish.Of(database, alias, $"{governing}.{ns}.svc") with
        {
            DnsNames = [$"*.{governing}.{ns}.svc.cluster.local", governing, $"{governing}.{ns}.svc", $"{governing}.{ns}.svc.cluster.local", "localhost"],
            IpAddresses = ["127.0.0.1"],
            KeyStorePassword = (Passwords(database).SecretName, PasswordKey),
        };
    }

    private static string Governing(IDatabase database) => ObjectNames.WithSuffix(database.Metadata.Name, "pods");
}
