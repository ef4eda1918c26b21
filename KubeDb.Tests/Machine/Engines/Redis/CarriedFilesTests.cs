using System.Globalization;
using KubeDb.Api.Engines.Redis;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Machine.Engines.Redis;

/// <summary>
/// The start script, killed before and after each of its renames: the next start finds all files under the names that it wants, be they the new
/// ones, the old ones or yet others. The server is a program that ends at once.
/// </summary>
[TestFixture, Category("Machine")]
public sealed class CarriedFilesTests : IDisposable
{
    private const string Old = "appendonly yes\n";
    private const string New = "appendonly yes\ndbfilename \"new data\"\nappenddirname 'new log'\nappendfilename new.aof\n";
    private const string Other = "appendonly yes\ndbfilename x\nappenddirname y\nappendfilename z\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("kubedb-carry-").FullName;

    [TearDown]
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestCase(Old, "dump.rdb", "appendonlydir", "appendonly.aof")]
    [TestCase(New, "new data", "new log", "new.aof")]
    [TestCase(Other, "x", "y", "z")]
    public async Task A_start_that_is_killed_anywhere_is_completed_by_the_next(string wanted, string snapshot, string folder, string log)
    {
        for (var kill = 1; ; kill++)
        {
            foreach (var after in new[] { false, true })
            {
                Prepare(kill);
                await StartAsync(Old);
                Fill();
                var killed = await StartAsync(New, kill, after);
                Assert.That((await StartAsync(wanted)).ExitCode, Is.Zero);
                Assert.That(
                    (Read(snapshot), Read($"{folder}/{log}.manifest"), Read($"{folder}/appendonly.aof.1.base.rdb")),
                    Is.EqualTo(("REDIS snapshot", "manifest", "base")),
                    $"killed {(after ? "after" : "before")} rename {kill}: {killed.Everything}");
                if (killed.ExitCode == 0)
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
        Prepare(0);
        await StartAsync(Old);
        Fill();
        await File.WriteAllTextAsync(Path.Combine(Data, "new data"), "of another time");
        Directory.CreateDirectory(Path.Combine(Data, "new log"));
        await File.WriteAllTextAsync(Path.Combine(Data, "new log", "new.aof.manifest"), "of another time");
        Assert.That((await StartAsync(New)).ExitCode, Is.Zero);
        Assert.That((Read("new data"), Read("new log/new.aof.manifest")), Is.EqualTo(("REDIS snapshot", "manifest")));
        var kept = Directory.EnumerateFileSystemEntries(Data, "*.aside", SearchOption.AllDirectories).Select(Path.GetFileName);
        Assert.That(kept, Has.Some.StartsWith("new data.").And.Some.StartsWith("new log."));
    }

    private string Data => Path.Combine(_folder, "data");

    private void Prepare(int kill)
    {
        foreach (var name in (string[])["data", "conf", "scripts", "bin"])
        {
            if (Directory.Exists(Path.Combine(_folder, name)))
                Directory.Delete(Path.Combine(_folder, name), recursive: true);
            Directory.CreateDirectory(Path.Combine(_folder, name));
        }

        File.WriteAllText(Path.Combine(_folder, "start.sh"), RedisScripts.Start);
        Program("redis-server", "exit 0");
        Program("redis-cli", "exit 1");
        Program("mv", $$"""
            [ -n "${KILL:-}" ] || exec /bin/mv "$@"
            count=$(($(cat {{_folder}}/count 2>/dev/null || echo 0) + 1))
            echo $count >{{_folder}}/count
            if [ $count = "$KILL" ]; then
              [ -z "${AFTER:-}" ] || /bin/mv "$@"
              kill -9 $PPID
            fi
            exec /bin/mv "$@"
            """);
        File.Delete(Path.Combine(_folder, "count"));
        Assert.That(kill, Is.LessThan(50), "the script never comes through");
    }

    private void Program(string name, string text)
    {
        var path = Path.Combine(_folder, "bin", name);
        File.WriteAllText(path, $"#!/bin/sh\n{text.ReplaceLineEndings("\n")}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Fill()
    {
        Directory.CreateDirectory(Path.Combine(Data, "appendonlydir"));
        File.WriteAllText(Path.Combine(Data, "dump.rdb"), "REDIS snapshot");
        File.WriteAllText(Path.Combine(Data, "appendonlydir", "appendonly.aof.1.base.rdb"), "base");
        File.WriteAllText(Path.Combine(Data, "appendonlydir", "appendonly.aof.manifest"), "manifest");
    }

    private string Read(string file) => File.Exists(Path.Combine(Data, file)) ? File.ReadAllText(Path.Combine(Data, file)) : "";

    private async Task<ToolResult> StartAsync(string configuration, int kill = 0, bool after = false)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "conf", "default.conf"), configuration);
        var killed = kill == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"KILL={kill} {(after ? "AFTER=yes" : "")}");
        return await Tool.RunAsync("sh", ["-c", $"{killed} PATH={_folder}/bin:$PATH START_DATA_DIR={Data} START_CONFIG_DIR={_folder}/conf START_SCRIPTS_DIR={_folder}/scripts START_INIT_DIR={_folder}/none sh {_folder}/start.sh"]);
    }
}
