namespace KubeDb.Api.Kinds.Shared;

/// <summary>How conditions are written: lists are never changed, a write that changes nothing returns the list it was given.</summary>
public static class ConditionList
{
    /// <summary>The condition of a type, or null.</summary>
    public static Condition? Of(this IReadOnlyList<Condition> conditions, string type)
    {
        foreach (var condition in conditions)
        {
            if (condition.Type == type)
                return condition;
        }

        return null;
    }

    /// <summary>True when the condition is there and holds.</summary>
    public static bool IsTrue(this IReadOnlyList<Condition> conditions, string type) => conditions.Of(type) is { IsTrue: true };

    /// <summary>True when the condition is there and does not hold.</summary>
    public static bool IsFalse(this IReadOnlyList<Condition> conditions, string type) => conditions.Of(type) is { IsFalse: true };

    /// <summary>
    /// Adds the condition, or puts it in the place of the one of its type. Nothing changes when status, reason, message and generation are
    /// the same, or when the present one was observed at a newer generation; otherwise the time of transition becomes <paramref name="now"/>.
    /// A condition without generation (0) always counts as current.
    /// </summary>
    public static IReadOnlyList<Condition> Set(this IReadOnlyList<Condition> conditions, Condition condition, DateTimeOffset now)
    {
        var written = condition with { LastTransitionTime = now };
        for (var i = 0; i < conditions.Count; i++)
        {
            var present = conditions[i];
            if (present.Type != condition.Type)
                continue;
            if (IsSame(present, condition) || condition.ObservedGeneration != 0 && present.ObservedGeneration > condition.ObservedGeneration)
                return conditions;
            var replaced = conditions.ToArray();
            replaced[i] = written;
            return replaced;
        }

        return [.. conditions, written];
    }

    /// <summary>Removes the condition of a type.</summary>
    public static IReadOnlyList<Condition> Remove(this IReadOnlyList<Condition> conditions, string type) =>
        conditions.Of(type) is null ? conditions : conditions.Where(c => c.Type != type).ToArray();

    private static bool IsSame(Condition a, Condition b) =>
        a.Status == b.Status && a.Reason == b.Reason && a.Message == b.Message && a.ObservedGeneration == b.ObservedGeneration;
}
