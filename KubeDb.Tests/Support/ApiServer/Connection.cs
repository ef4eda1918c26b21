using System.Runtime.CompilerServices;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Transport;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>
/// A process's connection to the in-memory server: counts what it asks, and lets go wrong what the plan says. Part of the test double;
/// see <see cref="InMemoryApiServer"/>.
/// </summary>
public sealed class Connection(InMemoryApiServer server, string process) : IKubernetesClient, IApiDocuments, IDisposable
{
    private static readonly ResourceType Documents = new("", "v1", "", "");
    private static readonly ResourceType Pods = new("", "v1", "pods", "Pod");

    private readonly CancellationTokenSource _dead = new();
    private int _watches;

    /// <summary>The process's name.</summary>
    public string Process { get; } = process;

    /// <summary>What was asked.</summary>
    public Journal Journal { get; } = new();

    /// <summary>What goes wrong.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>Told of each request when the server takes it up.</summary>
    public Action<JournalEntry>? Arrived { get; set; }

    /// <summary>Cancelled when the process is killed.</summary>
    public CancellationToken Killed => _dead.Token;

    /// <summary>Never completes: what a call of a dead process comes to.</summary>
    public static Task Never => new TaskCompletionSource().Task;

    /// <summary>Kills the process: nothing that it waits for on this connection ever comes.</summary>
    public void Kill() => _dead.Cancel();

    /// <summary>Kills the process just before the server sees its n-th write, from 1.</summary>
    public void KillBeforeWrite(int n) => Faults.OnWrite(n, Fault.KilledBefore);

    /// <summary>Kills the process just after its n-th write, from 1, took effect.</summary>
    public void KillAfterWrite(int n) => Faults.OnWrite(n, Fault.KilledAfter);

    /// <inheritdoc/>
    public async Task<ApiResult<T>> SendAsync<T>(ApiRequest request, ObjectDecoder<T> decode, CancellationToken cancel)
    {
        var does = request.Verb is ApiVerb.Get or ApiVerb.List ? RequestKind.Read : RequestKind.Write;
        var verb = request.Verb.ToString().ToLowerInvariant();
        // Bodies are taken when the request is sent: what the caller does with its tree later does not reach the server.
        var sent = request with { Body = request.Body?.DeepClone() };
        var entry = Journal.Add(server.Now, does, verb, request.Type, new ObjectKey(request.Namespace, request.Name ?? ""), sent);
        var answer = await Travel(entry, fault => server.Serve(sent, Process, fault?.StaleVersion), cancel);
        return answer.Error is { } error ? new(error) : new(decode(answer.Utf8));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType type, WatchOptions options, ObjectDecoder<T> decode, [EnumeratorCancellation] CancellationToken cancel)
        where T : class
    {
        var entry = Journal.Add(server.Now, RequestKind.Watch, "watch", type, new ObjectKey(options.Namespace, ""));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, Killed);
        var stream = new WatchStream(server, type, options, Faults, ++_watches);
        var refused = await Travel(entry, _ => stream.Open(), cancel);
        if (refused.Error is { } error)
        {
            yield return new(WatchEventType.Error, null, "", error);
            yield break;
        }

