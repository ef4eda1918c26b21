using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Configuration;

/// <summary>
/// What is the same for the configuration of every engine: reading its layers from spec and secret, and what a request makes of them. Pure.
/// </summary>
public static class ConfigurationPlanner
{
    private const string SecretPath = "spec.configuration.configSecret.name";
    private const string ApplyPath = "spec.configuration.applyConfig";

    /// <summary>
    /// Secrets that the request names and that have to be read before <see cref="Plan"/>; those of the database itself are not among them.
    /// </summary>
    public static IReadOnlyList<SecretReference> References(this IConfigurationEngine engine, IOpsRequest request)
    {
        ArgumentNullException.ThrowIfNull(engine);
        if (request.Configuration is not { } change)
            return [];
        var own = engine.OwnReferences(change);
        return NewSecret(change) is { } name ? [new(name, SecretPath, []), .. own] : own;
    }

    /// <summary>
    /// Works out, without touching anything, what the request makes of the database's configuration: <c>removeCustomConfig</c> first, then a
    /// new secret, which is in effect also where inline text said otherwise, then <c>applyConfig</c> into the inline text. Violations are what
    /// is wrong with the request whatever the server says: broken lines, operator-owned settings, files that nobody reads, missing keys.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="request">The request.</param>
    /// <param name="current">Facts of the database as it is, defaulted, with the secrets of both the database and the request.</param>
    public static ConfigurationPlan Plan(this IConfigurationEngine engine, IOpsRequest request, DatabaseFacts current)
    {
        if (request.Configuration is not { } change)
            return new(null, [], [new("spec.configuration", Reasons.ReconfigureInvalid, "spec.configuration is missing: say what is to change.")]);

        var files = engine.Files(current.Version);
        var violations = new List<Violation>();
        var before = UserConfiguration.Of(files, current);
        var after = change.RemoveCustomConfig ? before.Removed() : before;
        if (NewSecret(change) is { } name)
            after = after.WithSecret(name, ReadSecret(name, files, current, violations));
        after = after.With(ReadApplied(change, files, violations));
        var plan = new ConfigurationPlan(
            after.Describe(current.Database.Spec.Configuration),
            [.. files.Select(f => new FileChange(f, before.Effective(f), after.Effective(f)))],
            violations);
        return engine.PlanOwn(plan, change, current);
    }

    /// <summary>
    /// Everything that can be said against a waiting request alone, without asking a server: the violations of its plan, and new settings of
    /// which it is certain that no server of this version knows them.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="request">The request.</param>
    /// <param name="current">As for <see cref="Plan"/>.</param>
    public static IReadOnlyList<Violation> Check(this IConfigurationEngine engine, IOpsRequest request, DatabaseFacts current)
    {
        var plan = engine.Plan(request, current);
        if (plan.Violations.Count > 0)
            return plan.Violations;
        return
        [
            .. plan.Files.SelectMany(f => f.NewSettings.Where(s => f.File.Rules.IsKnown(s) == false).Select(s => IsApplied(f.File, s)
                ? ConfigurationSentences.Unknown(f.File, s, $"{ApplyPath}[{f.File.Name}]")
                : ConfigurationSentences.Unknown(f.File, s, SecretFilePath(NewSecret(request.Configuration) ?? "", f.File), isSecret: true))),
        ];

        // What is new comes from the request: from its text, or else from its secret.
        bool IsApplied(ConfigurationFile file, IConfigurationSetting setting) =>
            request.Configuration?.ApplyConfig?.GetValueOrDefault(file.Name) is { } text
            && file.Dialect.Read(text).Document.Settings.Any(s => s.Key == setting.Key);
    }

    /// <summary>What is wrong with the inline files of a database's own spec: files that nobody reads, lines that can not be read.</summary>
    public static IReadOnlyList<Violation> CheckInline(this IConfigurationEngine engine, ICustomConfiguration? configuration, ICatalogVersion version)
    {
        var violations = new List<Violation>();
        ReadFiles(configuration?.Inline, engine.Files(version), "spec.configuration.inline", violations);
        return violations;
    }

    /// <summary>What is wrong with the secret that a database's own spec names: no file in it, lines that can not be read.</summary>
    public static IReadOnlyList<Violation> CheckSecret(this IConfigurationEngine engine, DatabaseFacts facts)
    {
        if (facts.Database.Spec.Configuration?.SecretName is not { Length: > 0 } name)
            return [];
        var violations = new List<Violation>();
        ReadSecretFiles(name, engine.Files(facts.Version), facts, "spec.configuration.secretName", violations);
        return violations;
    }

    /// <summary>Reads the files of an <c>applyConfig</c>; what is wrong with them is added to the violations.</summary>
    internal static IReadOnlyDictionary<string, IConfigurationDocument> ReadApplied(
        IReconfigureSpec change, IReadOnlyList<ConfigurationFile> files, List<Violation> violations)
    {
        var applied = ReadFiles(change.ApplyConfig, files, ApplyPath, violations);
        violations.AddRange(files.Where(f => applied.ContainsKey(f.Name)).SelectMany(f => ConfigurationSentences.Misplaced(f, applied[f.Name], $"{ApplyPath}[{f.Name}]")));
        return applied;
    }

    internal static string? NewSecret(IReconfigureSpec? change) => change?.ConfigSecret?.Name is { Length: > 0 } name ? name : null;

    private static Dictionary<string, IConfigurationDocument> ReadFiles(
        IReadOnlyDictionary<string, string>? texts, IReadOnlyList<ConfigurationFile> files, string path, List<Violation> violations)
    {
        var documents = new Dictionary<string, IConfigurationDocument>(StringComparer.Ordinal);
        foreach (var (name, text) in texts ?? new Dictionary<string, string>())
        {
            if (files.FirstOrDefault(f => f.Name == name) is { } file)
                documents[name] = Read(file, text ?? "", $"{path}[{name}]", violations);
            else
                violations.Add(ConfigurationSentences.UnknownFile(name, files, path));
        }

        return documents;
    }

    private static Dictionary<string, IConfigurationDocument> ReadSecret(
        string name, IReadOnlyList<ConfigurationFile> files, DatabaseFacts facts, List<Violation> violations)
    {
        var documents = ReadSecretFiles(name, files, facts, SecretPath, violations);
        foreach (var file in files.Where(f => documents.ContainsKey(f.Name)))
            violations.AddRange(ConfigurationSentences.Misplaced(file, documents[file.Name], SecretFilePath(name, file)));
        return documents;
    }

    private static Dictionary<string, IConfigurationDocument> ReadSecretFiles(
        string name, IReadOnlyList<ConfigurationFile> files, DatabaseFacts facts, string path, List<Violation> violations)
    {
        var documents = new Dictionary<string, IConfigurationDocument>(StringComparer.Ordinal);
        var secret = facts.Secrets.GetValueOrDefault(name);
        foreach (var file in files)
        {
            if (secret?.Text(file.Name) is { } text)
                documents[file.Name] = Read(file, text, SecretFilePath(name, file), violations);
        }

        if (documents.Count == 0)
            violations.Add(ConfigurationSentences.MissingKey(name, files, path));
        return documents;
    }

    private static IConfigurationDocument Read(ConfigurationFile file, string text, string path, List<Violation> violations)
    {
        var reading = file.Dialect.Read(text);
        violations.AddRange(ConfigurationSentences.Unreadable(file, reading, path));
        return reading.Document;
    }

    private static string SecretFilePath(string secret, ConfigurationFile file) => $"secret {secret}[{file.Name}]";
}
