using System.Diagnostics;
using k8s.Autorest;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>A running replica of an operator.</summary>
/// <param name="Pod">Its pod.</param>
/// <param name="Address">The pod's address, by which the audit log tells replicas apart.</param>
/// <param name="Container">Id of the container.</param>
/// <param name="Identity">As the lease names it while it leads; empty for a standby.</param>
internal sealed record Replica(string Pod, string Address, string Container, string Identity);

/// <summary>The two operators as they are installed.</summary>
internal static class Operators
{
    /// <summary>Names of deployment, lease and service account.</summary>
    public const string Provisioner = "kubedb-provisioner", OpsManager = "kubedb-ops-manager";

    /// <summary>Where they are installed.</summary>
    public const string Namespace = "kubedb";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string ServiceAccount(string name) => $"system:serviceaccount:{Namespace}:{name}";

    /// <summary>The replica that leads, once one does.</summary>
    public static Task<Replica> LeaderAsync(string name) => LeaderAfterAsync(name, null);

    /// <summary>The replica that leads, once it is another process than the former.</summary>
    public static async Task<Replica> LeaderAfterAsync(string name, Replica? former)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(300))
        {
            var holder = await HolderAsync(name);
            if (holder.Length == 0 || holder == former?.Identity)
                continue;
            if ((await ReplicasAsync(name)).FirstOrDefault(r => holder.StartsWith(r.Pod + "_", StringComparison.Ordinal)) is { } leader)
                return leader with { Identity = holder };
        }

        throw new TimeoutException($"No other leader of {name} within {Patience}.");
    }

    /// <summary>All running replicas.</summary>
    public static async Task<IReadOnlyList<Replica>> ReplicasAsync(string name)
    {
        return
        [
            .. from pod in await ClusterReader.Shared.PodsAsync(Namespace, $"app.kubernetes.io/name={name}")
               let container = pod.Status.ContainerStatuses?.FirstOrDefault()
               where pod.Metadata.DeletionTimestamp is null && container?.State?.Running is not null
               select new Replica(pod.Metadata.Name, pod.Status.PodIP, container.ContainerID, ""),
        ];
    }

    /// <summary>How many replicas are asked for.</summary>
    public static async Task<string> DesiredAsync(string name) =>
        $"{(await ClusterReader.Shared.DeploymentAsync(Namespace, name))!.Spec.Replicas}";

    /// <summary>Asks for so many replicas of both.</summary>
    public static async Task ScaleAsync(string name, string replicas) =>
        (await KubectlAsync("scale", $"deployment/{name}", $"--replicas={replicas}")).OrFail();

    /// <summary>Waits until every replica of both is Ready and both have a leader.</summary>
    public static async Task SettledAsync()
    {
        foreach (var name in (string[])[Provisioner, OpsManager])
        {
            (await KubectlAsync("rollout", "status", $"deployment/{name}", "--timeout=90s")).OrFail();
            await LeaderAsync(name);
        }
    }

    // Empty also while the API server does not answer: it may be restarting.
    private static async Task<string> HolderAsync(string name)
    {
        try
        {
            return (await ClusterReader.Shared.LeaseAsync(Namespace, name))?.Spec.HolderIdentity ?? "";
        }
        catch (Exception e) when (e is HttpRequestException or HttpOperationException)
        {
            return "";
        }
    }

    public static Task<ToolResult> KubectlAsync(params string[] arguments) => Tool.RunAsync("kubectl", ["-n", Namespace, .. arguments]);
}
