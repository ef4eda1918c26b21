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
    private readonly int _port;
    private readonly Dictionary<string, string> _environment;
    private ContainerProcess? _process;

    private RealServer(EngineContainer container, EngineVersion version, string shell, string folder)
    {
        _container = container;
        _shell = shell.Split(' ');
        _folder = folder;
        _port = container.TakePort();
        _environment = new()
        {
            ["DISTRIBUTION"] = version.Distribution,
            ["START_DATA_DIR"] = $"{folder}/data",
            ["START_CONFIG_DIR"] = $"{folder}/conf",
            ["START_SCRIPTS_DIR"] = $"{folder}/scripts",
            ["START_INIT_DIR"] = $"{folder}/init",
            ["START_PORT_NUMBER"] = _port.ToString(CultureInfo.InvariantCulture),
            ["REDISCLI_AUTH"] = Password,
            ["VALKEYCLI_AUTH"] = Password,
        };
    }

    public static async Task<RealServer> MakeAsync(EngineContainer container, EngineVersion version, string shell = "sh")
    {
        var server = new RealServer(container, version, shell, await container.MakeFolderAsync());
        await container.RunAsync("sh", "-c", $"cd {server._folder} && mkdir data conf scripts");
        await container.WriteAsync($"{server._folder}/start.sh", RedisScripts.Start);
        await container.WriteAsync($"{server._folder}/ready.sh", RedisScripts.Ready);
        await container.WriteAsync($"{server._folder}/environment", ContainerProcess.Exports(server._environment));
        return server;
    }

    /// <summary>The engine's own connections, whatever address it asks for.</summary>
    public Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel) => ConnectAsync(cancel);

    public Task ConfigureAsync(string directives) =>
        _container.WriteAsync($"{_folder}/conf/default.conf", $"{directives}\nport {_port}\ndir {_folder}/data\nrequirepass \"p w\\\"$x'é\"\n");

    public Task AddInitScriptAsync(string name, string text) => _container.WriteAsync($"{_folder}/init/{name}", text);

    public Task MarkInitializedAsync() => _container.WriteAsync($"{_folder}/conf/{RedisScripts.InitializedKey}", "true");

    /// <summary>Starts the server and waits until it answers; false when it ended instead.</summary>
    public async Task<bool> StartAsync(params string[] arguments)
    {
        _process = await ContainerProcess.StartAsync(_container, _environment, [.. _shell, $"{_folder}/start.sh", .. arguments]);
        for (var tried = 1; ; tried++)
        {
            try
            {
                await using var client = await ClientAsync();
                if ((await client.SendAsync(CancellationToken.None, "PING")).Text == "PONG")
                    return true;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Not listening yet, which a container engine may show as a connection that breaks.
            }

            if (tried % 10 == 0 && await _process.HasEndedAsync())
                return false;
            await Task.Delay(30);
        }
    }

    public async Task StopAsync(bool kill = false)
    {
        await _process!.SignalAsync(kill ? "KILL" : "TERM", tree: kill);
        await _process.WaitAsync();
    }

    /// <summary>What the server and its start script printed since its last start.</summary>
    public Task<string> LogAsync() => _process!.LogAsync();

    public async Task<RespClient> ClientAsync()
    {
        var client = new RespClient(await ConnectAsync(CancellationToken.None), TimeSpan.FromSeconds(10), TimeProvider.System);
        await client.AuthenticateAsync("default", Password, CancellationToken.None);
        return client;
    }

    public async Task<string> SendAsync(params string[] words)
    {
        await using var client = await ClientAsync();
        var reply = await client.SendAsync(CancellationToken.None, words);
        return reply.Items.Count > 0 ? reply.Items[^1].Text : reply.Text;
    }

    /// <summary>Writes an empty file into the data directory.</summary>
    public Task TouchAsync(string file) => _container.WriteAsync($"{_folder}/data/{file}", "");

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

    public async Task<bool> IsReadyAsync() =>
        (await _container.TryAsync(["sh", "-c", ". \"$0\"; exec \"$@\"", $"{_folder}/environment", .. _shell, $"{_folder}/ready.sh"])).ExitCode == 0;

    public async ValueTask DisposeAsync()
    {
        if (_process is not null && !await _process.HasEndedAsync())
            await StopAsync(kill: true);
        await _container.RunAsync("rm", "-rf", _folder);
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
