namespace KubeDb.Api.Engines.Certificates;

/// <summary>
/// What servers that take their protocol from their start speak to each other. Neighbours of this list understand each other, so that a database which
/// goes from one to the next, server by server, stays one.
/// </summary>
public enum PeerProtocol
{
    /// <summary>Plain connections alone.</summary>
    Plain,

    /// <summary>A server opens plain connections, and accepts both.</summary>
    PlainAcceptsTls,

    /// <summary>A server opens TLS connections, and accepts both.</summary>
    TlsAcceptsPlain,

    /// <summary>TLS alone.</summary>
    Tls,
}
