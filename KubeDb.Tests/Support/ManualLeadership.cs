using KubeDb.Api.Controllers;

namespace KubeDb.Tests.Support;

/// <summary>Leadership that a test gives and takes.</summary>
internal sealed class ManualLeadership : ILeadership, IDisposable
{
    private readonly List<TaskCompletionSource<LeaderTerm>> _waiters = [];
    private CancellationTokenSource _lost = new();
    private int _terms;

    public bool IsLeader => Term is not null;

    public LeaderTerm? Term { get; private set; }

    public async Task<LeaderTerm> WaitAsync(CancellationToken cancel)
    {
        var waiter = new TaskCompletionSource<LeaderTerm>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add(waiter);
        await using var onCancel = cancel.Register(() => waiter.TrySetCanceled(cancel));
        return Term ?? await waiter.Task;
    }

    public void Begin()
    {
        _lost = new CancellationTokenSource();
        Term = new LeaderTerm(++_terms, _lost.Token);
        _waiters.ForEach(w => w.TrySetResult(Term));
    }

    public void End()
    {
        Term = null;
        _lost.Cancel();
    }

    public void Dispose() => _lost.Dispose();
}
