using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// Keeps the record of each running operation in a Secret that the request owns: compressed, so that large configurations fit, and deleted
/// when the request ends. It is read once a process.
/// </summary>
internal sealed class OperationRecords(IKubernetesClient client, EngineKinds kinds)
{
    private const string Key = "record";
    private readonly ConcurrentDictionary<string, OperationRecord> _known = new();

    /// <summary>The record of the request; null while it has none.</summary>
    /// <exception cref="ApiException">It can not be read.</exception>
    public async Task<OperationRecord?> ReadAsync(IOpsRequest request, CancellationToken cancel)
    {
        if (_known.TryGetValue(request.Metadata.Uid, out var known))
            return known;
        var secret = (await client.GetAsync<Secret>(NameOf(request), cancel)).OrNotFound();
        if (secret is null || !IsOf(secret.Metadata, request) || Read(secret) is not { } record)
            return null;
        return _known[request.Metadata.Uid] = record;
    }

    /// <summary>Writes the record. One that is there already stays, and counts.</summary>
    /// <exception cref="ApiException">It can not be written.</exception>
    public async Task<OperationRecord> CreateAsync(IOpsRequest request, OperationRecord record, CancellationToken cancel)
    {
        var key = NameOf(request);

        // It need not keep its request from going, and to say so would take the right to set the request's finalizers.
        var owner = BlueprintApplier.OwnerNode(kinds.OpsRequest, request.Metadata);
        owner.Remove("blockOwnerDeletion");
        var manifest = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject
            {
                ["name"] = key.Name,
                ["namespace"] = key.Namespace,
                ["ownerReferences"] = new JsonArray((JsonNode)owner),
            },
            ["type"] = "kubedb.com/operation-record",
            ["data"] = new JsonObject { [Key] = Convert.ToBase64String(Compress(record.ToText())) },
        };
        var create = new ApiRequest { Verb = ApiVerb.Create, Type = Secret.Resource, Namespace = key.Namespace, Body = manifest, FieldManager = FieldManagers.OpsManager };
        var written = await client.SendAsync(create, Secret.Decode, cancel);
        if (written.Error is { Kind: ApiErrorKind.AlreadyExists })
            return await ReadAsync(request, cancel) ?? throw new ApiException(new ApiError(ApiErrorKind.Conflict, 409, "Conflict", $"Secret {key} exists and is not this request's record."));
        written.OrThrow();
        return _known[request.Metadata.Uid] = record;
    }

    /// <summary>Deletes the record of a request that has ended.</summary>
    /// <exception cref="ApiException">It can not be deleted.</exception>
    public async Task DeleteAsync(IOpsRequest request, CancellationToken cancel)
    {
        _known.TryRemove(request.Metadata.Uid, out _);
        var secret = (await client.GetAsync<Secret>(NameOf(request), cancel)).OrNotFound();
        if (secret is not null && IsOf(secret.Metadata, request))
            _ = (await client.DeleteAsync(Secret.Resource, secret.Metadata, "Background", exactVersion: false, cancel)).OrNotFound();
    }

    /// <summary>Namespace and name of the request's record.</summary>
    public static ObjectKey NameOf(IOpsRequest request) => NameOf(request, "record");

    /// <summary>Namespace and name of an object of this very request: a later one of the same name has another.</summary>
    public static ObjectKey NameOf(IOpsRequest request, string purpose)
    {
        var uid = request.Metadata.Uid;
        return new(request.Metadata.Namespace, ObjectNames.WithSuffix(request.Metadata.Name, $"{purpose}-{(uid.Length <= 6 ? uid : uid[^6..])}"));
    }

    private static bool IsOf(ObjectMeta secret, IOpsRequest request) => secret.Controller?.Uid == request.Metadata.Uid;

    private static OperationRecord? Read(Secret secret)
    {
        try
        {
            return secret.Data.TryGetValue(Key, out var content) ? OperationRecord.Parse(Expand(content)) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[] Compress(string text)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest))
            zip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private static string Expand(ReadOnlyMemory<byte> packed)
    {
        using var zip = new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        using var reader = new StreamReader(zip, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
