using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>The running servers of a database, and what is needed to talk to them. Built by <see cref="Gatherer"/> alone.</summary>
/// <param name="Facts">What describes the database.</param>
/// <param name="Pods">Its pods, by name; those being deleted are among them.</param>
public sealed record DatabaseInstances(DatabaseFacts Facts, IReadOnlyList<Pod> Pods)
{
    /// <summary>The groups that the pods belong to.</summary>
    public IReadOnlyList<PodGroup> Groups { get; init; } = [];

    /// <summary>The servers of the databases that this one names, by role; one that does not exist or is not known yet is missing.</summary>
    public IReadOnlyDictionary<string, DatabaseInstances> Peers { get; init; } = new Dictionary<string, DatabaseInstances>();

    /// <summary>The databases that name this one, as stored: all of them.</summary>
    public IReadOnlyList<IDatabase> Users { get; init; } = [];

    /// <summary>The database, defaulted.</summary>
    public IDatabase Database => Facts.Database;

    /// <summary>Its catalog version.</summary>
    public ICatalogVersion Version => Facts.Version;

    /// <summary>The credential; null when authentication is off.</summary>
    public Credential? Credential => Facts.Credential;

    /// <summary>The pods of a role.</summary>
    public IEnumerable<Pod> PodsOf(string role) => Pods.Where(p => Groups.Any(g => g.Role == role && g.Has(p.Metadata.Name)));

    /// <summary>The pods whose servers read the file.</summary>
    public IEnumerable<Pod> Readers(ConfigurationFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Pods.Where(p => Groups.Any(g => file.Roles.Contains(g.Role) && g.Has(p.Metadata.Name)));
    }
}

/// <summary>What a round of health checks found.</summary>
/// <param name="Failure">The first failure; null when all is well.</param>
public sealed record HealthReport(HealthFailure? Failure)
{
    /// <summary>All is well.</summary>
    public static HealthReport Healthy { get; } = new((HealthFailure?)null);
}

/// <summary>One failed check.</summary>
/// <param name="Label">The kind of check (contract: client creation, ping, write, read, …); failures are counted by it.</param>
/// <param name="Message">What was seen, for people; never a secret.</param>
/// <param name="AcceptsConnections">The server answers, but something else is wrong.</param>
public sealed record HealthFailure(string Label, string Message, bool AcceptsConnections);

/// <summary>Opens connections to the servers. One place, so that tests can stand in the way.</summary>
public interface IEngineDialer
{
    /// <summary>Connects to a port of a host.</summary>
    /// <exception cref="IOException">No connection came about; the stream throws it once the connection breaks.</exception>
    Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel);

    /// <summary>What sends HTTP requests over connections of this dialer (<see cref="HttpOverDialer"/>).</summary>
    /// <param name="outermost">The dialer whose connections are used: this one, or one that stands around it.</param>
    HttpMessageHandler HttpHandler(IEngineDialer outermost) => HttpOverDialer.Handler(outermost);

    /// <summary>Connects to a port of a host that speaks TLS.</summary>
    /// <param name="host">Address.</param>
    /// <param name="port">Port.</param>
    /// <param name="identity">Who connects, and whom it trusts.</param>
    /// <param name="serverName">The name that the server's certificate has to have.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <exception cref="IOException">No connection came about, or no handshake.</exception>
    async Task<TlsConnection> ConnectTlsAsync(string host, int port, TlsIdentity identity, string serverName, CancellationToken cancel) =>
        await TlsConnection.OverAsync(await ConnectAsync(host, port, cancel), identity, serverName, cancel);
}
