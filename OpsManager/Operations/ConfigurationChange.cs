using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Operations;

/// <summary>A plan, or why there is none.</summary>
internal readonly record struct Planned(ConfigurationPlan? Plan, StepResult Otherwise);

/// <summary>Writes a new configuration into the database's spec and the files rendered from it, and the previous one back.</summary>
internal sealed class ConfigurationChange(IKubernetesClient client, RequestWriter requests)
{
    private const string Configuration = "configuration";

    /// <summary>The older field that defaulting moves into <c>configuration</c>; left in place it would come back there.</summary>
    private const string ConfigSecret = "configSecret";

    /// <summary>Everything that can be said against the change without touching the database; null when nothing can.</summary>
    public static async Task<StepResult?> CheckAsync(OperationRun run, CancellationToken cancel)
    {
        if (run.Engine.Configuration is not { } configuration)
            return StepResult.FailForGood("TypeNotSupported", $"The configuration of a {run.Engine.Kinds.Name} can not be changed by a request.");
        var planned = await PlanFromAsync(run, run.Database, cancel);
        if (planned.Plan is null)
            return planned.Otherwise;
        if (run.Pods.All(p => !p.IsReady))
            return null;
        var refused = await configuration.CheckAsync(await run.InstancesAsync(cancel), planned.Plan, cancel);
        return refused.Count == 0 ? null : Violated(refused);
    }

    /// <summary>Makes the plan again, from the state that the operation found.</summary>
    public async Task<Planned> PlanAsync(OperationRun run, CancellationToken cancel)
    {
        if (Journal.Read(run.Request, Journal.ConfigurationBefore) is not { } before)
            return await PlanFromAsync(run, run.Database, cancel);
        var raw = (await client.GetAsync(run.Engine.Kinds.Database, run.Database.Metadata.Key, cancel)).OrThrow();
        Put((JsonObject)raw["spec"]!, before);
        return await PlanFromAsync(run, run.View.Decode(raw), cancel);
    }

    /// <summary>The plan of the way back.</summary>
    public async Task<Planned> PlanBackAsync(OperationRun run, CancellationToken cancel)
    {
        var planned = await PlanAsync(run, cancel);
        var before = Journal.Read(run.Request, Journal.ConfigurationBefore)?[Configuration] as JsonObject;
        return planned.Plan is { } plan
            ? new Planned(plan with { SpecConfiguration = before, Before = plan.After, After = plan.Before }, default)
            : planned;
    }

    /// <summary>Writes the planned configuration; remembers the previous one first.</summary>
    public async Task<StepResult> WriteAsync(OperationRun run, CancellationToken cancel)
    {
        await RememberAsync(run, cancel);
        var planned = await PlanAsync(run, cancel);
        if (planned.Plan is null)
            return planned.Otherwise;
        await PatchAsync(run, new JsonObject { [Configuration] = planned.Plan.SpecConfiguration?.DeepClone() }, cancel);
        return await run.View.ApplyAsync(run.Database, cancel);
    }

    /// <summary>Writes the previous configuration back.</summary>
    public async Task<StepResult> RestoreAsync(OperationRun run, CancellationToken cancel)
    {
        if (Journal.Read(run.Request, Journal.ConfigurationBefore) is not { } before)
            return StepResult.Done;
        await PatchAsync(run, before, cancel);
        return await run.View.ApplyAsync(run.Database, cancel);
    }

    private async Task RememberAsync(OperationRun run, CancellationToken cancel)
    {
        if (Journal.Read(run.Request, Journal.ConfigurationBefore) is not null)
            return;
        var raw = (await client.GetAsync(run.Engine.Kinds.Database, run.Database.Metadata.Key, cancel)).OrThrow();
        var before = new JsonObject
        {
            [Configuration] = raw["spec"]?[Configuration]?.DeepClone(),
            [ConfigSecret] = raw["spec"]?[ConfigSecret]?.DeepClone(),
        };
        var runs = run.Pods.Select(p => KeyValuePair.Create(p.Metadata.Name, Journal.RunOf(p)));
        await requests.AnnotateAsync(
            run, [new(Journal.ConfigurationBefore, before.ToJsonString()), new(Journal.RunsBefore, Journal.Text(runs))], cancel);
    }

    /// <summary>Gives the spec these configuration fields, by a write that a change by anyone else refuses.</summary>
    private async Task PatchAsync(OperationRun run, JsonObject fields, CancellationToken cancel)
    {
        var kinds = run.Engine.Kinds;
        var raw = (await client.GetAsync(kinds.Database, run.Database.Metadata.Key, cancel)).OrThrow();
        var spec = (JsonObject)raw["spec"]!;
        var wanted = (JsonObject)spec.DeepClone();
        Put(wanted, fields);
        if (JsonDifference.Patch(spec, wanted) is not { } difference)
        {
            run.Database = run.View.Decode(raw);
            return;
        }

        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = raw["metadata"]!["resourceVersion"]!.DeepClone() },
            ["spec"] = difference,
        };
        var written = await client.MergePatchAsync(
            kinds.Database, run.Database.Metadata.Key, patch, FieldManagers.OpsManager, null, kinds.DecodeDatabase, cancel);
        run.Database = run.View.Seen(written.OrThrow());
    }

    private static async Task<Planned> PlanFromAsync(OperationRun run, IDatabase database, CancellationToken cancel)
    {
        var configuration = run.Engine.Configuration!;
        var gathered = await run.View.GatherAsync(database, cancel);
        if (gathered.Facts is not { } facts)
            return new Planned(null, gathered.Otherwise);
        var named = await run.View.SecretsAsync(database.Metadata.Namespace, configuration.References(run.Request), cancel);
        if (named.Missing is { } missing)
            return new Planned(null, StepResult.FailForGood(missing.Reason, missing.Message));
        var secrets = facts.Secrets.Concat(named.Secrets.Where(s => !facts.Secrets.ContainsKey(s.Key))).ToDictionary(p => p.Key, p => p.Value);
        var plan = configuration.Plan(run.Request, facts with { Secrets = secrets });
        return plan.Violations.Count > 0 ? new Planned(null, Violated(plan.Violations)) : new Planned(plan, default);
    }

    private static StepResult Violated(IReadOnlyList<Violation> violations) =>
        StepResult.FailForGood(violations[0].Reason, Sentences.Of(violations));

    /// <summary>Sets the configuration fields of a spec; those absent, or null, are removed.</summary>
    private static void Put(JsonObject spec, JsonObject fields)
    {
        foreach (var name in new[] { Configuration, ConfigSecret })
        {
            spec.Remove(name);
            if (fields[name] is { } value)
                spec[name] = value.DeepClone();
        }
    }
}
