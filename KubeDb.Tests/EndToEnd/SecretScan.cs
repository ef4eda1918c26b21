using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.EndToEnd;

/// <summary>
/// Looks for values of secrets where none may be: raw, quoted as in JSON or a configuration file, URL-encoded, in base64 at any offset.
/// Sought are the passwords of all credentials, and every word with <see cref="Mark"/> in any secret.
/// </summary>
internal sealed class SecretScan
{
    /// <summary>What a value of a test has in it to be sought wherever it is put into a secret.</summary>
    public const string Mark = "CANARY";

    private readonly Dictionary<string, string> _forms = new(StringComparer.Ordinal);

    /// <summary>Values whose forms are sought.</summary>
    public SecretScan(IEnumerable<string> values)
    {
        foreach (var value in values.Where(v => v.Length >= 8))
        {
            foreach (var form in FormsOf(value).Where(f => f.Length >= 8))
                _forms.TryAdd(form, value);
        }
    }

    /// <summary>How many forms are sought.</summary>
    public int Count => _forms.Count;

    /// <summary>The values that the text holds in any form.</summary>
    public IReadOnlyList<string> FoundIn(string text) => [.. _forms.Where(f => text.Contains(f.Key, StringComparison.Ordinal)).Select(f => f.Value).Distinct()];

    /// <summary>The objects of the list that hold a value, Secrets left out.</summary>
    public IEnumerable<string> FoundIn(JsonNode list) =>
        from item in list["items"]!.AsArray()
        where item!["kind"]!.GetValue<string>() != "Secret"
        let found = FoundIn(item.ToJsonString(Plain))
        where found.Count > 0
        select $"{item["kind"]} {item["metadata"]!["name"]} holds {string.Join(", ", found)}: {item.ToJsonString(Plain)}";

    /// <summary>What is sought of the secrets.</summary>
    public static IEnumerable<string> ValuesOf(IEnumerable<V1Secret> secrets)
    {
        foreach (var secret in secrets)
        {
            var data = secret.Data?.ToDictionary(p => p.Key, p => Encoding.UTF8.GetString(p.Value)) ?? [];
            if (secret.Type == "kubernetes.io/basic-auth" && data.TryGetValue("password", out var password))
                yield return password;
            foreach (var word in data.Values.SelectMany(t => t.Split([' ', '\n', '"', '\'', '>'])).Where(w => w.Contains(Mark, StringComparison.Ordinal)))
                yield return word;
        }
    }

    /// <summary>Every kind with objects in namespaces, but events twice and secrets.</summary>
    public static async Task<string> KindsAsync()
    {
        var names = (await Tool.RunAsync("kubectl", ["api-resources", "--verbs=list", "--namespaced", "-o", "name"])).OrFail();
        return string.Join(',', names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(n => n is not ("secrets" or "events.events.k8s.io") && !n.Contains(".metrics.", StringComparison.Ordinal)));
    }

    private static JsonSerializerOptions Plain { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static IEnumerable<string> FormsOf(string value)
    {
        yield return value;
        yield return Uri.EscapeDataString(value);
        yield return JsonEncodedText.Encode(value).ToString();
        yield return JsonEncodedText.Encode(value, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        yield return ConfigWords.Quote(ConfigWords.FromText(value)).Trim('"');
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return Convert.ToBase64String(bytes).TrimEnd('=');
        for (var offset = 0; offset < 3; offset++)
        {
            // In the middle of a longer text: without the characters that its neighbours share.
            var shifted = Convert.ToBase64String([.. new byte[offset], .. bytes]);
            yield return shifted[(offset == 0 ? 0 : offset + 1)..(((offset + bytes.Length) * 8) / 6)];
        }
    }
}
