using System.Text.Json;

namespace KubeDb.Api.Kubernetes;

/// <summary>
/// How deep JSON from elsewhere may nest. The API server stores what a user writes into an open field up to 10,000 deep, and the reader's own
/// limit of 64 would let one such object keep all others of its kind from being read.
/// </summary>
internal static class JsonLimits
{
    /// <summary>Deepest object that is read; what walks it recursively has to fit the stack of a pool thread.</summary>
    public const int Depth = 512;

    /// <summary>Deeper than any server stores: for what stands around objects.</summary>
    public const int EnvelopeDepth = 20_000;

    /// <summary>For documents that are kept.</summary>
    public static JsonDocumentOptions Document => new() { MaxDepth = Depth };

    /// <summary>For documents that hold objects of any depth; nothing may walk them recursively.</summary>
    public static JsonDocumentOptions Envelope => new() { MaxDepth = EnvelopeDepth };

    /// <summary>A reader of one object.</summary>
    public static Utf8JsonReader Reader(ReadOnlySpan<byte> utf8) => new(utf8, new JsonReaderOptions { MaxDepth = Depth });

    /// <summary>A reader of what stands around objects: it passes over objects that can not be read.</summary>
    public static Utf8JsonReader EnvelopeReader(ReadOnlySpan<byte> utf8) => new(utf8, new JsonReaderOptions { MaxDepth = EnvelopeDepth });

    /// <summary>What decoding throws for bytes that are not what they have to be.</summary>
    public static bool IsUnreadable(Exception e) =>
        e is JsonException or FormatException or InvalidOperationException or ArgumentException or OverflowException or KeyNotFoundException;

    /// <summary>What can be said of such a failure; only the reader's own sentences are known to quote nothing.</summary>
    public static string Describe(Exception e) => e is JsonException ? e.Message : $"it holds a value of a wrong form ({e.GetType().Name}).";
}
