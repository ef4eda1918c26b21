using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Resp;

namespace KubeDb.Tests.Machine.Engines.Redis;

/// <summary>
/// A real server on loopback, started by the start script as a pod would start it. Tests that need one are skipped, saying so, where
/// redis-server is not installed.
/// </summary>
internal sealed class RealServer : IAsyncDisposable, IEngineDialer
{
    public const string Password = "p w\"$x'é";
    private readonly string _folder = Directory.CreateTempSubdirectory("kubedb-redis-").FullName;
    private readonly List<string> _log = [];
    private readonly bool _valkey;
    private Process? _process;

    public RealServer(string? shell = null, bool valkey = false)
    {
        _valkey = valkey;
        Shell = shell?.Split(' ') ?? ["sh"];
        Port = FreePort();
        foreach (var name in (string[])["data", "conf", "scripts"])
            Directory.CreateDirectory(Path.Combine(_folder, name));
        File.WriteAllText(Path.Combine(_folder, "start.sh"), RedisScripts.Start);
        File.WriteAllText(Path.Combine(_folder, "ready.sh"), RedisScripts.Ready);
    }

    public int Port { get; }

    public string[] Shell { get; }

    public string Data => Path.Combine(_folder, "data");

    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log);
        }
    }

    public static void RequireRedis()
    {
        if (!OnPath("redis-server") || !OnPath("redis-cli"))
            Assert.Ignore("redis-server and redis-cli are not installed: this test needs the real server.");
    }

    public static void RequireValkey()
    {
        if (!OnPath("valkey-server") || !OnPath("valkey-cli"))
            Assert.Ignore("valkey-server and valkey-cli are not installed: this test needs the real server.");
    }

    public static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(d => d.Length > 0 && File.Exists(Path.Combine(d, program)));

    public Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel) => ConnectAsync(cancel);

    public void Configure(string directives, string password = "\"p w\\\"$x'é\"") => File.WriteAllText(
        Path.Combine(_folder, "conf", "default.conf"),
        $"{directives}\nport {Port.ToString(CultureInfo.InvariantCulture)}\nbind 127.0.0.1\ndir {Data}\nrequirepass {password}\n");

    /// <summary>A file beside the configuration; returns its path.</summary>
    public string AddFile(string name, string text)
    {
        var path = Path.Combine(_folder, "conf", name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>What the server's environment says is the password.</summary>
    public string EnvironmentPassword { get; set; } = Password;

    /// <summary>Number of the server's process.</summary>
    public int ProcessId => _process!.Id;

    public void AddInitScript(string name, string text)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "init"));
        File.WriteAllText(Path.Combine(_folder, "init", name), text);
    }

    public void MarkInitialized() => File.WriteAllText(Path.Combine(_folder, "conf", RedisScripts.InitializedKey), "true");

    /// <summary>Starts the server and waits until it answers; the server's exit ends the wait.</summary>
    public async Task<bool> StartAsync(params string[] arguments)
    {
        var start = Prepare([.. Shell[1..], Path.Combine(_folder, "start.sh"), .. arguments]);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        while (!_process.HasExited)
        {
            try
            {
                await using var client = await ClientAsync();
                if ((await client.SendAsync(CancellationToken.None, "PING")).Text == "PONG")
                    return true;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Not listening yet.
            }

            await Task.Delay(50);
        }

        await _process.WaitForExitAsync();
        return false;
    }

    public async Task StopAsync(bool kill = false)
    {
        if (kill)
            _process!.Kill(entireProcessTree: true);
        else
            (await Support.Tool.RunAsync("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)])).OrFail();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            var left = (await Support.Tool.RunAsync("ps", ["-ef"])).Output.Split('\n').Where(l => l.Contains(_folder, StringComparison.Ordinal) || l.Contains($" {_process!.Id} ", StringComparison.Ordinal));
            _process!.Kill(entireProcessTree: true);
            Assert.Fail($"The server did not end within 20 s of its signal.\n{string.Join('\n', left)}\n{Log}");
        }
    }

    public async Task<RespClient> ClientAsync()
    {
        var client = new RespClient(await ConnectAsync(CancellationToken.None), TimeSpan.FromSeconds(10), TimeProvider.System);
        await client.AuthenticateAsync("default", EnvironmentPassword, CancellationToken.None);
        return client;
    }

    public async Task<string> SendAsync(params string[] words)
    {
        await using var client = await ClientAsync();
        var reply = await client.SendAsync(CancellationToken.None, words);
        return reply.Items.Count > 0 ? reply.Items[^1].Text : reply.Text;
    }

    /// <summary>Waits until the file in the data directory holds the text.</summary>
    public async Task HoldsAsync(string file, string text)
    {
        var limit = Stopwatch.StartNew();
        var path = Path.Combine(Data, file);
        while (!File.Exists(path) || !(await File.ReadAllTextAsync(path)).StartsWith(text, StringComparison.Ordinal))
        {
            Assert.That(limit.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), $"{file} does not come to hold {text}.\n{Log}");
            await Task.Delay(50);
        }
    }

    public async Task<bool> IsReadyAsync()
    {
        using var process = Process.Start(Prepare([.. Shell[1..], Path.Combine(_folder, "ready.sh")]))!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await StopAsync(kill: true);
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ProcessStartInfo Prepare(string[] arguments)
    {
        var start = new ProcessStartInfo(Shell[0], arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["START_DATA_DIR"] = Data;
        start.Environment["START_CONFIG_DIR"] = Path.Combine(_folder, "conf");
        start.Environment["START_SCRIPTS_DIR"] = Path.Combine(_folder, "scripts");
        start.Environment["START_INIT_DIR"] = Path.Combine(_folder, "init");
        start.Environment["START_PORT_NUMBER"] = Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["REDISCLI_AUTH"] = EnvironmentPassword;
        if (_valkey)
        {
            start.Environment["VALKEYCLI_AUTH"] = EnvironmentPassword;
            start.Environment["DISTRIBUTION"] = "Valkey";
        }

        return start;
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            if (line is not null)
                _log.Add(line);
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
