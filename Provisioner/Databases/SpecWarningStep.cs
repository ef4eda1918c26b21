using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Tells what the user wrote and nobody takes: in a condition as long as it is so, and once in an event. The rest of the spec is carried out.
/// </summary>
internal sealed class SpecWarningStep(DatabaseParts parts)
{
    /// <summary>More than these are not listed; the first ones are reason enough to look.</summary>
    private const int Most = 20;

    /// <summary>Tells, when the database was gathered; what is not known anew stays as it was told.</summary>
    public void Run(DatabasePass pass)
    {
        if (pass.Facts is null)
            return;
        var warnings = Of(pass);
        if (warnings.Count == 0)
        {
            pass.Status.Remove(ConditionTypes.SpecWarnings);
            return;
        }

        var told = pass.Stored.Status.Conditions.Of(ConditionTypes.SpecWarnings)?.Message ?? "";
        var message = string.Join(' ', warnings.Take(Most).Select(w => w.Message));
        var more = warnings.Count > Most ? $" And {warnings.Count - Most} more." : "";
        if (!pass.Status.Set(DatabaseConditions.Make(ConditionTypes.SpecWarnings, true, warnings[0].Reason, message + more)))
            return;
        foreach (var warning in warnings.Take(Most).Where(w => !told.Contains(w.Message, StringComparison.Ordinal)))
            parts.Events.Warning(pass.Target, warning.Reason, warning.Message);
    }

    // The one place where warnings come together: what no part of the spec is, what the engine does not take, and what the blueprint leaves out.
    private List<SpecWarning> Of(DatabasePass pass) =>
    [
        .. parts.Engine.Fragments(pass.Facts!.Database).SelectMany(UnknownFields.In),
        .. parts.Engine.Warnings(pass.Facts),
        .. pass.Blueprint?.Warnings ?? [],
    ];
}
