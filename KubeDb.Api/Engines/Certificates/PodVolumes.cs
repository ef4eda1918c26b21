using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>Has kubelets bring changed secrets into the volumes of running pods.</summary>
public static class PodVolumes
{
    /// <summary>
    /// Annotates the pods that do not have the mark yet: a kubelet that sees a pod change looks at its volumes at once, and else within a minute or two.
    /// </summary>
    /// <returns>The pods that were annotated, as they are now.</returns>
    /// <exception cref="ApiException">A pod can not be written.</exception>
    public static async Task<IReadOnlyList<Pod>> RefreshAsync(IKubernetesClient client, IEnumerable<Pod> pods, string mark, string manager, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(pods);
        var touched = new List<Pod>();
        foreach (var pod in pods.Where(p => !p.Metadata.IsDeleting && p.Metadata.Annotations.GetValueOrDefault(DatabaseCertificates.PodAnnotation) != mark))
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid, ["annotations"] = new JsonObject { [DatabaseCertificates.PodAnnotation] = mark } },
            };
            if ((await client.MergePatchAsync(ResourceTypes.Pod, pod.Metadata.Key, patch, manager, null, Pod.Decode, cancel)).OrNotFound() is { } now)
                touched.Add(now);
        }

        return touched;
    }
}
