using KubeDb.Api.Engines;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Labels the pods with the roles that their servers play, as maintenance found them: services that lead to one role follow by it. Also while the
/// database is paused or blocked, for roles move then too. At rest it sends nothing.
/// </summary>
internal sealed class RoleStep(DatabaseParts parts)
{
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
            await PodWrites.SetAsync(parts, pass, pod, "labels", PodRoles.Label, roles[pod.Metadata.Uid], cancel);
    }
}
