using System.Text.Json.Nodes;

namespace KubeDb.Provisioner.PetSets;

/// <summary>Turns a placement policy into what the scheduler understands. The user's own rules in the pod template win.</summary>
internal static class PlacementRules
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Node = "kubernetes.io/hostname";
    private const string Hard = "DoNotSchedule";
    private const string Soft = "ScheduleAnyway";

    /// <summary>The spread that applies where no policy does: over zones and nodes, as even as can be, but never keeping a pod from running.</summary>
    public static JsonObject Default => new()
    {
        ["zoneSpreadConstraint"] = new JsonObject { ["maxSkew"] = 1, ["whenUnsatisfiable"] = Soft },
        ["nodeSpreadConstraint"] = new JsonObject { ["maxSkew"] = 1, ["whenUnsatisfiable"] = Soft },
    };

    /// <summary>Adds the rules to a pod spec.</summary>
    /// <param name="podSpec">The pod spec; changed.</param>
    /// <param name="policy">The <c>spec</c> of the placement policy.</param>
    /// <param name="selector">The label selector of the pods.</param>
    public static void Apply(JsonObject podSpec, JsonObject policy, JsonObject selector)
    {
        Spread(podSpec, policy["zoneSpreadConstraint"] as JsonObject, Zone, selector);
        Spread(podSpec, policy["nodeSpreadConstraint"] as JsonObject, Node, selector);
        foreach (var rule in (policy["affinity"]?["nodeAffinity"] as JsonArray ?? []).OfType<JsonObject>())
            Prefer(podSpec, rule);
    }

    private static void Spread(JsonObject podSpec, JsonObject? rule, string key, JsonObject selector)
    {
        if (rule is null)
            return;
        var constraints = List(podSpec, "topologySpreadConstraints");
        if (constraints.OfType<JsonObject>().Any(c => Text(c, "topologyKey") == key))
            return;
        constraints.Add((JsonNode)new JsonObject
        {
            ["maxSkew"] = rule["maxSkew"]?.GetValue<int>() ?? 1,
            ["topologyKey"] = key,
            ["whenUnsatisfiable"] = Text(rule, "whenUnsatisfiable") ?? Hard,
            ["labelSelector"] = selector.DeepClone(),
        });
    }

    // One template serves all pods, so the domains of a rule become one set of places for all of them.
    private static void Prefer(JsonObject podSpec, JsonObject rule)
    {
        var places = (rule["domains"] as JsonArray ?? [])
            .SelectMany(d => d?["values"] as JsonArray ?? [])
            .Select(v => v!.GetValue<string>())
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (places.Length == 0 || Text(rule, "topologyKey") is not { } key)
            return;
        var affinity = Map(Map(podSpec, "affinity"), "nodeAffinity");
        var expression = new JsonObject
        {
            ["key"] = key,
            ["operator"] = "In",
            ["values"] = new JsonArray([.. places.Select(p => (JsonNode)p)]),
        };
        if (Text(rule, "whenUnsatisfiable") == Soft)
            AddPreferred(affinity, expression, rule["weight"]?.GetValue<int>() ?? 50);
        else
            AddRequired(affinity, expression);
    }

    private static void AddPreferred(JsonObject affinity, JsonObject expression, int weight) =>
        List(affinity, "preferredDuringSchedulingIgnoredDuringExecution").Add((JsonNode)new JsonObject
        {
            ["weight"] = weight,
            ["preference"] = new JsonObject { ["matchExpressions"] = new JsonArray(expression) },
        });

    // Terms are alternatives, expressions of a term are conditions: the rule has to hold in every alternative of the user.
    private static void AddRequired(JsonObject affinity, JsonObject expression)
    {
        var terms = List(Map(affinity, "requiredDuringSchedulingIgnoredDuringExecution"), "nodeSelectorTerms");
        if (terms.Count == 0)
            terms.Add((JsonNode)new JsonObject());
        foreach (var term in terms.OfType<JsonObject>())
            List(term, "matchExpressions").Add(expression.DeepClone());
    }

    private static JsonObject Map(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
            parent[name] = child = [];
        return child;
    }

    private static JsonArray List(JsonObject parent, string name)
    {
        if (parent[name] is not JsonArray child)
            parent[name] = child = [];
        return child;
    }

    private static string? Text(JsonObject from, string name) => from[name]?.GetValue<string>();
}
