using System.Globalization;
using KubeDb.Api.Engines.Kafka.Client;

namespace KubeDb.Tests.Support.World;

/// <summary>TEST DOUBLE of what a node says of its settings, and takes for new ones.</summary>
internal static class KafkaSettingAnswers
{
    /// <summary>A value of message.max.bytes that running servers refuse, and servers that start take.</summary>
    public const string RefusedSize = "2147483646";

    // What servers take while they run, of what tests set; all else they read at their start.
    private static readonly Dictionary<string, (string Default, KafkaSettingType Type)> Live = new(StringComparer.Ordinal)
    {
        ["log.retention.ms"] = ("", KafkaSettingType.Long),
        ["message.max.bytes"] = ("1048588", KafkaSettingType.Integer),
        ["num.io.threads"] = ("8", KafkaSettingType.Integer),
        ["num.network.threads"] = ("3", KafkaSettingType.Integer),
        ["log.cleaner.threads"] = ("1", KafkaSettingType.Integer),
        ["compression.type"] = ("producer", KafkaSettingType.Text),
        ["min.insync.replicas"] = ("1", KafkaSettingType.Integer),
    };

    public static void Describe(KafkaMember node, ref KafkaReader request, KafkaWriter answer)
    {
        var asked = request.Array(4, static (ref KafkaReader r) =>
        {
            var (type, name) = (r.Int8(), r.Text());
            var look = r;
            var all = look.Unsigned() == 0;
            var names = r.Array(1, static (ref KafkaReader n) => n.Text());
            r.End();
            return (Type: type, Name: name, Names: all ? null : names);
        });
        answer.Int32(0).Array([.. asked], (w, resource) =>
        {
            var known = resource.Type == (sbyte)KafkaResourceType.Broker ? OfBroker(node, resource.Name) : OfTopic(node, resource.Name);
            var chosen = known.Where(s => resource.Names is null || resource.Names.Contains(s.Name)).ToList();
            w.Int16(0).Text(null).Int8(resource.Type).Text(resource.Name).Array(chosen, Write).End();
        }).End();
    }

    public static void Alter(KafkaMember node, ref KafkaReader request, KafkaWriter answer)
    {
        var asked = request.Array(3, static (ref KafkaReader r) =>
        {
            var (type, name) = (r.Int8(), r.Text());
            var changes = r.Array(4, static (ref KafkaReader c) =>
            {
                var (setting, operation, value) = (c.Text(), c.Int8(), c.NullableText());
                c.End();
                return new KafkaSettingChange(setting, operation == 1 ? null : value);
            });
            r.End();
            return (Type: type, Name: name, Changes: changes);
        });
        var only = request.Bool();
        answer.Int32(0).Array([.. asked], (w, resource) =>
        {
            // Brokers pass it on to the active controller; other controllers do not.
            if (!node.IsBroker && node.Cluster.Leader != node)
            {
                w.Int16((short)KafkaError.NotController).Text("The active controller appears to be another node.").Int8(resource.Type).Text(resource.Name).End();
                return;
            }

            var objection = resource.Changes.Select(ObjectionTo).FirstOrDefault(o => o is not null);
            if (objection is null && !only)
                Take(node, resource.Type, resource.Name, resource.Changes);
            w.Int16((short)(objection is null ? KafkaError.None : KafkaError.InvalidConfig)).Text(objection).Int8(resource.Type).Text(resource.Name).End();
        }).End();
    }

