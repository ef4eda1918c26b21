using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Configuration;

/// <summary>
/// What is said of the settings that a spec asks for, by the rules of their files alone: for engines whose servers need not, or can not, be asked.
/// Pure.
/// </summary>
public static class SpecSettings
{
    /// <summary>Settings that the operator sets itself: left out with a warning.</summary>
    public static IEnumerable<SpecWarning> OwnedWarnings(this IConfigurationEngine engine, DatabaseFacts facts) =>
        from part in Parts(engine, facts)
        from setting in part.Document.Settings
        where part.File.Rules.IsOwned(setting)
        select new SpecWarning(
            part.Path, Reasons.OperatorOwnedDirective, $"{part.Path}: line {setting.Line} sets \"{setting.Shown}\", which the operator sets itself; the line is not taken. Remove it.");

    /// <summary>Settings that no server would take, and such as none knows.</summary>
    public static IReadOnlyList<Violation> Violations(this IConfigurationEngine engine, DatabaseFacts facts) =>
    [
        .. from part in Parts(engine, facts)
           from setting in part.Document.Settings
           where !part.File.Rules.IsOwned(setting)
           from violation in Violations(part, setting)
           select violation,
    ];

    private static IEnumerable<Violation> Violations(Part part, IConfigurationSetting setting)
    {
        var place = $"{part.Path}: line {setting.Line}";
        if (part.File.Rules.Fault(setting) is { } fault)
            yield return new(part.Path, Reasons.ConfigurationInvalid, $"{place}: \"{setting.Shown}\" {fault}. Correct the line.");
        else if (part.File.Rules.IsKnown(setting) == false)
            yield return ConfigurationSentences.Unknown(part.File, setting, place, part.IsSecret);
    }

    private static IEnumerable<Part> Parts(IConfigurationEngine engine, DatabaseFacts facts)
    {
        var configuration = facts.Database.Spec.Configuration;
        foreach (var file in engine.Files(facts.Version))
        {
            if (configuration?.SecretName is { Length: > 0 } name && facts.Secrets.GetValueOrDefault(name)?.Text(file.Name) is { } secret)
                yield return new(file, $"secret {name}[{file.Name}]", file.Dialect.Read(secret).Document, true);
            if (configuration?.Inline?.GetValueOrDefault(file.Name) is { } inline)
                yield return new(file, $"spec.configuration.inline[{file.Name}]", file.Dialect.Read(inline).Document, false);
        }
    }

    private sealed record Part(ConfigurationFile File, string Path, IConfigurationDocument Document, bool IsSecret);
}
