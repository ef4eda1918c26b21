using System.Text.Json.Nodes;
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
        var bindings = JsonNode.Parse((await Tool.RunAsync("kubectl", ["get", "clusterrolebindings,rolebindings", "-A", "-o", "json"])).OrFail())!["items"]!.AsArray();
        var grants = new List<Grant>();
        foreach (var binding in bindings.Where(b => b!["subjects"]?.AsArray().Any(s => IsSubject(s!, ns, account)) == true))
        {
            var role = binding!["roleRef"]!;
            var where = Text(binding["metadata"]!, "namespace");
            var kind = Text(role, "kind");
            string[] scope = kind == "Role" ? ["-n", where] : [];
            var rules = JsonNode.Parse((await Tool.RunAsync("kubectl", [.. scope, "get", kind, Text(role, "name"), "-o", "json"])).OrFail())!["rules"]!.AsArray();
            grants.AddRange(rules.SelectMany(rule => Of($"{kind} {Text(role, "name")}", where, rule!)));
        }

        return grants;
    }

    private static IEnumerable<Grant> Of(string role, string ns, JsonNode rule) =>
        from grp in Texts(rule, "apiGroups")
        from resource in Texts(rule, "resources")
        from verb in Texts(rule, "verbs")
        from name in Texts(rule, "resourceNames").DefaultIfEmpty("")
        select new Grant(role, ns, grp, resource, verb, name);

    private static bool IsSubject(JsonNode subject, string ns, string account) =>
        Text(subject, "kind") == "ServiceAccount" && Text(subject, "namespace") == ns && Text(subject, "name") == account;

    private static IEnumerable<string> Texts(JsonNode rule, string field) => rule[field]?.AsArray().Select(v => v!.GetValue<string>()) ?? [];

    private static string Text(JsonNode node, string field) => node[field]?.GetValue<string>() ?? "";
}
