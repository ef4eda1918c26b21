using System.Net;
using System.Net.Sockets;
using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Rolling;

/// <summary>
/// Tells when the cluster's DNS knows the address of a pod that was made anew under its name. Peers find each other by name, and DNS servers keep answers, up
/// to half a minute by what kubeadm sets up: until then the peers connect to an address where nothing answers, and a pod that the roll takes down meanwhile
/// hands over to one that they do not reach.
/// </summary>
/// <param name="resolve">Asks for the addresses of a name; throws or is empty for one that is not known.</param>
/// <param name="time">The clock.</param>
internal sealed class PodNames(Func<string, CancellationToken, Task<IReadOnlyList<string>>> resolve, TimeProvider time)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    /// <summary>How long after a pod was Ready an old address is waited out; DNS that goes on telling it is no reason never to go on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>By the resolver of this process.</summary>
    public static async Task<IReadOnlyList<string>> SystemAsync(string name, CancellationToken cancel) =>
        [.. (await Dns.GetHostAddressesAsync(name, cancel)).Select(a => a.ToString())];

    /// <summary>Yes unless the name leads to other addresses only. A name that is not known says nothing: this process may run outside of the cluster.</summary>
    public async Task<Readiness> LeadHereAsync(Pod pod, CancellationToken cancel)
    {
        if (pod.Spec.Subdomain.Length == 0 || pod.Status.PodIP.Length == 0 || !IPAddress.TryParse(pod.Status.PodIP, out var own))
            return Readiness.Yes;
        if (pod.Status.Conditions.FirstOrDefault(c => c.Type == "Ready")?.LastTransitionTime is not { } since || time.GetUtcNow() - since > Patience)
            return Readiness.Yes;
        var host = pod.Spec.Hostname.Length > 0 ? pod.Spec.Hostname : pod.Metadata.Name;
        var name = $"{host}.{pod.Spec.Subdomain}.{pod.Metadata.Namespace}.svc";
        var told = await AskAsync(name, cancel);
        return told.Count == 0 || told.Any(a => IPAddress.TryParse(a, out var address) && address.Equals(own))
            ? Readiness.Yes
            : Readiness.NotYet($"The cluster's DNS still says {told[0]} for {name}, and Pod {pod.Metadata.Name} is at {pod.Status.PodIP}.");
    }

    private async Task<IReadOnlyList<string>> AskAsync(string name, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerWithin);
        try
        {
            return await resolve(name, limit.Token);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return [];
        }
    }
}
