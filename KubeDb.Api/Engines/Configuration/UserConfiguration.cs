using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;

namespace KubeDb.Api.Engines.Configuration;

/// <summary>
/// A user's configuration of a database: a secret with files, and inline text that wins over it, setting by setting. Immutable. The methods
/// carry out the parts of a change; a file that no part touches keeps its text, comments and layout included.
/// </summary>
public sealed record UserConfiguration
{
    private readonly IReadOnlyList<ConfigurationFile> _files;

    private UserConfiguration(IReadOnlyList<ConfigurationFile> files) => _files = files;

    /// <summary>Name of the secret; null for none.</summary>
    public string? SecretName { get; private init; }

    /// <summary>Its files by name.</summary>
    private IReadOnlyDictionary<string, IConfigurationDocument> SecretFiles { get; init; } = new Dictionary<string, IConfigurationDocument>();

    /// <summary>The inline files by name, in their order.</summary>
    private SortedDictionary<string, InlineFile> InlineFiles { get; init; } = new(StringComparer.Ordinal);

    /// <summary><c>inline</c> is present, though it may hold no file.</summary>
    private bool HasInline { get; init; }

    /// <summary>The configuration of a described database. Lines that can not be read are left out: checks name them.</summary>
    public static UserConfiguration Of(IReadOnlyList<ConfigurationFile> files, DatabaseFacts facts)
    {
        var spec = facts.Database.Spec.Configuration;
        var name = string.IsNullOrEmpty(spec?.SecretName) ? null : spec.SecretName;
        var read = new UserConfiguration(files)
        {
            SecretName = name,
            HasInline = spec?.Inline is not null,
            SecretFiles = name is not null && facts.Secrets.TryGetValue(name, out var secret)
                ? files.ToDictionary(f => f.Name, f => f.Dialect.Read(secret.Text(f.Name) ?? "").Document, StringComparer.Ordinal)
                : new Dictionary<string, IConfigurationDocument>(),
        };
        foreach (var (file, text) in spec?.Inline ?? new Dictionary<string, string>())
            read.InlineFiles[file] = new(text ?? "", read.File(file)?.Dialect.Read(text ?? "").Document);
        return read;
    }

    /// <summary>The secret's part of a file.</summary>
    public IConfigurationDocument Secret(ConfigurationFile file) => SecretFiles.GetValueOrDefault(file.Name) ?? file.Empty;

    /// <summary>The inline part of a file.</summary>
    public IConfigurationDocument Inline(ConfigurationFile file) => InlineFiles.GetValueOrDefault(file.Name)?.Document ?? file.Empty;

    /// <summary>Both parts of a file: the inline one wins.</summary>
    public IConfigurationDocument Effective(ConfigurationFile file) => Secret(file).Merge(Inline(file));

    /// <summary>Nothing of it.</summary>
    public UserConfiguration Removed() => new(_files);

    /// <summary>
    /// Another secret. What it sets is taken out of the inline text, so that it is in effect.
    /// </summary>
    /// <param name="name">Name of the secret.</param>
    /// <param name="content">Its files by name.</param>
    public UserConfiguration WithSecret(string name, IReadOnlyDictionary<string, IConfigurationDocument> content)
    {
        var inline = new SortedDictionary<string, InlineFile>(InlineFiles, StringComparer.Ordinal);
        foreach (var (file, document) in content)
        {
            if (!inline.TryGetValue(file, out var below) || below.Document is not { } lower)
                continue;
            var keys = document.Settings.Select(s => s.Key).ToHashSet(StringComparer.Ordinal);
            if (lower.Settings.Any(s => keys.Contains(s.Key)))
                Put(inline, file, lower.Without(keys));
        }

        return this with { SecretName = name, SecretFiles = content, InlineFiles = inline, HasInline = StillHasInline(inline) };
    }

    /// <summary>Settings merged into the inline text. The user's secret is never edited.</summary>
    /// <param name="applied">Files by name; one without a setting changes nothing.</param>
    public UserConfiguration With(IReadOnlyDictionary<string, IConfigurationDocument> applied)
    {
        var inline = new SortedDictionary<string, InlineFile>(InlineFiles, StringComparer.Ordinal);
        foreach (var (file, upper) in applied.Where(a => a.Value.Settings.Count > 0))
            Put(inline, file, inline.GetValueOrDefault(file)?.Document is { } lower ? lower.Merge(upper) : upper);
        return this with { InlineFiles = inline, HasInline = HasInline || inline.Count > 0 };
    }

    /// <summary>
    /// The <c>spec.configuration</c> that says so; null when there is nothing to say. What the engine keeps there beside files stays, and
    /// <c>inline</c> that is present without a file stays present: an older field would otherwise take its place.
    /// </summary>
    /// <param name="present">The present one; null for none.</param>
    public JsonObject? Describe(ICustomConfiguration? present)
    {
        var node = present is null ? new JsonObject() : KindsJson.ToObject(present);
        node.Remove("secretName");
        node.Remove("inline");
        if (SecretName is not null)
            node["secretName"] = SecretName;
        if (HasInline)
            node["inline"] = new JsonObject(InlineFiles.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value.Text)));
        return node.Count == 0 ? null : node;
    }

    /// <summary>Hides the content.</summary>
    public override string ToString() => $"secret {SecretName ?? "none"}, inline {string.Join(", ", InlineFiles.Keys)}";

    private static void Put(SortedDictionary<string, InlineFile> inline, string file, IConfigurationDocument document)
    {
        if (document.IsEmpty)
            inline.Remove(file);
        else
            inline[file] = new(document.Render(), document);
    }

    private bool StillHasInline(SortedDictionary<string, InlineFile> inline) => inline.Count > 0 || (HasInline && InlineFiles.Count == 0);

    private ConfigurationFile? File(string name) => _files.FirstOrDefault(f => f.Name == name);

    /// <summary>A file of the inline text; the document is null when the server reads no such file.</summary>
    private sealed record InlineFile(string Text, IConfigurationDocument? Document);
}
