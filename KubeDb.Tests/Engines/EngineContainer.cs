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
    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> _brought = new();
    private int _folders;

    private EngineContainer(IContainer container) => _container = container;

    /// <summary>Where the container's ports are reached from here.</summary>
    public string Host => _container.Hostname;

    /// <param name="image">Full name of the image.</param>
    /// <param name="onHost">It shares this machine's network: for servers that find each other by addresses.</param>
    public static async Task<EngineContainer> StartAsync(string image, bool onHost = false)
    {
        // Cases start a server as the first process of a namespace, which needs the right to make one.
        var builder = new ContainerBuilder(image).WithEntrypoint("sleep").WithCommand("infinity")
            .WithLabel("com.kubedb.tests", "engines")
            .WithLogger(NullLogger.Instance)
            .WithCreateParameterModifier(p =>
            {
                (p.HostConfig ??= new()).CapAdd = ["SYS_ADMIN"];

                // Cases make folders anywhere; images may name another user.
                p.User = "0";
                if (onHost)
                    p.HostConfig.NetworkMode = "host";
            });
        for (var port = FirstPort; port < FirstPort + Ports && !onHost; port++)
            builder = builder.WithPortBinding(port, assignRandomHostPort: true);
        var container = builder.Build();
        await container.StartAsync();
        return new(container);
    }

    /// <summary>A path that nothing else has, for a folder of one case.</summary>
    public string NewFolder() => $"/cases/{Interlocked.Increment(ref _folders)}";

    /// <summary>A new, empty folder for one case, with folders in it.</summary>
    public async Task<string> MakeFolderAsync(params string[] within)
    {
        var folder = NewFolder();
        await RunAsync(["mkdir", "-p", folder, .. within.Select(name => $"{folder}/{name}")]);
        return folder;
    }

    /// <summary>Copies a program of this machine into the container, once for all who ask, unless it has it.</summary>
    /// <param name="program">Name of the program.</param>
    /// <param name="argument">With this one it ends well where it runs at all.</param>
    /// <returns>Why it can not be run there; null when it can.</returns>
    public Task<string?> BringAsync(string program, string argument = "true") => _brought.GetOrAdd(program, p => new(() => CopyProgramAsync(p, argument))).Value;

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

    private async Task<string?> CopyProgramAsync(string program, string argument)
    {
        if ((await TryAsync("sh", "-c", "command -v \"$0\"", program)).ExitCode == 0)
            return null;
        if (new[] { "/bin", "/usr/bin" }.Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists) is not { } here)
            return $"{program} is not installed on this machine, from where the container gets it.";
        await WriteAsync($"/usr/local/bin/{program}", await File.ReadAllBytesAsync(here));
        await RunAsync("chmod", "755", $"/usr/local/bin/{program}");
        return await TryAsync(program, argument) is { ExitCode: not 0 } fails ? $"This machine's {program} does not run in the image: {fails.Stderr}" : null;
    }
}
