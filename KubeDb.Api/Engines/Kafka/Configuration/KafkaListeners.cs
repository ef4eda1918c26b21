using System.Globalization;
using KubeDb.Api.Engines.Certificates;

namespace KubeDb.Api.Engines.Kafka.Configuration;

/// <summary>
/// What nodes listen at. A listener speaks one protocol, and a node reaches others by the name that a listener has, so that one name can not change its
/// protocol node by node. With TLS brokers and controllers therefore have listeners of their own for each other: these come first, are used next, and
/// only then the ones that clients know change over; the way back is the same in reverse.
/// </summary>
/// <param name="Protocol">What the nodes speak.</param>
/// <param name="HasSecurity">Clients and nodes log in.</param>
internal sealed record KafkaListeners(PeerProtocol Protocol, bool HasSecurity)
{
    /// <summary>Of clients.</summary>
    public const string Broker = "BROKER";

    /// <summary>Of controllers.</summary>
    public const string Controller = "CONTROLLER";

    /// <summary>Of tools in the pod.</summary>
    public const string Local = "LOCAL";

    /// <summary>Of brokers among themselves, by TLS.</summary>
    public const string Replication = "REPLICATION";

    /// <summary>Of controllers among themselves and of brokers that follow them, by TLS.</summary>
    public const string Quorum = "QUORUM";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } = [Broker, Controller, Local, Replication, Quorum];

    /// <summary>There are listeners for TLS among the nodes.</summary>
    public bool HasPeers => Protocol != PeerProtocol.Plain;

    /// <summary>What brokers reach each other by.</summary>
    public string Brokers => OpensTls ? Replication : Broker;

    /// <summary>What nodes reach controllers by, the first that counts.</summary>
    public IReadOnlyList<string> Controllers => Protocol switch
    {
        PeerProtocol.Plain => [Controller],
        PeerProtocol.PlainAcceptsTls => [Controller, Quorum],
        _ => [Quorum, Controller],
    };

    /// <summary>The port of controllers for other nodes.</summary>
    public int ControllerPort => OpensTls ? KafkaPorts.Quorum : KafkaPorts.Controller;

    /// <summary>What clients speak.</summary>
    public string ClientProtocol => Named(isTls: Protocol == PeerProtocol.Tls);

    /// <summary>What each listener speaks.</summary>
    public string Map => string.Join(',', (HasPeers ? Names : Names.Take(3)).Select(n => $"{n}:{(n is Replication or Quorum ? Named(isTls: true) : ClientProtocol)}"));

    private bool OpensTls => Protocol is PeerProtocol.TlsAcceptsPlain or PeerProtocol.Tls;

    /// <summary>The listeners of a node with their ports, and its addresses in the domain of the nodes.</summary>
    public IEnumerable<(string Name, string Listens, string? Advertised)> Of(bool isBroker, bool isController, string domain)
    {
        if (isBroker)
            yield return At(Broker, KafkaPorts.Broker);
        if (isController)
            yield return At(Controller, KafkaPorts.Controller);
        if (isBroker)
            yield return (Local, Text($"{Local}://:{KafkaPorts.Local}"), Text($"{Local}://localhost:{KafkaPorts.Local}"));
        if (isBroker && HasPeers)
            yield return At(Replication, KafkaPorts.Replication);
        if (isController && HasPeers)
            yield return At(Quorum, KafkaPorts.Quorum);

        (string, string, string) At(string name, int port) => (name, Text($"{name}://:{port}"), Text($"{name}://{domain}:{port}"));
    }

    private string Named(bool isTls) => (HasSecurity, isTls) switch
    {
        (true, true) => "SASL_SSL",
        (true, false) => "SASL_PLAINTEXT",
        (false, true) => "SSL",
        _ => "PLAINTEXT",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
