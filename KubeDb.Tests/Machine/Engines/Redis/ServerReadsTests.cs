using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Engines.Redis.Resp;

namespace KubeDb.Tests.Machine.Engines.Redis;

/// <summary>The real server reads a configuration file as <see cref="RedisConf"/> does: any bytes, any quotes.</summary>
[TestFixture, Category("Machine")]
public class ServerReadsTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubedb-conf-").FullName;

    [OneTimeSetUp]
    public void Require() => RealServer.RequireRedis();

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public async Task<bool> What_is_rendered_is_read_as_it_was_meant(byte[] one, byte[] two)
    {
        var (user, password) = (Word(one), Word(two));
        var text = RedisConf.Of([new RedisDirective("masteruser", [user]), new RedisDirective("masterauth", [password])]).Render();
        return await ReadAsync(Encoding.UTF8.GetBytes(text)) == (user, password);
    }

    [FsCheck.NUnit.Property(MaxTest = 40)]
    public Property A_line_of_any_quotes_is_read_or_refused_alike() => Prop.ForAll(
        Gen.Elements('"', '\'', '\\', ' ', '\t', '#', 'a', 'x', '4', '1', 'n', 'é', '\u000b').ListOf().Select(c => new string([.. c])).ToArbitrary(),
        async text =>
        {
            var (conf, errors) = RedisConf.Parse($"masterauth {text}");
            var expected = errors.Count == 0 && conf.Directives is [{ Name: "masterauth", Arguments: [var word] }] ? word : null;
            var (user, password) = await ReadAsync(Encoding.UTF8.GetBytes($"masterauth {text}\n"));
            return expected is null ? password is null : password == expected && user == "";
        });

    /// <summary>What the server came to hold, one character for each byte; nulls when it refuses the file.</summary>
    private async Task<(string? User, string? Password)> ReadAsync(byte[] lines)
    {
        var socket = Path.Combine(_folder, $"{Guid.NewGuid():N}.sock");
        using var process = Process.Start(new ProcessStartInfo("redis-server", ["-"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes($"port 0\nsave \"\"\ndir {_folder}\nunixsocket {socket}\n"));
            await process.StandardInput.BaseStream.WriteAsync(lines);
            process.StandardInput.Close();
            while (!process.HasExited)
            {
                if (await ConnectAsync(socket) is not { } stream)
                {
                    await Task.Delay(10);
                    continue;
                }

                await using var client = new RespClient(stream, TimeSpan.FromSeconds(20), TimeProvider.System);
                var user = await client.SendAsync(CancellationToken.None, "CONFIG", "GET", "masteruser");
                var password = await client.SendAsync(CancellationToken.None, "CONFIG", "GET", "masterauth");
                return (user.Items[1].ByteText, password.Items[1].ByteText);
            }

            return (null, null);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static async Task<Stream?> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static string Word(byte[] bytes) => new([.. bytes.Where(b => b != 0).Select(b => (char)b)]);
}
