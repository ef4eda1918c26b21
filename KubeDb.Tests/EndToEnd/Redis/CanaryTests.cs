using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>
/// Values that are easily recognised, in every secret that a database can have, on every path on which a server or the API server repeats
/// what it was sent. After each step, as after every end-to-end test, no object, event or log holds one.
/// </summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.Children)]
public sealed class CanaryTests : ClusterTest
{
    private static string Canary(string where) => $"{SecretScan.Mark}-{where}-{Guid.NewGuid():N}";

    [Test]
    public async Task A_wrong_password_is_told_without_the_password()
    {
        var (right, wrong) = ($"{Canary("right")}'\"$ü", Canary("wrong"));
        await KubectlHere("create", "secret", "generic", "own", "--type=kubernetes.io/basic-auth", "--from-literal=username=default", $"--from-literal=password={right}");
        await Apply(Redis("locked", more: "authSecret: {kind: Secret, name: own, externallyManaged: true}"));
        await WaitForPhase("locked", "Ready");
        Assert.That(await LeaksAsync(), Is.Empty);

        await SetSecret("own", "password", wrong);
        await Eventually(
            async () => (await Get("rd", "locked"))!["status"]!["conditions"]!.ToJsonString().Contains("refuses the user name or password", StringComparison.Ordinal),
            "the refusal is told");
        Assert.That(await LeaksAsync(), Is.Empty);

        await SetSecret("own", "password", right);
        await WaitForPhase("locked", "Ready");
    }

    [TestCase("requirepass {0}", "requirepass")]
    [TestCase("masteruser {0}\nmasterauth {0}", "masterauth")]
    [TestCase("user default on >{0}", "user default")]
    [TestCase("tls-key-file-pass {0}", "tls-key-file-pass")]
    [TestCase("masterauth \"{0}", "unbalanced quotes")]
    [TestCase("requirepass \"first\n{0}\"", "unbalanced quotes")]
    [TestCase("maxclients 1 {0}", "maxclients")]
    [TestCase("no-such-directive {0}", "no-such-directive")]
    [TestCase("maxmemory-policy {0}", "maxmemory-policy")]
    public async Task What_a_request_refuses_is_told_without_its_value(string lines, string said)
    {
        await Apply(Redis("strict"));
        await Apply(ConfigSecret("new", string.Format(CultureInfo.InvariantCulture, lines, Canary("config"))));
        await WaitForPhase("strict", "Ready");

        await Apply(Reconfigure("refused", "strict", "configSecret: {name: new}"));
        await WaitForRequestPhase("refused", "Failed", TimeSpan.FromMinutes(4));

        Assert.That((await Get("rdops", "refused"))!["status"]!["conditions"]!.ToJsonString(), Does.Contain(said));
        Assert.That(await LeaksAsync(), Is.Empty);
        await WaitForPhase("strict", "Ready");
    }

    [Test]
    public async Task A_server_that_does_not_start_quotes_its_file_and_the_request_does_not()
    {
        await Apply(Redis("crashing"));
        await WaitForPhase("crashing", "Ready");
        await Apply(ConfigSecret("new", $"user bob on >{Canary("bob")} nonsense-{Canary("rule")}\nmaxclients 77"));

        await Apply(Reconfigure("broken", "crashing", "configSecret: {name: new}\nrestart: \"true\""));
        await WaitForRequestPhase("broken", "Failed", TimeSpan.FromMinutes(4));

        Assert.That((await Get("rdops", "broken"))!["status"]!["conditions"]!.ToJsonString(), Does.Contain("last words").And.Contain("bob"));
        Assert.That(await LeaksAsync(), Is.Empty);
        await WaitForPhase("crashing", "Ready");
    }

    [TestCase("requirepass \"{0}", "unbalanced quotes")]
    [TestCase("# a comment with {0}\nuser alice on >{0} ~* +@all\nrequirepass {0}\nmasterauth {0}", "")]
    public async Task The_secret_of_a_new_database_stays_one(string lines, string said)
    {
        await Apply(ConfigSecret("mine", string.Format(CultureInfo.InvariantCulture, lines, Canary("mine"))));
        await Apply(Redis("secretive", more: "configuration: {secretName: mine}"));
        if (said.Length == 0)
            await WaitForPhase("secretive", "Ready");
        await Eventually(async () => (await Get("rd", "secretive"))!["status"]?["conditions"]?.ToJsonString().Contains(said, StringComparison.Ordinal) == true, "a condition tells");
        Assert.That(await LeaksAsync(), Is.Empty);
    }

    /// <summary>In the environment a password stands where the blueprint puts it from the Secret, so that redis-cli in the pod needs none.</summary>
    [Test]
    public async Task Processes_have_passwords_in_no_argument_and_only_in_the_variables_meant_for_them()
    {
        var mounts = new HashSet<string>(["REDISCLI_AUTH", "VALKEYCLI_AUTH", "REDIS_PASSWORD"], StringComparer.Ordinal);
        await Apply(ConfigSecret("mine", $"user alice on >{Canary("alice")} ~* +@all"));
        await Apply(Redis("running", more: "monitor: {agent: prometheus.io/builtin}\nconfiguration: {secretName: mine}"));
        await Apply(Redis("valkey", Valkey8));
        await WaitForPhase("running", "Ready");
        await WaitForPhase("valkey", "Ready");
        // The servers write over their environment, and probes are gone within milliseconds: what a container starts is seen by one that stays.
        var pods = new[] { "running-0", "valkey-0" };
        var staying = pods.Select(pod => TryKubectl("exec", pod, "--", "sleep", "20")).ToList();
        await Eventually(async () => (await Task.WhenAll(pods.Select(pod => TryKubectl("exec", pod, "--", "sh", "-c", "cat /proc/[0-9]*/comm"))))
            .All(r => r.Output.Contains("sleep", StringComparison.Ordinal)), "both processes run");
        await Apply(Restart("again", "running"));
        var scan = new SecretScan(SecretScan.ValuesOf(await Cluster.SecretsAsync(Namespace)));
        var (arguments, variables, seen) = (new List<string>(), new List<string>(), new HashSet<string>());
        for (var look = 0; look < 100; look++)
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
            {
                if (scan.FoundIn(Read(process, "cmdline")) is { Count: > 0 })
                    arguments.Add(Read(process, "cmdline").Replace('\0', ' '));
                foreach (var variable in Read(process, "environ").Split('\0').Where(v => scan.FoundIn(v).Count > 0))
                {
                    var name = variable.Split('=')[0];
                    seen.Add(name);
                    if (!mounts.Contains(name))
                        variables.Add($"{Read(process, "comm").Trim()}: {name}");
                }
            }

            await Task.Delay(100);
        }

        Assert.Multiple(() =>
        {
            Assert.That(arguments, Is.Empty);
            Assert.That(variables, Is.Empty);
            Assert.That(seen, Is.EquivalentTo(mounts), "the containers' processes are seen at all: this needs root on the machine of the node");
        });
        await WaitForSuccess("again");
        await Task.WhenAll(staying);
    }

    private Task SetSecret(string name, string key, string value) => KubectlHere(
        "patch", "secret", name, "--type=merge", "-p", new JsonObject { ["data"] = new JsonObject { [key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) } }.ToJsonString());

    private static string Read(string process, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(process, file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
