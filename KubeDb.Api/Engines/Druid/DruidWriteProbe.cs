using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Druid.Client;

namespace KubeDb.Api.Engines.Druid;

/// <summary>
/// The check that writes a row, reads it, and drops it: each a task or a query of seconds, so that a round starts one and later rounds see what became of
/// it. Writing takes the place of a task: it is done when the process comes to know the cluster, and then every ten minutes.
/// </summary>
internal sealed class DruidWriteProbe(DruidClient client, TimeProvider time)
{
    /// <summary>The data source that is written.</summary>
    public const string DataSource = "kubedb-datasource";

    private const string Interval = "2015-09-12/2015-09-13";
    private const string Success = "SUCCESS";
    private const string Failed = "FAILED";
    private const int MostKnown = 10_000;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>How long a step may take before it counts as failed: a task waits for its turn.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, Course> _courses = new();

    private enum Stage
    {
        Resting,
        Writing,
        Reading,
        Dropping,
    }

    /// <summary>Takes the next step where one is due. What went wrong last, until all of it went well once; null when nothing did.</summary>
    public async Task<HealthFailure?> CheckAsync(DatabaseInstances instances, DruidView view, TimeSpan timeout, CancellationToken cancel)
    {
        if (_courses.Count > MostKnown)
            _courses.Clear();
        var course = _courses.GetOrAdd(instances.Database.Metadata.Uid, _ => new());
        var now = time.GetUtcNow();
        if (course.Stage == Stage.Resting && now < course.Next)
            return course.Failure;
        var round = new Round(client, instances, view, timeout, cancel);
        course.Since ??= now;
        var (problem, isFinal) = course.Stage switch
        {
            Stage.Writing => await WrittenAsync(course, round, now),
            Stage.Reading => await ReadAsync(course, round, now),
            Stage.Dropping => await DroppedAsync(course, round, now),
            _ => await WriteAsync(course, round, now),
        };
        if (problem is not null && (isFinal || now - course.Since >= Patience))
        {
            course.Failure = new(course.Stage == Stage.Reading ? HealthLabels.Read : HealthLabels.Write, $"{problem}.", AcceptsConnections: true);
            course.Rest(now);
        }

        return course.Failure;
    }

    private static async Task<(string? Problem, bool IsFinal)> WriteAsync(Course course, Round round, DateTimeOffset now)
    {
        course.Value = 1 - course.Value;
        var (task, failure) = await round.SubmitAsync(Ingestion(course.Value));
        if (task is not null)
            course.Begin(Stage.Writing, task, now);
        return (failure, false);
    }

    private static async Task<(string? Problem, bool IsFinal)> WrittenAsync(Course course, Round round, DateTimeOffset now)
    {
        var (state, said) = await round.StateAsync(course.Task);
        if (state != Success)
            return ($"The row that is written to {DataSource} to check the cluster is not there: {said}", state == Failed);
        course.Begin(Stage.Reading, "", now);
        return (null, false);
    }

    private static async Task<(string? Problem, bool IsFinal)> ReadAsync(Course course, Round round, DateTimeOffset now)
    {
        var answer = await round.AskAsync(round.View.Broker!, DruidQuestion.Sql($"SELECT \"value\" FROM \"{DataSource}\" LIMIT 1"));
        if (!answer.IsOk || answer.Json is not JsonArray { Count: > 0 } rows || rows[0]?["value"]?.ToString() != course.Value.ToString(CultureInfo.InvariantCulture))
            return ($"{round.View.Broker!.Name} does not return the row that was just written to {DataSource}{(answer.IsOk ? "" : $": {answer.Said}")}", false);
        var dropped = await round.AskAsync(round.View.Coordinator!, new(HttpMethod.Delete, $"/druid/coordinator/v1/datasources/{DataSource}"));
        if (!dropped.IsOk)
            return ($"{round.View.Coordinator!.Name} does not drop {DataSource}: {dropped.Said}", false);
        var (task, failure) = await round.SubmitAsync(new JsonObject { ["type"] = "kill", ["dataSource"] = DataSource, ["interval"] = Interval });
        if (task is null)
            return (failure, false);
        course.Failure = null;
        course.Begin(Stage.Dropping, task, now);
        return (null, false);
    }

