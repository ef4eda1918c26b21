using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// The status of a database while a reconcile computes it. It starts from the stored one, so that a condition which this pass does not judge
/// stays, and only the Provisioner's part of it is written.
/// </summary>
internal sealed class DatabaseStatusDraft(DatabaseStatus stored, DateTimeOffset now)
{
    private readonly DateTimeOffset _now = new(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset);

    /// <summary>Every condition, also those of other processes.</summary>
    public IReadOnlyList<Condition> Conditions { get; private set; } = stored.Conditions;

    /// <summary>True when the condition has status True.</summary>
    public bool Is(string type) => Conditions.IsTrue(type);

    /// <summary>True when the condition is present.</summary>
    public bool Has(string type) => Conditions.Of(type) is not null;

    /// <summary>Sets a condition. True when that changed it.</summary>
    public bool Set(Condition condition)
    {
        var before = Conditions;
        Conditions = before.Set(condition, _now);
        return !ReferenceEquals(before, Conditions);
    }

    /// <summary>Removes a condition.</summary>
    public void Remove(string type) => Conditions = Conditions.Remove(type);

    /// <summary>The Provisioner's part, to be applied.</summary>
    public JsonObject ToJson(long generation)
    {
        var json = KindsJson.ToObject(new DatabaseStatus
        {
            Phase = PhaseRule.Of(Conditions),
            ObservedGeneration = generation,
            Conditions = [.. Conditions.Where(c => ProvisionerConditions.Owns(c.Type))],
        });
        if (json["phase"]?.GetValue<string>() is "")
            json.Remove("phase");
        return json;
    }
}
