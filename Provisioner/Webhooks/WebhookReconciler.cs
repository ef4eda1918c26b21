using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Webhooks;

/// <summary>What a <see cref="WebhookReconciler"/> works with.</summary>
internal sealed record WebhookParts
{
    /// <summary>The fenced client.</summary>
    public required IKubernetesClient Client { get; init; }

    /// <summary>The secret of the certificates, alone.</summary>
    public required ICache<Secret> Secrets { get; init; }

    /// <summary>The definitions of the kinds that are converted.</summary>
    public required IReadOnlyList<(KindConversion Conversion, ICache<CustomResourceDefinition> Cache)> Definitions { get; init; }

    /// <summary>Namespace and name of the secret.</summary>
    public required ObjectKey Secret { get; init; }

    /// <summary>Where API servers find the webhook.</summary>
    public required WebhookAddress Address { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Log { get; init; }
}

/// <summary>
/// Keeps API servers able to ask the webhook: its certificate in the secret, and where it is and whom to trust for it in the definitions of the kinds.
/// At rest it sends nothing. What somebody changes (a definition that is applied anew from its file, a secret that is deleted) is put back.
/// </summary>
internal sealed partial class WebhookReconciler(WebhookParts parts) : IReconciler
{
    // How long API servers may take to notice a definition that changed.
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(12);

    // A process that has just started can not know when the definitions were changed last.
    private long _toldAt = parts.Time.GetTimestamp();

    /// <summary>The one key.</summary>
    public static ObjectKey Key { get; } = new("", "conversion");

    /// <inheritdoc/>
    public string Name => "conversion-webhook";

    /// <inheritdoc/>
    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel)
    {
        var (now, names) = (parts.Time.GetUtcNow(), parts.Address.Names);
        var held = ServingCertificates.Of(parts.Secrets.Get(parts.Secret));
        var wanted = held.IsAuthorityDue(now) ? held.WithAuthority(now) : held;
        if (!wanted.IsUsable(now, names))
            wanted = wanted.WithCertificate(now, names);
        await WriteAsync(held, wanted, cancel);
        await TellAsync(wanted, cancel);
        if (wanted.IsCertificateDue(now, names))
        {
            // The old one serves while API servers learn of the authority of the new one.
            if (Notice - parts.Time.GetElapsedTime(_toldAt) is { Ticks: > 0 } left)
                return Outcome.Done.AtLatest(left);
            var renewed = wanted.WithCertificate(now, names);
            await WriteAsync(wanted, renewed, cancel);
            wanted = renewed;
        }

        var due = wanted.DueAt() - now;
        return Outcome.Done.AtLatest(due < LongestWait ? due : LongestWait);
    }

    private async Task WriteAsync(ServingCertificates held, ServingCertificates wanted, CancellationToken cancel)
    {
        if (held == wanted)
            return;
        var data = new JsonObject
        {
            [ServingCertificates.AuthoritiesEntry] = Base64(wanted.Authorities),
            [ServingCertificates.AuthorityKeyEntry] = Base64(wanted.AuthorityKey),
            [ServingCertificates.CertificateEntry] = Base64(wanted.Certificate),
            [ServingCertificates.KeyEntry] = Base64(wanted.Key),
        };
        var metadata = new JsonObject { ["name"] = parts.Secret.Name, ["namespace"] = parts.Secret.Namespace };
        var body = new JsonObject { ["metadata"] = metadata, ["data"] = data };
        ApiResult<Secret> written;
        if (parts.Secrets.Get(parts.Secret) is { } present)
        {
            metadata["uid"] = present.Metadata.Uid;
            metadata["resourceVersion"] = present.Metadata.ResourceVersion;
            written = await parts.Client.MergePatchAsync(Secret.Resource, parts.Secret, body, FieldManagers.Provisioner, null, Secret.Decode, cancel);
        }
        else
        {
            body["apiVersion"] = "v1";
            body["kind"] = "Secret";
            body["type"] = "Opaque";
            written = await parts.Client.SendAsync(
                new ApiRequest { Verb = ApiVerb.Create, Type = Secret.Resource, Namespace = parts.Secret.Namespace, Body = body, FieldManager = FieldManagers.Provisioner },
                Secret.Decode,
                cancel);
        }

        parts.Secrets.Observe(written.OrThrow());
        LogIssued(parts.Log, parts.Secret, wanted.DueAt());
    }

    /// <summary>Writes into the definitions whom to ask.</summary>
    private async Task TellAsync(ServingCertificates certificates, CancellationToken cancel)
    {
        var bundle = Base64(certificates.Authorities);
        foreach (var (conversion, cache) in parts.Definitions)
        {
            if (cache.Get(KeyOf(conversion)) is not { } definition || !Concerns(conversion, definition) || parts.Address.IsSaidBy(definition.Spec.Conversion, bundle))
                continue;
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = definition.Metadata.ResourceVersion },
                ["spec"] = new JsonObject { ["conversion"] = parts.Address.Conversion(bundle) },
            };
            var written = await parts.Client.MergePatchAsync(
                CustomResourceDefinition.Resource, KeyOf(conversion), patch, FieldManagers.Provisioner, null, CustomResourceDefinition.Decode, cancel);
            cache.Observe(written.OrThrow());
            _toldAt = parts.Time.GetTimestamp();
            LogTold(parts.Log, KeyOf(conversion), conversion.Older.ApiVersion);
        }
    }

    /// <summary>The definition of a kind.</summary>
    public static ObjectKey KeyOf(KindConversion conversion) => new("", $"{conversion.Hub.Plural}.{conversion.Hub.Group}");

    // One of another operator, or from before this version of it, is left alone.
    private static bool Concerns(KindConversion conversion, CustomResourceDefinition definition) =>
        definition.Spec.Versions.Any(v => v.Storage && v.Name == conversion.Hub.Version) && definition.Spec.Versions.Any(v => v.Served && v.Name == conversion.Older.Version);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    [LoggerMessage(200, LogLevel.Information, "The certificate of the conversion webhook was written to Secret {Secret}; it is renewed from {Due:u} on.")]
    private static partial void LogIssued(ILogger log, ObjectKey secret, DateTimeOffset due);

    [LoggerMessage(201, LogLevel.Information, "CustomResourceDefinition {Definition} tells API servers to ask this operator for objects in {Version}.")]
    private static partial void LogTold(ILogger log, ObjectKey definition, string version);
}
