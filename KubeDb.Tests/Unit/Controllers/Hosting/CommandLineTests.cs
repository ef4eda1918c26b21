using KubeDb.Api.Controllers.Hosting;

namespace KubeDb.Tests.Unit.Controllers.Hosting;

[TestFixture]
[Category("Unit")]
public sealed class CommandLineTests
{
    [Test]
    public void Without_flags_the_defaults_hold()
    {
        var options = Read().Options!;

        Assert.That(options.LeaderElect);
        Assert.That(options.MetricsBindAddress, Is.EqualTo(":8080"));
        Assert.That(options.Namespaces, Is.Empty);
        Assert.That(options.More["color"], Is.EqualTo("red"));
    }

    [Test]
    public void Flags_are_read_in_all_their_forms()
    {
        var options = Read("--leader-elect=false", "--namespace", "a,b", "--max-concurrent-reconciles=3", "--color=blue", "--leader-election-lease-duration=1m").Options!;

        Assert.That(options.LeaderElect, Is.False);
        Assert.That(options.Namespaces, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(options.MaxConcurrentReconciles, Is.EqualTo(3));
        Assert.That(options.More["color"], Is.EqualTo("blue"));
        Assert.That(options.LeaseDuration, Is.EqualTo(TimeSpan.FromMinutes(1)));
        Assert.That(Read("--leader-elect").Options!.LeaderElect);
    }

    [Test]
    public void The_command_line_overrides_the_environment()
    {
        string? Environment(string name) => name switch { "KUBEDB_LOG_LEVEL" => "debug", "KUBEDB_CONTEXT" => "here", _ => null };
        var options = CommandLine.Read("p", "Does.", ["--context=there"], Environment).Options!;

        Assert.That((options.LogLevel, options.Context), Is.EqualTo(("debug", "there")));
    }

    [TestCase("--no-such-flag", "Unknown flag --no-such-flag")]
    [TestCase("-x", "Unknown flag -x")]
    [TestCase("stray", "Unexpected argument stray")]
    [TestCase("--log-level=loud", "loud is not a value for --log-level")]
    [TestCase("--max-concurrent-reconciles=0", "0 is not a value")]
    [TestCase("--metrics-bind-address=8080", "8080 is not a value")]
    [TestCase("--leader-elect=perhaps", "perhaps is not a value")]
    [TestCase("--kubeconfig", "--kubeconfig needs a value")]
    [TestCase("--color=green", "green is not a value for --color")]
    public void A_mistake_is_said_and_exits_with_2(string argument, string message)
    {
        var result = Read(argument);

        Assert.That((result.Options, result.ExitCode), Is.EqualTo(((OperatorOptions?)null, 2)));
        Assert.That(result.Output, Does.Contain(message).And.Contain("--help"));
    }

    [Test]
    public void Help_names_every_flag_with_its_default()
    {
        var result = Read("--help");

        Assert.That(result.ExitCode, Is.Zero);
        foreach (var flag in new[] { "--metrics-bind-address=:8080", "--health-probe-bind-address=:8081", "--leader-elect=true", "--namespace=", "--kubeconfig=", "--context=", "--log-level=info", "--color=red" })
            Assert.That(result.Output, Does.Contain(flag));
    }

    [TestCase("0", null)]
    [TestCase(":8080", "[::]:8080")]
    [TestCase("127.0.0.1:9", "127.0.0.1:9")]
    [TestCase("[::1]:9", "[::1]:9")]
    public void Addresses_become_end_points(string address, string? endPoint) =>
        Assert.That(CommandLine.EndPoint(address)?.ToString(), Is.EqualTo(endPoint));

    private static CommandLineResult Read(params string[] args) =>
        CommandLine.Read("p", "Does.", args, _ => null, new ExtraFlag("color", "red", "Red or blue.", v => v is "red" or "blue" ? null : "no"));
}
