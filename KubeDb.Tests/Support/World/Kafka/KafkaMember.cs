using System.Globalization;

namespace KubeDb.Tests.Support.World;

/// <summary>TEST DOUBLE of one running node: the settings that it started with, its listeners, and the certificates that it shows.</summary>
/// <param name="cluster">The nodes of its database.</param>
/// <param name="pod">Name of its pod.</param>
/// <param name="id">Its node id.</param>
/// <param name="address">Its address.</param>
/// <param name="settings">The file that it started with.</param>
internal sealed class KafkaMember(KafkaDouble cluster, string pod, int id, string address, IReadOnlyDictionary<string, string> settings)
{
    public string Pod => pod;

    public int Id => id;

    public string Address => address;

    public KafkaDouble Cluster => cluster;

    public IReadOnlyDictionary<string, string> Settings => settings;

    /// <summary>False while it hangs: it takes connections and says nothing.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>False while it is behind with every partition that another broker leads.</summary>
    public bool KeepsUp
    {
        get;
        set
        {
            field = value;
            cluster.Settle();
        }
    }
    = true;

    /// <summary>User and password that it takes; null for none.</summary>
    public (string User, string Password)? Credential { get; init; }

    /// <summary>The certificate that its volume holds, PEM.</summary>
    public Func<string?> Volume { get; init; } = static () => null;

    /// <summary>The certificate that each listener shows, PEM, by name: that of its start until it is told to load another.</summary>
    public Dictionary<string, string?> Shown { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How far it has followed the metadata.</summary>
    public long Metadata { get; set; }

    public string Host => $"{pod}.{cluster.Domain}";

    public bool IsBroker => Roles.Contains("broker", StringComparison.Ordinal);

    public bool IsController => Roles.Contains("controller", StringComparison.Ordinal);

    /// <summary>The listeners by name, each with its port and protocol.</summary>
    public IReadOnlyDictionary<string, (int Port, string Protocol)> Listeners { get; } = ListenersOf(settings);

    /// <summary>What it opens to other brokers.</summary>
    public string InterBroker => settings.GetValueOrDefault("inter.broker.listener.name") ?? "";

    /// <summary>What it opens to controllers.</summary>
    public string ToControllers => (settings.GetValueOrDefault("controller.listener.names") ?? "").Split(',')[0].Trim();

    private string Roles => settings["process.roles"];

    /// <summary>It opens what the other broker serves: by name, as each advertises its listeners.</summary>
    public bool ReachesBroker(KafkaMember other) =>
        KeepsUp && other.Listeners.TryGetValue(InterBroker, out var listener) && string.Equals(listener.Protocol, ProtocolOf(settings, InterBroker), StringComparison.Ordinal);

    /// <summary>It opens what the controller serves: by the port that its own file names.</summary>
    public bool ReachesController(KafkaMember controller) =>
        VoterPort(controller.Id) is { } port && controller.Listeners.Values.Any(l => l.Port == port && l.Protocol == ProtocolOf(settings, ToControllers));

    /// <summary>The voters that its file names.</summary>
    public IEnumerable<int> Voters => Quorum.Select(v => v.Id);

    private IEnumerable<(int Id, int Port)> Quorum =>
        from voter in settings.GetValueOrDefault("controller.quorum.voters", "").Split(',', StringSplitOptions.RemoveEmptyEntries)
        let at = voter.Split('@')
        select (Number(at[0]), Number(at[1].Split(':')[^1]));

    private int? VoterPort(int voter) => Quorum.Where(v => v.Id == voter).Select(v => (int?)v.Port).FirstOrDefault();

    /// <summary>All certificates are loaded from the volume, as at a start.</summary>
    public void Load()
    {
        foreach (var name in Listeners.Keys)
            Shown[name] = Volume();
    }

    /// <summary>What is served on a port.</summary>
    public ServedPort PortOf(int port)
    {
        var found = Listeners.Where(l => l.Value.Port == port).ToList();
        return found is [var (name, listener), ..] ? new(true, listener.Protocol.EndsWith("SSL", StringComparison.Ordinal) ? Shown.GetValueOrDefault(name) : null) : new(false);
    }

    private static Dictionary<string, (int, string)> ListenersOf(IReadOnlyDictionary<string, string> settings) => settings["listeners"].Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => l.Trim().Split("://"))
        .ToDictionary(l => l[0], l => (Number(l[1].Split(':')[^1]), ProtocolOf(settings, l[0])), StringComparer.OrdinalIgnoreCase);

    private static string ProtocolOf(IReadOnlyDictionary<string, string> settings, string listener) => settings.GetValueOrDefault("listener.security.protocol.map", "")
        .Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => p.Trim().Split(':'))
        .FirstOrDefault(p => string.Equals(p[0], listener, StringComparison.OrdinalIgnoreCase))?[1] ?? listener;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
