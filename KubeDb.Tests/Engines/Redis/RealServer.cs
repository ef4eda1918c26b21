using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Resp;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>A real server, started in a container by the start script as a pod would start it.</summary>
internal sealed class RealServer : IAsyncDisposable, IEngineDialer
{
    public const string Password = "p w\"$x'é";
    private readonly EngineContainer _container;
    private readonly string[] _shell;
    private readonly string _folder;
    private readonly string _password;
    private readonly int _port;
    private ContainerProcess? _process;
    private bool _runs;

    private RealServer(EngineContainer container, string shell, string folder, string password)
    {
        _container = container;
        _shell = shell.Split(' ');
        _folder = folder;
        _password = password;
        _port = container.TakePort();
    }

    /// <summary>Makes the folders and files of a server that <see cref="ConfigureAsync"/> and <see cref="StartAsync"/> then start.</summary>
    /// <param name="container">Where it will run.</param>
    /// <param name="version">What the container's image has.</param>
    /// <param name="shell">What its scripts run under.</param>
    /// <param name="password">What its environment says is the password.</param>
    /// <param name="more">Further variables of its environment.</param>
    public static async Task<RealServer> MakeAsync(
        EngineContainer container, EngineVersion version, string shell = "sh", string password = Password, IReadOnlyDictionary<string, string>? more = null)
    {
        var server = new RealServer(container, shell, await container.MakeFolderAsync("data", "conf", "scripts"), password);
        await container.WriteAsync($"{server._folder}/start.sh", RedisScripts.Start);
        await container.WriteAsync($"{server._folder}/ready.sh", RedisScripts.Ready);
        await container.WriteAsync($"{server._folder}/environment", ContainerProcess.Exports(new Dictionary<string, string>
        {
            ["DISTRIBUTION"] = version.Distribution,
            ["START_DATA_DIR"] = $"{server._folder}/data",
            ["START_CONFIG_DIR"] = $"{server._folder}/conf",
            ["START_SCRIPTS_DIR"] = $"{server._folder}/scripts",
            ["START_INIT_DIR"] = $"{server._folder}/init",
            ["START_PORT_NUMBER"] = server._port.ToString(CultureInfo.InvariantCulture),
            ["REDISCLI_AUTH"] = password,
            ["VALKEYCLI_AUTH"] = password,
            ["START_TEMP_DIR"] = server._folder,
        }.Concat(more ?? new Dictionary<string, string>()).ToDictionary()));
        return server;
    }

    /// <summary>Its port in the container.</summary>
    public int Port => _port;

