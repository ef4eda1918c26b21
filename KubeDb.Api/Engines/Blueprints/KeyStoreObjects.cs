using k8s.Models;
using KubeDb.Api.Engines.Certificates;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>Key stores of servers that run on Java: the secret of their password, and where pods have certificates and stores. Pure.</summary>
/// <remarks>
/// The certificates are mounted beside what the server reads: a server notices a file that is replaced, and not a mounted volume whose link leads
/// elsewhere. The start script copies what changed, and makes the trust store of the bundle.
/// </remarks>
internal static class KeyStoreObjects
{
    /// <summary>Where the certificates are mounted.</summary>
    public const string SourceFolder = "/var/private/certificates";

    /// <summary>Where the stores are that the server reads.</summary>
    public const string StoreFolder = "/var/private/ssl";

    /// <summary>Key of the keystore in the secret of a certificate.</summary>
    public const string KeyStoreKey = "keystore.jks";

    private const string SourceVolume = "server-certs";
    private const string StoreVolume = "server-stores";

    /// <summary>The secret of the password, unless it is the user's.</summary>
    public static IEnumerable<DesiredObject> Secret(DatabaseDescription d, StorePasswords passwords) =>
        passwords.IsOwn ? [BindingObjects.ConfigSecret(d, passwords.Content(d.Facts), passwords.SecretName)] : [];

    /// <summary>The volumes of a pod.</summary>
    public static IEnumerable<V1Volume> Volumes(DatabaseDescription d, CertificateWish server) =>
    [
        PodParts.ProjectedSecrets(
            SourceVolume,
            (server.SecretName, [Same(CertificateWish.CertificateKey), Same(CertificateWish.PrivateKey), Same(KeyStoreKey)]),
            (DatabaseCertificates.BundleName(d.Name), [])),
        PodParts.EmptyDirectory(StoreVolume),
    ];

    /// <summary>The mounts of the server's container.</summary>
    public static IEnumerable<V1VolumeMount> Mounts => MountsAt(SourceFolder, StoreFolder);

    /// <summary>The mounts of a container that looks for them elsewhere.</summary>
    public static IEnumerable<V1VolumeMount> MountsAt(string source, string stores) => [PodParts.Mount(SourceVolume, source), PodParts.Mount(StoreVolume, stores)];

    private static (string Key, string File) Same(string key) => (key, key);
}
