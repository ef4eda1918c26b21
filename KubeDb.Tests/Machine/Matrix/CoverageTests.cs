using System.Collections.Concurrent;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Operations;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using KubeDb.Tests.Unit.Engines.Redis;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>Whether the scenarios of the crash matrix reach all that operations do.</summary>
/// <remarks>It is not run in parallel, so that it comes after the matrix, and finds most of the scenarios played.</remarks>
[TestFixture]
[Category("Machine")]
[NonParallelizable]
public sealed class CoverageTests
{
    [Test]
    public void Every_step_of_every_operation_is_taken_in_a_scenario()
    {
        var taken = CrashMatrixTests.Scenarios.SelectMany(TakenSteps.Of).ToHashSet();
        var missing = from part in new TestWorld().Engines
                      let engine = part.Make(new FakeServers(), TimeProvider.System)
                      from operation in Operations()
                      from step in operation.Steps.Concat(operation.Undo)
                      let condition = step.Message is null ? engine.Sentences.Step(operation.Type, step.Name).Condition : step.Name
                      where operation.Type != Api.Kinds.Shared.OpsRequestTypes.ReconfigureTls || (engine.Tls is { } tls && ReconfigureTls.IsFor(step.Name, tls))

                      // Only a database with others beside it has them; with real servers end to end.
                      where step.Name != ReconfigureTls.PeerReady
                      where step.Name != Api.Kinds.Shared.OpsConditionTypes.UpdateAclSecret || engine.Configuration!.OwnFiles(null!).Count > 0
                      where step.Name != ReconfigureUndo.RestoredLive || engine.Configuration!.ChangesLive
                      where !taken.Contains((engine.Kinds.OpsRequest.Kind, operation.Type, condition))
                      select $"{engine.Kinds.OpsRequest.Kind}, {operation.Type}: {step.Name}";
        Assert.That(missing, Is.Empty, "These steps are carried out but reached by no scenario: add one for each to the scenarios of the kind.");
    }

    internal static IReadOnlyList<IOperation> Operations()
    {
        var parts = new OperationParts(new RequestAcceptance(null!, null!), new SpecWriter(null!, null!), null!, null!, new PeerDatabases(null!, null!, null!));
        return [.. OperationRegistry.All.Select(make => make(parts))];
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
