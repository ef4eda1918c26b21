using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Checks what the spec refers to: the content of secrets, and the configuration, with the rules of a request. No part of a refused spec is
/// applied, so the config secret keeps the last good configuration, and every pod that starts uses it.
/// </summary>
internal sealed class SpecStep(DatabaseParts parts)
{
    /// <summary>Continues when nothing is wrong.</summary>
    public async Task<Outcome> RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        IReadOnlyList<Violation> violations =
            pass.IsSettled ? [] : [.. parts.Engine.Check(pass.Facts!), .. await CheckConfigurationAsync(pass, cancel)];
        if (violations.Count > 0)
            return Gatherer.Violated(violations);
        if (AcceptedSpec.ToRemember(pass.Stored) is { } init)
        {
            var annotation = new JsonObject { [AcceptedSpec.InitAnnotation] = init };
            pass.Stored = await DatabaseWrites.PatchAnnotationsAsync(parts, pass.Stored, annotation, cancel);
        }

        return Outcome.Continue;
    }

    private async Task<IReadOnlyList<Violation>> CheckConfigurationAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (parts.Engine.Configuration is not { } configuration)
            return [];

        // Without servers nothing costs a request, and of almost every spec nothing is left to ask.
        var verdict = await configuration.CheckSpecAsync(pass.Facts!, null, cancel);
        if (verdict is { Violations.Count: 0, Doubts.Count: 0 })
            return [];
        pass.MaySettle = false;
        verdict = await configuration.CheckSpecAsync(pass.Facts!, ReadyInstances(pass), cancel);
        return verdict.Judge(pass.Stored.Status);
    }

    private DatabaseInstances? ReadyInstances(DatabasePass pass)
    {
        var known = parts.Gatherer.Instances(parts.Engine, pass.Key, pass.Stored.Metadata.Uid);
        var ready = known?.Pods.Where(p => p.IsReady).ToList();
        return ready is { Count: > 0 } ? known! with { Pods = ready } : null;
    }
}
