using System.Security.Cryptography;
using System.Text;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>
/// The authorities that the servers of a database trust, in a secret of its own beside those of the certificates. While an authority is
/// replaced, both are in it: what a server trusts is then never narrower than what its peers show. Pure.
/// </summary>
public sealed class TrustBundle
{
    private const string Label = "CERTIFICATE";
    private readonly IReadOnlyList<byte[]> _authorities;

    private TrustBundle(IReadOnlyList<byte[]> authorities)
    {
        _authorities = authorities;
        Text = string.Concat(authorities.Select(a => PemEncoding.WriteString(Label, a) + "\n"));
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Text)).AsSpan(0, 8));
    }

    /// <summary>The authorities, DER, in order.</summary>
    public IReadOnlyList<byte[]> Authorities => _authorities;

    /// <summary>No authority.</summary>
    public bool IsEmpty => _authorities.Count == 0;

    /// <summary>The authorities as PEM, in order.</summary>
    public string Text { get; }

    /// <summary>Tells bundles apart: 16 hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Key under which the bundle lies a second time: a server that can read a file of this name has this very bundle on its disk. It begins with a
    /// dot, so that lists of the folder do not show it.
    /// </summary>
    public string MarkKey => $".{Fingerprint}.crt";

    /// <summary>The authorities of all texts, in order, each once. What is no certificate is left out.</summary>
    public static TrustBundle Of(IEnumerable<string?> pems)
    {
        ArgumentNullException.ThrowIfNull(pems);
        var authorities = new List<byte[]>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var der in pems.SelectMany(Certificates))
        {
            if (seen.Add(Convert.ToHexString(SHA256.HashData(der))))
                authorities.Add(der);
        }

        return new(authorities);
    }

    /// <summary>True when every authority of the other one is in this one.</summary>
    public bool Covers(TrustBundle other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other._authorities.All(a => _authorities.Any(b => b.AsSpan().SequenceEqual(a)));
    }

    /// <summary>The certificates of a PEM text, DER; what is none is left out.</summary>
    public static IEnumerable<byte[]> Certificates(string? pem)
    {
        var rest = pem ?? "";
        while (PemEncoding.TryFind(rest, out var found))
        {
            if (rest[found.Label] == Label)
            {
                var der = new byte[found.DecodedDataLength];
                if (Convert.TryFromBase64Chars(rest.AsSpan()[found.Base64Data], der, out var length) && length == der.Length)
                    yield return der;
            }

            rest = rest[found.Location.End..];
        }
    }
}
