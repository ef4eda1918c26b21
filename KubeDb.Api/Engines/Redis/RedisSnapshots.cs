using System.Collections.Concurrent;
using System.Globalization;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis;

/// <summary>
/// Saves what the last snapshot of a server without append-only file lacks, before its pod goes: writes are held up, a snapshot is taken, and
/// nothing is seen to have been written since. Writers are released by the server itself after <see cref="Hold"/> at the latest, should
/// whoever asked be gone; what they write then is saved once more when the server is told to end.
/// </summary>
internal sealed class RedisSnapshots(TimeProvider time)
{
    /// <summary>How long writers are held up after the last word of the operator: until the pod has been told to end.</summary>
    internal static readonly TimeSpan Hold = TimeSpan.FromSeconds(5);

    /// <summary>A pod that was held up and did not go is not held up again so soon: something else keeps it, such as a disruption budget.</summary>
    private static readonly TimeSpan HoldAgain = TimeSpan.FromMinutes(1);

    /// <summary>A snapshot that failed is tried again after this long.</summary>
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private const int Looks = 40;

    private readonly ConcurrentDictionary<string, long> _heldAt = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _triedAt = new(StringComparer.Ordinal);

    /// <summary>Yes once everything that the server acknowledged is in its snapshot. Idempotent; asked again until it is.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">No reply in time.</exception>
    public async Task<Readiness> SaveAsync(RespClient client, Pod pod, CancellationToken cancel)
    {
        var info = await InfoAsync(client, cancel);
        var fails = info.Text("rdb_last_bgsave_status") == "err";
        if (fails && IsWithin(_triedAt, pod, TryAgain))
            return Failed(pod);

        // A volume that takes no snapshot is no reason to hold writers up again and again.
        var saves = await SavesAtTheEndAsync(client, cancel);
        var holds = !fails && !IsWithin(_heldAt, pod, HoldAgain) && await HoldAsync(client, cancel);
        if (holds || fails)
            info = await InfoAsync(client, cancel);
        if (info.Text("rdb_bgsave_in_progress") != "1" && !await IsSavedAsync(client, info, holds, cancel))
        {
            var started = await client.SendAsync(cancel, "BGSAVE");
            if (started.Error is { Kind: RespErrorKind.UnknownCommand })
                return await WithoutCommandAsync(client, pod, saves && !fails, holds, cancel);
            if (started.Error is { } refused)
                return Readiness.NotYet($"{pod.Metadata.Name} takes no snapshot now, so it is left alone: {refused.Sentence}");
        }

        info = await SettledAsync(client, cancel);
        if (info.Text("rdb_bgsave_in_progress") == "1")
            return Readiness.NotYet($"{pod.Metadata.Name} is saving what its last snapshot lacks; it is restarted once that is done");
        if (info.Text("rdb_last_bgsave_status") == "err")
        {
            Note(_triedAt, pod);
            await ReleaseAsync(client, holds, cancel);
            return Failed(pod);
        }

        // After a failure nobody was held up: the snapshot that counts is the next one.
        if (fails || !await IsSavedAsync(client, info, holds, cancel))
            return Readiness.NotYet($"{pod.Metadata.Name} was written to since its last snapshot; another one is taken");
        if (holds)
            Note(_heldAt, pod);
        return Readiness.Yes;
    }

    private static Readiness Failed(Pod pod) => Readiness.NotYet(
        $"{pod.Metadata.Name} could not write its last snapshot, so it is left alone: a restart now would lose what was written since. "
        + "Free space on its volume, or make it larger; the snapshot is tried again every few seconds");

