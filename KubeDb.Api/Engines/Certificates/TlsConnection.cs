using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>A connection over TLS, and the certificate that the server showed on it.</summary>
/// <param name="Stream">The connection; closing it closes what it lies on.</param>
/// <param name="Served">The server's certificate.</param>
public sealed record TlsConnection(Stream Stream, ServedCertificate Served)
{
    /// <summary>Makes the handshake over a connection, which is closed when it fails.</summary>
    /// <exception cref="IOException">The server speaks no TLS, shows a certificate that is not trusted or not of this name, or trusts ours not.</exception>
    public static async Task<TlsConnection> OverAsync(Stream inner, TlsIdentity identity, string serverName, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(identity);
        var stream = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(identity.Options(serverName), cancel);
            using var shown = new X509Certificate2(stream.RemoteCertificate!);
            return new(stream, ServedCertificate.Of(shown));
        }
        catch (Exception e)
        {
            await stream.DisposeAsync();
            if (e is AuthenticationException)
                throw new IOException($"no TLS with {serverName}: {e.Message}", e);
            throw;
        }
    }
}

/// <summary>A certificate that a server shows.</summary>
/// <param name="SerialNumber">Its serial number, hexadecimal.</param>
/// <param name="Thumbprint">SHA-256 of it, hexadecimal.</param>
/// <param name="Issuer">Name of the authority.</param>
/// <param name="NotBefore">Valid from.</param>
/// <param name="NotAfter">Valid until.</param>
public sealed record ServedCertificate(string SerialNumber, string Thumbprint, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>
    /// When its successor is to be shown: once two thirds of its life are over, which is when cert-manager renews unless it is told otherwise, and a
    /// while later, for issuing and loading it.
    /// </summary>
    /// <param name="renewBefore">How long before its end it is renewed; null for a third of its life.</param>
    public DateTimeOffset RenewedBy(TimeSpan? renewBefore)
    {
        var life = NotAfter - NotBefore;
        var left = renewBefore is { } before && before > TimeSpan.Zero && before < life ? before : life / 3;
        return NotAfter - left + (left / 4 < Grace ? left / 4 : Grace);
    }

    /// <summary>What is told of a certificate.</summary>
    public static ServedCertificate Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new(
            certificate.SerialNumber,
            certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256),
            certificate.Issuer,
            certificate.NotBefore.ToUniversalTime(),
            certificate.NotAfter.ToUniversalTime());
    }

    /// <summary>The first certificate of a PEM text; null when there is none.</summary>
    public static ServedCertificate? OfPem(string? pem)
    {
        if (TrustBundle.Certificates(pem).FirstOrDefault() is not { } der)
            return null;
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return Of(certificate);
    }
}
