using k8s.Models;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>Who the pods of a database are, and what they may do. Pure.</summary>
internal static class AccessObjects
{
    /// <summary>The service account alone, of pods that may do nothing; nothing where the user brought it.</summary>
    public static IEnumerable<DesiredObject> Account(DatabaseDescription d) => d.Facts.ForeignServiceAccount
        ? []
        : [DesiredObject.Of(ResourceTypes.ServiceAccount, new V1ServiceAccount { Metadata = d.Offshoot.Metadata(d.ServiceAccount) })];

    /// <summary>
    /// The service account, a role and their binding; nothing where the user brought the account, for its rights are then the user's business.
    /// </summary>
    /// <param name="d">The database.</param>
    /// <param name="rules">What the pods may do.</param>
    /// <param name="role">Name of the role and the binding; null for the database's.</param>
    public static IEnumerable<DesiredObject> Describe(DatabaseDescription d, IReadOnlyList<V1PolicyRule> rules, string? role = null)
    {
        if (d.Facts.ForeignServiceAccount)
            return [];
        var name = role ?? d.Name;
        return
        [
            .. Account(d),
            DesiredObject.Of(ResourceTypes.Role, new V1Role { Metadata = d.Offshoot.Metadata(name), Rules = [.. rules] }),
            DesiredObject.Of(ResourceTypes.RoleBinding, new V1RoleBinding
            {
                Metadata = d.Offshoot.Metadata(name),
                RoleRef = new() { ApiGroup = ResourceTypes.Role.Group, Kind = ResourceTypes.Role.Kind, Name = name },
                Subjects = [new() { Kind = ResourceTypes.ServiceAccount.Kind, Name = d.ServiceAccount, NamespaceProperty = d.Namespace }],
            }),
        ];
    }

    /// <summary>The right to use a kind in the given ways.</summary>
    public static V1PolicyRule May(ResourceType type, params string[] verbs) =>
        new() { ApiGroups = [type.Group], Resources = [type.Plural], Verbs = verbs };
}
