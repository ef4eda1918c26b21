using System.Net.Security;
using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Webhooks;

/// <summary>
/// The webhook that API servers ask for objects in an older version of their kind. Every replica serves it, from its start on, with the certificate
/// that the secret holds; the leader keeps secret and definitions (<see cref="WebhookReconciler"/>). Nothing else of the process waits for it.
/// </summary>
internal static class ConversionWebhook
{
    private const string BindAddressFlag = "webhook-bind-address";
    private const string ServiceFlag = "webhook-service";
    private const string Off = "0";

    /// <summary>Its flags.</summary>
    public static IReadOnlyList<ExtraFlag> Flags { get; } =
    [
        new(BindAddressFlag, ":9443", "Address of /convert, by which API servers convert older versions; 0 for none.", v => CommandLine.IsAddress(v) ? null : "no address"),
        new(ServiceFlag, "kubedb-provisioner-webhook", "Service in the own namespace that leads to it.", v => v.Length > 0 ? null : "no name"),
    ];

    /// <summary>Where it is served.</summary>
    public static string BindAddress(OperatorOptions options) => options.More.GetValueOrDefault(BindAddressFlag, Off);

    /// <summary>Adds it to the process, unless it has no address.</summary>
    public static void Add(OperatorRuntime runtime, IReadOnlyList<IEngine> engines)
    {
        if (BindAddress(runtime.Options) != Off)
            Add(runtime, [.. engines.SelectMany(e => e.Kinds.OlderVersions)], new WebhookAddress(runtime.OwnNamespace, runtime.Options.More[ServiceFlag]));
    }

    /// <summary>Adds it to the process.</summary>
    /// <param name="runtime">The process.</param>
    /// <param name="conversions">What is converted.</param>
    /// <param name="address">Where API servers find it; the secret of its certificates is beside the service, with its name and <c>-cert</c>.</param>
    public static void Add(OperatorRuntime runtime, IReadOnlyList<KindConversion> conversions, WebhookAddress address)
    {
        var secret = new ObjectKey(address.Namespace, $"{address.Service}-cert");
        var secrets = runtime.AddAside(new InformerOptions<Secret>
        {
            Type = Secret.Resource,
            Decode = Secret.Decode,
            Namespaces = [secret.Namespace],
            FieldSelector = $"metadata.name={secret.Name}",
        });
        var definitions = conversions.Select(c => (Conversion: c, Informer: Definition(runtime, c))).ToList();

        SslStreamCertificateContext? shown = null;
        secrets.Subscribe(change => Volatile.Write(ref shown, ServingCertificates.Of(change.New).Context() ?? Volatile.Read(ref shown)));
        var endPoint = new ConversionEndPoint(new ConversionReviews(conversions), runtime.Time, runtime.Logs.CreateLogger<ConversionEndPoint>());
        runtime.Secure = new SecureEndPoint(() => Volatile.Read(ref shown), endPoint.AnswerAsync);

        var queue = runtime.NewQueue("conversion-webhook");
        secrets.FeedMany(queue, _ => [WebhookReconciler.Key]);
        foreach (var (_, informer) in definitions)
            informer.FeedMany(queue, _ => [WebhookReconciler.Key]);
        queue.Add(WebhookReconciler.Key, Lane.Backlog);
        var reconciler = new WebhookReconciler(new WebhookParts
        {
            Client = runtime.Client,
            Secrets = secrets,
            Definitions = [.. definitions.Select(d => (d.Conversion, (ICache<CustomResourceDefinition>)d.Informer))],
            Secret = secret,
            Address = address,
            Time = runtime.Time,
            Log = runtime.Logs.CreateLogger<WebhookReconciler>(),
        });
        runtime.AddController(reconciler, queue, new ControllerOptions { Workers = 1, Needs = [secrets, .. definitions.Select(d => d.Informer)] });
    }

    private static Informer<CustomResourceDefinition> Definition(OperatorRuntime runtime, KindConversion conversion) =>
        runtime.AddAside(new InformerOptions<CustomResourceDefinition>
        {
            Type = CustomResourceDefinition.Resource,
            Decode = CustomResourceDefinition.Decode,
            FieldSelector = $"metadata.name={WebhookReconciler.KeyOf(conversion).Name}",
            IndexLabel = null,
        });
}
