using System.Collections.Concurrent;
using System.Text;
using KubeDb.Api.Engines;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Operations;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using KubeDb.Tests.Unit.Engines.Redis;
using OpsConditionTypes = KubeDb.Api.Kinds.Shared.OpsConditionTypes;
using OpsRequestTypes = KubeDb.Api.Kinds.Shared.OpsRequestTypes;
using Reasons = KubeDb.Api.Kinds.Shared.Reasons;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>Whether the scenarios of the crash matrix reach all that operations do.</summary>
/// <remarks>It is not run in parallel, so that it comes after the matrix, and finds most of the scenarios played.</remarks>
[TestFixture]
[Category("Machine")]
[NonParallelizable]
public sealed class CoverageTests
{
    private static IEnumerable<IEngine> Engines => new TestWorld().Engines.Select(e => e.Make(new FakeServers(), TimeProvider.System));

    [Test]
    public void Every_step_of_every_operation_is_taken_in_a_scenario() => Assert.That(
        Missing(Operations(), CrashMatrixTests.Scenarios.SelectMany(TakenSteps.Of).ToHashSet()),
        Is.Empty,
        "These steps are carried out but reached by no scenario: add one for each to the scenarios of the kind.");

    [Test]
    public void Every_engine_is_asked_for_the_steps_of_the_operations_that_it_takes_and_of_no_other()
    {
        var asked = Missing([.. Operations(), new Toy()], []).Select(m => m.Split(": ")[0]).Distinct();

        Assert.That(asked, Is.EquivalentTo(Engines.SelectMany(e => new[]
        {
            OpsRequestTypes.Restart,
            e.Configuration is null ? null : OpsRequestTypes.Reconfigure,
            e.Tls is null ? null : OpsRequestTypes.ReconfigureTls,
        }.OfType<string>().Select(type => $"{e.Kinds.OpsRequest.Kind}, {type}"))));
    }

    private static IEnumerable<string> Missing(IReadOnlyList<IOperation> operations, HashSet<(string Kind, string Operation, string Condition)> taken) =>
        from engine in Engines
        from operation in operations
        where Takes(engine, operation.Type)
        from step in operation.Steps.Concat(operation.Undo)
        let condition = step.Message is null ? engine.Sentences.Step(operation.Type, step.Name).Condition : step.Name
        where operation.Type != OpsRequestTypes.ReconfigureTls || (engine.Tls is { } tls && ReconfigureTls.IsFor(step.Name, tls))

        // Only a database with others beside it has them; with real servers end to end.
        where step.Name != ReconfigureTls.PeerReady
        where step.Name != OpsConditionTypes.UpdateAclSecret || engine.Configuration!.OwnFiles(null!).Count > 0
        where step.Name != ReconfigureUndo.RestoredLive || engine.Configuration!.ChangesLive
        where !taken.Contains((engine.Kinds.OpsRequest.Kind, operation.Type, condition))
        select $"{engine.Kinds.OpsRequest.Kind}, {operation.Type}: {step.Name}";

    private static bool Takes(IEngine engine, string type)
    {
        var request = engine.Kinds.DecodeOpsRequest(Encoding.UTF8.GetBytes($$$"""{"spec":{"type":"{{{type}}}"}}"""));
        return engine.Check(request, engine.Default(engine.Kinds.DecodeDatabase("{}"u8), null), static _ => null).All(v => v.Reason != Reasons.TypeNotSupported);
    }

    internal static IReadOnlyList<IOperation> Operations()
    {
        var parts = new OperationParts(new RequestAcceptance(null!, null!), new SpecWriter(null!, null!), null!, null!, new PeerDatabases(null!, null!, null!));
        return [.. OperationRegistry.All.Select(make => make(parts))];
    }

    /// <summary>An operation that no engine takes.</summary>
    private sealed class Toy : IOperation
    {
        public string Type => "Toy";

        public IReadOnlyList<Step> Steps =>
            [new Step { Name = Type, Message = "Done.", Describe = static _ => "begin", DoAsync = static (_, _) => Task.FromResult(StepResult.Done) }];

        public IReadOnlyList<Step> Undo => [];

        public Task<StepResult?> PreCheckAsync(OperationRun run, CancellationToken cancel) => Task.FromResult<StepResult?>(null);

        public string Epilogue(OperationRun run) => "";
    }
}

/// <summary>The steps that the requests of scenarios, played unharmed, recorded, by the conditions that record them.</summary>
internal static class TakenSteps
{
    private static readonly ConcurrentDictionary<string, IReadOnlySet<(string Kind, string Operation, string Condition)>> Known = [];

    /// <summary>Those of a scenario, which is played for them unless it was.</summary>
    public static IReadOnlySet<(string Kind, string Operation, string Condition)> Of(Scenario scenario)
    {
        if (!Known.ContainsKey(scenario.Name))
            Record(scenario, scenario.Prepare());
        return Known[scenario.Name];
    }

    /// <summary>Plays a scenario unharmed, and keeps what its requests recorded.</summary>
    public static Trial Record(Scenario scenario, TestWorld prepared)
    {
        var seen = new HashSet<(string, string, string)>();
        var trial = Trial.Play(scenario, prepared, null, world => world.Server.Observe(change =>
        {
            if (change.Now.Kind.Group == "ops.kubedb.com" && change.Now.Object is { } now)
                seen.UnionWith(now.At("status", "conditions").Objects().Select(c => (now.Text("kind"), now["spec"].Text("type"), c.Text("type"))));
        }));
        Known[scenario.Name] = seen;
        return trial;
    }
}
