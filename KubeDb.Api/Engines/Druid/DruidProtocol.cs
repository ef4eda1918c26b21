namespace KubeDb.Api.Engines.Druid;

/// <summary>
/// What servers speak. A server opens TLS connections to those that announce TLS, so that all have to trust the authority before the first one does:
/// neighbours of this list understand each other.
/// </summary>
internal enum DruidProtocol
{
    /// <summary>Plain connections alone.</summary>
    Plain,

    /// <summary>Plain connections; whoever speaks TLS is trusted.</summary>
    PlainTrusting,

    /// <summary>Both ports are open.</summary>
    Both,

    /// <summary>TLS alone.</summary>
    Tls,
}
