namespace KubeDb.Api.Kinds.Shared;

/// <summary>
/// A range of versions: comparisons joined by commas or spaces all have to hold, groups joined by <c>||</c> are alternatives.
/// Operators: <c>= != &gt; &gt;= &lt; &lt;=</c>, none (equal), <c>~</c> (same minor), <c>^</c> (same major); <c>*</c> permits all.
/// </summary>
public sealed class VersionConstraint
{
    private static readonly string[] Operators = [">=", "<=", "!=", "==", "=", ">", "<", "~", "^"];

    private readonly List<List<(string Operator, SemanticVersion Version)>> _alternatives = [];

    private VersionConstraint()
    {
    }

    /// <summary>The range of a text such as <c>&gt;= 7.0.4, &lt; 7.4.2</c>; null when it is none.</summary>
    public static VersionConstraint? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var constraint = new VersionConstraint();
        foreach (var group in text.Split("||"))
        {
            if (ParseGroup(group) is not { } comparisons)
                return null;
            constraint._alternatives.Add(comparisons);
        }

        return constraint;
    }

    /// <summary>True when the version is in the range.</summary>
    public bool Permits(SemanticVersion version) => _alternatives.Exists(group => group.TrueForAll(c => Holds(version, c.Operator, c.Version)));

    /// <summary>
    /// True when the constraints permit the target: no denied range has it, and the allowed ranges, if any, have it. A range that can not be
    /// read neither permits nor forbids.
    /// </summary>
    public static bool Permits(UpdateConstraints? constraints, SemanticVersion target)
    {
        if (constraints is null)
            return true;
        if (constraints.Denylist.Any(text => Parse(text)?.Permits(target) == true))
            return false;
        return constraints.Allowlist.Count == 0 || constraints.Allowlist.Any(text => Parse(text)?.Permits(target) == true);
    }

    private static List<(string Operator, SemanticVersion Version)>? ParseGroup(string group)
    {
        var comparisons = new List<(string, SemanticVersion)>();
        var rest = group.Trim();
        while (rest.Length > 0)
        {
            var op = Operators.FirstOrDefault(o => rest.StartsWith(o, StringComparison.Ordinal)) ?? "";
            rest = rest[op.Length..].TrimStart();
            var end = rest.IndexOfAny([',', ' ']);
            var text = end < 0 ? rest : rest[..end];
            rest = end < 0 ? "" : rest[end..].TrimStart(' ', ',');
            if (text == "*" && op.Length == 0)
                continue;
            if (SemanticVersion.Parse(text) is not { } version)
                return null;
            comparisons.Add((op, version));
        }

        return group.Trim().Length == 0 ? null : comparisons;
    }

    private static bool Holds(SemanticVersion version, string op, SemanticVersion bound) => op switch
    {
        ">" => version > bound,
        ">=" => version >= bound,
        "<" => version < bound,
        "<=" => version <= bound,
        "!=" => version.CompareTo(bound) != 0,
        "~" => version >= bound && version.Major == bound.Major && version.Minor == bound.Minor,
        "^" => version >= bound && version.Major == bound.Major,
        _ => version.CompareTo(bound) == 0,
    };
}
