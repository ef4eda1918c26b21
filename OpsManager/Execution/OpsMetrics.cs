using System.Diagnostics;
using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;

namespace KubeDb.OpsManager.Execution;

/// <summary>What is counted and traced about operations.</summary>
internal static class OpsMetrics
{
    /// <summary>The request entered its phase.</summary>
    public static void Entered(EngineKinds kinds, IOpsRequest request, string? phase = null) =>
        Instruments.Operations.Add(1, new("kind", kinds.Name), new("type", request.Type), new("phase", phase ?? request.Status.Phase));

    /// <summary>
    /// A step ended. Its span belongs to the trace of the request, whose id is the request's UID, so that whatever process works for the
    /// request can add to it.
    /// </summary>
    public static void Step(OperationRun run, string step, string result, TimeSpan took, DateTimeOffset now)
    {
        Instruments.StepDuration.Record(took.TotalSeconds, new("type", run.Operation.Type), new("step", step));
        using var span = Instruments.Source.StartActivity(
            $"{run.Operation.Type} {step}", ActivityKind.Internal, ParentOf(run.Request.Metadata.Uid), startTime: now - took);
        span?.SetTag("object", run.Request.Metadata.Key.ToString()).SetTag("database", run.Live.Metadata.Key.ToString()).SetTag("result", result);
        if (result == "failed")
            span?.SetStatus(ActivityStatusCode.Error);
    }

    private static ActivityContext ParentOf(string uid) =>
        Guid.TryParse(uid, out var id)
            ? new ActivityContext(
                ActivityTraceId.CreateFromString(id.ToString("N")), ActivitySpanId.CreateFromString(id.ToString("N").AsSpan(0, 16)), ActivityTraceFlags.Recorded)
            : default;
}
