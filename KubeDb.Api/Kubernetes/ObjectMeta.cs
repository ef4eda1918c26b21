using System.Globalization;
using System.Text.Json.Serialization;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Kubernetes;

/// <summary>An observed object: what the API server sent, trimmed to what the product reads, never changed after it was decoded.</summary>
public interface IKubernetesObject
{
    /// <summary>The object's metadata.</summary>
    ObjectMeta Metadata { get; }
}

/// <summary>An observed object of a kind known at compile time.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IKubernetesObject<TSelf> : IKubernetesObject
    where TSelf : class, IKubernetesObject<TSelf>
{
    /// <summary>Where the kind is served.</summary>
    static abstract ResourceType Resource { get; }

    /// <summary>Decodes one object from the server's JSON.</summary>
    /// <exception cref="System.Text.Json.JsonException">The bytes are not such an object.</exception>
    static abstract TSelf Decode(ReadOnlySpan<byte> utf8);
}

/// <summary>Decodes one object from the server's JSON. Throws <see cref="System.Text.Json.JsonException"/> on other bytes.</summary>
public delegate T ObjectDecoder<out T>(ReadOnlySpan<byte> utf8);

/// <summary>
/// Metadata of an observed object; <c>managedFields</c> is read for <see cref="Fingerprint"/> and not kept. The setters turn null into the
/// default, because generated decoders set every property, also those that the JSON lacks.
/// <para>
/// It is the commonest object there is, so UID, version, fingerprint and times are held as the numbers that they stand for. Their texts are made
/// anew each time: who compares or keeps a UID takes <see cref="UidKey"/>.
/// </para>
/// </summary>
public sealed record ObjectMeta
{
    // What an object without a field of the blueprint has for a fingerprint; that a hash is this is as likely as that two hashes are equal.
    private static readonly Guid OwnsNothing = Guid.AllBitsSet;

    // UTC ticks, 0 for none.
    private readonly long _created;
    private readonly long _deleted;

    private readonly Guid _fingerprint;

    // Only where the number does not stand for the text.
    private readonly string? _otherVersion;

    /// <summary>Name, unique in its namespace and kind.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Namespace; empty for cluster-scoped objects.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Namespace { get; init => field = value ?? ""; } = "";

    /// <summary>Unique over time: an object deleted and created again under one name has another.</summary>
    public string Uid { get => UidKey.ToString(); init => UidKey = ObjectUid.Of(value); }

    /// <summary>The UID as a value to compare and to keep.</summary>
    [JsonIgnore]
    public ObjectUid UidKey { get; private init; }

    /// <summary>Version of the stored object; empty before it is stored.</summary>
    public string ResourceVersion
    {
        get => _otherVersion ?? (VersionNumber == 0 ? "" : VersionNumber.ToString(CultureInfo.InvariantCulture));
        init => (VersionNumber, _otherVersion) = value switch
        {
            null or "" => (0UL, null),
            [not '0', ..] when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => (number, null),
            _ => (0UL, value),
        };
    }

    /// <summary><see cref="ResourceVersion"/> as a number; 0 where there is none, or it is no number as servers write them.</summary>
    [JsonIgnore]
    internal ulong VersionNumber { get; private init; }

    /// <summary>Counts changes of the spec.</summary>
    public long Generation { get; init; }

    /// <summary>When the server created it (server's clock).</summary>
    [JsonConverter(typeof(TolerantTimeConverter))]
    public DateTimeOffset? CreationTimestamp { get => Time(_created); init => _created = Ticks(value); }

    /// <summary>When deletion was asked for; null while it is not.</summary>
    [JsonConverter(typeof(TolerantTimeConverter))]
    public DateTimeOffset? DeletionTimestamp { get => Time(_deleted); init => _deleted = Ticks(value); }

    /// <summary>Labels; empty when absent.</summary>
    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string> Labels { get; init => field = value ?? StringMap.Empty; } = StringMap.Empty;

