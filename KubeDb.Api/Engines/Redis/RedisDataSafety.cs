using System.Globalization;
using System.Text.RegularExpressions;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Api.Engines.Redis;

/// <summary>What a running server holds, as far as a change of configuration can hide or lose it.</summary>
/// <param name="Server">Name of its pod.</param>
/// <param name="Keys">Number of keys by database; those without a key are absent.</param>
/// <param name="UsedMemory">Bytes in use; null when not known.</param>
internal sealed record RedisHoldings(string Server, IReadOnlyDictionary<int, long> Keys, long? UsedMemory)
{
    /// <summary>Reads the answers to <c>INFO keyspace</c> and <c>INFO memory</c>.</summary>
    public static RedisHoldings Read(string server, string keyspace, string memory)
    {
        var keys = new Dictionary<int, long>();
        foreach (var line in keyspace.Split('\n'))
        {
            if (!line.StartsWith("db", StringComparison.Ordinal))
                continue;
            var parts = line[2..].Split(":keys=", 2);
            if (parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var number)
                && long.TryParse(parts[1].Split(',', '\r')[0], CultureInfo.InvariantCulture, out var count))
                keys[number] = count;
        }

        return new(server, keys, long.TryParse(RedisInfo.Parse(memory).Text("used_memory"), CultureInfo.InvariantCulture, out var used) ? used : null);
    }
}

/// <summary>
/// Which changes of configuration would hide, mix or lose data, judged before anything is touched. Only what a change brings about counts: what
/// was so before is no fault of the request. Pure but for <see cref="AskAsync"/>.
/// </summary>
internal static partial class RedisDataSafety
{
    private const string Path = "spec.configuration";
    private const int DefaultDatabases = 16;

    // Other files of the data directory, and those that the server makes beside its own.
    [GeneratedRegex(@"^(\.{1,2}|default\.conf.*|nodes\.conf.*|persistence-.*|ran-init\.txt|lost\+found|temp-.*|.*\.aside)$")]
    private static partial Regex Taken();

    /// <summary>Everything against the change that can be said without asking a server.</summary>
    /// <param name="before">The configuration in effect, the operator's defaults included.</param>
    /// <param name="after">The configuration wanted, the same way.</param>
    /// <param name="durable">The data is on a volume that outlives the pod.</param>
    public static IEnumerable<Violation> Check(RedisConf before, RedisConf after, bool durable)
    {
        foreach (var violation in Names(before, after))
            yield return violation;
        if (!durable)
            yield break;
        if (!Persists(after) && Persists(before))
        {
            yield return Risk(
                "switches off both the append-only file and snapshots of a Durable database: whenever its server is killed, everything is lost. "
                + "Keep one of the two (\"appendonly yes\", or \"save\" with a save point); for data that may be lost create a database with storageType Ephemeral.");
        }

        if (!IsOn(after) && SkipsSaving(after) && (IsOn(before) || !SkipsSaving(before)))
        {
            yield return Risk(
                $"sets \"shutdown-on-sigterm {Value(after, "shutdown-on-sigterm")}\" without the append-only file: each time a pod is moved, what was written since its last snapshot is lost. "
                + "Remove it, or set \"appendonly yes\".");
        }
    }

    /// <summary>True when what a server holds has to be known to judge the change.</summary>
    public static bool DependsOnHoldings(RedisConf before, RedisConf after) => Databases(after) < Databases(before) || Evicts(after) && !Evicts(before);

    /// <summary>What the change would do to what a server holds.</summary>
    public static IEnumerable<Violation> Check(RedisConf before, RedisConf after, RedisHoldings holdings)
    {
        var databases = Databases(after);
        var hidden = holdings.Keys.Where(k => k.Key >= databases).OrderBy(k => k.Key).Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Value} in database {k.Key}")).ToList();
        if (databases < Databases(before) && hidden.Count > 0)
        {
            yield return Risk(string.Create(
                CultureInfo.InvariantCulture,
                $"leaves {databases} databases, but {holdings.Server} holds keys beyond them: {string.Join(", ", hidden)}. They could not be reached any more, or would be mixed with others. Move them (MOVE, COPY) or delete them (FLUSHDB) first, or keep \"databases\" above {holdings.Keys.Keys.Max()}."));
        }

