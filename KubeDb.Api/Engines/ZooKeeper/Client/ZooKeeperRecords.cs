namespace KubeDb.Api.Engines.ZooKeeper.Client;

/// <summary>What a server says of a request.</summary>
public enum ZooKeeperError
{
    /// <summary>It was carried out.</summary>
    None = 0,

    /// <summary>The server could not carry it out.</summary>
    SystemError = -1,

    /// <summary>The server does not know the request.</summary>
    Unimplemented = -6,

    /// <summary>An argument is malformed.</summary>
    BadArguments = -8,

    /// <summary>Too few members of the new membership follow the leader.</summary>
    NewConfigNoQuorum = -13,

    /// <summary>Another change of the membership is under way.</summary>
    ReconfigInProgress = -14,

    /// <summary>The node does not exist.</summary>
    NoNode = -101,

    /// <summary>The session may not do that.</summary>
    NoAuth = -102,

    /// <summary>The node has another version.</summary>
    BadVersion = -103,

    /// <summary>The node exists.</summary>
    NodeExists = -110,

    /// <summary>The node has children.</summary>
    NotEmpty = -111,

    /// <summary>The session has expired.</summary>
    SessionExpired = -112,

    /// <summary>The access list is malformed, or nobody has logged in whom it could name.</summary>
    InvalidAcl = -114,

    /// <summary>The server does not take the login.</summary>
    AuthFailed = -115,

    /// <summary>The session goes on at another server.</summary>
    SessionMoved = -118,

    /// <summary>Changes of the membership are turned off.</summary>
    ReconfigDisabled = -123,

    /// <summary>The server takes requests only after a login by SASL.</summary>
    LoginRequired = -124,

    /// <summary>The server has too much to do.</summary>
    Throttled = -127,
}

/// <summary>What the answer to a request holds.</summary>
/// <param name="Error">What the server says; any number that a server sends may stand there.</param>
/// <param name="Value">The content; the default where there is an error.</param>
public readonly record struct ZooKeeperReply<T>(ZooKeeperError Error, T? Value)
{
    /// <summary>It was carried out.</summary>
    public bool IsOk => Error == ZooKeeperError.None;
}

/// <summary>What a server knows of a node.</summary>
/// <param name="Created">Number of the transaction that created it.</param>
/// <param name="Modified">Number of the transaction that last changed its data.</param>
/// <param name="Version">Changes of its data.</param>
/// <param name="EphemeralOwner">The session with which it goes; 0 for one that stays.</param>
/// <param name="DataLength">Bytes of data.</param>
/// <param name="Children">Nodes below it.</param>
public readonly record struct ZooKeeperStat(long Created, long Modified, int Version, long EphemeralOwner, int DataLength, int Children);

/// <summary>Data of a node, and what is known of it.</summary>
public sealed record ZooKeeperData(ReadOnlyMemory<byte> Bytes, ZooKeeperStat Stat)
{
    /// <summary>The data as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes.Span);
}

/// <summary>What may be done with a node.</summary>
[Flags]
public enum ZooKeeperPermissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read data and list children.</summary>
    Read = 1,

    /// <summary>Set data.</summary>
    Write = 2,

    /// <summary>Create children.</summary>
    Create = 4,

    /// <summary>Delete children.</summary>
    Delete = 8,

    /// <summary>Set the access list.</summary>
    Admin = 16,

    /// <summary>All of it.</summary>
    All = Read | Write | Create | Delete | Admin,
}

/// <summary>Who may do what with a node.</summary>
/// <param name="Permissions">What.</param>
/// <param name="Scheme">How they are known, such as <c>world</c>, <c>auth</c> or <c>digest</c>.</param>
/// <param name="Id">Who they are, in the scheme's own way.</param>
public sealed record ZooKeeperAcl(ZooKeeperPermissions Permissions, string Scheme, string Id)
{
    /// <summary>Everybody may do everything.</summary>
    public static ZooKeeperAcl Open { get; } = new(ZooKeeperPermissions.All, "world", "anyone");

    /// <summary>Whoever the session has logged in as may do everything, and nobody else anything.</summary>
    public static ZooKeeperAcl Creator { get; } = new(ZooKeeperPermissions.All, "auth", "");
}

/// <summary>Kinds of nodes.</summary>
public enum ZooKeeperNodeKind
{
    /// <summary>Stays until it is deleted.</summary>
    Persistent = 0,

    /// <summary>Goes with the session.</summary>
    Ephemeral = 1,

    /// <summary>Stays, and gets a number at the end of its name.</summary>
    PersistentSequential = 2,

    /// <summary>Goes with the session, and gets a number at the end of its name.</summary>
    EphemeralSequential = 3,
}
