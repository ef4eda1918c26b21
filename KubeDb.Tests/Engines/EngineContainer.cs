using System.Collections.Concurrent;
using System.Text;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Engines;

/// <summary>
/// A container that sleeps, and in which tests run commands: a command takes a fraction of the time of a container of its own. Each case works
/// in a folder of its own and takes a port of its own, so that cases do not meet.
/// </summary>
internal sealed class EngineContainer : IAsyncDisposable
{
    private const int FirstPort = 7000, Ports = 8;
    private readonly IContainer _container;
    private readonly ConcurrentQueue<int> _freePorts = new(Enumerable.Range(FirstPort, Ports));
    private int _folders;

    private EngineContainer(IContainer container) => _container = container;

    /// <summary>Where the container's ports are reached from here.</summary>
    public string Host => _container.Hostname;

    public static async Task<EngineContainer> StartAsync(string image)
    {
        // Cases start a server as the first process of a namespace, which needs the right to make one.
        var builder = new ContainerBuilder(image).WithEntrypoint("sleep").WithCommand("infinity")
            .WithLabel("com.kubedb.tests", "engines")
            .WithLogger(NullLogger.Instance)
            .WithCreateParameterModifier(p => (p.HostConfig ??= new()).CapAdd = ["SYS_ADMIN"]);
        for (var port = FirstPort; port < FirstPort + Ports; port++)
            builder = builder.WithPortBinding(port, assignRandomHostPort: true);
        var container = builder.Build();
        await container.StartAsync();
        return new(container);
    }

    /// <summary>A new, empty folder for one case.</summary>
    public async Task<string> MakeFolderAsync()
    {
        var folder = $"/cases/{Interlocked.Increment(ref _folders)}";
        await RunAsync("mkdir", "-p", folder);
        return folder;
    }

    /// <summary>A port of the container that no other case uses, until it is given back.</summary>
    public int TakePort() => _freePorts.TryDequeue(out var port) ? port : throw new InvalidOperationException($"More than {Ports} servers at once in one container.");

    public void GiveBack(int port) => _freePorts.Enqueue(port);

    /// <summary>The port of <see cref="Host"/> that leads to one of the container's.</summary>
    public int Outside(int port) => _container.GetMappedPublicPort(port);

    public Task WriteAsync(string path, string text) => WriteAsync(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file; folders on the way are made.</summary>
    public Task WriteAsync(string path, byte[] content) => _container.CopyAsync(content, path);

    /// <summary>Runs a command and returns its output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has what it said.</exception>
    public async Task<string> RunAsync(params string[] command)
    {
        var result = await TryAsync(command);
        return result.ExitCode == 0 ? result.Stdout : throw new InvalidOperationException($"{string.Join(' ', command)}: exit code {result.ExitCode}\n{result.Stdout}\n{result.Stderr}");
    }

    /// <summary>Runs a command, however it ends.</summary>
    public Task<ExecResult> TryAsync(params string[] command) => _container.ExecAsync(command);

    public ValueTask DisposeAsync() => _container.DisposeAsync();
}
