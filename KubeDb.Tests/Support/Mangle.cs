namespace KubeDb.Tests.Support;

/// <summary>Damages bytes as a list of numbers says: fewer or smaller numbers, less damage, so that a failing case shrinks to the least.</summary>
internal static class Mangle
{
    private static readonly byte[][] Tokens =
    [
        "\n"u8.ToArray(), "\""u8.ToArray(), "'"u8.ToArray(), "\\"u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), ","u8.ToArray(),
        ": "u8.ToArray(), "- "u8.ToArray(), "&a "u8.ToArray(), "*a "u8.ToArray(), "!!x "u8.ToArray(), "? "u8.ToArray(), "<<: "u8.ToArray(), "|\n"u8.ToArray(), "---\n"u8.ToArray(), "%YAML 9\n"u8.ToArray(), "\t"u8.ToArray(),
        "null"u8.ToArray(), "-1"u8.ToArray(), "1e999"u8.ToArray(), "true"u8.ToArray(), [0], [0xff], [0xc3], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], "\r"u8.ToArray(),
    ];

    /// <summary>The bytes with one small damage for each number.</summary>
    public static byte[] Bytes(ReadOnlySpan<byte> source, IEnumerable<int> damages)
    {
        var bytes = new List<byte>(source.ToArray());
        foreach (var damage in damages)
        {
            var n = unchecked((uint)damage * 2_654_435_761);
            var at = (int)(n % (uint)(bytes.Count + 1));
            var what = (int)(n >> 20);
            switch (what % 4)
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)(what >> 2);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(8, bytes.Count - at)));
                    break;
                default:
                    bytes.InsertRange(at, Tokens[(what >> 2) % Tokens.Length]);
                    break;
            }
        }

        return [.. bytes];
    }
}