    /// <summary>Annotations, without kubectl's copy of the object; empty when absent.</summary>
    [JsonConverter(typeof(AnnotationsConverter))]
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? StringMap.Empty; } = StringMap.Empty;

    /// <summary>Owners; empty when absent.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences { get; init => field = SoleOwners.Share(value ?? []); } = [];

    /// <summary>Finalizers; empty when absent.</summary>
    [JsonConverter(typeof(PooledStringsConverter))]
    public IReadOnlyList<string> Finalizers { get; init => field = Lists.Keep(value); } = [];

    /// <summary>
    /// Hash of the values of the fields that field manager <see cref="FieldManagers.Blueprint"/> owns, as computed by <c>OwnedFields</c>;
    /// null where the kind is not one that we apply. Equal to the desired object's hash exactly when nothing drifted.
    /// </summary>
    /// <exception cref="FormatException">It is set to something else than such a hash, the empty text or null.</exception>
    [JsonIgnore]
    public string? Fingerprint
    {
        get => _fingerprint == Guid.Empty ? null : _fingerprint == OwnsNothing ? "" : _fingerprint.ToString("N");
        init => _fingerprint = value switch { null => Guid.Empty, "" => OwnsNothing, _ => Guid.ParseExact(value, "N") };
    }

    /// <summary>Namespace and name.</summary>
    [JsonIgnore]
    public ObjectKey Key => new(Namespace, Name);

    /// <summary>True once deletion was asked for.</summary>
    [JsonIgnore]
    public bool IsDeleting => _deleted != 0;

    /// <summary>The owner that controls this object, or null.</summary>
    [JsonIgnore]
    public OwnerReference? Controller
    {
        get
        {
            // Asked for with every event: no delegate, no enumerator.
            for (var i = 0; i < OwnerReferences.Count; i++)
            {
                if (OwnerReferences[i].Controller)
                    return OwnerReferences[i];
            }

            return null;
        }
    }

    private static DateTimeOffset? Time(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    private static long Ticks(DateTimeOffset? time) => time?.UtcTicks ?? 0;
}

/// <summary>Link from an object to its owner.</summary>
public sealed record OwnerReference
{
    /// <summary>API version of the owner.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string ApiVersion { get; init => field = value ?? ""; } = "";

    /// <summary>Kind of the owner.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Kind { get; init => field = value ?? ""; } = "";

    /// <summary>Name of the owner.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>UID of the owner.</summary>
    public string Uid { get => UidKey.ToString(); init => UidKey = ObjectUid.Of(value); }

    /// <summary>The UID as a value to compare and to keep.</summary>
    [JsonIgnore]
    public ObjectUid UidKey { get; private init; }

    /// <summary>True for the one owner that manages the object.</summary>
    public bool Controller { get; init; }

    /// <summary>True when the owner's foreground deletion waits for this object.</summary>
    public bool BlockOwnerDeletion { get; init; }
}

/// <summary>One copy of each owner for all objects that have no other: a database owns a dozen.</summary>
internal static class SoleOwners
{
    private static readonly RecentValues<OwnerReference[]> Kept = new();

    /// <summary>An equal list that is kept already, or this one.</summary>
    public static IReadOnlyList<OwnerReference> Share(IReadOnlyList<OwnerReference> owners)
    {
        if (owners.Count != 1)
            return owners;
        var owner = owners[0];
        var hash = owner.GetHashCode();
        if (Kept.Find(hash) is { } known && known[0] == owner)
            return known;
        OwnerReference[] sole = [owner];
        Kept.Keep(hash, sole);
        return sole;
    }
}

/// <summary>The names under which the processes apply fields.</summary>
public static class FieldManagers
{
    /// <summary>All that a blueprint describes, whichever process applies it.</summary>
    public const string Blueprint = "kubedb";

    /// <summary>Status written by the Provisioner.</summary>
    public const string Provisioner = "kubedb-provisioner";

    /// <summary>Status written by the OpsManager.</summary>
    public const string OpsManager = "kubedb-ops-manager";
}
