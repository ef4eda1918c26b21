using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Support.SecondEngine;

/// <summary>Asks the servers, a line for a line: PING, GET key, SET key value, LEADER, RESIGN.</summary>
internal sealed class LedgerConnector(IEngineDialer dialer, TimeProvider time) : IRunningSettings
{
    public const int Port = 7000;
    private const string Error = "ERR ";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The answer to a line.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public async Task<string> AskAsync(Pod pod, string line, CancellationToken cancel)
    {
        if (pod.Status.PodIP.Length == 0)
            throw new IOException($"{pod.Metadata.Name} has no address yet");
        using var bound = new CancellationTokenSource(Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            await using var stream = await dialer.ConnectAsync(pod.Status.PodIP, Port, both.Token);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), both.Token);
            var answer = new byte[512];
            var count = await stream.ReadAsync(answer, both.Token);
            return Encoding.UTF8.GetString(answer, 0, count).TrimEnd('\n');
        }
        catch (IOException e)
        {
            throw new IOException($"{pod.Metadata.Name}: {e.Message}", e);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new IOException($"{pod.Metadata.Name} does not answer");
        }
    }

    public async Task<string?> GetAsync(Pod pod, string key, CancellationToken cancel) =>
        await AskAsync(pod, $"GET {key}", cancel) is { Length: > 0 } value ? value : null;

    public async Task<string?> SetAsync(Pod pod, string key, string value, CancellationToken cancel) =>
        await AskAsync(pod, $"SET {key} {value}", cancel) is var answer && answer.StartsWith(Error, StringComparison.Ordinal) ? answer[Error.Length..] : null;
}
