using System.Text;
using FsCheck.Fluent;
using KubeDb.Api.Engines.Redis.Configuration;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>The real server reads a configuration file as <see cref="RedisConf"/> does: any bytes, any quotes.</summary>
[TestFixtureSource(typeof(RedisVersions))]
public sealed class ServerReadsTests(EngineVersion version) : EngineFixture(version)
{
    /// <summary>Starts a server on each file of the folder in turn, and prints for each what it holds, or that it refused the file.</summary>
    private const string Reader = """
        cd "$1" || exit 1
        held() { redis-cli -s "$PWD/socket" config get "$1" | base64 -w0; }
        for file in $(ls *.conf | sort -n); do
          rm -f ended
          ( redis-server "$file" >/dev/null 2>&1; : >ended ) &
          until redis-cli -s "$PWD/socket" ping >/dev/null 2>&1 || [ -e ended ]; do sleep 0.01; done
          if [ -e ended ]; then
            echo refused
          else
            echo "$(held masteruser) $(held masterauth)"
            redis-cli -s "$PWD/socket" shutdown nosave
          fi
          wait
        done
        """;

    [Test]
    public async Task TheServerReadsWhatWeRenderByteForByte()
    {
        var bytes = new string([.. Enumerable.Range(1, 255).Select(i => (char)i)]);
        await using var server = await RealServer.MakeAsync(Container, Version);
        await server.ConfigureAsync(RedisConf.Of([new("masterauth", [bytes]), new("masteruser", [" \"'\\#"]), new("appendonly", ["no"])]).Render());
        Assert.That(await server.StartAsync(), await server.LogAsync());
        await using var client = await server.ClientAsync();
        Assert.That((await client.SendAsync(CancellationToken.None, "CONFIG", "GET", "masterauth")).Items[1].ByteText, Is.EqualTo(bytes));
        Assert.That((await client.SendAsync(CancellationToken.None, "CONFIG", "GET", "masteruser")).Items[1].ByteText, Is.EqualTo(" \"'\\#"));
    }

    [TestCase("masteruser foo\"bar baz\"")]
    [TestCase("masteruser 'it\\'s \\n'")]
    [TestCase("masteruser \"a\\x41\\xzz\\n\\q\"")]
    [TestCase("MasterUser foo\\bar\r")]
    [TestCase("masteruser \va\vb")]
    public async Task WeReadWhatTheServerReads(string line)
    {
        await using var server = await RealServer.MakeAsync(Container, Version);
        await server.ConfigureAsync($"appendonly no\n{line}");
        Assert.That(await server.StartAsync(), await server.LogAsync());
        var ours = RedisConf.Parse(line).Conf.Directives.Single().Arguments.Single();
        await using var client = await server.ClientAsync();
        Assert.That((await client.SendAsync(CancellationToken.None, "CONFIG", "GET", "masteruser")).Items[1].ByteText, Is.EqualTo(ours));
    }

    [Test]
    public async Task What_is_rendered_is_read_as_it_was_meant()
    {
        var words = ArbMap.Default.GeneratorFor<byte[]>().Select(Word);
        var pairs = Gen.Zip(words, words).Sample(25, 60).ToList();
        var read = await ReadAsync(pairs.Select(p => RedisConf.Of([new RedisDirective("masteruser", [p.Item1]), new RedisDirective("masterauth", [p.Item2])]).Render()));
        Assert.That(read, Is.EqualTo(pairs.Select(p => ((string, string)?)(p.Item1, p.Item2))));
    }

    [Test]
    public async Task A_line_of_any_quotes_is_read_or_refused_alike()
    {
        var lines = Gen.Elements('"', '\'', '\\', ' ', '\t', '#', 'a', 'x', '4', '1', 'n', 'é', '\u000b').ListOf().Select(c => $"masterauth {new string([.. c])}")
            .Sample(12, 100).ToList();
        var read = await ReadAsync(lines);
        Assert.That(lines.Zip(read, (line, there) => (line, there)), Is.EqualTo(lines.Select(line => (line, Ours(line)))));
    }

    /// <summary>What we make of such a file; null when we refuse it.</summary>
    private static (string User, string Password)? Ours(string line)
    {
        var (conf, errors) = RedisConf.Parse(line);
        return errors.Count == 0 && conf.Directives is [{ Name: "masterauth", Arguments: [var word] }] ? ("", word) : null;
    }

    /// <summary>What a server came to hold by each file, one character for each byte; null where it refused it.</summary>
    private async Task<IReadOnlyList<(string User, string Password)?>> ReadAsync(IEnumerable<string> files)
    {
        var folder = await Container.MakeFolderAsync();
        var count = 0;
        foreach (var text in files)
            await Container.WriteAsync($"{folder}/{count++}.conf", $"port 0\nsave \"\"\ndir {folder}\nunixsocket {folder}/socket\n{text}\n");
        var lines = (await Container.RunAsync("sh", "-c", Reader, "sh", folder)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(count));
        return [.. lines.Select(l => l == "refused" ? ((string, string)?)null : (Held(l.Split(' ')[0], "masteruser"), Held(l.Split(' ')[1], "masterauth")))];
    }

    // redis-cli prints the name and the value, each with the end of a line.
    private static string Held(string printed, string name) =>
        Encoding.Latin1.GetString(Convert.FromBase64String(printed))[(name.Length + 1)..^1];

    private static string Word(byte[] bytes) => new([.. bytes.Where(b => b != 0).Select(b => (char)b)]);
}
