namespace KubeDb.Api.Kinds;

/// <summary>A rule that an object breaks.</summary>
/// <param name="Path">Field, such as <c>spec.replicas</c>.</param>
/// <param name="Reason">Stable CamelCase id of the rule (<c>Shared.Reasons</c>).</param>
/// <param name="Message">The sentence for people: what was seen and what they must do. Never a secret.</param>
public sealed record Violation(string Path, string Reason, string Message)
{
    /// <summary>The place in a configuration file; null when the rule is about something else.</summary>
    public ConfigurationPlace? Place { get; init; }
}

/// <summary>A place in a configuration file.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Line">Number of the line, from 1; 0 when the file as a whole is meant.</param>
/// <param name="Setting">Name of the setting, never its value; empty when it is not known.</param>
/// <param name="Nearest">The known name that was most likely meant; null when none is near or the name is right.</param>
public sealed record ConfigurationPlace(string File, int Line, string Setting, string? Nearest = null);
