using Nito.AsyncEx;

namespace KubeDb.Api.Controllers;

/// <summary>Waits for events of Nito.AsyncEx.</summary>
internal static class AsyncEvents
{
    /// <summary>
    /// Waits until the event is set or the wait is cancelled, and resumes where it was called. The event's own wait with a token resumes by way
    /// of the thread pool: under virtual time the clock would run on before anybody acts on the event.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task UntilSetAsync(this AsyncManualResetEvent signal, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var set = signal.WaitAsync(CancellationToken.None);
        if (set.IsCompleted)
            return;
        var either = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancel.Register(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), either))
        {
            _ = TellAsync(set, either);
            await either.Task;
        }
    }

    private static async Task TellAsync(Task set, TaskCompletionSource either)
    {
        await set;
        either.TrySetResult();
    }
}
