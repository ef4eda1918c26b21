using KubeDb.Api.Engines.Configuration;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>One directive of a configuration.</summary>
/// <param name="Name">Lower-case name, as written (an alias stays one).</param>
/// <param name="Arguments">The words after it, unquoted; one character for each byte.</param>
public sealed record RedisDirective(string Name, IReadOnlyList<string> Arguments) : IConfigurationSetting
{
    /// <inheritdoc/>
    public int Line { get; init; }

    /// <summary>A directive of ordinary text.</summary>
    public static RedisDirective Of(string name, params string[] arguments) =>
        new(name.ToLowerInvariant(), [.. arguments.Select(ConfigWords.FromText)]);

    /// <summary>The name that all aliases share, such as <c>replicaof</c> for <c>slaveof</c>.</summary>
    public string CanonicalName => RedisDirectives.Canonical(Name);

    /// <summary>
    /// What a later directive replaces: two directives with one key can not both hold. Directives that may repeat have a finer key than
    /// their name (per class, per command, per user, per file, per option), but for <c>save</c>, whose lines are one set.
    /// </summary>
    public string Key => CanonicalName switch
    {
        "client-output-buffer-limit" => $"{CanonicalName} {BufferClass(Argument(0))}",
        "rename-command" => $"{CanonicalName} {Argument(0).ToLowerInvariant()}",
        "loadmodule" or "include" or "user" => $"{CanonicalName} {Argument(0)}",

        // An option, and the master that it is of where it is of one.
        "sentinel" => $"{CanonicalName} {Argument(0).ToLowerInvariant()}{(Arguments.Count > 2 ? $" {Argument(1)}" : "")}",
        var name => name,
    };

    /// <summary>The key as people read it.</summary>
    public string Label => ConfigWords.ToText(Key);

    /// <inheritdoc/>
    public string Shown => CanonicalName is "rename-command" or "sentinel" ? Label : this is { CanonicalName: "user", Arguments: ["default", ..] } ? "user default" : Name;

    /// <summary>The line as it stands in a file.</summary>
    public string Render() =>
        ConfigWords.ToText(Arguments.Count == 0 ? ConfigWords.Quote(Name) : $"{ConfigWords.Quote(Name)} {string.Join(' ', Arguments.Select(ConfigWords.Quote))}");

    /// <summary>The directive for messages: its arguments are hidden where they could be a secret.</summary>
    public override string ToString() => RedisDirectives.IsSecret(Name) ? $"{Name} ***" : Render();

    /// <summary>Where the directive stands does not count.</summary>
    public bool Equals(RedisDirective? other) =>
        other is not null && Name == other.Name && Arguments.SequenceEqual(other.Arguments, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Name);
        foreach (var argument in Arguments)
            hash.Add(argument);
        return hash.ToHashCode();
    }

    internal static string BufferClass(string name) => name.ToLowerInvariant() switch
    {
        "slave" => "replica",
        var other => other,
    };

    private string Argument(int index) => index < Arguments.Count ? Arguments[index] : "";
}
