using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Stops applying while a request holds the database, and acknowledges the pause, for which the request waits. Since one worker has the key,
/// nothing is being applied when the acknowledgement is written. A pause whose request is gone or terminal is removed.
/// </summary>
internal sealed class PauseStep(DatabaseParts parts)
{
    /// <summary>Reason of the outcome while the database is held.</summary>
    public const string Paused = "Paused";

    /// <summary>Requeue interval while paused, in case the event that ends the pause is lost.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    /// <summary>Continues when nobody holds the database.</summary>
    public async Task<Outcome> RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (Pause.Acknowledge(pass.Stored.Status, parts.Time.GetUtcNow()) is not { } answer)
        {
            pass.Status.Remove(ConditionTypes.PauseAcknowledged);
            return Outcome.Continue;
        }

        if (Pause.Holder(pass.Stored.Status) is { } holder && await parts.Leaks.IsLeakedAsync(holder, cancel))
            return await DropAsync(pass, holder, cancel);
        pass.Status.Set(answer);

        // Servers are kept together and checked also while a request holds the database, which may give them other certificates.
        await parts.Gatherer.ReadSecretsAsync(parts.Engine, pass.Stored, cancel);
        return Outcome.Wait(Paused, answer.Message, Again);
    }

    private async Task<Outcome> DropAsync(DatabasePass pass, PauseHolder holder, CancellationToken cancel)
    {
        var end = await Pause.ReleaseAsync(parts.Client, pass.Stored, holder.Uid, FieldManagers.Provisioner, cancel);
        if (end is PauseEnd.Done)
        {
            parts.Events.Normal(
                pass.Target, "PauseRemoved", $"{holder.Kind} {holder.Request} held the database and has ended or is gone; the database goes on.");
        }

        pass.IsOver = true;
        return Outcome.Wait(Paused, $"The pause of {holder.Kind} {holder.Request} was removed.", TimeSpan.FromMilliseconds(200));
    }
}
