namespace KubeDb.Api.Controllers;

/// <summary>Whether this process may act. Written by one election, asked by controllers and before every write.</summary>
public interface ILeadership
{
    /// <summary>True while this process leads and its right to write has not run out.</summary>
    bool IsLeader { get; }

    /// <summary>The term that runs, or null. Its token is cancelled the moment the right to write ends.</summary>
    LeaderTerm? Term { get; }

    /// <summary>Waits until this process leads.</summary>
    Task<LeaderTerm> WaitAsync(CancellationToken cancel);
}

/// <summary>One stretch of time in which this process leads without a gap.</summary>
/// <param name="Number">Counts the terms of this process from 1.</param>
/// <param name="Lost">Cancelled when the term ends.</param>
public sealed record LeaderTerm(int Number, CancellationToken Lost);

/// <summary>Leads always: for a single replica without a lease.</summary>
public sealed class AlwaysLeading : ILeadership
{
    private static readonly LeaderTerm Only = new(1, CancellationToken.None);

    /// <inheritdoc/>
    public bool IsLeader => true;

    /// <inheritdoc/>
    public LeaderTerm? Term => Only;

    /// <inheritdoc/>
    public Task<LeaderTerm> WaitAsync(CancellationToken cancel) =>
        cancel.IsCancellationRequested ? Task.FromCanceled<LeaderTerm>(cancel) : Task.FromResult(Only);
}
