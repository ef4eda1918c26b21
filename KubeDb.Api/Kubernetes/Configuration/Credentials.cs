using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>What one request shows of who sends it.</summary>
/// <param name="Authorization">Value of the Authorization header, or null.</param>
/// <param name="Identity">Client certificate, or null.</param>
internal sealed record Credential(string? Authorization, ClientIdentity? Identity)
{
    /// <summary>Does not show the secret.</summary>
    public override string ToString() => "credential";
}

/// <summary>Supplies credentials; thread-safe.</summary>
internal interface ICredentialSource
{
    /// <summary>The credential to use now.</summary>
    /// <exception cref="KubernetesConfigurationException">There is none.</exception>
    ValueTask<Credential> GetAsync(CancellationToken cancel);

    /// <summary>Tells that the server refused the credential (401); true when asking again may bring another.</summary>
    bool Refuse(Credential refused);
}

/// <summary>A client certificate with its key and the chain to send along.</summary>
internal sealed class ClientIdentity
{
    private ClientIdentity(SslStreamCertificateContext context) => Context = context;

    /// <summary>What the TLS layer needs.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Reads certificate (first in the text), chain (the rest) and key from PEM.</summary>
    /// <param name="certificate">PEM text.</param>
    /// <param name="key">PEM text.</param>
    /// <param name="where">Where they come from, for the message.</param>
    /// <exception cref="KubernetesConfigurationException">They are not usable.</exception>
    public static ClientIdentity FromPem(string certificate, string key, string where)
    {
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw new KubernetesConfigurationException($"{where}: the client key is encrypted; give it without a passphrase (openssl pkey -in KEY -out PLAIN).");
        try
        {
            var own = X509Certificate2.CreateFromPem(certificate, key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificate);
            chain.RemoveAt(0);
            return new ClientIdentity(SslStreamCertificateContext.Create(own, chain, offline: true));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new KubernetesConfigurationException(
                $"{where}: the client certificate and key are not usable: {e.Message} Both must be PEM, and the key must be the certificate's.", e);
        }
    }
}

/// <summary>Credentials that never change.</summary>
internal sealed class StaticCredentials(string? authorization, ClientIdentity? identity) : ICredentialSource
{
    private readonly Credential _credential = new(authorization, identity);

    /// <summary>No credentials.</summary>
    public static StaticCredentials Anonymous { get; } = new(null, null);

    /// <inheritdoc/>
    public ValueTask<Credential> GetAsync(CancellationToken cancel) => new(_credential);

    /// <inheritdoc/>
    public bool Refuse(Credential refused) => false;
}

/// <summary>
/// Credentials kept in files that someone else replaces (a kubelet, a certificate rotation): read again when a minute has passed, and at
/// once when the server refused what they held. A file that can not be read then leaves the last good content in use.
/// </summary>
internal sealed class FileCredentials(FileCredentialPaths paths, string where, TimeProvider time) : ICredentialSource
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private Credential? _credential;
    private string _texts = "";
    private long _readAt;

    /// <inheritdoc/>
    public ValueTask<Credential> GetAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_credential is not null && time.GetElapsedTime(_readAt) < ReadAgainAfter)
                return new(_credential);
            try
            {
                Read();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or KubernetesConfigurationException && _credential is not null)
            {
                _readAt = time.GetTimestamp();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new KubernetesConfigurationException($"{where}: {e.Message} Check that the file exists and that this user may read it.", e);
            }

            return new(_credential!);
        }
    }

    /// <inheritdoc/>
    public bool Refuse(Credential refused)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(refused, _credential))
                return true;
            var before = _texts;
            try
            {
                Read();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or KubernetesConfigurationException)
            {
                return false;
            }

            return _texts != before;
        }
    }

    private void Read()
    {
        var token = paths.Token is null ? null : File.ReadAllText(paths.Token).Trim();
        if (token is { Length: 0 })
            throw new KubernetesConfigurationException($"{where}: the token file {paths.Token} is empty; it has to hold a bearer token.");
        var certificate = paths.Certificate?.Read();
        var key = paths.Key?.Read();
        var texts = $"{token}\n{certificate}\n{key}";
        _readAt = time.GetTimestamp();
        if (_credential is not null && texts == _texts)
            return;
        var identity = certificate is null ? null : ClientIdentity.FromPem(certificate, key!, where);
        _credential = new Credential(token is null ? paths.Authorization : "Bearer " + token, identity);
        _texts = texts;
    }
}

/// <summary>The files, and what stands in place of one.</summary>
/// <param name="Token">File with a bearer token.</param>
/// <param name="Authorization">Authorization header when there is no token file.</param>
/// <param name="Certificate">Client certificate.</param>
/// <param name="Key">Its key.</param>
internal sealed record FileCredentialPaths(string? Token, string? Authorization, PemSource? Certificate, PemSource? Key);

/// <summary>PEM text, given or in a file.</summary>
internal sealed record PemSource(string? Text, string? File)
{
    /// <summary>The text as it is now.</summary>
    public string Read() => Text ?? System.IO.File.ReadAllText(File!);

    /// <summary>Does not show the text.</summary>
    public override string ToString() => File ?? "inline";
}
