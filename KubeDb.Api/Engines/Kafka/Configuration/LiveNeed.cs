using KubeDb.Api.Engines.Kafka.Client;

namespace KubeDb.Api.Engines.Kafka.Configuration;

/// <summary>What a running server still needs to have a value of a setting. Pure.</summary>
/// <param name="Resource">What the change belongs to: the server, or all of them.</param>
/// <param name="Change">The change; null when none is needed, or none would do.</param>
/// <param name="Back">The way back.</param>
/// <param name="IsInEffect">The server has the value.</param>
/// <param name="IsInFile">The file that the server was started with says it.</param>
internal sealed record LiveNeed(KafkaResource Resource, KafkaSettingChange? Change, KafkaSettingChange Back, bool IsInEffect, bool IsInFile)
{
    /// <summary>Judges a setting as the server tells it.</summary>
    /// <param name="id">Node id of the server.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="value">The value that is wanted; null for the default.</param>
    public static LiveNeed Of(int id, KafkaSetting setting, string? value)
    {
        var isClusterWide = KafkaSettingTable.ClusterWide.Contains(setting.Name);
        var (file, set) = (By(KafkaSettingSource.File), By(isClusterWide ? KafkaSettingSource.DynamicDefault : KafkaSettingSource.DynamicBroker));

        // Some defaults follow from another setting, and can not be set as such.
        var target = value ?? By(KafkaSettingSource.Default);
        var isInFile = value is null ? file is null : file is not null && Same(file);
        var isInEffect = target is null ? setting.Source == KafkaSettingSource.Default : setting.Value is not null && Same(setting.Value);
        KafkaSettingChange? change = (isClusterWide, isInFile, set) switch
        {
            // Of all servers together the value is set and stays: controllers read no file of brokers.
            (true, _, _) => isInEffect ? null : new(setting.Name, target),
            (false, true, not null) => new(setting.Name, null),
            _ => isInEffect ? null : new(setting.Name, target),
        };
        return new(
            isClusterWide ? KafkaResource.AllBrokers : KafkaResource.Broker(id),
            change is { Value: null } && set is null ? null : change,
            new(setting.Name, set),
            isInEffect,
            isInFile);

        string? By(KafkaSettingSource source) => setting.Synonyms.FirstOrDefault(s => s.Source == source && s.Name == setting.Name)?.Value;

        bool Same(string text) => LiveSettings.Same(text, target!, setting.Type);
    }
}
