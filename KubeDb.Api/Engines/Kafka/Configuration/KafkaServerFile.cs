using System.Globalization;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Kafka.Configuration;

/// <summary>
/// The properties of a server: the operator's, and the user's over those that are not the operator's own. Pure. The start script adds what only the
/// pod knows: it puts its host before the domain of the nodes, its node id below the data folder, and name and password for their placeholders.
/// </summary>
public static class KafkaServerFile
{
    /// <summary>Placeholder of the superuser's name.</summary>
    public const string User = "<KAFKA_USER>";

    /// <summary>Placeholder of the superuser's password.</summary>
    public const string Password = "<KAFKA_PASSWORD>";

    private const string Plain = "org.apache.kafka.common.security.plain.PlainLoginModule";
    private const string Scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
    private const string Mechanisms = "sasl.enabled.mechanisms", SuperUsers = "super.users";
    private static readonly SemanticVersion AdvertisesControllers = new(3, 9, 0);
    private static readonly SemanticVersion HasBootstrapServers = new(4, 0, 0);

    /// <summary>The whole file.</summary>
    /// <param name="file">The file and its rules.</param>
    /// <param name="settings">What it depends on.</param>
    /// <param name="user">The user's settings; those that the operator owns are left out.</param>
    public static string Render(ConfigurationFile file, KafkaServerSettings settings, IConfigurationDocument user)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(settings);
        var free = ((PropertiesFile)file.WithoutOwned(user)).Entries;
        var listeners = UserListeners.Of(free);
        var own = PropertiesFile.Of(Own(settings, listeners));
        var plain = PropertiesFile.Of(free.Where(e => !UserListeners.IsOne(e.Key)).Select(e => KeyValuePair.Create(e.Key, Complete(e, settings))));
        var merged = (PropertiesFile)own.Merge(plain);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"# Written by KubeDB. Change spec.configuration instead: this file is replaced.\n# Protocol: {settings.Protocol}\n# Empty volume: {settings.EmptyVolume}\n{(settings.Version.CompareTo(HasBootstrapServers) >= 0 ? "# Variables: settings\n" : "")}")
            + string.Concat(merged.Entries.Concat(listeners.PodItems.Select(p => new PropertiesEntry(p.Key, p.Value))).Select(e => new PropertiesEntry(e.Key, e.Value).Render()));
    }

    /// <summary>What the server has where the user says nothing.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Defaults(KafkaServerSettings settings) => Own(settings, UserListeners.Of([]));

    private static IEnumerable<KeyValuePair<string, string>> Own(KafkaServerSettings settings, UserListeners added) =>
        [.. Identity(settings), .. Listeners(settings, added), .. settings.AreBrokers ? Replication(settings) : [], .. settings.HasSecurity ? Security(settings, added) : []];

    /// <summary>A user's value with what the cluster can not do without.</summary>
    private static string Complete(PropertiesEntry entry, KafkaServerSettings settings) => entry.Key switch
    {
        Mechanisms when settings.HasSecurity => With(entry.Value, "PLAIN", ','),
        SuperUsers when settings.HasSecurity => With(entry.Value, $"User:{User}", ';'),
        _ => entry.Value,
    };

    private static string With(string list, string item, char separator) =>
        list.Split(separator, StringSplitOptions.TrimEntries).Contains(item, StringComparer.Ordinal) ? list : string.IsNullOrWhiteSpace(list) ? item : $"{list.Trim()}{separator}{item}";

    private static IEnumerable<KeyValuePair<string, string>> Identity(KafkaServerSettings settings)
    {
        var (listeners, hosts) = (settings.Listeners, settings.Voters.Select(v => (v.Id, Address: Text($"{v.Host}:{settings.Listeners.ControllerPort}"))).ToList());
        yield return new("process.roles", settings switch { { AreBrokers: false } => "controller", { AreControllers: false } => "broker", _ => "controller,broker" });
        yield return new("controller.quorum.voters", string.Join(',', hosts.Select(h => Text($"{h.Id}@{h.Address}"))));
        if (settings.Version.CompareTo(HasBootstrapServers) >= 0)
            yield return new("controller.quorum.bootstrap.servers", string.Join(',', hosts.Select(h => h.Address)));

        // A broker knows one name of them.
        yield return new("controller.listener.names", settings.AreControllers ? string.Join(',', listeners.Controllers) : listeners.Controllers[0]);
        yield return new("log.dirs", KafkaPods.DataFolder);
        yield return new("metadata.log.dir", $"{KafkaPods.DataFolder}/metadata");

        // A node that comes back has another address, and the one of before answers nothing at all: the sooner that is given up, the sooner its name is asked again.
        yield return new("socket.connection.setup.timeout.ms", "2000");
        yield return new("socket.connection.setup.timeout.max.ms", "10000");
    }

    private static IEnumerable<KeyValuePair<string, string>> Listeners(KafkaServerSettings settings, UserListeners added)
    {
        var own = settings.Listeners.Of(settings.AreBrokers, settings.AreControllers, settings.Domain).ToList();
        var advertised = own.Where(l => l.Name is not (KafkaListeners.Controller or KafkaListeners.Quorum) || settings.Version.CompareTo(AdvertisesControllers) >= 0).Select(l => l.Advertised!).ToList();
        var users = settings.AreBrokers ? added.Added : [];
        yield return new("listeners", string.Join(',', own.Select(l => l.Listens).Concat(users.Select(l => l.Listens))));
        if (advertised.Count > 0)
            yield return new("advertised.listeners", string.Join(',', advertised.Concat(settings.AreBrokers ? added.Advertised(settings.Domain) : [])));
        yield return new("listener.security.protocol.map", string.Join(',', added.Map.Prepend(settings.Listeners.Map)));
        if (settings.AreBrokers)
            yield return new("inter.broker.listener.name", settings.Listeners.Brokers);
    }

    private static IEnumerable<KeyValuePair<string, string>> Replication(KafkaServerSettings settings)
    {
        var copies = Math.Clamp(settings.Brokers, 1, 3);
        var inSync = Math.Max(1, copies - 1);
        yield return new("offsets.topic.replication.factor", Text($"{copies}"));
        yield return new("transaction.state.log.replication.factor", Text($"{copies}"));
        yield return new("transaction.state.log.min.isr", Text($"{inSync}"));
        if (settings.Version.CompareTo(HasBootstrapServers) >= 0)
        {
            yield return new("share.coordinator.state.topic.replication.factor", Text($"{copies}"));
            yield return new("share.coordinator.state.topic.min.isr", Text($"{inSync}"));
        }

        // A broker that waits for controllers is no failure, and would end, to be started again after ever longer pauses.
        yield return new("initial.broker.registration.timeout.ms", Text($"{(long)TimeSpan.FromDays(1).TotalMilliseconds}"));
        if (settings.HasRacks)
            yield return new("replica.selector.class", "org.apache.kafka.common.replica.RackAwareReplicaSelector");
    }

    private static IEnumerable<KeyValuePair<string, string>> Security(KafkaServerSettings settings, UserListeners added)
    {
        yield return new(Mechanisms, "PLAIN,SCRAM-SHA-256");
        yield return new("sasl.mechanism.inter.broker.protocol", "PLAIN");
        yield return new("sasl.mechanism.controller.protocol", "PLAIN");
        var peers = new List<string> { KafkaListeners.Controller };
        if (settings.AreBrokers)
            peers.Add(KafkaListeners.Local);
        if (settings.Listeners.HasPeers)
            peers.AddRange([KafkaListeners.Replication, KafkaListeners.Quorum]);
        foreach (var listener in peers)
        {
            yield return new($"listener.name.{listener.ToLowerInvariant()}.sasl.enabled.mechanisms", "PLAIN");
            yield return PlainLogin(listener);
        }

        if (settings.AreBrokers)
        {
            foreach (var listener in added.WithLogin.Prepend(KafkaListeners.Broker))
            {
                yield return PlainLogin(listener);
                foreach (var hash in new[] { "256", "512" })
                    yield return new($"listener.name.{listener.ToLowerInvariant()}.scram-sha-{hash}.sasl.jaas.config", $"{Scram} required;");
            }
        }

        yield return new("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        yield return new(SuperUsers, $"User:{User}");
    }

    private static KeyValuePair<string, string> PlainLogin(string listener) => new(
        $"listener.name.{listener.ToLowerInvariant()}.plain.sasl.jaas.config",
        $"{Plain} required username=\"{User}\" password=\"{Password}\" \"user_{User}\"=\"{Password}\";");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
