using KubeDb.Api.Kinds.Shared;

namespace KubeDb.OpsManager;

/// <summary>A request's status as it is to become. Immutable; every change gives another draft.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Generation">Generation of the spec that it speaks of.</param>
/// <param name="Conditions">The conditions, in the order in which they first came about.</param>
/// <param name="Now">The time that changed conditions carry.</param>
internal sealed record StatusDraft(string Phase, long Generation, IReadOnlyList<Condition> Conditions, DateTimeOffset Now)
{
    /// <summary>
    /// With this condition. One that says the same already is left alone; a changed status sets a new transition time; the place in the
    /// list is kept.
    /// </summary>
    public StatusDraft With(string type, bool status, string reason, string message)
    {
        var before = Conditions.Find(type);
        var text = status ? "True" : "False";
        if (before is not null && before.Status == text && before.Reason == reason && before.Message == message)
            return this;
        var changed = new Condition
        {
            Type = type,
            Status = text,
            Reason = reason,
            Message = message,
            ObservedGeneration = Generation,
            LastTransitionTime = Now,
        };
        return this with { Conditions = before is null ? [.. Conditions, changed] : [.. Conditions.Select(c => c.Type == type ? changed : c)] };
    }

    /// <summary>Without the condition.</summary>
    public StatusDraft Without(string type) =>
        Conditions.Find(type) is null ? this : this with { Conditions = [.. Conditions.Where(c => c.Type != type)] };

    /// <summary>In the phase.</summary>
    public StatusDraft In(string phase) => phase == Phase ? this : this with { Phase = phase };
}

/// <summary>Finds conditions.</summary>
internal static class ConditionLists
{
    /// <summary>The condition of that type, or null.</summary>
    public static Condition? Find(this IReadOnlyList<Condition> conditions, string type) => conditions.FirstOrDefault(c => c.Type == type);

    /// <summary>True when the condition of that type is there and True.</summary>
    public static bool IsTrue(this IReadOnlyList<Condition> conditions, string type) => conditions.Find(type) is { IsTrue: true };
}
