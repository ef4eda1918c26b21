using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Labels the pods with the roles that their servers play, as maintenance found them: services that lead to one role follow by it. Also while the
/// database is paused or blocked, for roles move then too. At rest it sends nothing.
/// </summary>
internal sealed class RoleStep(DatabaseParts parts)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>Sets the labels that are not right. The label that takes a role away is set before the one that gives it.</summary>
    public async Task RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (parts.Health.Roles(parts.Engine, pass.Key, pass.Stored.Metadata.Uid) is not { } roles)
            return;
        var wrong = parts.Caches.PodsOf(parts.Engine, pass.Stored)
            .Where(p => !p.Metadata.IsDeleting && roles.TryGetValue(p.Metadata.Uid, out var role) && p.Metadata.Labels.GetValueOrDefault(PodRoles.Label) != role)
            .OrderBy(p => roles[p.Metadata.Uid] == PodRoles.Primary)
            .ToList();
        foreach (var pod in wrong)
            await LabelAsync(pass, pod, roles[pod.Metadata.Uid], cancel);
    }

    private async Task LabelAsync(DatabasePass pass, Pod pod, string role, CancellationToken cancel)
    {
        // By UID: a pod made again meanwhile may play another role.
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid, ["labels"] = new JsonObject { [PodRoles.Label] = role } },
        };
        var written = await parts.Client.MergePatchAsync(Pod.Resource, pod.Metadata.Key, patch, FieldManagers.Provisioner, null, Pod.Decode, cancel);
        if (written.Value is { } now)
            parts.Caches.Pods.Observe(now);
        else if (written.Error is { Kind: not (ApiErrorKind.NotFound or ApiErrorKind.Conflict) } error)
        {
            // The conditions are written all the same.
            if (error.IsRefusal && Refusal.Wait(error) is var refused)
                parts.Events.Warning(pass.Target, refused.Reason, refused.Message);
            pass.RequeueAfter(Retry);
        }
    }
}
