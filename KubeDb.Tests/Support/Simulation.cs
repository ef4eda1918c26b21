namespace KubeDb.Tests.Support;

/// <summary>
/// Runs asynchronous code on one thread under virtual time: every continuation is queued here and run in order, and when none is left
/// the clock moves to the next timer. The same program therefore takes the same course each time, and hours pass in milliseconds.
/// Code under simulation must not leave the thread (no <c>Task.Run</c>, no <c>ConfigureAwait(false)</c>, no real I/O).
/// </summary>
public sealed class Simulation
{
    private readonly Context _context = new();

    /// <summary>The clock.</summary>
    public VirtualTime Time { get; } = new();

    /// <summary>Runs the code to its end, moving the clock whenever nothing else can run.</summary>
    /// <param name="body">The code.</param>
    /// <param name="limit">Virtual time after which the run counts as stuck.</param>
    /// <exception cref="TimeoutException">The limit passed.</exception>
    public T Run<T>(Func<Task<T>> body, TimeSpan limit)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            var end = Time.Elapsed + limit;
            var task = body();
            while (true)
            {
                _context.Drain();
                if (task.IsCompleted)
                    return task.GetAwaiter().GetResult();
                if (Time.Elapsed >= end)
                    throw new TimeoutException($"Nothing came of it within {limit} of virtual time.");
                Time.FireNext(end - Time.Elapsed);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <inheritdoc cref="Run{T}(Func{Task{T}}, TimeSpan)"/>
    public void Run(Func<Task> body, TimeSpan limit) =>
        Run(
            async () =>
            {
                await body();
                return true;
            },
            limit);

    /// <summary>Waits, in code under simulation, until the condition holds; it is asked again each time the clock has moved by <paramref name="step"/>.</summary>
    public async Task UntilAsync(Func<bool> condition, TimeSpan step)
    {
        while (!condition())
            await Task.Delay(step, Time);
    }

    private sealed class Context : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();

        public override void Post(SendOrPostCallback d, object? state)
        {
            lock (_work)
                _work.Enqueue((d, state));
        }

        public override void Send(SendOrPostCallback d, object? state) => d(state);

        public override SynchronizationContext CreateCopy() => this;

        public void Drain()
        {
            while (true)
            {
                (SendOrPostCallback Callback, object? State) next;
                lock (_work)
                {
                    if (!_work.TryDequeue(out next))
                        return;
                }

                next.Callback(next.State);
            }
        }
    }
}
