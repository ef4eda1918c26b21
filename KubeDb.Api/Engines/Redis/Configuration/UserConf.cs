using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>The user's configuration: a secret's file, and inline text over it.</summary>
/// <param name="Secret">Directives of the secret.</param>
/// <param name="Inline">Directives of the inline text.</param>
public sealed record UserConf(RedisConf Secret, RedisConf Inline)
{
    /// <summary>No directive.</summary>
    public static UserConf Empty { get; } = new(RedisConf.Empty, RedisConf.Empty);

    /// <summary>Both layers: the inline text wins, by directive.</summary>
    public RedisConf Effective => Secret.Merge(Inline);
}

/// <summary>Reads the user's configuration and judges it, with a sentence for each thing that is wrong.</summary>
public static class UserConfReader
{
    /// <summary>Reads the one file of a map of files; other names are violations, because nobody would read them.</summary>
    public static RedisConf ReadFiles(IReadOnlyDictionary<string, string>? files, string key, string path, List<Violation> violations)
    {
        var conf = RedisConf.Empty;
        foreach (var (name, text) in files ?? new Dictionary<string, string>())
        {
            if (name == key)
                conf = Read(text, $"{path}[{key}]", violations);
            else
                violations.Add(new(path, Reasons.ConfigurationInvalid, $"{path} holds the file \"{name}\", which this server does not read. Put the directives under \"{key}\"."));
        }

        return conf;
    }

    /// <summary>Reads a file; lines that the server could not read are violations.</summary>
    public static RedisConf Read(string text, string path, List<Violation> violations)
    {
        var (conf, errors) = RedisConf.Parse(text);
        foreach (var error in errors)
            violations.Add(new(path, Reasons.ConfigurationInvalid, $"{path}: {error}. The server could not read it; correct the line."));
        return conf;
    }

    /// <summary>What is wrong with directives that could be read: owned by the operator, or with a number of words that no server accepts.</summary>
    public static IEnumerable<Violation> Judge(RedisConf conf, string path)
    {
        foreach (var directive in conf.Directives)
        {
            if (RedisDirectives.IsOwned(directive))
                yield return new(path, RedisReasons.OperatorOwnedDirective, $"{path} sets \"{Shown(directive)}\", which the operator sets itself. Remove the line.");
            else if (!RedisDirectives.HasValidCount(directive))
                yield return new(path, Reasons.ConfigurationInvalid, $"{path}: \"{directive.Name}\" has a wrong number of arguments. Correct the line.");
        }
    }

    /// <summary>What is said of a secret without the file.</summary>
    public static Violation MissingKey(string secret, string key, string path) => new(
        path, Reasons.ConfigurationInvalid, $"Secret \"{secret}\", named by {path}, has no key \"{key}\". Put the configuration under that key.");

    /// <summary>What is said of a directive that the server does not know.</summary>
    public static Violation Unknown(string name, RedisFlavour flavour, string path)
    {
        var meant = RedisDirectives.Suggest(name) is { } near && near != name ? $" Did you mean \"{near}\"?" : "";
        var server = $"{(flavour.IsValkey ? "Valkey" : "Redis")} {flavour.Version}";
        return new(path, RedisReasons.UnknownDirective, $"{path} sets \"{name}\", which {server} does not know.{meant} Correct or remove the line.");
    }

    /// <summary>Names of directives that no parameter query can confirm, so that only the table knows them.</summary>
    public static bool IsParameter(string canonicalName) => canonicalName is not ("include" or "loadmodule" or "rename-command" or "user");

    private static string Shown(RedisDirective directive) =>
        directive.CanonicalName is "rename-command" ? directive.Label : directive is { CanonicalName: "user", Arguments: ["default", ..] } ? "user default" : directive.Name;
}
