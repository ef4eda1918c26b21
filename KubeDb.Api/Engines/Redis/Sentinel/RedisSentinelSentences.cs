using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>The condition types and sentences that users of sentinels know, by operation and step.</summary>
internal static class RedisSentinelSentences
{
    /// <summary>All of them.</summary>
    public static EngineSentences All { get; } = RedisSentences.All with
    {
        ClientTerm = "client",
        ProvisionedKind = "Redis",
        CheckedKind = "Sentinel",
        Step = Of,
    };

    private static readonly Dictionary<(string Operation, string Step), string> Messages = new()
    {
        [(OpsRequestTypes.Reconfigure, "Reconfigure")] = "RedisSentinel ops request is reconfiguring the sentinels",
        [(OpsRequestTypes.Reconfigure, "UpdatePetSets")] = "reconfiguring redissentinel",
        [(OpsRequestTypes.Restart, "Restart")] = "RedisSentinel ops request is restarting the sentinel nodes",
    };

    /// <summary>The text of a step; one that is the same for the databases that sentinels watch is theirs.</summary>
    private static StepText Of(string operation, string step) =>
        Messages.TryGetValue((operation, step), out var message) ? new(step, message) : RedisSentences.All.Step(operation, step);
}
