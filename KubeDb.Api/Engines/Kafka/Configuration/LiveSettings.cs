using System.Globalization;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Kafka.Configuration;

/// <summary>Which settings a running server takes, and whether it has a value. Pure.</summary>
internal static class LiveSettings
{
    private static readonly SemanticVersion Four = new(4, 0, 0);

    /// <summary>What of a plan takes effect only when a server starts, a phrase each.</summary>
    public static IReadOnlyList<string> AtStart(ConfigurationPlan plan, ICatalogVersion version) =>
    [
        .. from change in plan.ChangedFiles
           from setting in change.NewSettings
           where !IsLive(change.File, setting.Key, version)
           select $"{setting.Shown} takes effect only at start",
        .. from change in plan.ChangedFiles
           from key in change.Difference.Removed
           where !IsLive(change.File, key, version)
           select $"the default of {key} comes back only at start",
    ];

    /// <summary>What brokers are to have after the plan: by key, null for the default.</summary>
    public static IReadOnlyDictionary<string, string?> Of(ConfigurationPlan plan, DatabaseInstances instances) =>
        plan.ChangedFiles.Where(f => f.File.Name is KafkaValidation.ServerFile or KafkaValidation.BrokerFile).Select(f => Wanted(f, instances)).FirstOrDefault() ?? new Dictionary<string, string?>();

    /// <summary>What the servers that read a file are to have after its change: by key, null for the default.</summary>
    public static IReadOnlyDictionary<string, string?> Wanted(FileChange change, DatabaseInstances instances)
    {
        var after = Compared(((PropertiesFile)change.File.WithoutOwned(change.After)).Entries);
        var wanted = change.Difference.Added.Concat(change.Difference.Changed).Where(after.ContainsKey).ToDictionary(k => k, k => (string?)after[k], StringComparer.Ordinal);
        foreach (var key in change.Difference.Removed.Where(IsCompared))
            wanted[key] = OwnDefault(key, instances);
        return wanted;
    }

    /// <summary>The settings that a server tells as they were written.</summary>
    public static IReadOnlyDictionary<string, string> Compared(IEnumerable<PropertiesEntry> entries) =>
        entries.Where(e => IsCompared(e.Key)).ToDictionary(e => e.Key, e => e.Value.Trim(), StringComparer.Ordinal);

    /// <summary>True when the setting has the value, however either is written. What a server keeps to itself is taken to be as it should.</summary>
    public static bool Has(KafkaSetting setting, string value) => setting.IsSensitive || Same(setting.Value ?? "", value, setting.Type);

    /// <summary>True when both texts mean the same.</summary>
    public static bool Same(string one, string other, KafkaSettingType type) => one == other || type switch
    {
        KafkaSettingType.Boolean => string.Equals(one, other, StringComparison.OrdinalIgnoreCase),
        KafkaSettingType.Integer or KafkaSettingType.Short or KafkaSettingType.Long => long.TryParse(one, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var a)
            && long.TryParse(other, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var b) && a == b,
        KafkaSettingType.Double => double.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out var c)
            && double.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && c.Equals(d),
        KafkaSettingType.List => one.Split(',', StringSplitOptions.TrimEntries).SequenceEqual(other.Split(',', StringSplitOptions.TrimEntries), StringComparer.Ordinal),
        _ => false,
    };

    /// <summary>True for a setting that brokers take while they run; controllers take theirs only at start.</summary>
    private static bool IsLive(ConfigurationFile file, string key, ICatalogVersion version) =>
        file.Name is KafkaValidation.ServerFile or KafkaValidation.BrokerFile
        && (KafkaSettingTable.Live.Contains(key) || (KafkaSettingTable.LiveFrom4.Contains(key) && SemanticVersion.Parse(version.Version)?.CompareTo(Four) >= 0));

    // What is merged with the operator's own, and what belongs to one listener, servers tell otherwise than it was written.
    private static bool IsCompared(string key) =>
        KafkaSettingTable.All.Contains(key) && !UserListeners.IsOne(key) && key is not ("super.users" or "sasl.enabled.mechanisms" or "metadata.log.dir");

    private static string? OwnDefault(string key, DatabaseInstances instances)
    {
        var d = new KafkaDescription(instances.Facts);
        return d.Nodes.Where(n => n.AreBrokers).SelectMany(n => KafkaServerFile.Defaults(KafkaFiles.Settings(d, n))).Where(s => s.Key == key).Select(s => s.Value).FirstOrDefault();
    }
}
