using System.Globalization;

namespace KubeDb.Tests.Engines;

/// <summary>
/// A process in a container that goes on after the command that started it. It has ended once nothing holds its output any more: what it
/// leaves running counts.
/// </summary>
internal sealed class ContainerProcess
{
    private const string Launcher = """
        mkdir -p "$1" && cd "$1" || exit 1
        . "$2"
        shift 2
        ( { setsid "$@" 2>&1 & echo $! >pid.new; mv pid.new pid; wait $!; echo $? >code; } | cat >log; echo >ended ) </dev/null >/dev/null 2>&1 &
        until [ -s pid ]; do sleep 0.01; done
        cat pid
        """;

    private const string Stopper = """
        cd "$1" || exit 1
        kill -s "$2" -- "$3" || exit 1
        n=0
        until [ -e ended ]; do
          n=$((n + 1))
          [ $n -lt "$4" ] || exit 2
          sleep 0.05
        done
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly EngineContainer _container;
    private readonly string _folder;
    private readonly int _id;

    private ContainerProcess(EngineContainer container, string folder, int id) => (_container, _folder, _id) = (container, folder, id);

    /// <summary>Number of the process.</summary>
    public int Id => _id;

    /// <summary>Starts a command.</summary>
    /// <param name="container">Where it runs.</param>
    /// <param name="environment">A file there with what <see cref="Exports"/> gives: read from a file, no command line shows a value.</param>
    /// <param name="command">The program and its arguments.</param>
    public static async Task<ContainerProcess> StartAsync(EngineContainer container, string environment, params string[] command)
    {
        var folder = container.NewFolder();
        var id = await container.RunAsync(["sh", "-c", Launcher, "sh", folder, environment, .. command]);
        return new(container, folder, int.Parse(id, CultureInfo.InvariantCulture));
    }

    /// <summary>Lines for a shell that set and export variables.</summary>
    public static string Exports(IReadOnlyDictionary<string, string> environment) =>
        string.Concat(environment.Select(e => $"export {e.Key}='{e.Value.Replace("'", "'\\''", StringComparison.Ordinal)}'\n"));

    public Task<string> LogAsync() => _container.RunAsync("cat", $"{_folder}/log");

    public async Task<bool> HasEndedAsync() => (await _container.TryAsync("test", "-e", $"{_folder}/ended")).ExitCode == 0;

    /// <summary>Sends a signal to the process, or to it and all that it started, and waits until it has ended.</summary>
    /// <exception cref="InvalidOperationException">It had ended before.</exception>
    /// <exception cref="TimeoutException">It has not ended; the message has what still runs and the log.</exception>
    public async Task StopAsync(string signal, bool tree = false)
    {
        var target = string.Create(CultureInfo.InvariantCulture, $"{(tree ? "-" : "")}{_id}");
        var polls = ((int)Patience.TotalSeconds * 20).ToString(CultureInfo.InvariantCulture);
        var ended = await _container.TryAsync("sh", "-c", Stopper, "sh", _folder, signal, target, polls);
        if (ended.ExitCode == 2)
            throw new TimeoutException($"The process did not end within {Patience.TotalSeconds} s.\n{await CommandLinesAsync(_container)}\n{await LogAsync()}");
        if (ended.ExitCode != 0)
            throw new InvalidOperationException($"The process takes no signal: {ended.Stderr}\n{await LogAsync()}");
    }

    /// <summary>The command lines of all processes in the container, a line each.</summary>
    public static Task<string> CommandLinesAsync(EngineContainer container) =>
        container.RunAsync("sh", "-c", "for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline && echo; done 2>/dev/null; true");
}