        try
        {
            while (await NextAsync(stream, either.Token) is { } moment)
            {
                var told = Read(moment, decode);
                yield return told;
                if (told.Type == WatchEventType.Error)
                    yield break;
            }
        }
        finally
        {
            stream.Close();
        }
    }

    /// <inheritdoc/>
    public async Task<ApiResult<ExecResult>> ExecAsync(ExecRequest request, CancellationToken cancel)
    {
        ExecResult? result = null;
        var entry = Journal.Add(server.Now, RequestKind.Exec, "exec", Pods, request.Pod);
        var answer = await Travel(
            entry,
            _ =>
            {
                if (server.Peek(Pods, request.Pod.Namespace, request.Pod.Name) is null)
                    return Answer.Of(Errors.NotFound(server.KindOf("", "pods"), request.Pod.Name));
                result = server.OnExec?.Invoke(request);
                return result is null ? Answer.Of(Errors.BadRequest($"container {request.Container} is not valid for pod {request.Pod.Name}")) : new([], null);
            },
            cancel);
        return answer.Error is { } error ? new(error) : new(result!);
    }

    /// <inheritdoc/>
    public async Task<ApiResult<string>> LogsAsync(LogRequest request, CancellationToken cancel)
    {
        var entry = Journal.Add(server.Now, RequestKind.Read, "log", Pods, request.Pod);
        var text = "";
        var answer = await Travel(
            entry,
            _ =>
            {
                if (server.Peek(Pods, request.Pod.Namespace, request.Pod.Name) is null)
                    return Answer.Of(Errors.NotFound(server.KindOf("", "pods"), request.Pod.Name));
                text = server.OnLogs?.Invoke(request) ?? "";
                return new([], null);
            },
            cancel);
        return answer.Error is { } error ? new(error) : new(text);
    }

    /// <inheritdoc/>
    public async Task<ApiResult<T>> ReadDocumentAsync<T>(string path, ObjectDecoder<T> decode, CancellationToken cancel)
    {
        var entry = Journal.Add(server.Now, RequestKind.Read, "get", Documents, new ObjectKey("", path));
        var answer = await Travel(entry, _ => server.Document(path), cancel);
        return answer.Error is { } error ? new(error) : new(decode(answer.Utf8));
    }

    /// <inheritdoc/>
    public void Dispose() => _dead.Dispose();

    // The way to the server and back: latency, then the effect, then the answer; the process can die on either leg.
    private async Task<Answer> Travel(JournalEntry entry, Func<Fault?, Answer> serve, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, Killed);
        entry.Outcome = "cancelled";
        var fault = Faults.For(entry);
        await Wait(server.Latency + (fault?.Delay ?? TimeSpan.Zero), either.Token);
        if (fault is { KillBefore: true })
            await Die(entry, "killed before");
        if (fault?.Instead is { } refusal)
        {
            entry.Outcome = refusal.Kind.ToString();
            return Answer.Of(refusal);
        }

        Arrived?.Invoke(entry);
        var version = server.Version;
        var answer = serve(fault);
        entry.TookEffect = server.Version > version;
        entry.Outcome = answer.Error?.Kind.ToString() ?? (entry.Does == RequestKind.Write && !entry.TookEffect ? "unchanged" : "ok");
        if (fault is { KillAfter: true })
            await Die(entry, "killed after");
        if (fault?.After is not { } lost)
            return answer;
        entry.Outcome += ", answer lost";
        return Answer.Of(lost);
    }

    // As with the real client, an object that can not be decoded ends the watch.
    private static WatchEvent<T> Read<T>(WatchOutput moment, ObjectDecoder<T> decode)
        where T : class
    {
        try
        {
            return new(moment.Type, moment.Utf8 is { } utf8 ? decode(utf8) : null, moment.ResourceVersion, moment.Error);
        }
        catch (Exception e) when (JsonLimits.IsUnreadable(e))
        {
            return new(WatchEventType.Error, null, "", ApiErrors.Unreadable("watch", JsonLimits.Describe(e)));
        }
    }

    private async Task<WatchOutput?> NextAsync(WatchStream stream, CancellationToken cancel)
    {
        try
        {
            return await stream.NextAsync(cancel);
        }
        catch (OperationCanceledException) when (Killed.IsCancellationRequested)
        {
            await Never;
            throw;
        }
    }

    private async Task Wait(TimeSpan time, CancellationToken cancel)
    {
        if (!cancel.IsCancellationRequested && time > TimeSpan.Zero)
            await Task.Delay(time, server.Time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (Killed.IsCancellationRequested)
            await Never;
        cancel.ThrowIfCancellationRequested();
    }

    private Task Die(JournalEntry entry, string how)
    {
        entry.Outcome = entry.Outcome == "cancelled" ? how : $"{entry.Outcome}, {how}";
        Kill();
        return Never;
    }
}