    private static async Task<(string? Problem, bool IsFinal)> DroppedAsync(Course course, Round round, DateTimeOffset now)
    {
        var (state, said) = await round.StateAsync(course.Task);
        if (state != Success)
            return ($"What was written to {DataSource} to check the cluster is not deleted: {said}", state == Failed);
        course.Rest(now);
        return (null, false);
    }

    private static JsonObject Ingestion(int value) => new()
    {
        ["type"] = "index_parallel",
        ["spec"] = new JsonObject
        {
            ["dataSchema"] = new JsonObject
            {
                ["dataSource"] = DataSource,
                ["timestampSpec"] = new JsonObject { ["column"] = "time", ["format"] = "iso" },
                ["dimensionsSpec"] = new JsonObject { ["dimensions"] = new JsonArray("value") },
                ["granularitySpec"] = new JsonObject
                {
                    ["type"] = "uniform",
                    ["segmentGranularity"] = "day",
                    ["queryGranularity"] = "none",
                    ["rollup"] = false,
                    ["intervals"] = new JsonArray(Interval),
                },
            },
            ["ioConfig"] = new JsonObject
            {
                ["type"] = "index_parallel",
                ["inputSource"] = new JsonObject { ["type"] = "inline", ["data"] = string.Create(CultureInfo.InvariantCulture, $"{{\"time\":\"2015-09-12T00:00:00Z\",\"value\":\"{value}\"}}") },
                ["inputFormat"] = new JsonObject { ["type"] = "json" },
                ["appendToExisting"] = false,
            },
            ["tuningConfig"] = new JsonObject { ["type"] = "index_parallel", ["partitionsSpec"] = new JsonObject { ["type"] = "dynamic" } },
        },
    };

    /// <summary>One round: whom to ask.</summary>
    private sealed record Round(DruidClient Client, DatabaseInstances Instances, DruidView View, TimeSpan Timeout, CancellationToken Cancel)
    {
        public Task<DruidAnswer> AskAsync(DruidServer server, DruidQuestion question) => Client.AskAsync(Instances, server.Pod, question, Timeout, Cancel);

        public async Task<(string? Task, string? Failure)> SubmitAsync(JsonObject task)
        {
            var answer = await AskAsync(View.Overlord!, new(HttpMethod.Post, "/druid/indexer/v1/task", task));
            return answer.IsOk && answer.Json?["task"]?.ToString() is { Length: > 0 } id ? (id, null) : (null, $"{View.Overlord!.Name} takes no task: {answer.Said}");
        }

        public async Task<(string State, string Said)> StateAsync(string task)
        {
            var answer = await AskAsync(View.Overlord!, DruidQuestion.Get($"/druid/indexer/v1/task/{Uri.EscapeDataString(task)}/status"));
            var status = answer.IsOk ? answer.Json?["status"] : null;
            var state = status?["status"]?.ToString() ?? status?["statusCode"]?.ToString() ?? "";
            var said = status?["errorMsg"]?.ToString();
            return (state, $"task {task} {(state.Length == 0 ? $"can not be looked at: {answer.Said}" : $"is {state}")}{(string.IsNullOrEmpty(said) ? "" : $": {said}")}");
        }
    }

    /// <summary>How far the check of one cluster is.</summary>
    private sealed class Course
    {
        public Stage Stage { get; private set; }

        public string Task { get; private set; } = "";

        public int Value { get; set; }

        public DateTimeOffset? Since { get; set; }

        public DateTimeOffset Next { get; private set; }

        public HealthFailure? Failure { get; set; }

        public void Begin(Stage stage, string task, DateTimeOffset now) => (Stage, Task, Since) = (stage, task, now);

        // What failed is tried again in the next round.
        public void Rest(DateTimeOffset now) => (Stage, Task, Since, Next) = (Stage.Resting, "", null, Failure is null ? now + Every : now);
    }
}
