using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>Decodes what is watched down to what is read, so that many thousands fit in memory.</summary>
public static class ObservedKinds
{
    private const string BasicAuth = "kubernetes.io/basic-auth";

    /// <summary>A secret of a database with its fingerprint; the content only of a credential.</summary>
    public static Secret ManagedSecret(ReadOnlySpan<byte> utf8)
    {
        var secret = Secret.Decode(utf8);
        return secret.Type == BasicAuth ? secret : new Secret { Metadata = secret.Metadata, Type = secret.Type };
    }

    /// <summary>Identity and version of an object, nothing else.</summary>
    public static OwnedObject Identity(ReadOnlySpan<byte> utf8)
    {
        var meta = OwnedObjectDecoder.Decode(utf8).Metadata;
        return new(new ObjectMeta { Name = meta.Name, Namespace = meta.Namespace, Uid = meta.Uid, ResourceVersion = meta.ResourceVersion });
    }
}
