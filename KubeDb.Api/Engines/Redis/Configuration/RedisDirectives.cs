using System.Collections.Frozen;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>When a change of a directive takes effect.</summary>
public enum DirectiveEffect
{
    /// <summary>CONFIG SET changes it in the running server.</summary>
    Live,

    /// <summary>Only at start: CONFIG SET refuses it (immutable or protected), or it is no parameter at all.</summary>
    AtStart,
}

/// <summary>What is known about a directive.</summary>
/// <param name="Name">Its newest name.</param>
/// <param name="Effect">When a change takes effect.</param>
/// <param name="RedisSince">First Redis that knows it, as <c>major.minor</c>; empty when none does.</param>
/// <param name="ValkeySince">First Valkey that knows it; empty when none does.</param>
public sealed record DirectiveFact(string Name, DirectiveEffect Effect, string RedisSince, string ValkeySince)
{
    /// <summary>The default of every server from 7 on; null where they differ or it depends on the machine.</summary>
    public string? Default { get; init; }

    /// <summary>First Redis that refuses to start with it; null while all accept it.</summary>
    public string? RedisUntil { get; init; }

    /// <summary>Other names of the same directive.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}

/// <summary>Facts and rules about directives, by name in any case.</summary>
public static class RedisDirectives
{
    // Set by the operator, because addresses, credentials, certificates, files and membership are its own. Tuning of TLS (protocols,
    // ciphers, sessions) and of the cluster (timeouts, coverage) stays with the user.
    private static readonly FrozenSet<string> Owned = new[]
    {
        "aclfile", "bind", "bind-source-addr", "cluster-allow-replica-migration", "cluster-announce-bus-port", "cluster-announce-client-ipv4", "cluster-announce-client-ipv6",
        "cluster-announce-hostname", "cluster-announce-human-nodename", "cluster-announce-ip", "cluster-announce-port",
        "cluster-announce-tls-port", "cluster-config-file", "cluster-enabled", "cluster-migration-barrier", "cluster-port", "cluster-preferred-endpoint-type", "daemonize",
        "dir", "logfile", "masterauth", "masteruser", "pidfile", "port", "protected-mode", "rdma-bind", "rdma-port", "replica-announce-ip",
        "replica-announce-port", "replicaof", "requirepass", "sentinel", "supervised", "syslog-enabled", "tls-auth-clients", "tls-ca-cert-dir",
        "tls-ca-cert-file", "tls-cert-file", "tls-client-cert-file", "tls-client-key-file", "tls-client-key-file-pass", "tls-cluster",
        "tls-dh-params-file", "tls-key-file", "tls-key-file-pass", "tls-port", "tls-replication", "unixsocket", "unixsocketgroup",
        "unixsocketperm",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Commands without which the operator can neither log in nor see whether the server lives.
    private static readonly FrozenSet<string> NeededCommands =
        new[] { "auth", "info", "ping" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Where letter case or digits are part of the value.
    private static readonly FrozenSet<string> ExactText = new[]
    {
        "acl-pubsub-default", "appenddirname", "appendfilename", "availability-zone", "dbfilename", "dir", "include", "loadmodule", "logfile",
        "masterauth", "masteruser", "proc-title-template", "rename-command", "requirepass", "user",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Parameters of more than one word.
    private static readonly FrozenSet<string> Lists = new[]
    {
        "bind", "client-output-buffer-limit", "latency-tracking-info-percentiles", "loadmodule", "oom-score-adj-values", "save",
        "shutdown-on-sigint", "shutdown-on-sigterm", "user",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Names that servers accept in a file and forget, so that no query finds them.
    private static readonly FrozenSet<string> ReadAndIgnored = new[]
    {
        "aof-disable-auto-gc", "dynamic-hz", "events-per-io-thread", "io-threads-do-reads", "list-max-ziplist-entries",
        "list-max-ziplist-value", "lua-replicate-commands",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, DirectiveFact> ByName = RedisDirectiveFacts.All
        .SelectMany(f => f.Aliases.Append(f.Name).Select(n => KeyValuePair.Create(n, f)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // What the table was read from: the oldest, whose directives are also those of servers before it as far as is known, and the newest.
    private static readonly Version OldestRedis = new(6, 0);
    private static readonly Version NewestRedis = new(8, 0);
    private static readonly Version NewestValkey = new(8, 1);

    /// <summary>Every name and alias.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>What is known about a directive; null when nothing is.</summary>
    public static DirectiveFact? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The newest name of a directive; the lower-case name itself when nothing is known.</summary>
    public static string Canonical(string name) => Find(name)?.Name ?? name.ToLowerInvariant();

    /// <summary>True for what the operator sets itself and users may not.</summary>
    public static bool IsOwned(RedisDirective directive) =>
        Owned.Contains(directive.CanonicalName)
        || (directive is { CanonicalName: "user", Arguments: ["default", ..] })
        || (directive.CanonicalName == "rename-command" && directive.Arguments is [var command, ..] && NeededCommands.Contains(command));

    /// <summary>True when the value could be a secret: it is then never shown.</summary>
    public static bool IsSecret(string name)
    {
        var canonical = Canonical(name);
        return canonical is "user" or "rename-command" or "loadmodule" or "sentinel"
            || canonical.Contains("pass", StringComparison.Ordinal)
            || canonical.Contains("auth", StringComparison.Ordinal) && canonical != "tls-auth-clients"
            || canonical.Contains('.', StringComparison.Ordinal);
    }

    /// <summary>True when a directive of a loaded module, such as <c>search.timeout</c>; only a server with the module knows more.</summary>
    public static bool IsModule(string name) => name.Contains('.', StringComparison.Ordinal);

    /// <summary>Whether a server of the given distribution and version knows the directive, by the table.</summary>
    public static bool IsKnown(string name, bool valkey, Version version)
    {
        if (IsModule(name))
            return true;
        if (Find(name) is not { } fact)
            return false;
        var since = valkey ? fact.ValkeySince : fact.RedisSince;
        var gone = !valkey && fact.RedisUntil is { } until && Version.Parse(until) <= version;
        return since.Length > 0 && Version.Parse(since) <= (version < OldestRedis ? OldestRedis : version) && !gone;
    }

    /// <summary>True for names that servers accept in a file but do not list as parameters.</summary>
    public static bool IsReadAndIgnored(string name) => ReadAndIgnored.Contains(name);

    /// <summary>False when no server would take so few or so many words; unknown directives have any number.</summary>
    public static bool HasValidCount(RedisDirective directive) => directive.CanonicalName switch
    {
        "rename-command" => directive.Arguments.Count == 2,
        var name when Find(name) is null => true,
        var name when Lists.Contains(name) => directive.Arguments.Count >= 1,
        _ => directive.Arguments.Count == 1,
    };

    /// <summary>The known directive that the given name is most likely a slip of; null when none is near.</summary>
    public static string? Suggest(string name) => Spelling.Nearest(name, ByName.Keys);

    /// <summary>True when the name is a known one but for two letters: too near to be anything else, whatever the server.</summary>
    public static bool IsSlip(string name) => ByName.Keys.Any(n => Math.Abs(n.Length - name.Length) <= 2 && Spelling.Distance(name.ToLowerInvariant(), n) <= 2);

    /// <summary>True when the table holds every directive of that server; a newer one may know more, an older one others.</summary>
    public static bool IsComplete(bool valkey, Version version) => version >= OldestRedis && version <= (valkey ? NewestValkey : NewestRedis);

    internal static bool IsExactText(string canonical) =>
        ExactText.Contains(canonical) || canonical.EndsWith("-file", StringComparison.Ordinal) || canonical.EndsWith("-dir", StringComparison.Ordinal)
        || IsModule(canonical);
}
