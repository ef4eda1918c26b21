using System.Text;

namespace KubeDb.Api.Engines.Redis.Resp;

/// <summary>What a reply is.</summary>
public enum RespKind
{
    /// <summary>The null bulk string or the null array.</summary>
    Null,

    /// <summary>A simple or bulk string.</summary>
    Text,

    /// <summary>A 64-bit integer.</summary>
    Integer,

    /// <summary>An array; elements may be of any kind, errors among them.</summary>
    Array,

    /// <summary>An error that the server answered.</summary>
    Error,
}

/// <summary>One reply of a server (RESP2). Immutable. Strings are bytes; <see cref="Text"/> reads them as UTF-8.</summary>
public sealed class RespReply
{
    private readonly byte[] _bytes;

    private RespReply(RespKind kind, byte[] bytes, long integer, IReadOnlyList<RespReply> items)
    {
        Kind = kind;
        _bytes = bytes;
        Integer = integer;
        Items = items;
    }

    /// <summary>The null reply.</summary>
    public static RespReply Null { get; } = new(RespKind.Null, [], 0, []);

    /// <summary>Which of the members below has meaning.</summary>
    public RespKind Kind { get; }

    /// <summary>The value of an integer reply; 0 for every other kind.</summary>
    public long Integer { get; }

    /// <summary>The elements of an array reply; empty for every other kind.</summary>
    public IReadOnlyList<RespReply> Items { get; }

    /// <summary>The bytes of a string or error reply.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The string as UTF-8 text (an integer as digits); empty for null and arrays.</summary>
    public string Text => Kind == RespKind.Integer
        ? Integer.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : Encoding.UTF8.GetString(_bytes);

    /// <summary>The string with one character for each byte, as <see cref="Configuration.RedisConf"/> holds its words.</summary>
    public string ByteText => Encoding.Latin1.GetString(_bytes);

    /// <summary>True when the server answered with an error.</summary>
    public bool IsError => Kind == RespKind.Error;

    /// <summary>The error; null when the reply is none.</summary>
    public RespError? Error => IsError ? RespError.Parse(Text) : null;

    /// <summary>True for the simple string <c>OK</c>.</summary>
    public bool IsOk => Kind == RespKind.Text && Bytes.SequenceEqual("OK"u8);

    internal static RespReply OfText(byte[] bytes) => new(RespKind.Text, bytes, 0, []);

    internal static RespReply OfError(byte[] bytes) => new(RespKind.Error, bytes, 0, []);

    internal static RespReply OfInteger(long value) => new(RespKind.Integer, [], value, []);

    internal static RespReply OfArray(IReadOnlyList<RespReply> items) => new(RespKind.Array, [], 0, items);
}

/// <summary>The kinds of error that the product tells apart.</summary>
public enum RespErrorKind
{
    /// <summary>Any other; the server's sentence says which.</summary>
    Other,

    /// <summary>The connection has to authenticate first (NOAUTH).</summary>
    NoAuthentication,

    /// <summary>Wrong user name or password (WRONGPASS, or the older "invalid password").</summary>
    WrongPassword,

    /// <summary>The user may not run the command (NOPERM).</summary>
    NoPermission,

    /// <summary>The server loads its data set (LOADING).</summary>
    Loading,

    /// <summary>A write to a replica (READONLY).</summary>
    ReadOnly,

    /// <summary>The slot lives elsewhere (MOVED or ASK).</summary>
    Moved,

    /// <summary>The cluster does not serve (CLUSTERDOWN).</summary>
    ClusterDown,

    /// <summary>A replica lost its primary and does not serve stale data (MASTERDOWN).</summary>
    PrimaryDown,

    /// <summary>A script or module keeps the server busy (BUSY).</summary>
    Busy,

    /// <summary>Writes are refused because snapshots or the log can not be written (MISCONF).</summary>
    PersistenceFailed,

    /// <summary>The memory limit is reached (OOM).</summary>
    OutOfMemory,

    /// <summary>Protected mode refuses clients from elsewhere (DENIED).</summary>
    Denied,

    /// <summary>The server does not know the command.</summary>
    UnknownCommand,
}

/// <summary>An error reply.</summary>
/// <param name="Kind">Which kind it is.</param>
/// <param name="Message">The server's whole sentence.</param>
public sealed record RespError(RespErrorKind Kind, string Message)
{
    /// <summary>Reads the kind off the first word of the server's sentence.</summary>
    public static RespError Parse(string message)
    {
        var space = message.IndexOf(' ', StringComparison.Ordinal);
        var code = space < 0 ? message : message[..space];
        var kind = code switch
        {
            "NOAUTH" => RespErrorKind.NoAuthentication,
            "WRONGPASS" => RespErrorKind.WrongPassword,
            "NOPERM" => RespErrorKind.NoPermission,
            "LOADING" => RespErrorKind.Loading,
            "READONLY" => RespErrorKind.ReadOnly,
            "MOVED" or "ASK" => RespErrorKind.Moved,
            "CLUSTERDOWN" => RespErrorKind.ClusterDown,
            "MASTERDOWN" => RespErrorKind.PrimaryDown,
            "BUSY" => RespErrorKind.Busy,
            "MISCONF" => RespErrorKind.PersistenceFailed,
            "OOM" => RespErrorKind.OutOfMemory,
            "DENIED" or "-DENIED" => RespErrorKind.Denied,
            "ERR" when message.StartsWith("ERR unknown command", StringComparison.OrdinalIgnoreCase) => RespErrorKind.UnknownCommand,
            "ERR" when message.StartsWith("ERR invalid password", StringComparison.OrdinalIgnoreCase) => RespErrorKind.WrongPassword,
            _ => RespErrorKind.Other,
        };
        return new(kind, message);
    }

    /// <summary>The sentence without the bare <c>ERR</c> in front.</summary>
    public string Sentence => Message.StartsWith("ERR ", StringComparison.Ordinal) ? Message[4..] : Message;
}
