using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support.World;

/// <summary>
/// A TEST DOUBLE of cert-manager: it issues what a Certificate asks for, at first, when its issuer changes and when the condition Issuing says so, and
/// keeps it in the secret. The certificates are real; the same wish of the same revision has the same in every world of a process.
/// </summary>
internal sealed class FakeCertManager
{
    private static readonly ConcurrentDictionary<string, TestAuthority> Authorities = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, (string Certificate, string Key)> Certificates = new(StringComparer.Ordinal);
    private readonly InMemoryApiServer _server;
    private readonly HashSet<string> _queued = [];
    private bool _isInstalled;

    public FakeCertManager(InMemoryApiServer server)
    {
        _server = server;
        server.Observe(change =>
        {
            if (!_isInstalled)
                return;
            var now = change.Now.Object;
            if (change.Now.Kind.Name == "Certificate")
                Enqueue(now.Namespace(), now.Name());
            if (change.Now.Kind.Name is "Issuer" or "Secret")
                foreach (var certificate in _server.PeekAll(ResourceTypes.Certificate).Where(c => c.Namespace() == now.Namespace()))
                    Enqueue(certificate.Namespace(), certificate.Name());
        });
    }

    /// <summary>How long it takes to issue; null while it issues nothing.</summary>
    public TimeSpan? IssuesAfter { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>It signs with another key than that of the authority which it hands out.</summary>
    public bool HandsOutAnother { get; set; }

    /// <summary>When certificates are valid; null for now, by the clock of this machine.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Validity { get; set; }

    /// <summary>Has the API server serve its kinds, and makes issuers of these names.</summary>
    public void Install(params string[] issuers)
    {
        _server.Register(CustomKinds.Loose("cert-manager.io", "v1", "certificates", "Certificate"));
        _server.Register(CustomKinds.Loose("cert-manager.io", "v1", "issuers", "Issuer"));
        _server.Register(CustomKinds.Loose("cert-manager.io", "v1", "clusterissuers", "ClusterIssuer", namespaced: false));
        _isInstalled = true;
        foreach (var issuer in issuers)
        {
            Send(ApiVerb.Create, ResourceTypes.Issuer, TestWorld.Ns, null, new() { ["metadata"] = new JsonObject { ["name"] = issuer } });
            var ready = new JsonObject { ["type"] = "Ready", ["status"] = "True" };
            Send(ApiVerb.MergePatch, ResourceTypes.Issuer, TestWorld.Ns, issuer, new() { ["status"] = new JsonObject { ["conditions"] = new JsonArray(ready) } }, "status");
        }
    }

    /// <summary>Goes on in a copy of the world.</summary>
    public void Take(FakeCertManager from) => 
        (_isInstalled, IssuesAfter, Validity, HandsOutAnother) = (from._isInstalled, from.IssuesAfter, from.Validity, from.HandsOutAnother);

    /// <summary>The certificate of an authority, PEM.</summary>
    public static string Authority(string issuer) => Authorities.GetOrAdd(issuer, static name => new TestAuthority(name)).Pem;

    private void Enqueue(string ns, string name)
    {
        if (IssuesAfter is not { } delay || !_queued.Add($"{ns}/{name}"))
            return;
        _server.After(delay, () =>
        {
            _queued.Remove($"{ns}/{name}");
            Issue(ns, name);
        });
    }

    private void Issue(string ns, string name)
    {
        if (_server.Store.Find(_server.KindOf("cert-manager.io", "certificates"), ns, name)?.Object is not { } certificate || certificate["metadata"]!["deletionTimestamp"] is not null)
            return;
        var spec = certificate["spec"]!;
        var issuer = spec["issuerRef"]!.Text("name");
        var secretName = spec.Text("secretName");
        var secret = _server.Store.Find(_server.KindOf("", "secrets"), ns, secretName)?.Object;
        var conditions = certificate.At("status", "conditions").Objects().ToList();
        var asked = conditions.Any(c => c.Text("type") == "Issuing" && c.Text("status") == "True");
        var issuedBy = secret?["metadata"]?["annotations"].Text("cert-manager.io/issuer-name") ?? "";
        var isIssuer = _server.Store.Find(_server.KindOf("cert-manager.io", "issuers"), ns, issuer) is not null;
        if (!isIssuer || (issuedBy == issuer && !asked))
            return;
        var revision = (certificate["status"]?["revision"]?.GetValue<long>() ?? 0) + 1;
        var authority = Authorities.GetOrAdd(issuer, static n => new TestAuthority(n));
        var names = spec["dnsNames"].Texts().ToArray();
        var made = Certificates.GetOrAdd(
            string.Create(CultureInfo.InvariantCulture, $"{issuer} {ns}/{name} {string.Join(',', names)} {spec["subject"]?.ToJsonString()} {revision} {Validity}"),
            _ => Validity is var (from, to) ? authority.Issue(spec.Text("commonName"), from, to, names) : authority.Issue(spec.Text("commonName"), names));
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["type"] = "kubernetes.io/tls",
            ["metadata"] = new JsonObject
            {
                ["name"] = secretName,
                ["namespace"] = ns,
                ["labels"] = spec["secretTemplate"]?["labels"]?.DeepClone() ?? new JsonObject(),
                ["annotations"] = new JsonObject { ["cert-manager.io/certificate-name"] = name, ["cert-manager.io/issuer-name"] = issuer },
            },
            ["data"] = new JsonObject
            {
                [CertificateWish.CaKey] = Base64(HandsOutAnother ? Authority(issuer + "-another") : authority.Pem),
                [CertificateWish.CertificateKey] = Base64(made.Certificate),
                [CertificateWish.PrivateKey] = Base64(made.Key),
            },
        };
        Send(secret is null ? ApiVerb.Create : ApiVerb.MergePatch, ResourceTypes.Secret, ns, secret is null ? null : secretName, body);
        var ready = new JsonObject { ["type"] = "Ready", ["status"] = "True", ["reason"] = "Ready", ["message"] = "Certificate is up to date and has not expired" };
        Send(ApiVerb.MergePatch, ResourceTypes.Certificate, ns, name, new() { ["status"] = new JsonObject { ["revision"] = revision, ["conditions"] = new JsonArray(ready) } }, "status");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private void Send(ApiVerb verb, ResourceType type, string ns, string? name, JsonObject body, string? subresource = null) => _server.Handle(
        new ApiRequest { Verb = verb, Type = type, Namespace = ns, Name = name, Body = body, Subresource = subresource, FieldManager = "cert-manager" }, "cluster");
}
