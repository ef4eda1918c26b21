namespace KubeDb.Api.Kinds;

/// <summary>A rule that an object breaks.</summary>
/// <param name="Path">Field, such as <c>spec.replicas</c>.</param>
/// <param name="Reason">Stable CamelCase id of the rule (<c>Shared.Reasons</c>).</param>
/// <param name="Message">The sentence for people: what was seen and what they must do. Never a secret.</param>
public sealed record Violation(string Path, string Reason, string Message);
