using System.Globalization;
using DotNet.Testcontainers.Containers;
using KubeDb.Api.Engines.Redis;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>
/// The start script, killed before and after each of its renames: the next start finds all files under the names that it wants, be they the new
/// ones, the old ones or yet others. The server is a program that ends at once.
/// </summary>
[TestFixtureSource(typeof(ShellsAndServers))]
public sealed class CarriedFilesTests(EngineVersion version, string shell) : ShellFixture(version, shell)
{
    private const string Old = "appendonly yes\n";
    private const string New = "appendonly yes\ndbfilename \"new data\"\nappenddirname 'new log'\nappendfilename new.aof\n";
    private const string Other = "appendonly yes\ndbfilename x\nappenddirname y\nappendfilename z\n";

    /// <summary>Each case begins with a data directory that a server under the old names left. What the script itself prints goes to stderr.</summary>
    private const string Functions = """
        start() { # configuration
          cp "$1" conf/default.conf
          PATH=$PWD/bin:$PATH START_DATA_DIR=$PWD/data START_CONFIG_DIR=$PWD/conf START_SCRIPTS_DIR=$PWD/scripts START_INIT_DIR=$PWD/none $SHELL_UNDER_TEST start.sh >&2
        }
        rm -rf data conf scripts count
        mkdir data conf scripts
        start old.conf
        mkdir -p data/appendonlydir
        printf 'REDIS snapshot' >data/dump.rdb
        printf base >data/appendonlydir/appendonly.aof.1.base.rdb
        printf manifest >data/appendonlydir/appendonly.aof.manifest

        """;

    private const string Rename = """
        #!/bin/sh
        [ -n "${KILL:-}" ] || exec /bin/mv "$@"
        count=$(($(cat "$COUNT" 2>/dev/null || echo 0) + 1))
        echo $count >"$COUNT"
        if [ $count = "$KILL" ]; then
          [ -z "${AFTER:-}" ] || /bin/mv "$@"
          kill -9 $PPID
          exit 1
        fi
        exec /bin/mv "$@"

        """;

    private string _folder = "";

    [SetUp]
    public async Task MakeFiles()
    {
        _folder = await Container.MakeFolderAsync();
        await Container.WriteAsync($"{_folder}/start.sh", RedisScripts.Start);
        await Container.WriteAsync($"{_folder}/old.conf", Old);
        await Container.WriteAsync($"{_folder}/new.conf", New);
        foreach (var product in (string[])["redis", "valkey"])
        {
            await Container.WriteAsync($"{_folder}/bin/{product}-server", "#!/bin/sh\nexit 0\n");
            await Container.WriteAsync($"{_folder}/bin/{product}-cli", "#!/bin/sh\nexit 1\n");
        }

        await Container.WriteAsync($"{_folder}/bin/mv", Rename);
        await Container.RunAsync("sh", "-c", $"chmod 755 {_folder}/bin/*");
    }

    [TestCase(Old, "dump.rdb", "appendonlydir", "appendonly.aof")]
    [TestCase(New, "new data", "new log", "new.aof")]
    [TestCase(Other, "x", "y", "z")]
    public async Task A_start_that_is_killed_anywhere_is_completed_by_the_next(string wanted, string snapshot, string folder, string log)
    {
        await Container.WriteAsync($"{_folder}/wanted.conf", wanted);
        for (var kill = 1; ; kill++)
        {
            Assert.That(kill, Is.LessThan(50), "the script never comes through");
            foreach (var after in new[] { false, true })
            {
                var end = await RunAsync(
                    """
                    export KILL=$1 AFTER=$2 COUNT=$PWD/count
                    start new.conf
                    echo $?
                    unset KILL AFTER
                    start wanted.conf || exit
                    cd data && for file in "$3" "$4/$5.manifest" "$4/appendonly.aof.1.base.rdb"; do cat "$file"; echo; done
                    """,
                    kill.ToString(CultureInfo.InvariantCulture), after ? "yes" : "", snapshot, folder, log);
                var lines = end.Stdout.Split('\n');
                Assert.That(end.ExitCode, Is.Zero, $"killed {(after ? "after" : "before")} rename {kill}: {end.Stderr}");
                Assert.That(lines[1..4], Is.EqualTo(new[] { "REDIS snapshot", "manifest", "base" }), $"killed {(after ? "after" : "before")} rename {kill}: {end.Stderr}");
                if (lines[0] == "0")
                {
                    Assert.That(kill, Is.GreaterThan(5), "the files were renamed, and the notes written");
                    return;
                }
            }
        }
    }

    [Test]
    public async Task What_is_in_the_way_is_kept()
    {
        var end = await RunAsync("""
            mkdir 'data/new log'
            printf 'of another time' >'data/new data'
            printf 'of another time' >'data/new log/new.aof.manifest'
            start new.conf || exit
            cd data
            cat 'new data'; echo
            cat 'new log/new.aof.manifest'; echo
            find . -name '*.aside'
            """);
        Assert.That(end.ExitCode, Is.Zero, end.Stderr);
        var lines = end.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines[..2], Is.EqualTo(new[] { "REDIS snapshot", "manifest" }));
        var kept = lines[2..].Select(Path.GetFileName);
        Assert.That(kept, Has.Some.StartsWith("new data.").And.Some.StartsWith("new log."));
    }

    private Task<ExecResult> RunAsync(string commands, params string[] arguments) => Container.TryAsync(
        ["sh", "-c", $"cd {_folder} && export DISTRIBUTION={Version.Distribution} SHELL_UNDER_TEST='{Shell}' || exit\n{Functions}{commands}", "sh", .. arguments]);
}
