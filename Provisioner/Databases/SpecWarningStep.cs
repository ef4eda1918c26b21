using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Reports fields and settings of the spec that have no effect, in a condition and one event each. The rest of the spec is carried out.
/// </summary>
internal sealed class SpecWarningStep(DatabaseParts parts)
{
    /// <summary>Most warnings that are listed.</summary>
    private const int Most = 20;

    /// <summary>Sets or removes the condition, once the facts are gathered; otherwise the condition stays.</summary>
    public void Run(DatabasePass pass)
    {
        if (pass.Facts is null)
            return;
        var warnings = pass.IsSettled ? [] : Of(pass);
        pass.MaySettle &= warnings.Count == 0;
        if (warnings.Count == 0)
        {
            pass.Status.Remove(ConditionTypes.SpecWarnings);
            return;
        }

        var reported = pass.Stored.Status.Conditions.Of(ConditionTypes.SpecWarnings)?.Message ?? "";
        var message = string.Join(' ', warnings.Take(Most).Select(w => w.Message));
        var more = warnings.Count > Most ? $" And {warnings.Count - Most} more." : "";
        if (!pass.Status.Set(DatabaseConditions.Make(ConditionTypes.SpecWarnings, true, warnings[0].Reason, message + more)))
            return;
        foreach (var warning in warnings.Take(Most).Where(w => !reported.Contains(w.Message, StringComparison.Ordinal)))
            parts.Events.Warning(pass.Target, warning.Reason, warning.Message);
    }

    // A request that changes TLS has the database paused from its first step to its last.
    private IEnumerable<SpecWarning> LeftOnItsWay(DatabasePass pass)
    {
        if (TlsTransition.RequestOf(pass.Stored) is not { } request || Pause.IsPaused(pass.Stored.Status) || parts.Engine.Certificates(pass.Facts!.Database).Count == 0)
            yield break;
        yield return new(
            "spec.tls",
            Reasons.TlsTransitionLeft,
            $"The servers accept plain connections and TLS: the {parts.Engine.Kinds.OpsRequest.Kind} \"{request}\", which changed TLS, was taken away before its end. "
            + "Create one of type ReconfigureTLS: with rotateCertificates it goes on to TLS alone, with remove to plain connections.");
    }

    // The one place where warnings come together: unknown fields, what the engine ignores, and what the blueprint omits.
    private List<SpecWarning> Of(DatabasePass pass) =>
    [
        .. parts.Engine.Fragments(pass.Facts!.Database).SelectMany(UnknownFields.In),
        .. parts.Engine.Warnings(pass.Facts),
        .. LeftOnItsWay(pass),
        .. pass.Blueprint?.Warnings ?? [],
    ];
}