    private static string? ObjectionTo(KafkaSettingChange change)
    {
        if (change.Value is null || change.Name.Contains(".ssl.", StringComparison.Ordinal))
            return null;
        if (!Live.TryGetValue(change.Name, out var setting))
            return $"Cannot update these configs dynamically: Set({change.Name})";
        if (change.Name == "num.io.threads" && long.TryParse(change.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads > 16)
            return $"Dynamic thread count update validation failed, value should not be greater than double the current value 8 for num.io.threads={change.Value}";

        // Servers have reasons of their own to refuse what our rules take.
        if (change is { Name: "message.max.bytes", Value: RefusedSize })
            return $"Invalid value {change.Value} for configuration {change.Name}: it is refused";
        return setting.Type is KafkaSettingType.Integer or KafkaSettingType.Long && !long.TryParse(change.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? $"Invalid value {change.Value} for configuration {change.Name}: Not a number of type INT"
            : null;
    }

    private static void Take(KafkaMember node, sbyte type, string name, IReadOnlyList<KafkaSettingChange> changes)
    {
        if (type != (sbyte)KafkaResourceType.Broker)
            return;
        var dynamic = node.Cluster.Dynamic;
        if (!dynamic.TryGetValue(name, out var settings))
            dynamic[name] = settings = new(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (change.Value is null)
                settings.Remove(change.Name);
            else
                settings[change.Name] = change.Value;

            // Any change of a store makes every listener load what is there.
            if (change.Name.Split('.') is ["listener", "name", _, "ssl", ..])
                node.Cluster.Running.FirstOrDefault(m => name == m.Id.ToString(CultureInfo.InvariantCulture))?.Load();
        }

        if (settings.Count == 0)
            dynamic.Remove(name);
    }

    private static IEnumerable<KafkaSetting> OfBroker(KafkaMember node, string name)
    {
        var own = node.Cluster.Dynamic.GetValueOrDefault(name);
        var shared = node.Cluster.Dynamic.GetValueOrDefault("");
        if (name.Length == 0)
            return (shared ?? []).Select(s => Setting(s.Key, s.Value, KafkaSettingSource.DynamicDefault));
        string[] names = [.. (own ?? []).Keys.Concat((shared ?? []).Keys).Concat(node.Settings.Keys).Concat(Live.Keys).Distinct().Order(StringComparer.Ordinal)];
        return names.Select(n =>
        {
            var sources = new (string? Value, KafkaSettingSource Source)[]
            {
                (own?.GetValueOrDefault(n), KafkaSettingSource.DynamicBroker), (shared?.GetValueOrDefault(n), KafkaSettingSource.DynamicDefault),
                (node.Settings.GetValueOrDefault(n), KafkaSettingSource.File), (Live.GetValueOrDefault(n).Default, KafkaSettingSource.Default),
            }.Where(s => s.Value is not null).ToList();
            return Setting(n, sources[0].Value!, sources[0].Source) with { Synonyms = [.. sources.Select(s => new KafkaSynonym(n, s.Value, s.Source))] };
        });
    }

    private static IEnumerable<KafkaSetting> OfTopic(KafkaMember node, string name)
    {
        var settings = node.Cluster.Topics.GetValueOrDefault(name)?.Settings ?? new Dictionary<string, string>();
        yield return Setting("min.insync.replicas", settings.GetValueOrDefault("min.insync.replicas") ?? node.Settings.GetValueOrDefault("min.insync.replicas") ?? "1", settings.ContainsKey("min.insync.replicas") ? KafkaSettingSource.Topic : KafkaSettingSource.Default);
    }

    private static KafkaSetting Setting(string name, string value, KafkaSettingSource source)
    {
        var isSecret = name.Contains("password", StringComparison.Ordinal) || name.Contains("jaas", StringComparison.Ordinal);
        return new(name, isSecret ? null : value, !Live.ContainsKey(name) && !name.Contains(".ssl.", StringComparison.Ordinal), isSecret, source, Live.TryGetValue(name, out var live) ? live.Type : KafkaSettingType.Text, []);
    }

    private static void Write(KafkaWriter writer, KafkaSetting setting) => writer
        .Text(setting.Name).Text(setting.Value).Bool(setting.IsReadOnly).Int8((sbyte)setting.Source).Bool(setting.IsSensitive)
        .Array([.. setting.Synonyms], static (w, s) => w.Text(s.Name).Text(s.Value).Int8((sbyte)s.Source).End())
        .Int8((sbyte)setting.Type).Text(null).End();
}
