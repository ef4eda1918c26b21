using k8s.Models;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.AfterEndToEnd;

/// <summary>One right, taken apart as far as it goes: one verb on one resource, and one name where the rule gives names.</summary>
/// <param name="Role">The role that gives it.</param>
/// <param name="Namespace">Where it holds; empty for everywhere.</param>
/// <param name="Group">API group.</param>
/// <param name="Resource">Resource, with its subresource after a slash.</param>
/// <param name="Verb">The verb.</param>
/// <param name="Name">The only object it is given for; empty for all.</param>
internal sealed record Grant(string Role, string Namespace, string Group, string Resource, string Verb, string Name)
{
    /// <summary>Whether the call needed this right. An apply that makes an object is authorised a second time, as its creation.</summary>
    public bool IsUsedBy(AuditedCall call) =>
        call.Group == Group && call.Resource == Resource
        && (call.Verb == Verb || (Verb == "create" && call is { Verb: "patch", Code: 201 }))
        && (Name.Length == 0 || Name == call.Name)
        && (Namespace.Length == 0 || Namespace == call.Namespace);

    /// <inheritdoc/>
    public override string ToString() => $"{Verb} {(Group.Length == 0 ? Resource : $"{Resource}.{Group}")}{(Name.Length == 0 ? "" : $" {Name}")}";

    /// <summary>Everything that is given to a service account by name.</summary>
    public static async Task<IReadOnlyList<Grant>> OfAsync(string ns, string account)
    {
        var cluster = ClusterReader.Shared;
        var everywhere = (await cluster.ClusterRoleBindingsAsync()).Where(b => IsSubject(b.Subjects, ns, account)).Select(b => (b.RoleRef, ""));
        var inOne = (await cluster.RoleBindingsAsync()).Where(b => IsSubject(b.Subjects, ns, account)).Select(b => (b.RoleRef, b.Metadata.NamespaceProperty));
        var grants = new List<Grant>();
        foreach (var (role, where) in everywhere.Concat(inOne))
        {
            var rules = role.Kind == "Role" ? (await cluster.RoleAsync(where, role.Name))!.Rules : (await cluster.ClusterRoleAsync(role.Name))!.Rules;
            grants.AddRange(rules.SelectMany(rule => Of($"{role.Kind} {role.Name}", where, rule)));
        }

        return grants;
    }

    // Rules about paths instead of resources have no groups.
    private static IEnumerable<Grant> Of(string role, string ns, V1PolicyRule rule) =>
        from grp in rule.ApiGroups ?? []
        from resource in rule.Resources ?? []
        from verb in rule.Verbs
        from name in (rule.ResourceNames ?? []).DefaultIfEmpty("")
        select new Grant(role, ns, grp, resource, verb, name);

    private static bool IsSubject(IEnumerable<Rbacv1Subject>? subjects, string ns, string account) =>
        subjects?.Any(s => s.Kind == "ServiceAccount" && s.NamespaceProperty == ns && s.Name == account) == true;
}
