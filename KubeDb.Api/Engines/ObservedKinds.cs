using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>Decodes what is watched down to what is read, so that many thousands fit in memory.</summary>
public static class ObservedKinds
{
    private const string BasicAuth = "kubernetes.io/basic-auth";

    /// <summary>A PetSet with its fingerprint.</summary>
    public static PetSet PetSet(ReadOnlySpan<byte> utf8)
    {
        var petSet = Kinds.Apps.PetSet.Decode(utf8);
        return petSet with { Metadata = petSet.Metadata with { Fingerprint = OwnedFields.Fingerprint(utf8) } };
    }

    /// <summary>A StatefulSet with its fingerprint.</summary>
    public static StatefulSet StatefulSet(ReadOnlySpan<byte> utf8)
    {
        var set = Kubernetes.Models.StatefulSet.Decode(utf8);
        return set with { Metadata = set.Metadata with { Fingerprint = OwnedFields.Fingerprint(utf8) } };
    }

    /// <summary>A secret of a database with its fingerprint; the content only of a credential.</summary>
    public static Secret ManagedSecret(ReadOnlySpan<byte> utf8)
    {
        var secret = Secret.Decode(utf8);
        var fingerprint = OwnedFields.Fingerprint(utf8);
        return secret.Type == BasicAuth
            ? secret with { Metadata = secret.Metadata with { Fingerprint = fingerprint } }
            : new Secret { Metadata = secret.Metadata with { Fingerprint = fingerprint }, Type = secret.Type };
    }

    /// <summary>Identity and version of an object, nothing else.</summary>
    public static OwnedObject Identity(ReadOnlySpan<byte> utf8)
    {
        var meta = OwnedObjectDecoder.Decode(utf8).Metadata;
        return new(new ObjectMeta { Name = meta.Name, Namespace = meta.Namespace, Uid = meta.Uid, ResourceVersion = meta.ResourceVersion });
    }
}
