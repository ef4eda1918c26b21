using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Bench.Double;

/// <summary>
/// A DOUBLE of the kubelets of a cluster: it says of every pod of the bench that it runs and is ready, at the address of a server of
/// <see cref="RedisServers"/>. The pods name a scheduler that does not exist, so no real node takes them.
/// </summary>
internal sealed class Kubelet : IAsyncDisposable
{
    /// <summary>The scheduler that the pods name.</summary>
    public const string Scheduler = "kubedb-bench";

    private readonly HttpKubernetesClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _gate = new(8);
    private readonly Task _running;

    /// <summary>Starts with the pods that there are.</summary>
    public Kubelet(HttpKubernetesClient client)
    {
        _client = client;
        var options = new InformerOptions<Pod> { Type = Pod.Resource, Decode = Pod.Decode, LabelSelector = "app.kubernetes.io/managed-by=kubedb.com" };
        var pods = new Informer<Pod>(options, client, TimeProvider.System, Random.Shared, NullLogger<Informer<Pod>>.Instance);
        pods.Subscribe(change =>
        {
            if (change.New is { IsReady: false, Metadata.IsDeleting: false } pod && pod.Metadata.Name.StartsWith("bench-", StringComparison.Ordinal))
                _ = StartAsync(pod);
        });
        _running = pods.RunAsync(_stop.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _gate.Dispose();
    }

    private async Task StartAsync(Pod pod)
    {
        await _gate.WaitAsync();
        try
        {
            var number = int.Parse(pod.Metadata.Name.AsSpan(6, 5), CultureInfo.InvariantCulture);
            await _client.MergePatchAsync(
                Pod.Resource, pod.Metadata.Key, Status(pod, RedisServers.Address(number)), "kubelet-double", "status", KubernetesVerbs.DecodeJson, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The bench ends.
        }
        finally
        {
            _gate.Release();
        }
    }

    private static JsonObject Status(Pod pod, string address)
    {
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        JsonNode Condition(string type) => new JsonObject { ["type"] = type, ["status"] = "True", ["lastTransitionTime"] = now };
        return new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["phase"] = "Running",
                ["podIP"] = address,
                ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address }),
                ["startTime"] = now,
                ["conditions"] = new JsonArray(Condition("PodScheduled"), Condition("Initialized"), Condition("ContainersReady"), Condition("Ready")),
                ["containerStatuses"] = new JsonArray([.. pod.Spec.Containers.Select(c => (JsonNode)new JsonObject
                {
                    ["name"] = c.Name,
                    ["image"] = c.Image,
                    ["imageID"] = c.Image,
                    ["ready"] = true,
                    ["started"] = true,
                    ["restartCount"] = 0,
                    ["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = now } },
                })]),
            },
        };
    }
}
