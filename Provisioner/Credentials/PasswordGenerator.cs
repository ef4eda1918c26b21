using System.Security.Cryptography;

namespace KubeDb.Provisioner.Credentials;

/// <summary>Fills a buffer with random bytes fit for secrets.</summary>
internal delegate void RandomBytes(Span<byte> buffer);

/// <summary>
/// Makes passwords: 16 characters out of 62, each equally likely (95 bits), with at least one upper-case letter, one lower-case letter and
/// one digit. No symbols, so that no shell, URL or configuration file needs quotes.
/// </summary>
internal sealed class PasswordGenerator(RandomBytes random)
{
    /// <summary>Characters of a password.</summary>
    public const int Length = 16;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>A generator fed by the operating system.</summary>
    public static PasswordGenerator Secure { get; } = new(RandomNumberGenerator.Fill);

    /// <summary>The next password.</summary>
    public string Next()
    {
        // Drawing again, rather than putting the missing class in place, keeps every admissible password equally likely.
        while (true)
        {
            var password = Draw();
            if (password.Any(char.IsAsciiLetterUpper) && password.Any(char.IsAsciiLetterLower) && password.Any(char.IsAsciiDigit))
                return password;
        }
    }

    private string Draw()
    {
        Span<char> password = stackalloc char[Length];
        Span<byte> bytes = stackalloc byte[Length];
        var filled = 0;
        while (filled < Length)
        {
            random(bytes);
            foreach (var b in bytes)
            {
                // 248 is the largest multiple of 62 in a byte: what lies above would favour the first letters.
                if (b < 248 && filled < Length)
                    password[filled++] = Alphabet[b % 62];
            }
        }

        CryptographicOperations.ZeroMemory(bytes);
        return new string(password);
    }
}
