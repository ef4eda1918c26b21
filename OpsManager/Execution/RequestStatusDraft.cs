using KubeDb.Api.Kinds.Shared;

namespace KubeDb.OpsManager.Execution;

/// <summary>A request's status as it is to become. Immutable; every change gives another draft.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Generation">Generation of the spec that it speaks of.</param>
/// <param name="Conditions">The conditions, in the order in which they first came about.</param>
/// <param name="Now">The time that changed conditions carry.</param>
internal sealed record RequestStatusDraft(string Phase, long Generation, IReadOnlyList<Condition> Conditions, DateTimeOffset Now)
{
    /// <summary>
    /// With this condition. One that says the same already is left alone; a changed status sets a new transition time; the place in the
    /// list is kept.
    /// </summary>
    public RequestStatusDraft With(string type, bool status, string reason, string message)
    {
        var condition = new Condition
        {
            Type = type,
            Status = status ? Condition.True : Condition.False,
            Reason = reason,
            Message = message,
            ObservedGeneration = Generation,
        };
        return From(Conditions.Set(condition, Now));
    }

    /// <summary>Without the condition.</summary>
    public RequestStatusDraft Without(string type) => From(Conditions.Remove(type));

    /// <summary>In the phase.</summary>
    public RequestStatusDraft In(string phase) => phase == Phase ? this : this with { Phase = phase };

    private RequestStatusDraft From(IReadOnlyList<Condition> conditions) =>
        ReferenceEquals(conditions, Conditions) ? this : this with { Conditions = conditions };
}