        if (Evicts(after) && !Evicts(before) && Bytes(after) is { } limit && holdings.UsedMemory > limit)
        {
            yield return Risk(string.Create(
                CultureInfo.InvariantCulture,
                $"makes the server evict keys that it keeps today: {holdings.Server} uses {holdings.UsedMemory} bytes, and the limit would be {limit} with the policy {Value(after, "maxmemory-policy")}. Set \"maxmemory\" above that, delete what is not needed first, or set \"maxmemory-policy noeviction\"."));
        }
    }

    /// <summary>Asks a server what it holds; null when it does not tell.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">No reply in time.</exception>
    public static async Task<RedisHoldings?> AskAsync(string server, RespClient client, CancellationToken cancel)
    {
        var replies = await client.SendManyAsync(cancel, ["INFO", "keyspace"], ["INFO", "memory"]);
        return replies.Any(r => r.IsError) ? null : RedisHoldings.Read(server, replies[0].Text, replies[1].Text);
    }

    /// <summary>What is said when the change depends on what a server holds and it can not be asked.</summary>
    public static Violation Unasked(string server, string why) => Risk(
        $"could hide or lose keys, and what {server} holds can not be seen: {why}. Make the request again once the server answers, or leave \"databases\", \"maxmemory\" and \"maxmemory-policy\" as they are.");

    private static IEnumerable<Violation> Names(RedisConf before, RedisConf after)
    {
        string[] directives = ["dbfilename", "appenddirname", "appendfilename"];
        var changed = directives.Where(d => Name(before, d) != Name(after, d)).ToList();
        foreach (var directive in changed.Where(d => !IsUsable(Name(after, d))))
        {
            yield return Risk(
                $"gives \"{directive}\" a name that the data can not be carried over to. Give a plain file name, without slashes and control characters, that nothing else in /data has.");
        }

        var exchanged = changed.Where(d => directives.Any(o => o != d && Name(before, o) == Name(after, d) && Name(before, d) != Name(after, d))).ToList();
        if (exchanged.Count > 0)
            yield return Risk($"gives \"{exchanged[0]}\" the name that another data file has until now. Give it a name that none of them had.");
        else if (changed.Count > 0 && Name(after, "dbfilename") == Name(after, "appenddirname"))
            yield return Risk("gives \"dbfilename\" and \"appenddirname\" the same name. Give them different ones.");
    }

    private static bool IsUsable(string name) =>
        name.Length > 0 && !name.Any(c => c is < ' ' or (char)0x7f or '/' or '\\') && !Taken().IsMatch(name) && ConfigWords.FromText(ConfigWords.ToText(name)) == name;

    private static string Name(RedisConf conf, string directive) => Value(conf, directive) ?? directive switch
    {
        "dbfilename" => "dump.rdb",
        "appenddirname" => "appendonlydir",
        _ => "appendonly.aof",
    };

    // Without a save line the server has the save points of its defaults.
    private static bool Persists(RedisConf conf) => IsOn(conf) || conf.Directives.Where(d => d.CanonicalName == "save").ToList() is not [{ Arguments: [""] }];

    private static bool IsOn(RedisConf conf) => string.Equals(Value(conf, "appendonly"), "yes", StringComparison.OrdinalIgnoreCase);

    private static bool SkipsSaving(RedisConf conf) => Find(conf, "shutdown-on-sigterm")?.Arguments
        .SelectMany(a => a.Split(' ')).Any(a => a.Equals("nosave", StringComparison.OrdinalIgnoreCase)) ?? false;

    private static int Databases(RedisConf conf) =>
        int.TryParse(Value(conf, "databases"), CultureInfo.InvariantCulture, out var number) ? number : DefaultDatabases;

    private static bool Evicts(RedisConf conf) => Bytes(conf) > 0 && !string.Equals(Value(conf, "maxmemory-policy") ?? "noeviction", "noeviction", StringComparison.OrdinalIgnoreCase);

    private static long? Bytes(RedisConf conf) =>
        Find(conf, "maxmemory") is { } directive && long.TryParse(ConfigValue.Of([directive]), CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    private static RedisDirective? Find(RedisConf conf, string name) => conf.Directives.LastOrDefault(d => d.CanonicalName == name);

    private static string? Value(RedisConf conf, string name) => Find(conf, name) is { Arguments: { Count: > 0 } words } ? string.Join(' ', words) : null;

    private static Violation Risk(string text) => new(Path, RedisReasons.DataAtRisk, $"{Path} {text}");
}
