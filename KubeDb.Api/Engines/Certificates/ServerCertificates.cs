namespace KubeDb.Api.Engines.Certificates;

/// <summary>The certificate that the servers of a database are to show, and whether they do.</summary>
public static class ServerCertificates
{
    /// <summary>The certificate that its secret holds; null while there is none.</summary>
    public static ServedCertificate? Wanted(this ITlsEngine tls, DatabaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(tls);
        ArgumentNullException.ThrowIfNull(facts);
        return ServedCertificate.OfPem(facts.Secrets.GetValueOrDefault(tls.ServerCertificate(facts.Database).SecretName)?.Text(CertificateWish.CertificateKey));
    }

    /// <summary>Yes when a handshake with each server shows the wanted certificate, and it took the certificate of clients; else the first that does not.</summary>
    public static async Task<Readiness> ShownAsync(this ITlsEngine tls, DatabaseInstances instances, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(instances);
        if (tls.Wanted(instances.Facts) is not { } wanted)
            return Readiness.NotYet("the certificate of the servers is not known yet");
        foreach (var pod in instances.Pods)
        {
            var (served, failure) = await tls.ServedAsync(instances, pod, cancel);
            if (served is null)
                return Readiness.NotYet($"pod {pod.Metadata.Name} accepts no TLS: {failure}");
            if (served.Thumbprint != wanted.Thumbprint)
                return Readiness.NotYet($"pod {pod.Metadata.Name} does not show the new certificate yet: it shows serial {served.SerialNumber}");
        }

        return Readiness.Yes;
    }
}
