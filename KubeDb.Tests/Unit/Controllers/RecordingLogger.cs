using Microsoft.Extensions.Logging;

namespace KubeDb.Tests.Unit.Controllers;

/// <summary>Keeps what is logged, with the scope it was logged in.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly AsyncLocal<object?> _scope = new();

    public List<(LogLevel Level, string Text, string Scope)> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        var before = _scope.Value;
        _scope.Value = state;
        return new Restore(() => _scope.Value = before);
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Lines)
            Lines.Add((logLevel, formatter(state, exception), _scope.Value?.ToString() ?? ""));
    }

    private sealed class Restore(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
