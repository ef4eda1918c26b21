using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Engines.Redis.Resp;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>A setting that running sentinels take: one of their own, or an option of a master.</summary>
/// <param name="Master">Name of the master; empty for a setting of the sentinel itself.</param>
/// <param name="Name">Name of the setting.</param>
/// <param name="Value">Its value.</param>
internal sealed record SentinelSetting(string Master, string Name, string Value)
{
    private const string LogLevel = "loglevel";
    private const string DefaultLogLevel = "notice";

    /// <summary>What it takes to bring a change to running sentinels, and what of it takes effect only at their start, a phrase each.</summary>
    public static (IReadOnlyList<SentinelSetting> Live, IReadOnlyList<string> AtStart) Of(FileChange change, RedisFlavour flavour)
    {
        var (live, atStart) = (new List<SentinelSetting>(), new List<string>());
        var (before, after) = ((RedisConf)change.File.WithoutOwned(change.Before), (RedisConf)change.File.WithoutOwned(change.After));
        var difference = before.DiffTo(after);
        var (old, now) = (before.ByKey(), after.ByKey());
        foreach (var key in difference.Added.Concat(difference.Changed).Concat(difference.Removed))
        {
            var directive = (now.GetValueOrDefault(key) ?? old[key])[^1];
            if (Live(directive, isGone: !now.ContainsKey(key), flavour) is { } setting)
                live.Add(setting);
            else
                atStart.Add($"{directive.CanonicalName} takes effect only at start");
        }

        return (live, [.. atStart.Distinct()]);
    }

    /// <summary>The settings of a configuration that running sentinels can be asked for.</summary>
    public static IReadOnlyList<SentinelSetting> Of(RedisConf user, RedisFlavour flavour) =>
        [.. user.Directives.Select(d => Live(d, isGone: false, flavour)).OfType<SentinelSetting>()];

    /// <summary>What the sentinel has; null when it does not know the master or the setting.</summary>
    public async Task<string?> GetAsync(RespClient sentinel, CancellationToken cancel)
    {
        if (Master.Length > 0)
        {
            var master = await sentinel.SendAsync(cancel, "SENTINEL", "MASTER", Master);
            return master.IsError ? null : SentinelEntry.Of(master).Text(Name);
        }

        var reply = await sentinel.SendAsync(cancel, "SENTINEL", "CONFIG", "GET", Name);
        return reply.Items is [_, var value, ..] ? value.Text : null;
    }

    /// <summary>Sets it; null when the sentinel took it.</summary>
    public async Task<RespError?> SetAsync(RespClient sentinel, CancellationToken cancel)
    {
        string[] command = Master.Length > 0 ? ["SENTINEL", "SET", Master, Name, Value] : ["SENTINEL", "CONFIG", "SET", Name, Value];
        return (await sentinel.SendAsync(cancel, command)).Error;
    }

    /// <summary>Hides the value.</summary>
    public override string ToString() => Master.Length > 0 ? $"{Name} of {Master}" : Name;

    private static SentinelSetting? Live(RedisDirective directive, bool isGone, RedisFlavour flavour)
    {
        if (SentinelSettings.IsMasterOption(directive))
        {
            var option = directive.Arguments[0].ToLowerInvariant();
            return new(directive.Arguments[1], option, isGone ? SentinelSettings.MasterOptions[option] : directive.Arguments[2]);
        }

        // Sentinels have no CONFIG, and their own settings are few.
        return directive.CanonicalName == LogLevel && flavour.Major >= 7
            ? new("", LogLevel, isGone ? DefaultLogLevel : directive.Arguments[0].ToLowerInvariant())
            : null;
    }
}
