namespace KubeDb.Api.Kinds;

/// <summary>Something that a user wrote and that is not taken. The rest of the spec is carried out all the same.</summary>
/// <param name="Path">Field, such as <c>spec.podTemplate.spec.nodeSelectr</c>.</param>
/// <param name="Reason">Stable CamelCase id of why (<c>Shared.Reasons</c>).</param>
/// <param name="Message">The sentence for people: what was seen, what becomes of it, what they can do. Never a secret.</param>
public sealed record SpecWarning(string Path, string Reason, string Message);