    /// <summary>
    /// While writers are held up, nothing may have changed since the last snapshot of this process. Without that, or where the server can not
    /// hold them up (before 6.2), a snapshot of this minute is enough: the rest is saved when the server is told to end.
    /// </summary>
    private static async Task<bool> IsSavedAsync(RespClient client, RedisInfo info, bool holds, CancellationToken cancel)
    {
        if (info.Text("rdb_last_bgsave_status") == "err" || info.Text("rdb_last_bgsave_time_sec") is "-1")
            return false;
        if (info.Text("rdb_changes_since_last_save") == "0")
            return true;
        if (holds)
            return false;
        var now = await client.SendAsync(cancel, "TIME");
        return now.Items.Count > 0
            && long.TryParse(now.Items[0].Text, CultureInfo.InvariantCulture, out var seconds)
            && long.TryParse(info.Text("rdb_last_save_time"), CultureInfo.InvariantCulture, out var saved)
            && seconds - saved < (long)HoldAgain.TotalSeconds;
    }

    // Whoever renamed the command must still be able to take the name back: the server's own save at its end has to do.
    private static async Task<Readiness> WithoutCommandAsync(RespClient client, Pod pod, bool savesAtTheEnd, bool holds, CancellationToken cancel)
    {
        if (savesAtTheEnd)
            return Readiness.Yes;
        await ReleaseAsync(client, holds, cancel);
        return Readiness.NotYet(
            $"{pod.Metadata.Name} has no command BGSAVE, and does not save when it ends: a restart now would lose what its last snapshot lacks. Set \"save\" or \"appendonly yes\" first");
    }

    private async Task<RedisInfo> SettledAsync(RespClient client, CancellationToken cancel)
    {
        var info = await InfoAsync(client, cancel);
        for (var i = 0; i < Looks && info.Text("rdb_bgsave_in_progress") == "1"; i++)
        {
            await Task.Delay(Look, time, cancel);
            info = await InfoAsync(client, cancel);
        }

        return info;
    }

    private static async Task<RedisInfo> InfoAsync(RespClient client, CancellationToken cancel)
    {
        var reply = await client.SendAsync(cancel, "INFO", "persistence");
        return reply.Error is { } error ? throw new IOException(error.Sentence) : RedisInfo.Parse(reply.Text);
    }

    private static async Task<bool> HoldAsync(RespClient client, CancellationToken cancel) =>
        (await client.SendAsync(cancel, "CLIENT", "PAUSE", Hold.TotalMilliseconds.ToString(CultureInfo.InvariantCulture), "WRITE")).IsOk;

    private static async Task ReleaseAsync(RespClient client, bool holds, CancellationToken cancel)
    {
        if (holds)
            _ = await client.SendAsync(cancel, "CLIENT", "UNPAUSE");
    }

    /// <summary>
    /// Sees to it that the server saves when it is told to end, whatever its save points say, and that it does not end when that fails; true
    /// when it does. Set in the running server only: it is about to be replaced.
    /// </summary>
    private static async Task<bool> SavesAtTheEndAsync(RespClient client, CancellationToken cancel)
    {
        var points = await GetAsync(client, "save", cancel);
        var atEnd = (await GetAsync(client, "shutdown-on-sigterm", cancel))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (points is null)
            return false;
        if (atEnd is null)
            return points.Length > 0 || (await client.SendAsync(cancel, "CONFIG", "SET", "save", "3600 1")).IsOk;
        var saves = !atEnd.Contains("nosave") && !atEnd.Contains("force") && (points.Length > 0 || atEnd.Contains("save"));
        return saves || (await client.SendAsync(cancel, "CONFIG", "SET", "shutdown-on-sigterm", "save")).IsOk;
    }

    private static async Task<string?> GetAsync(RespClient client, string name, CancellationToken cancel)
    {
        var reply = await client.SendAsync(cancel, "CONFIG", "GET", name);
        return reply.Items.Count == 2 ? reply.Items[1].Text : null;
    }

    private bool IsWithin(ConcurrentDictionary<string, long> notes, Pod pod, TimeSpan span) =>
        notes.TryGetValue(pod.Metadata.Uid, out var at) && time.GetElapsedTime(at) < span;

    private void Note(ConcurrentDictionary<string, long> notes, Pod pod)
    {
        foreach (var (uid, at) in notes)
        {
            if (time.GetElapsedTime(at) > HoldAgain)
                notes.TryRemove(uid, out _);
        }

        notes[pod.Metadata.Uid] = time.GetTimestamp();
    }
}
