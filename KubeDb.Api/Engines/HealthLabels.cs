namespace KubeDb.Api.Engines;

/// <summary>The kinds of health checks, by which failures are counted.</summary>
internal static class HealthLabels
{
    /// <summary>Connecting and logging in.</summary>
    public const string ClientCreation = "client creation";

    /// <summary>PING.</summary>
    public const string Ping = "ping";

    /// <summary>Writing a key.</summary>
    public const string Write = "write";

    /// <summary>Reading a key.</summary>
    public const string Read = "read";

    /// <summary>Who is master.</summary>
    public const string Primary = "primary";

    /// <summary>The slots of a cluster, and whether it serves them.</summary>
    public const string ClusterSlot = "cluster-slot";

    /// <summary>Servers that do not take part yet.</summary>
    public const string NodesNotReady = "nodes-not-ready";

    /// <summary>Who leads an ensemble.</summary>
    public const string Leader = "leader";

    /// <summary>Who the members of an ensemble are, and who votes.</summary>
    public const string Membership = "membership";

    /// <summary>Whether somebody leads each partition.</summary>
    public const string Partitions = "partitions";

    /// <summary>Whether what a database depends on answers.</summary>
    public const string Dependency = "dependency";

    /// <summary>Whether what is stored is served.</summary>
    public const string Segments = "segments";

    /// <summary>Whether followers have what the leader has.</summary>
    public const string Sync = "sync";
}
