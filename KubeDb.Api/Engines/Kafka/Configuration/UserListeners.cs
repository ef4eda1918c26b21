using KubeDb.Api.Engines.Configuration;

namespace KubeDb.Api.Engines.Kafka.Configuration;

/// <summary>
/// The listeners that users add: <c>listeners</c> and <c>listener.security.protocol.map</c> are added to the operator's, not put in their place, and
/// <c>name.listeners</c> and <c>name.advertised.listeners</c> have an item for each pod, by its ordinal.
/// </summary>
internal sealed class UserListeners
{
    private const string Listens = "listeners", Protocols = "listener.security.protocol.map";
    private const string PerPod = ".listeners", AdvertisedPerPod = ".advertised.listeners";

    private readonly Dictionary<string, string> _protocols;

    private UserListeners(IReadOnlyList<(string, string)> added, Dictionary<string, string> protocols, IReadOnlyList<KeyValuePair<string, string>> perPod) =>
        (Added, _protocols, PodItems) = (added, protocols, perPod);

    /// <summary>The listeners of every pod: name, and where it listens.</summary>
    public IReadOnlyList<(string Name, string Listens)> Added { get; }

    /// <summary>Settings with an item for each pod, which its start script picks.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> PodItems { get; }

    /// <summary>What the listeners speak, as one setting.</summary>
    public IEnumerable<string> Map => _protocols.Select(p => $"{p.Key}:{p.Value}");

    /// <summary>The listeners of which clients log in by SASL.</summary>
    public IEnumerable<string> WithLogin => _protocols.Where(p => p.Value.StartsWith("SASL_", StringComparison.OrdinalIgnoreCase)).Select(p => p.Key);

    /// <summary>Where clients reach them on every pod, for those of which the user does not say it.</summary>
    public IEnumerable<string> Advertised(string domain) =>
        from listener in Added
        where PodItems.All(p => !p.Key.Equals($"{listener.Name}{AdvertisedPerPod}", StringComparison.OrdinalIgnoreCase))
        let address = listener.Listens[(listener.Listens.IndexOf("://", StringComparison.Ordinal) + 3)..]
        let port = address[(address.LastIndexOf(':') + 1)..]
        select $"{listener.Name}://{(address.StartsWith(':') ? domain : address[..^(port.Length + 1)])}:{port}";

    /// <summary>Reads them.</summary>
    public static UserListeners Of(IEnumerable<PropertiesEntry> user)
    {
        var added = new List<(string, string)>();
        var protocols = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var perPod = new List<KeyValuePair<string, string>>();
        foreach (var entry in user)
        {
            if (entry.Key == Listens)
                added.AddRange(Items(entry.Value).Select(i => (Name: i.Split("://")[0], Listens: i)).Where(i => !IsReserved(i.Name) && i.Listens.Contains("://", StringComparison.Ordinal)));
            else if (entry.Key == Protocols)
                Add(protocols, entry.Value);
            else if (IsPerPod(entry.Key) && !IsReserved(NameOf(entry.Key)))
                perPod.Add(new(entry.Key, string.Join(',', Items(entry.Value).Select(i => i.Contains("://", StringComparison.Ordinal) ? i : $"{NameOf(entry.Key).ToUpperInvariant()}://{i}"))));
        }

        return new(added, protocols, perPod);
    }

    /// <summary>True for a setting that is one of these.</summary>
    public static bool IsOne(string key) => key is Listens or Protocols || IsPerPod(key);

    /// <summary>True for a setting with an item for each pod.</summary>
    public static bool IsPerPod(string key) =>
        key.EndsWith(PerPod, StringComparison.Ordinal) && NameOf(key) is { Length: > 0 } name && !name.Contains('.', StringComparison.Ordinal) && name != "advertised";

    /// <summary>Number of the items of a setting with one for each pod.</summary>
    public static int CountOf(string value) => Items(value).Length;

    /// <summary>What is wrong with a setting of listeners, as the rest of a sentence; null when nothing is.</summary>
    public static string? Fault(string key, string value)
    {
        if (key == Protocols && Items(value).FirstOrDefault(i => i.Split(':') is not [{ Length: > 0 }, "PLAINTEXT" or "SSL" or "SASL_PLAINTEXT" or "SASL_SSL"]) is not null)
            return "needs names of listeners, each with a colon and PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL";
        return key == Listens && Items(value).FirstOrDefault(i => !IsListener(i)) is not null ? "needs listeners such as CLIENT://:9192, each with a name and a port that the operator does not use itself" : null;
    }

    private static bool IsListener(string item)
    {
        var (name, colon) = (item.Split("://")[0], item.LastIndexOf(':'));

        // Those of reserved names are left out, whatever they say.
        return IsReserved(name) || (item.Contains("://", StringComparison.Ordinal) && name.Length > 0 && int.TryParse(item.AsSpan(colon + 1), out var port)
            && port is > 0 and < 65536 and not (KafkaPorts.Broker or KafkaPorts.Controller or KafkaPorts.Local or KafkaPorts.Replication or KafkaPorts.Quorum or KafkaPorts.Metrics));
    }

    private static bool IsReserved(string name) => KafkaListeners.Names.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string NameOf(string key)
    {
        var name = key[..^PerPod.Length];
        return name.EndsWith(".advertised", StringComparison.Ordinal) ? name[..^".advertised".Length] : name;
    }

    private static void Add(Dictionary<string, string> protocols, string map)
    {
        foreach (var item in Items(map))
        {
            if (item.Split(':') is [{ Length: > 0 } name, { Length: > 0 } protocol] && !IsReserved(name))
                protocols[name] = protocol;
        }
    }

    private static string[] Items(string value) => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