    /// <summary>The engine's own connections, whatever address it asks for.</summary>
    public Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel) => ConnectAsync(cancel);

    /// <summary>Writes the file that the config secret mounts.</summary>
    /// <param name="directives">What it says beside port, folder and password.</param>
    /// <param name="password">The password as the file has it, in quotes where it needs them.</param>
    public Task ConfigureAsync(string directives, string password = "\"p w\\\"$x'é\"") =>
        _container.WriteAsync($"{_folder}/conf/default.conf", $"{directives}\nport {_port}\ndir {_folder}/data\nrequirepass {password}\n");

    /// <summary>Writes a file beside the configuration, and returns its path.</summary>
    public async Task<string> AddFileAsync(string name, string text)
    {
        await _container.WriteAsync($"{_folder}/conf/{name}", text);
        return $"{_folder}/conf/{name}";
    }

    public Task AddInitScriptAsync(string name, string text) => _container.WriteAsync($"{_folder}/init/{name}", text);

    public Task MarkInitializedAsync() => _container.WriteAsync($"{_folder}/conf/{RedisScripts.InitializedKey}", "true");

    /// <summary>Starts the server and waits until it answers; false when it ended instead.</summary>
    public async Task<bool> StartAsync(params string[] arguments)
    {
        _process = await ContainerProcess.StartAsync(_container, $"{_folder}/environment", [.. _shell, $"{_folder}/start.sh", .. arguments]);
        _runs = true;
        for (var tried = 1; ; tried++)
        {
            try
            {
                await using var client = await ClientAsync();
                var reply = await client.SendAsync(CancellationToken.None, "PING");
                if (reply.Text == "PONG" || reply.Error?.Message.StartsWith("MASTERDOWN", StringComparison.Ordinal) == true)
                    return true;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Not listening yet, which a container engine may show as a connection that breaks.
            }

            if (tried % 10 == 0 && await _process.HasEndedAsync())
                return _runs = false;
            await Task.Delay(30);
        }
    }

    public async Task StopAsync(bool kill = false)
    {
        await _process!.StopAsync(kill ? "KILL" : "TERM", tree: kill);
        _runs = false;
    }

    /// <summary>What the server and its start script printed since its last start.</summary>
    public Task<string> LogAsync() => _process!.LogAsync();

    public async Task<RespClient> ClientAsync()
    {
        var client = new RespClient(await ConnectAsync(CancellationToken.None), TimeSpan.FromSeconds(10), TimeProvider.System);
        await client.AuthenticateAsync("default", _password, CancellationToken.None);
        return client;
    }

    public async Task<string> SendAsync(params string[] words)
    {
        await using var client = await ClientAsync();
        var reply = await client.SendAsync(CancellationToken.None, words);
        return reply.Items.Count > 0 ? reply.Items[^1].Text : reply.Text;
    }

    /// <summary>Lets the server write files up to this size in bytes, or "unlimited".</summary>
    public Task LimitFilesAsync(string bytes) =>
        _container.RunAsync("prlimit", "--pid", _process!.Id.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:");

    /// <summary>Removes files from the data directory.</summary>
    public Task RemoveAsync(params string[] files) => _container.RunAsync(["rm", .. files.Select(f => $"{_folder}/data/{f}")]);

    /// <summary>Runs a shell command in the data directory, and returns what it prints.</summary>
    public Task<string> InDataAsync(string command) => _container.RunAsync("sh", "-c", $"cd {_folder}/data && {command}");

    /// <summary>What the server's pod has in its folder for temporary files; empty when there is none of that name.</summary>
    public async Task<string> TemporaryAsync(string file) => (await _container.TryAsync("cat", $"{_folder}/{file}")).Stdout;

    /// <summary>Writes an empty file into the data directory.</summary>
    public Task TouchAsync(string file) => _container.WriteAsync($"{_folder}/data/{file}", "");

    /// <summary>Whether the data directory has it.</summary>
    public async Task<bool> HasAsync(string file) => (await _container.TryAsync("test", "-e", $"{_folder}/data/{file}")).ExitCode == 0;

    /// <summary>Waits until the file in the data directory holds the text.</summary>
    public async Task HoldsAsync(string file, string text)
    {
        var limit = Stopwatch.StartNew();
        while (await _container.TryAsync("cat", $"{_folder}/data/{file}") is var read && (read.ExitCode != 0 || !read.Stdout.StartsWith(text, StringComparison.Ordinal)))
        {
            if (limit.Elapsed > TimeSpan.FromSeconds(30))
                Assert.Fail($"{file} does not come to hold {text}.\n{await LogAsync()}");
            await Task.Delay(50);
        }
    }

    public async Task ReadyAsync()
    {
        while (!await IsReadyAsync())
            await Task.Delay(50);
    }

    public async Task<bool> IsReadyAsync() =>
        (await _container.TryAsync(["sh", "-c", ". \"$0\"; exec \"$@\"", $"{_folder}/environment", .. _shell, $"{_folder}/ready.sh"])).ExitCode == 0;

    public async ValueTask DisposeAsync()
    {
        if (_runs && !await _process!.HasEndedAsync())
            await StopAsync(kill: true);
        _container.GiveBack(_port);
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_container.Host, _container.Outside(_port), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
