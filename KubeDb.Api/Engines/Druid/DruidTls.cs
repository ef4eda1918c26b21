using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Api.Engines.Druid;

/// <summary>What TLS makes of a Druid: certificates, stores, settings, volumes. Pure.</summary>
/// <remarks>
/// Servers notice a key store that is renamed over in place, and not a mounted volume whose link leads elsewhere. So the certificates are mounted beside
/// what the servers read, and the start script copies what changed.
/// </remarks>
internal static class DruidTls
{
    /// <summary>Where the certificates are mounted.</summary>
    public const string SourceFolder = "/opt/druid/certificates";

    /// <summary>Where the servers read their stores.</summary>
    public const string StoreFolder = "/opt/druid/ssl";

    /// <summary>Name of the key store.</summary>
    public const string KeyStore = "keystore.jks";

    /// <summary>Name of the trust store.</summary>
    public const string TrustStore = "truststore.jks";

    /// <summary>Variable with the password of the key store.</summary>
    public const string KeyStoreVariable = "DRUID_KEY_STORE_PASSWORD";

    /// <summary>Variable with the password of the trust store.</summary>
    public const string TrustStoreVariable = "DRUID_TRUST_STORE_PASSWORD";

    /// <summary>Key of the key store's password in its secret.</summary>
    public const string KeyStoreKey = "keystore_password";

    /// <summary>Key of the trust store's password in its secret.</summary>
    public const string TrustStoreKey = "truststore_password";

    // What cert-manager calls the entry of a key store that it makes.
    private const string Entry = "certificate";
    private const string Switch = "enableSSL";
    private static readonly string[] PasswordKeys = [KeyStoreKey, TrustStoreKey];

    /// <summary>True for a cluster whose servers have certificates.</summary>
    public static bool IsOn(IDatabase database) => ((DruidDatabase)database).Spec is { EnableSsl: true, Tls.IssuerRef: not null };

    /// <summary>What the servers are to speak.</summary>
    public static DruidProtocol Protocol(IDatabase database) =>
        TlsTransition.Protocol(database, IsOn(database)) switch
        {
            PeerProtocol.Plain => DruidProtocol.Plain,
            PeerProtocol.PlainAcceptsTls => DruidProtocol.PlainTrusting,
            PeerProtocol.TlsAcceptsPlain => DruidProtocol.Both,
            _ => DruidProtocol.Tls,
        };

    /// <summary>The certificates of the (defaulted) cluster: of its servers, and of clients.</summary>
    public static IReadOnlyList<CertificateWish> Certificates(IDatabase database) => IsOn(database) ? [Server(database), Client(database)] : [];

    /// <summary>The certificate of the servers.</summary>
    public static CertificateWish Server(IDatabase database) => Wish(database, DruidNames.ServerCertificate);

    /// <summary>The certificate that clients show.</summary>
    public static CertificateWish Client(IDatabase database) => Wish(database, DruidNames.ClientCertificate);

    /// <summary>Who the operator is to the servers; null without TLS, or while the certificates are not known.</summary>
    public static TlsIdentity? Identity(DatabaseFacts facts) => IsOn(facts.Database) ? TlsIdentity.Of(facts, Client(facts.Database)) : null;

    /// <summary>The name of a pod, which the certificate of its server has.</summary>
    public static string ServerName(IDatabase database, string pod) => $"{pod}.{Governing(database)}.{database.Metadata.Namespace}.svc.cluster.local";

    /// <summary>The passwords of the stores.</summary>
    public static StorePasswords Passwords(IDatabase database) => new(database, ((DruidDatabase)database).Spec.KeystoreCredSecret, PasswordKeys, KeyStoreKey);

    /// <summary>The secret that the user names for the passwords; none where the operator makes it.</summary>
    public static IEnumerable<SecretReference> References(IDatabase database) =>
        IsOn(database) ? Passwords(database).References.Select(r => r with { RequiredKeys = PasswordKeys }) : [];

    /// <summary>The secret of the passwords, unless it is the user's.</summary>
    public static IEnumerable<DesiredObject> PasswordSecret(DatabaseDescription d) =>
        IsOn(d.Facts.Database) ? KeyStoreObjects.Secret(d, Passwords(d.Facts.Database)) : [];

    /// <summary>What a request makes of the spec: a cluster has TLS where the switch is on, too.</summary>
    public static SpecChange Change(ITlsChangeSpec change, IDatabase before) => TlsChanges.Of(change, before, DruidNames.Certificates, Switch);

    /// <summary>The settings of the servers.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Settings(DruidProtocol protocol)
    {
        if (protocol == DruidProtocol.Plain)
            yield break;
        yield return new("druid.enablePlaintextPort", protocol == DruidProtocol.Tls ? "false" : "true");
        yield return new("druid.enableTlsPort", protocol == DruidProtocol.PlainTrusting ? "false" : "true");
        yield return new("druid.client.https.trustStorePath", $"{StoreFolder}/{TrustStore}");
        yield return new("druid.client.https.trustStoreType", "jks");
        yield return new("druid.client.https.trustStorePassword", Variable(TrustStoreVariable));
        yield return new("druid.client.https.validateHostnames", "false");
        yield return new("druid.server.https.certAlias", Entry);
        yield return new("druid.server.https.keyStorePath", $"{StoreFolder}/{KeyStore}");
        yield return new("druid.server.https.keyStoreType", "jks");
        yield return new("druid.server.https.keyStorePassword", Variable(KeyStoreVariable));
        yield return new("druid.server.https.reloadSslContext", "true");
        yield return new("druid.server.https.reloadSslContextSeconds", "3");
    }

    /// <summary>A password that a server takes from its environment.</summary>
    public static string Variable(string name) => $$"""{"type":"environment","variable":"{{name}}"}""";

    /// <summary>The volumes of a pod.</summary>
    public static IEnumerable<V1Volume> Volumes(DatabaseDescription d) => IsOn(d.Facts.Database) ? KeyStoreObjects.Volumes(d, Server(d.Facts.Database)) : [];

    /// <summary>The mounts of the server's container.</summary>
    public static IEnumerable<V1VolumeMount> Mounts(IDatabase database) => IsOn(database) ? KeyStoreObjects.MountsAt(SourceFolder, StoreFolder) : [];

    /// <summary>The variables of the server's container.</summary>
    public static IEnumerable<V1EnvVar> Variables(IDatabase database) => IsOn(database)
        ? [PodParts.FromSecret(KeyStoreVariable, Passwords(database).SecretName, KeyStoreKey), PodParts.FromSecret(TrustStoreVariable, Passwords(database).SecretName, TrustStoreKey)]
        : [];

    private static CertificateWish Wish(IDatabase database, string alias)
    {
        var (ns, governing) = (database.Metadata.Namespace, Governing(database));
        var services = DruidDescription.RolesOf((DruidDatabase)database).Where(r => r.HasService).Select(r => DruidDescription.NameOf((DruidDatabase)database, r));
        return CertificateWish.Of(database, alias, $"{governing}.{ns}.svc") with
        {
            DnsNames =
            [
                $"*.{governing}.{ns}.svc.cluster.local", "localhost", governing, $"{governing}.{ns}.svc", $"{governing}.{ns}.svc.cluster.local",
                .. services.SelectMany(s => (string[])[s, $"{s}.{ns}.svc", $"{s}.{ns}.svc.cluster.local"]),
            ],
            IpAddresses = ["127.0.0.1"],
            KeyStorePassword = (Passwords(database).SecretName, KeyStoreKey),
        };
    }

    private static string Governing(IDatabase database) => ObjectNames.WithSuffix(database.Metadata.Name, "pods");
}
