using System.Globalization;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Tests.Unit.Engines.Redis;

namespace KubeDb.Tests.Support.World;

/// <summary>
/// A TEST DOUBLE of one running Redis 8, as far as the operator talks to it: login, PING, INFO, CONFIG, ACL, and keys for the health check. It runs
/// with the file that it started with, until CONFIG SET changes a parameter.
/// </summary>
internal sealed class RedisServer
{
    private static readonly Version Version = new(8, 2);
    private static readonly string[] Policies =
        ["noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"];

    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _keys;
    private readonly SortedDictionary<string, string> _users = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly long _started;
    private string? _snapshot;

    /// <summary>Starts a server.</summary>
    /// <param name="file">The text of its configuration file, free of objections.</param>
    /// <param name="keys">What is on its volume; changed by the server.</param>
    /// <param name="time">The clock.</param>
    public RedisServer(string file, Dictionary<string, string> keys, TimeProvider time)
    {
        _keys = keys;
        _time = time;
        _started = time.GetTimestamp();
        foreach (var directive in RedisConf.Parse(file).Conf.Directives)
        {
            if (directive.Name == "user")
                _users[directive.Arguments[0]] = string.Join(' ', directive.Arguments.Skip(1));
            else
                _values[directive.Name] = string.Join(' ', directive.Arguments);
        }
    }

    /// <summary>The users beside default, as ACL LIST shows them.</summary>
    public IEnumerable<string> Users => _users.Select(u => $"user {u.Key} {u.Value}");

