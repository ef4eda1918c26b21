using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support.World;

/// <summary>TLS of the servers: the ports that their parameters open, and the files that their pods mount.</summary>
internal sealed partial class RedisServers
{
    /// <summary>Kubelets bring changed secrets into a running pod only once the pod changes, and not at once.</summary>
    public bool KubeletsWait { get; set; }

    /// <inheritdoc/>
    public ServedPort? PortOf(string address, int port)
    {
        if (!_byAddress.TryGetValue(address, out var server))
            return null;
        var number = port.ToString(CultureInfo.InvariantCulture);
        return server["port"] == number ? new(true) : server["tls-port"] == number ? new(true, server.Certificate) : new(false);
    }

    // Unless kubelets wait, they bring changed secrets into the pod at once: what is on the disk is what the secrets hold.
    private void LoadTls(JsonObject pod, RedisServer server)
    {
        server.LoadsTls = (_, path) => Load(pod, server, path);
        if (server["tls-cert-file"] is { Length: > 0 })
            Load(pod, server, $"/certs/{CertificateWish.CaKey}");
    }

    private string? Load(JsonObject pod, RedisServer server, string path)
    {
        var sources = pod.At("spec", "volumes").Objects().FirstOrDefault(v => v.Text("name") == "tls-volume").At("projected", "sources").Objects().Select(s => s["secret"]!).ToList();
        if (sources is not [var own, _, var bundle])
            return "No such file or directory";
        var file = path[(path.LastIndexOf('/') + 1)..];
        if (file.StartsWith('.') && Text(pod, bundle, file) is null)
            return "No such file or directory";
        var touched = cluster.Find("", "pods", pod.Namespace(), pod.Name())?["metadata"]!["annotations"].Text(DatabaseCertificates.PodAnnotation) ?? "";
        if (KubeletsWait && server.Touched == touched)
            return file.StartsWith('.') ? "No such file or directory" : null;
        server.Touched = touched;

        // Whichever of the files is named, all of them are read anew.
        server.Certificate = Text(pod, own, CertificateWish.CertificateKey);
        server.Trusts = Text(pod, bundle, CertificateWish.CaKey);
        return null;
    }

    private string? Text(JsonObject pod, JsonNode source, string key) =>
        cluster.Find("", "secrets", pod.Namespace(), source.Text("name"))?["data"].Text(key) is { Length: > 0 } text ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : null;
}
