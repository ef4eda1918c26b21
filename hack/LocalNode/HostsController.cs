using System.Text;
using System.Text.Json;
using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.LocalNode;

/// <summary>Keeps one hosts file a service in a folder that a DNS server watches (dnsmasq's <c>--hostsdir</c>).</summary>
internal sealed class HostsController(ICache<NamedService> services, ICache<ServiceEndpoints> endpoints, string directory) : IReconciler
{
    public string Name => "names";

    public static void Add(OperatorRuntime runtime, string directory)
    {
        Directory.CreateDirectory(directory);
        var services = runtime.AddInformer(new InformerOptions<NamedService> { Type = NamedService.Resource, Decode = NamedService.Decode });
        var endpoints = runtime.AddInformer(new InformerOptions<ServiceEndpoints> { Type = ServiceEndpoints.Resource, Decode = ServiceEndpoints.Decode });
        var queue = runtime.NewQueue("names");
        runtime.AddController(new HostsController(services, endpoints, directory), queue);
        services.Subscribe(change => queue.Add((change.New ?? change.Old)!.Metadata.Key));
        endpoints.Subscribe(change => queue.Add((change.New ?? change.Old)!.Metadata.Key));
    }

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel)
    {
        var file = Path.Combine(directory, $"{key.Namespace}.{key.Name}");
        var lines = services.Get(key) is { } service ? HostsFile.Of(service, endpoints.Get(key)) : "";
        if (lines.Length == 0)
        {
            File.Delete(file);
            return Outcome.Done;
        }

        if (File.Exists(file) && await File.ReadAllTextAsync(file, cancel) == lines)
            return Outcome.Done;

        // Written at its place at once: the server is never shown half a file.
        var draft = $"{directory}.{key.Namespace}.{key.Name}";
        await File.WriteAllTextAsync(draft, lines, cancel);
        File.Move(draft, file, overwrite: true);
        return Outcome.Done;
    }
}

/// <summary>The lines of a service's hosts file.</summary>
internal static class HostsFile
{
    /// <summary>
    /// The service's own address; of a headless one the addresses of its pods, and each pod's own name below the service's. Pods that are not
    /// ready are among them only where the service asks for it.
    /// </summary>
    public static string Of(NamedService service, ServiceEndpoints? endpoints)
    {
        var name = $"{service.Metadata.Name}.{service.Metadata.Namespace}.svc.cluster.local";
        var address = service.Spec.ClusterIP;
        if (address.Length == 0)
            return "";
        if (address != "None")
            return $"{address} {name}\n";
        var text = new StringBuilder();
        foreach (var subset in endpoints?.Subsets ?? [])
        {
            IEnumerable<EndpointAddress> addresses = service.Spec.PublishNotReadyAddresses ? [.. subset.Addresses, .. subset.NotReadyAddresses] : subset.Addresses;
            foreach (var pod in addresses)
            {
                if (pod.Hostname.Length > 0)
                    text.Append(pod.Ip).Append(' ').Append(pod.Hostname).Append('.').Append(name).Append('\n');
                text.Append(pod.Ip).Append(' ').Append(name).Append('\n');
            }
        }

        return text.ToString();
    }
}

/// <summary>A Service, down to what its name says.</summary>
internal sealed record NamedService : IKubernetesObject<NamedService>
{
    public static ResourceType Resource => ResourceTypes.Service;

    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public NamedServiceSpec Spec { get; init => field = value ?? new(); } = new();

    public static NamedService Decode(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, NodeJson.Default.NamedService) ?? throw new JsonException("Expected a Service, found null.");
}

internal sealed record NamedServiceSpec
{
    [System.Text.Json.Serialization.JsonPropertyName("clusterIP")]
    public string ClusterIP { get; init => field = value ?? ""; } = "";

    public bool PublishNotReadyAddresses { get; init; }
}

/// <summary>Endpoints as observed.</summary>
internal sealed record ServiceEndpoints : IKubernetesObject<ServiceEndpoints>
{
    public static ResourceType Resource => ResourceTypes.Endpoints;

    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public IReadOnlyList<EndpointSubset> Subsets { get; init => field = value ?? []; } = [];

    public static ServiceEndpoints Decode(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, NodeJson.Default.ServiceEndpoints) ?? throw new JsonException("Expected Endpoints, found null.");
}

internal sealed record EndpointSubset
{
    public IReadOnlyList<EndpointAddress> Addresses { get; init => field = value ?? []; } = [];

    public IReadOnlyList<EndpointAddress> NotReadyAddresses { get; init => field = value ?? []; } = [];
}

internal sealed record EndpointAddress
{
    public string Ip { get; init => field = value ?? ""; } = "";

    public string Hostname { get; init => field = value ?? ""; } = "";
}
