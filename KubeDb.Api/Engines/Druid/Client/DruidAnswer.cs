using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines.Druid.Client;

/// <summary>What a server answered, or why it did not.</summary>
/// <param name="Status">Status of HTTP; 0 without an answer.</param>
/// <param name="Text">The body.</param>
/// <param name="Problem">Why there is no answer; null when there is one.</param>
internal sealed record DruidAnswer(int Status, string Text, string? Problem)
{
    private const int MostQuoted = 300;

    /// <summary>The server did what it was asked for.</summary>
    public bool IsOk => Status is >= 200 and < 300;

    /// <summary>The body; null when it is no JSON.</summary>
    public JsonNode? Json
    {
        get
        {
            try
            {
                return Text.Length == 0 ? null : JsonNode.Parse(Text, documentOptions: JsonLimits.Document);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>What went wrong, for people.</summary>
    public string Said => Problem ?? $"it answers {Status}{(Text.Length == 0 ? "" : $": {Quoted}")}";

    private string Quoted
    {
        get
        {
            var text = (Json is JsonObject error ? error["errorMessage"]?.ToString() ?? error["error"]?.ToString() ?? Text : Text).ReplaceLineEndings(" ").Trim();
            return text.Length > MostQuoted ? text[..MostQuoted] + "…" : text;
        }
    }

    /// <summary>No answer.</summary>
    public static DruidAnswer None(string problem) => new(0, "", problem);
}
