using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Druid.Client;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Tests.Engines.Druid;

/// <summary>A real cluster: started by the scripts on the rendered files, checked by a written row, restarted as a request does.</summary>
[Category("Full")]
[TestFixtureSource(typeof(DruidVersionsInFull))]
public sealed class ClusterTests(EngineVersion version) : EngineFixture(version)
{
    private const string Precious = "precious";
    private RealDruid _druid = null!;

    [OneTimeSetUp]
    public async Task Form()
    {
        _druid = await RealDruid.MakeAsync(Version);
        _druid.UserConfiguration["historicals.properties"] = "druid.processing.numThreads=1";
        await _druid.StartAsync(_druid.Roles);

        // The health checks write a row, read it, and drop it before they are content; a row of a user's stays.
        await _druid.SettleAsync();
        await _druid.RunTaskAsync(Ingestion(Precious, 3));
        await _druid.UntilAsync(async () => await _druid.CountAsync(Precious) == 3 ? null : "the rows are not there yet");
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        if (_druid is not null)
            await _druid.DisposeAsync();
    }

    [Test]
    public async Task Health_is_checked_by_a_row_that_is_written_read_and_dropped()
    {
        var wrote = false;
        await _druid.UntilAsync(async () =>
        {
            var failure = (await _druid.Engine.ProbeAsync(_druid.Instances, CancellationToken.None)).Failure;
            Assert.That(failure, Is.Null);
            var there = await _druid.CountAsync("kubedb-datasource") > 0;
            wrote |= there;
            return wrote && !there ? null : $"the row of the checks was {(wrote ? "not dropped" : "not seen")} yet";
        });
    }

    [Test]
    public async Task Servers_run_with_what_the_files_say()
    {
        var differences = await _druid.Engine.Configuration!.DifferencesAsync(_druid.Instances.Facts, _druid.Instances, CancellationToken.None);
        Assert.That(differences, Is.Not.Null.And.Empty);
        var told = (await _druid.AskAsync(DruidNames.Historicals, DruidQuestion.Properties)).Json!;
        Assert.That(told["druid.processing.numThreads"]?.ToString(), Is.EqualTo("1"));
    }

    [Test]
    public async Task A_wrong_password_is_told_as_such()
    {
        var right = _druid.Credential;
        _druid.Credential = new("admin", "wrong");
        var failure = (await _druid.Engine.ProbeAsync(_druid.Instances, CancellationToken.None)).Failure;
        _druid.Credential = right;
        Assert.That(failure?.Message, Does.Contain("does not take the user name or password of the auth secret"));
    }

    [Test]
    public async Task A_middle_manager_is_drained_and_takes_tasks_again()
    {
        var pod = _druid.PodOf(_druid.Role(DruidNames.MiddleManagers));
        var task = await _druid.SubmitAsync(new JsonObject { ["type"] = "noop", ["runTime"] = 15_000 });
        await _druid.UntilAsync(async () => (await _druid.AskAsync(DruidNames.MiddleManagers, DruidQuestion.WorkerTasks)).Text.Contains(task, StringComparison.Ordinal) ? null : "the task does not run yet");
        var asked = await _druid.Engine.Restarts.PrepareAsync(_druid.Instances, pod, CancellationToken.None);
        Assert.That((asked.IsReady, asked.Reason), Is.EqualTo((false, $"{pod.Metadata.Name} takes no more tasks, and goes once those that it runs have ended: {task}")));
        await _druid.UntilAsync(() => _druid.Engine.Restarts.PrepareAsync(_druid.Instances, pod, CancellationToken.None));
        Assert.That((await _druid.AskAsync(DruidNames.Coordinators, DruidQuestion.Get($"/druid/indexer/v1/task/{task}/status"))).Json?["status"]?["status"]?.ToString(), Is.EqualTo("SUCCESS"));
        await RestartAsync(DruidNames.MiddleManagers);
        await _druid.RunTaskAsync(new JsonObject { ["type"] = "noop", ["runTime"] = 100 });
    }

    [Test]
    public async Task Worker_left_without_tasks_takes_some_again()
    {
        Assert.That((await _druid.AskAsync(DruidNames.MiddleManagers, DruidQuestion.Enable(false))).IsOk, Is.True);
        var report = await _druid.Engine.MaintainAsync(_druid.Instances, CancellationToken.None);
        Assert.That(report.Actions.Select(a => a.Reason), Is.EqualTo(new[] { "WorkerEnabled" }));
        Assert.That((await _druid.AskAsync(DruidNames.MiddleManagers, DruidQuestion.WorkerEnabled)).Text, Does.Contain("true"));
    }

    // In the documented order.
    [TestCase(DruidNames.Historicals)]
    [TestCase(DruidNames.Brokers)]
    [TestCase(DruidNames.Routers)]
    [TestCase(DruidNames.Coordinators)]
    public async Task After_a_restart_the_rows_are_there_once_the_engine_says_so(string role)
    {
        await RestartAsync(role);
        Assert.That(await _druid.CountAsync(Precious), Is.EqualTo(3));
    }

    [Test]
    public async Task A_ZooKeeper_that_is_down_is_named_and_the_cluster_goes_on_by_itself()
    {
        await _druid.StopZooKeeperAsync();
        var failure = (await _druid.Engine.ProbeAsync(_druid.Instances, CancellationToken.None)).Failure;
        Assert.That(failure?.Message, Does.StartWith("ZooKeeper demo/zk does not answer at "));
        await _druid.StartZooKeeperAsync();
        await _druid.SettleAsync();
        Assert.That(await _druid.CountAsync(Precious), Is.EqualTo(3));
    }

    private async Task RestartAsync(string role)
    {
        var pod = _druid.PodOf(_druid.Role(role));
        await _druid.UntilAsync(() => _druid.Engine.Restarts.PrepareAsync(_druid.Instances, pod, CancellationToken.None));
        await _druid.StopAsync(_druid.Role(role));
        await _druid.StartAsync(_druid.Role(role));
        await _druid.UntilAsync(() => _druid.Engine.Restarts.CaughtUpAsync(_druid.Instances, pod, CancellationToken.None));
    }

    internal static JsonObject Ingestion(string source, int rows) => new()
    {
        ["type"] = "index_parallel",
        ["spec"] = new JsonObject
        {
            ["dataSchema"] = new JsonObject
            {
                ["dataSource"] = source,
                ["timestampSpec"] = new JsonObject { ["column"] = "time", ["format"] = "iso" },
                ["dimensionsSpec"] = new JsonObject { ["dimensions"] = new JsonArray("name") },
                ["granularitySpec"] = new JsonObject { ["type"] = "uniform", ["segmentGranularity"] = "day", ["queryGranularity"] = "none", ["rollup"] = false },
            },
            ["ioConfig"] = new JsonObject
            {
                ["type"] = "index_parallel",
                ["inputSource"] = new JsonObject { ["type"] = "inline", ["data"] = string.Join('\n', Enumerable.Range(0, rows).Select(r => $$"""{"time":"2020-01-01T00:00:0{{r}}Z","name":"row-{{r}}"}""")) },
                ["inputFormat"] = new JsonObject { ["type"] = "json" },
                ["appendToExisting"] = true,
            },
            ["tuningConfig"] = new JsonObject { ["type"] = "index_parallel", ["partitionsSpec"] = new JsonObject { ["type"] = "dynamic" } },
        },
    };
}
