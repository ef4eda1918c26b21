using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// A hash of states: equal hashes mean equal states. Objects of the API server count by UID and resource version, of which no two states share
/// both. Dispose it to give its buffer back.
/// </summary>
internal sealed class StateHash : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(2048);
    private int _length;

    /// <summary>
    /// Adds everything that a database is described from. Every member of <see cref="DatabaseFacts"/> is here: of a state that is left out, a
    /// change would never be carried out.
    /// </summary>
    public void Add(DatabaseFacts facts)
    {
        Add(facts.Database.Metadata);
        Add(facts.Version.Metadata);
        Add(facts.Credential);
        Add(facts.Secrets.Count);
        foreach (var (name, secret) in facts.Secrets)
        {
            Add(name);
            Add(secret.Metadata);
        }

        Add(facts.Peers.Count);
        foreach (var (role, peer) in facts.Peers)
        {
            Add(role);
            Add(peer.Database.Metadata);
            Add(peer.Version.Metadata);
            Add(peer.Credential);
        }

        Add(facts.Applications.Count);
        foreach (var (role, application) in facts.Applications)
        {
            Add(role);
            Add(application.Binding.Metadata);
            foreach (var secret in (Secret?[])[application.Secret, application.TlsSecret])
            {
                Add(secret is null ? 0 : 1);
                if (secret is not null)
                    Add(secret.Metadata);
            }

            Add(application.Phase ?? "");
        }

        Add(facts.OfferedKinds.Count);
        foreach (var kind in facts.OfferedKinds)
            Add(kind.ToString());
        Add(facts.WasProvisioned ? 1 : 0);
        Add(facts.Claims.Count);
        foreach (var claim in facts.Claims)
        {
            Add(claim.Name);
            Add(claim.DataOf ?? "");
        }

        Add((facts.Offers.PolicyV1 ? 1 : 0) | (facts.Offers.ServiceMonitors ? 2 : 0) | (facts.Offers.CertManager ? 4 : 0));
        Add(facts.PendingCertificates?.Message ?? "");
        Add(facts.ForeignServiceAccount ? 1 : 0);
    }

    /// <summary>Adds the state of an object.</summary>
    public void Add(ObjectMeta meta)
    {
        Add(meta.Uid);
        Add(meta.ResourceVersion);
    }

    /// <summary>Adds a text.</summary>
    public void Add(string text)
    {
        Add(text.Length);
        var bytes = MemoryMarshal.AsBytes(text.AsSpan());
        bytes.CopyTo(Span(bytes.Length));
    }

    /// <summary>Adds a number.</summary>
    public void Add(int number) => BinaryPrimitives.WriteInt32LittleEndian(Span(sizeof(int)), number);

    /// <summary>The first half of the SHA-256 of what was added.</summary>
    public UInt128 Finish()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_buffer.AsSpan(0, _length), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    public void Dispose()
    {
        // It may hold a credential.
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = [];
    }

    private void Add(Credential? credential)
    {
        Add(credential is null ? 0 : 1);
        Add(credential?.Username ?? "");
        Add(credential?.Password ?? "");
    }

    private Span<byte> Span(int size)
    {
        if (_buffer.Length - _length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + size));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
            _buffer = larger;
        }

        var span = _buffer.AsSpan(_length, size);
        _length += size;
        return span;
    }
}
