using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.ControlPlane.Kubernetes;

/// <summary>
/// Exec and logs in a real container: the local cluster's own pause image, with the node's programs mounted, so that nothing has to be built.
/// </summary>
[TestFixture]
[Category("ControlPlane")]
public sealed class ContainerTests : ApiServerTest
{
    private static readonly string[] ProgramDirectories = ["bin", "usr", "lib", "lib64"];

    [OneTimeSetUp]
    public async Task StartPod()
    {
        await Attempt(() => Client.CreateAsync(ResourceTypes.Pod, PodManifest(), Soon), r => r.Succeeded);
        Pod? pod = null;
        await Attempt(
            async () => pod = (await Client.GetAsync<Pod>(Key("shell"), Soon)).OrThrow(),
            _ => pod!.IsReady || pod.Status.ContainerStatuses.Any(c => c.State.Waiting?.Reason == "ErrImageNeverPull"));
        if (!pod!.IsReady)
            Assert.Ignore("This cluster's node does not have the image local/pause:1, which hack/cluster loads.");
    }

    [Test]
    public async Task A_command_tells_its_output_and_exit_code()
    {
        var result = (await Exec("printf 'grüße'; printf problem >&2; exit 7")).OrThrow();

        Assert.That(result, Is.EqualTo(new ExecResult(7, "grüße", "problem")));
    }

    [Test]
    public async Task Input_reaches_the_command()
    {
        var input = Encoding.UTF8.GetBytes(new string('x', 300_000));

        var result = (await Exec("head -c 300000 | wc -c", input)).OrThrow();

        Assert.That((result.ExitCode, result.Output.Trim()), Is.EqualTo((0, "300000")));
    }

    [Test]
    public async Task Input_is_closed_where_the_server_can_close_it()
    {
        var version = (await new ApiDiscovery(Client).GetAsync(Soon)).OrThrow().Version;
        if (version < new KubernetesVersion(1, 30))
            Assert.Ignore($"The server is {version}; only since 1.30 the end of input can be told.");

        var result = (await Exec("cat; echo end", "some"u8.ToArray())).OrThrow();

        Assert.That(result.Output, Is.EqualTo("someend\n"));
    }

    [Test]
    public async Task A_program_or_container_that_is_not_there_is_an_error()
    {
        var noContainer = await Client.ExecAsync(new ExecRequest(Key("shell"), "other", ["true"]), Soon);
        var noPod = await Client.ExecAsync(new ExecRequest(Key("nothing"), "main", ["true"]), Soon);

        Assert.That(noContainer.Error?.Kind, Is.EqualTo(ApiErrorKind.BadRequest), noContainer.Error?.Message);
        Assert.That(noPod.Error?.Kind, Is.EqualTo(ApiErrorKind.NotFound), noPod.Error?.Message);
        Assert.That(noPod.Error!.Message, Does.Contain("nothing"));
    }

    [Test]
    public async Task The_end_of_a_log_is_read()
    {
        string? log = null;
        await Attempt(async () => log = (await Client.LogsAsync(new LogRequest(Key("shell"), "main", TailLines: 2), Soon)).OrThrow(), l => l!.Contains("three", StringComparison.Ordinal));
        var previous = await Client.LogsAsync(new LogRequest(Key("shell"), "main", Previous: true), Soon);

        Assert.That(log, Is.EqualTo("twö\nthree\n"));
        Assert.That(previous.Error?.Kind, Is.EqualTo(ApiErrorKind.BadRequest), "it never ran before");
    }

    private Task<ApiResult<ExecResult>> Exec(string script, byte[]? input = null) =>
        Client.ExecAsync(new ExecRequest(Key("shell"), "main", ["/bin/sh", "-c", script], input), Soon);

    private JsonObject PodManifest()
    {
        var container = new JsonObject
        {
            ["name"] = "main",
            ["image"] = "docker.io/local/pause:1",
            ["imagePullPolicy"] = "Never",
            ["command"] = new JsonArray("/bin/sh", "-c", "printf 'one\\ntwö\\nthree\\n'; exec sleep 600"),
            ["volumeMounts"] = new JsonArray([.. ProgramDirectories.Select(d => new JsonObject { ["name"] = d, ["mountPath"] = "/" + d, ["readOnly"] = true })]),
        };
        var spec = new JsonObject
        {
            ["automountServiceAccountToken"] = false,
            ["terminationGracePeriodSeconds"] = 0,
            ["containers"] = new JsonArray(container),
            ["volumes"] = new JsonArray([.. ProgramDirectories.Select(d => new JsonObject { ["name"] = d, ["hostPath"] = new JsonObject { ["path"] = "/" + d } })]),
        };
        return Manifest("v1", "Pod", "shell", Namespace, ("spec", spec));
    }

    private static async Task Attempt<T>(Func<Task<T>> action, Func<T, bool> enough)
    {
        for (var i = 0; i < 300; i++)
        {
            if (enough(await action()))
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }

        Assert.Fail("It did not come about within a minute.");
    }
}
