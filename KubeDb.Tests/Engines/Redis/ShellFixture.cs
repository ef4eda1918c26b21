namespace KubeDb.Tests.Engines.Redis;

/// <summary>Tests of the start script, under a shell that the image has or that this machine lends it.</summary>
public abstract class ShellFixture(EngineVersion version, string shell) : EngineFixture(version)
{
    /// <summary>The shell's command line.</summary>
    protected string Shell { get; } = shell;

    [OneTimeSetUp]
    public async Task BringShell()
    {
        if (Shell != "sh" && await Container.BringAsync(Shell.Split(' ')[0]) is { } missing)
            Assert.Ignore(missing);
    }

    private protected Task<RealServer> MakeAsync(string password = RealServer.Password, IReadOnlyDictionary<string, string>? more = null) =>
        RealServer.MakeAsync(Container, Version, Shell, password, more);
}
