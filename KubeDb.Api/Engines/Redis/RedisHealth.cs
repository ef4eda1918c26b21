using System.Globalization;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis;

/// <summary>One round of health checks of a Standalone: connect and log in, PING, then write and read a key.</summary>
internal sealed class RedisHealth(RedisConnector connector, TimeProvider time)
{
    /// <summary>The key that is written, read and deleted again; it expires by itself if the deletion is lost.</summary>
    public const string ProbeKey = "kubedb:health-check";

    /// <summary>Checks every server; the first failure ends the round.</summary>
    public async Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var pods = instances.Pods.Where(p => !p.Metadata.IsDeleting).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal).ToList();
        if (pods.Count == 0)
            return new(new HealthFailure(HealthLabels.NodesNotReady, "No pod of the database runs.", AcceptsConnections: false));
        foreach (var pod in pods)
        {
            if (await ProbeAsync(instances, pod, cancel) is { } failure)
                return new(failure);
        }

        return HealthReport.Healthy;
    }

    private async Task<HealthFailure?> ProbeAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var checks = instances.Database.Spec.HealthChecker;
        var timeout = TimeSpan.FromSeconds(checks?.TimeoutSeconds is { } seconds and > 0 ? seconds : 10);
        var (client, failure) = await connector.OpenAsync(instances, pod, timeout, cancel);
        if (client is null)
            return new(HealthLabels.ClientCreation, $"No connection to {Name(pod)}: {failure!.Message}.", AcceptsConnections: false);
        await using (client)
        {
            var step = HealthLabels.Ping;
            try
            {
                if (await PingAsync(client, pod, cancel) is { } refused)
                    return refused;
                if (checks is { DisableWriteCheck: true })
                    return null;
                step = HealthLabels.Write;
                return await WriteAndReadAsync(client, pod, cancel);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return new(step, $"{Name(pod)} did not answer the {step} check: {e.Message}", AcceptsConnections: step != HealthLabels.Ping);
            }
        }
    }

    private static async Task<HealthFailure?> PingAsync(RespClient client, Pod pod, CancellationToken cancel)
    {
        var reply = await client.SendAsync(cancel, "PING");
        if (reply.Error is not { } error)
            return reply.Text == "PONG" ? null : new(HealthLabels.Ping, $"{Name(pod)} answers PING with something else than PONG.", AcceptsConnections: false);
        if (error.Kind != RespErrorKind.Loading)
            return new(HealthLabels.Ping, $"{Name(pod)} refuses PING: {error.Sentence}", AcceptsConnections: error.Kind == RespErrorKind.PersistenceFailed);
        var info = RedisInfo.Parse((await client.SendAsync(cancel, "INFO", "persistence")).Text);
        return new(HealthLabels.NodesNotReady, $"{Name(pod)} is loading its data{Progress(info)}.", AcceptsConnections: false);
    }

    private async Task<HealthFailure?> WriteAndReadAsync(RespClient client, Pod pod, CancellationToken cancel)
    {
        var value = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

        // One trip for the three: with thousands of databases the trips are what a round of checks costs.
        var replies = await client.SendManyAsync(cancel, ["SET", ProbeKey, value, "EX", "60"], ["GET", ProbeKey], ["DEL", ProbeKey]);
        return Judge(Name(pod), value, replies[0], replies[1]);
    }

    /// <summary>What the answers to the write and the read of a value say; null when both worked.</summary>
    internal static HealthFailure? Judge(string pod, string value, RespReply set, RespReply get)
    {
        if (set.Error is { } refused)
            return new(HealthLabels.Write, $"{pod} refuses writes: {refused.Sentence}", AcceptsConnections: true);
        if (get.Error is { } unreadable)
            return new(HealthLabels.Read, $"{pod} refuses reads: {unreadable.Sentence}", AcceptsConnections: true);
        return get.Text == value ? null : new(HealthLabels.Read, $"{pod} does not return the key that was just written.", AcceptsConnections: true);
    }

    /// <summary>How far the loading of data is, as the end of a sentence; empty when the server does not say.</summary>
    internal static string Progress(RedisInfo info) =>
        info.Text("loading_loaded_perc") is { Length: > 0 } percent
            ? $": {percent} % done, about {info.Text("loading_eta_seconds")} s to go"
            : "";

    private static string Name(Pod pod) => $"pod {pod.Metadata.Key}";
}

/// <summary>The fields of an INFO answer.</summary>
internal sealed class RedisInfo
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    /// <summary>Reads the answer; lines that are no field are skipped.</summary>
    public static RedisInfo Parse(string text)
    {
        var info = new RedisInfo();
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[0] != '#')
                info._fields[line[..colon]] = line[(colon + 1)..].TrimEnd('\r');
        }

        return info;
    }

    /// <summary>A field; null when absent.</summary>
    public string? Text(string name) => _fields.GetValueOrDefault(name);
}
