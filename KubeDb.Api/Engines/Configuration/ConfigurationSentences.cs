using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Configuration;

/// <summary>What is said of configuration that can not be taken: a sentence for each thing that is wrong. No sentence holds a value.</summary>
public static class ConfigurationSentences
{
    /// <summary>Lines that the server could not read.</summary>
    public static IEnumerable<Violation> Unreadable(ConfigurationFile file, ConfigurationReading reading, string path) => reading.Errors.Select(error =>
        new Violation(path, Reasons.ConfigurationInvalid, $"{path}: {error}. The server could not read it; correct the line.")
        {
            Place = new(file.Name, error.Line, error.Setting),
        });

    /// <summary>Settings that could be read but may not stand there: owned by the operator, or such as no server accepts.</summary>
    public static IEnumerable<Violation> Misplaced(ConfigurationFile file, IConfigurationDocument document, string path)
    {
        foreach (var setting in document.Settings)
        {
            var place = new ConfigurationPlace(file.Name, setting.Line, setting.Name);
            if (file.Rules.IsOwned(setting))
                yield return new(path, Reasons.OperatorOwnedDirective, $"{path} sets \"{setting.Shown}\", which the operator sets itself. Remove the line.") { Place = place };
            else if (file.Rules.Fault(setting) is { } fault)
                yield return new(path, Reasons.ConfigurationInvalid, $"{path}: \"{setting.Name}\" {fault}. Correct the line.") { Place = place };
        }
    }

    /// <summary>A setting that the server does not know.</summary>
    /// <param name="file">The file.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="path">Where the text stands.</param>
    /// <param name="isSecret">It stands in a secret: a word that is like no known name could be a piece of one, and is not shown.</param>
    public static Violation Unknown(ConfigurationFile file, IConfigurationSetting setting, string path, bool isSecret = false)
    {
        var near = file.Rules.Nearest(setting.Name) is { } name && name != setting.Name ? name : null;
        if (isSecret && near is null)
        {
            return new(path, Reasons.UnknownDirective, $"{path} sets a directive that the server does not know (not shown, for it stands in a secret). Correct or remove the line.")
            {
                Place = new(file.Name, setting.Line, ""),
            };
        }

        var meant = near is null ? "" : $" Did you mean \"{near}\"?";
        return new(path, Reasons.UnknownDirective, $"{path} sets \"{setting.Name}\", which {file.Rules.Server} does not know.{meant} Correct or remove the line.")
        {
            Place = new(file.Name, setting.Line, setting.Name, near),
        };
    }

    /// <summary>A file that nobody would read.</summary>
    public static Violation UnknownFile(string name, IReadOnlyList<ConfigurationFile> files, string path)
    {
        var near = files.Count > 1 ? Spelling.Nearest(name, files.Select(f => f.Name)) : null;
        var meant = near is null ? "" : $" Did you mean \"{near}\"?";
        return new(path, Reasons.ConfigurationInvalid, $"{path} holds the file \"{name}\", which this server does not read.{meant} Put the {Noun(files)} under {Names(files, "or")}.")
        {
            Place = new(name, 0, "", near),
        };
    }

    /// <summary>A secret that holds none of the files.</summary>
    public static Violation MissingKey(string secret, IReadOnlyList<ConfigurationFile> files, string path) => new(
        path,
        Reasons.ConfigurationInvalid,
        files.Count == 1
            ? $"Secret \"{secret}\", named by {path}, has no key \"{files[0].Name}\". Put the configuration under that key."
            : $"Secret \"{secret}\", named by {path}, has none of the keys {Names(files, "and")}. Put the configuration under these keys.");

    private static string Noun(IReadOnlyList<ConfigurationFile> files) => files.Count == 1 ? "directives" : "settings";

    private static string Names(IReadOnlyList<ConfigurationFile> files, string last)
    {
        var names = files.Select(f => $"\"{f.Name}\"").ToList();
        return names.Count == 1 ? names[0] : $"{string.Join(", ", names[..^1])} {last} {names[^1]}";
    }
}
