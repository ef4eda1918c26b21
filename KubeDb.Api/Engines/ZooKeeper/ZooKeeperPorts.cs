namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>Ports of every member. Those of the admin server, of TLS clients and of metrics are fields of the spec.</summary>
public static class ZooKeeperPorts
{
    /// <summary>Clients, plain. Open also with TLS: probes, the operator and other databases use it.</summary>
    public const int Client = 2181;

    /// <summary>Followers, at the leader.</summary>
    public const int Quorum = 2888;

    /// <summary>Election of the leader.</summary>
    public const int Election = 3888;
}
