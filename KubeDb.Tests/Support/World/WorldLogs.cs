using Microsoft.Extensions.Logging;

namespace KubeDb.Tests.Support.World;

/// <summary>Keeps what the processes of a world log from a level on, with the time and the process.</summary>
internal sealed class WorldLogs(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The lines, in order.</summary>
    public List<(LogLevel Level, string Line)> Lines { get; } = [];

    /// <summary>Lowest level that is kept.</summary>
    public LogLevel Least { get; set; } = LogLevel.Warning;

    /// <summary>The lines of errors.</summary>
    public IEnumerable<string> Errors => Lines.Where(l => l.Level >= LogLevel.Error).Select(l => l.Line);

    /// <summary>The logs of one process; what goes on in it after it was killed is not heard.</summary>
    public ILoggerFactory Of(string process, CancellationToken killed) => new Factory(this, process, killed);

    private sealed class Factory(WorldLogs logs, string process, CancellationToken killed) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= logs.Least && !killed.IsCancellationRequested;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                logs.Lines.Add((logLevel, $"{logs.At:F3}s {process} {logLevel}: {formatter(state, exception)} {exception}".TrimEnd()));
        }

        public void Dispose()
        {
        }
    }

    private double At => time.GetElapsedTime(_start).TotalSeconds;
}
