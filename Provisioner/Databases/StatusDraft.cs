using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// The Provisioner's part of a database's status as a reconcile works it out: it starts from what is stored, so that what is not known anew
/// stays. A condition that says the same keeps its time; one that another reconcile wrote for a newer spec is left alone.
/// </summary>
internal sealed class StatusDraft
{
    private readonly DatabaseStatus _stored;
    private readonly DateTimeOffset _now;
    private readonly List<Condition> _own;

    /// <summary>A draft that changes nothing yet.</summary>
    public StatusDraft(DatabaseStatus stored, DateTimeOffset now)
    {
        _stored = stored;
        _now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset);
        _own = [.. stored.Conditions.Where(c => ProvisionerConditions.Owns(c.Type))];
    }

    /// <summary>Every condition: the Provisioner's as drafted, those of others as stored.</summary>
    public IReadOnlyList<Condition> Conditions => [.. _stored.Conditions.Where(c => !ProvisionerConditions.Owns(c.Type)), .. _own];

    /// <summary>The condition, or null.</summary>
    public Condition? Find(string type) => Conditions.FirstOrDefault(c => c.Type == type);

    /// <summary>True when the condition holds.</summary>
    public bool Is(string type) => Find(type) is { IsTrue: true };

    /// <summary>Sets a condition. True when it says something else than before.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="holds">Its status.</param>
    /// <param name="reason">Why, as an id.</param>
    /// <param name="message">The sentence for people.</param>
    /// <param name="generation">Generation of the spec that it speaks of; 0 for none.</param>
    public bool Set(string type, bool holds, string reason, string message, long generation = 0)
    {
        var status = holds ? Condition.True : Condition.False;
        var at = _own.FindIndex(c => c.Type == type);
        if (at >= 0)
        {
            var known = _own[at];
            if (known.Status == status && known.Reason == reason && known.Message == message && known.ObservedGeneration == generation)
                return false;
            if (known.ObservedGeneration > generation && generation > 0)
                return false;
        }

        var condition = new Condition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            ObservedGeneration = generation,
            LastTransitionTime = _now,
        };
        if (at >= 0)
            _own[at] = condition;
        else
            _own.Add(condition);
        return true;
    }

    /// <summary>Puts in a condition as it is, unless the same is there.</summary>
    public void Put(Condition condition) => Set(condition.Type, condition.IsTrue, condition.Reason, condition.Message, condition.ObservedGeneration);

    /// <summary>Takes a condition away.</summary>
    public void Remove(string type) => _own.RemoveAll(c => c.Type == type);

    /// <summary>The Provisioner's part of the status, to be applied.</summary>
    public JsonObject ToJson(long generation)
    {
        var json = KindsJson.ToObject(new DatabaseStatus { Phase = PhaseRule.Phase(Conditions), ObservedGeneration = generation, Conditions = _own });
        if (json["phase"]?.GetValue<string>() is "")
            json.Remove("phase");
        return json;
    }
}