    /// <summary>Names of the keys that it keeps, but for that of the health check.</summary>
    public string Keys => string.Join(" ", _keys.Keys.Where(k => !k.StartsWith("kubedb:", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    /// <summary>How long it loads its data.</summary>
    public TimeSpan Loading { get; init; }

    /// <summary>Commands that changed a parameter, in order.</summary>
    public List<string> Sets { get; } = [];

    /// <summary>Loads a file of certificates, by parameter and path; what is wrong with it, or null.</summary>
    public Func<string, string, string?> LoadsTls { get; set; } = static (_, _) => null;

    /// <summary>The certificate that it loaded last, PEM; null for none.</summary>
    public string? Certificate { get; set; }

    /// <summary>The annotation of its pod when its kubelet brought secrets last; null before the start.</summary>
    public string? Touched { get; set; }

    /// <summary>The authorities that it trusts, PEM; null for none.</summary>
    public string? Trusts { get; set; }

    /// <summary>False once it has stopped, or while it hangs.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>Lines of INFO keyspace.</summary>
    public string Keyspace { get; set; } = "";

    /// <summary>Its volume takes no snapshot.</summary>
    public bool SnapshotsFail { get; set; }

    /// <summary>A parameter as CONFIG GET reports it; null when the server knows none of that name.</summary>
    public string? this[string name] =>
        _values.GetValueOrDefault(name) ?? (RedisDirectives.IsKnown(name, valkey: false, Version) ? RedisDirectives.Find(name)?.Default ?? "" : null);

    /// <summary>What keeps a server from starting with this file; null when nothing does.</summary>
    public static string? ObjectionTo(string file) => RedisConf.Parse(file).Conf.Directives
        .Select((d, i) => (Line: i + 1, Text: $"{d.Name} {string.Join(' ', d.Arguments)}", Why: Objection(d.Name, string.Join(' ', d.Arguments))))
        .Where(o => o.Why is not null)
        .Select(o => $"*** FATAL CONFIG FILE ERROR (Redis 8.2.2) ***\nReading the configuration file, at line {o.Line}\n>>> '{o.Text}'\n{o.Why}")
        .FirstOrDefault();

    /// <summary>A client writes a key.</summary>
    public string Write(string key, string value)
    {
        _keys[key] = value;
        return "+OK\r\n";
    }

    /// <summary>Answers one command, in RESP; null for no answer at all.</summary>
    public string? Answer(string[] words, ref bool loggedIn)
    {
        if (!Answers)
            throw new IOException("Connection reset by peer");
        var command = words[0].ToUpperInvariant();
        if (command == "AUTH")
        {
            loggedIn = words[^1] == this["requirepass"];
            return loggedIn ? "+OK\r\n" : "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
        }

        if (!loggedIn && this["requirepass"] is { Length: > 0 })
            return "-NOAUTH Authentication required.\r\n";
        var loading = _time.GetElapsedTime(_started) < Loading;
        if (command == "INFO" && words.Length > 1 && words[1] == "keyspace")
            return FakeServers.Bulk($"# Keyspace\r\n{Keyspace}");
        if (command == "INFO")
            return FakeServers.Bulk(Info(loading));
        if (loading)
            return "-LOADING Redis is loading the dataset in memory\r\n";
        return command switch
        {
            "PING" => "+PONG\r\n",
            "CONFIG" when words[1].Equals("GET", StringComparison.OrdinalIgnoreCase) && words[2] == "*" => FakeServers.List(
                [.. RedisDirectives.Names.Union(_values.Keys).Where(n => this[n] is not null).SelectMany(n => new[] { n, this[n]! })]),
            "CONFIG" when words[1].Equals("GET", StringComparison.OrdinalIgnoreCase) => this[words[2]] is { } value ? FakeServers.List(words[2], value) : FakeServers.List(),
            "ACL" => Acl(words),
            "CONFIG" => Set([.. words.Skip(2).Chunk(2)]),
            "SET" => Write(words[1], words[2]),
            "GET" => FakeServers.Bulk(_keys.GetValueOrDefault(words[1])),
            "DEL" => _keys.Remove(words[1]) ? ":1\r\n" : ":0\r\n",
            "CLIENT" => "+OK\r\n",
            "BGSAVE" => Save(),
            _ => $"-ERR unknown command '{words[0]}'\r\n",
        };
    }

    private string Acl(string[] words)
    {
        switch (words[1].ToUpperInvariant())
        {
            case "LIST":
                return FakeServers.List([.. Users.Prepend("user default on nopass ~* &* +@all")]);
            case "DELUSER":
                return _users.Remove(words[2]) ? ":1\r\n" : ":0\r\n";
            case "SETUSER" when words.Contains("+nosuchcommand"):
                return "-ERR Error in ACL SETUSER modifier '+nosuchcommand': Unknown command or category name in ACL\r\n";
            default:
                _users[words[2]] = string.Join(' ', words.Skip(3).Where(w => w != "reset"));
                return "+OK\r\n";
        }
    }

    private string Save()
    {
        _snapshot = SnapshotsFail ? "err" : "ok";
        return "+Background saving started\r\n";
    }

    private string Info(bool loading) => string.Create(
        CultureInfo.InvariantCulture,
        $"# Persistence\r\nloading:{(loading ? 1 : 0)}\r\nasync_loading:0\r\nrdb_bgsave_in_progress:0\r\nrdb_last_bgsave_status:{_snapshot ?? "ok"}\r\nrdb_last_bgsave_time_sec:{(_snapshot is null ? -1 : 0)}\r\nrdb_changes_since_last_save:{(_snapshot == "ok" ? 0 : 5)}\r\naof_enabled:{(this["appendonly"] == "yes" ? 1 : 0)}\r\naof_last_write_status:ok\r\n");

    private string Set(IReadOnlyList<string[]> pairs)
    {
        foreach (var pair in pairs)
        {
            var why = RedisDirectives.Find(pair[0]) is { Effect: DirectiveEffect.AtStart } ? "can't set immutable config" : Objection(pair[0], pair[1]);
            if (why is not null)
                return $"-ERR CONFIG SET failed (possibly related to argument '{pair[0]}') - {why}\r\n";
        }

        foreach (var pair in pairs.Where(p => p[0].StartsWith("tls-", StringComparison.Ordinal) && p[0].EndsWith("-file", StringComparison.Ordinal)))
        {
            if (LoadsTls(pair[0], pair[1]) is { } why)
                return $"-ERR CONFIG SET failed (possibly related to argument '{pair[0]}') - {why}\r\n";
        }

        foreach (var pair in pairs)
            _values[pair[0]] = pair[1];
        Sets.Add(string.Join(' ', pairs.Select(p => $"{p[0]}={p[1]}")));
        return "+OK\r\n";
    }

    private static string? Objection(string name, string value)
    {
        if (name == "user")
            return value.Contains("+nosuchcommand", StringComparison.Ordinal) ? "Error in user declaration '+nosuchcommand': Unknown command or category name in ACL" : null;
        if (!RedisDirectives.IsKnown(name, valkey: false, Version))
            return "Bad directive or wrong number of arguments";
        if (name.Equals("maxmemory-policy", StringComparison.OrdinalIgnoreCase))
            return Policies.Contains(value) ? null : $"argument(s) must be one of the following: {string.Join(", ", Policies)}";
        var isNumber = name is "maxclients" or "databases" or "timeout";
        if (isNumber && !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            return "argument couldn't be parsed into an integer";
        return name == "databases" && value == "0" ? "argument must be between 1 and 2147483647 inclusive" : null;
    }
}
