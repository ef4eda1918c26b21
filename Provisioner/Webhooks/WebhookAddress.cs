using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Webhooks;

/// <summary>Where API servers find the webhook.</summary>
/// <param name="Namespace">Namespace of its service.</param>
/// <param name="Service">Name of its service.</param>
internal sealed record WebhookAddress(string Namespace, string Service)
{
    /// <summary>The path that is served.</summary>
    public const string Path = "/convert";

    private const string Strategy = "Webhook";
    private const string ReviewVersion = "v1";
    private const int Port = 443;

    /// <summary>Host names that its certificate has to be for.</summary>
    public IReadOnlyList<string> Names { get; } = [$"{Service}.{Namespace}.svc", $"{Service}.{Namespace}.svc.cluster.local"];

    /// <summary>The merge patch of <c>spec.conversion</c>.</summary>
    /// <param name="authorities">The authorities, PEM in base64.</param>
    public JsonObject Conversion(string authorities) => new()
    {
        ["strategy"] = Strategy,
        ["webhook"] = new JsonObject
        {
            ["conversionReviewVersions"] = new JsonArray(ReviewVersion),
            ["clientConfig"] = new JsonObject
            {
                ["caBundle"] = authorities,
                ["service"] = new JsonObject { ["namespace"] = Namespace, ["name"] = Service, ["path"] = Path, ["port"] = Port },
                ["url"] = null,
            },
        },
    };

    /// <summary>Whether a definition says so already.</summary>
    public bool IsSaidBy(CustomResourceConversion? conversion, string authorities) =>
        conversion is { Strategy: Strategy, Webhook: { ConversionReviewVersions: [ReviewVersion], ClientConfig: { Url: null, Service: { } service } config } }
        && config.CaBundle == authorities
        && service.Namespace == Namespace && service.Name == Service && service.Path == Path && (service.Port ?? Port) == Port;
}
