using KubeDb.Api.Engines.Certificates;

namespace KubeDb.Api.Engines.ZooKeeper.Configuration;

/// <summary>What the configuration of a member depends on, beside the user's own.</summary>
public sealed record ZooKeeperSettings
{
    /// <summary>Port of the admin server.</summary>
    public int AdminServerPort { get; init; } = 8080;

    /// <summary>Clients log in; otherwise nobody can.</summary>
    public bool HasAuthentication { get; init; } = true;

    /// <summary>Port on which metrics are served; null where they are not.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>TLS; null without.</summary>
    public ZooKeeperTlsSettings? Tls { get; init; }
}

/// <summary>What the members speak with TLS.</summary>
/// <param name="ClientPort">Port of TLS clients.</param>
/// <param name="StorePassword">Password of keystore and trust store.</param>
/// <param name="Quorum">What the members speak among themselves.</param>
/// <param name="CanReload">The server loads changed stores while it runs.</param>
public sealed record ZooKeeperTlsSettings(int ClientPort, string StorePassword, PeerProtocol Quorum, bool CanReload)
{
    /// <summary>Hides the password.</summary>
    public override string ToString() => $"{ClientPort} {Quorum}";
}
