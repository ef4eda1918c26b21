using System.Text.Json.Serialization;
using KubeDb.Api.Kinds;

namespace KubeDb.Tests.Support.SecondEngine;

/// <summary>Reads the kinds of the second engine.</summary>
internal static class LedgerJson
{
    static LedgerJson() => KindsJson.Add(LedgerJsonContext.Default);

    public static T Decode<T>(ReadOnlySpan<byte> utf8)
        where T : class => KindsJson.Decode<T>(utf8);
}

/// <summary>The generated readers and writers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(KubernetesTimeConverter)])]
[JsonSerializable(typeof(Ledger))]
[JsonSerializable(typeof(LedgerVersion))]
[JsonSerializable(typeof(LedgerOpsRequest))]
internal sealed partial class LedgerJsonContext : JsonSerializerContext;
