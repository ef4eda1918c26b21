using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KubeDb.Api.Engines.Kafka.Client;

/// <summary>One login by SCRAM (RFC 5802), without channel binding.</summary>
internal sealed class ScramExchange(Credential credential, KafkaMechanism mechanism)
{
    // Servers give 4096 to 16384; more would only keep this process busy.
    private const int MostIterations = 1 << 16;

    private readonly HashAlgorithmName _hash = HashOf(mechanism);
    private readonly string _nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
    private byte[]? _signature;

    private string FirstBare => $"n={credential.Username.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={_nonce}";

    /// <summary>What is kept of a password: the password cannot be had from it.</summary>
    public static byte[] SaltedPassword(string password, byte[] salt, int iterations, KafkaMechanism mechanism)
    {
        var hash = HashOf(mechanism);
        return Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, hash, hash == HashAlgorithmName.SHA512 ? 64 : 32);
    }

    public byte[] First() => Encoding.UTF8.GetBytes($"n,,{FirstBare}");

    /// <summary>The proof for the server's challenge.</summary>
    /// <exception cref="IOException">The challenge is none.</exception>
    public byte[] Final(byte[] challenge)
    {
        var text = Encoding.UTF8.GetString(challenge);
        var fields = Fields(text);
        var salt = new byte[fields.GetValueOrDefault('s', "").Length];
        if (!fields.GetValueOrDefault('r', "").StartsWith(_nonce, StringComparison.Ordinal)
            || !Convert.TryFromBase64String(fields.GetValueOrDefault('s', "?"), salt, out var length)
            || !int.TryParse(fields.GetValueOrDefault('i'), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < 1 or > MostIterations)
        {
            throw new IOException("The server's challenge is none of SCRAM.");
        }

        var withoutProof = $"c=biws,r={fields['r']}";
        var message = Encoding.UTF8.GetBytes($"{FirstBare},{text},{withoutProof}");
        var salted = SaltedPassword(credential.Password, salt[..length], iterations, mechanism);
        var key = Sign(salted, "Client Key"u8);
        var proof = Sign(CryptographicOperations.HashData(_hash, key), message);
        for (var i = 0; i < proof.Length; i++)
            proof[i] ^= key[i];
        _signature = Sign(Sign(salted, "Server Key"u8), message);
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>Whether the server knows the password too.</summary>
    /// <exception cref="IOException">It does not.</exception>
    public void Verify(byte[] answer)
    {
        var given = Fields(Encoding.UTF8.GetString(answer)).GetValueOrDefault('v', "");
        var bytes = new byte[given.Length];
        if (_signature is null || !Convert.TryFromBase64String(given, bytes, out var length) || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, length), _signature))
            throw new IOException("The server can not prove that it knows the password.");
    }

    private static HashAlgorithmName HashOf(KafkaMechanism mechanism) => mechanism == KafkaMechanism.ScramSha512 ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;

    private static Dictionary<char, string> Fields(string text) =>
        text.Split(',').Where(f => f.Length > 1 && f[1] == '=').DistinctBy(f => f[0]).ToDictionary(f => f[0], f => f[2..]);

    private byte[] Sign(byte[] key, ReadOnlySpan<byte> message) => CryptographicOperations.HmacData(_hash, key, message);
}
