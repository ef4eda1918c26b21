using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>
/// The operator's own directives: the same for all servers of a database. What differs between them, such as the address that a node announces,
/// the start script gives as arguments.
/// </summary>
public static class OperatorConf
{
    /// <summary>
    /// Directives that users may override. On durable storage the append-only file is on: a killed server then loses no acknowledged write,
    /// where snapshots alone would lose up to an hour. A node of a cluster that is silent for five seconds counts as failed, not for fifteen.
    /// </summary>
    /// <param name="spec">The (defaulted) spec.</param>
    public static RedisConf Defaults(RedisSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var directives = new List<RedisDirective>();
        if (spec.StorageType != StorageTypes.Ephemeral)
            directives.Add(RedisDirective.Of("appendonly", "yes"));
        if (spec.Mode == RedisModes.Cluster)
            directives.Add(RedisDirective.Of("cluster-node-timeout", "5000"));
        return RedisConf.Of(directives);
    }

    /// <summary>Directives that users may not set (<see cref="RedisDirectives.IsOwned"/>).</summary>
    /// <param name="flavour">The server.</param>
    /// <param name="credential">The credential; null when authentication is off.</param>
    /// <param name="database">The (defaulted) database.</param>
    /// <param name="users">The users of the spec's rules, a line each.</param>
    public static RedisConf Owned(RedisFlavour flavour, Credential? credential, RedisDatabase database, RedisConf users)
    {
        ArgumentNullException.ThrowIfNull(flavour);
        ArgumentNullException.ThrowIfNull(database);
        var spec = database.Spec;
        var directives = new List<RedisDirective>
        {
            RedisDirective.Of("dir", "/data"),

            // Clients are never on loopback here; who may connect is decided by the password and by network policy.
            RedisDirective.Of("protected-mode", "no"),
        };
        directives.InsertRange(0, RedisTls.Directives(database, RedisConnector.Port));
        if (spec.Mode == RedisModes.Cluster)
            directives.AddRange(Cluster(flavour, spec.Cluster?.Announce));
        directives.AddRange(users.Directives);
        if (credential is null)
            return RedisConf.Of(directives);

        var access = Access(flavour, credential).ToList();
        access.Insert(1, RedisDirective.Of("masterauth", credential.Password));
        return RedisConf.Of([.. directives, .. access]);
    }

    /// <summary>
    /// Who may log in, the password first. The default user has it too, so that redis-cli inside the pod, which logs in as default, always works.
    /// </summary>
    public static IEnumerable<RedisDirective> Access(RedisFlavour flavour, Credential credential)
    {
        yield return RedisDirective.Of("requirepass", credential.Password);
        if (flavour.HasUsers && credential.Username is not ("" or "default"))
            yield return User(flavour, credential);
    }

    // A replica belongs to its shard: one that the server moves to another shard's master would be missed where its volume is.
    private static IEnumerable<RedisDirective> Cluster(RedisFlavour flavour, RedisAnnounce? announce)
    {
        yield return RedisDirective.Of("cluster-enabled", "yes");
        yield return RedisDirective.Of("cluster-config-file", RedisScripts.NodesFile);
        yield return flavour.Version >= new Version(6, 2)
            ? RedisDirective.Of("cluster-allow-replica-migration", "no")
            : RedisDirective.Of("cluster-migration-barrier", "999");
        if (flavour.HasHostNames)
            yield return RedisDirective.Of("cluster-preferred-endpoint-type", announce is null ? RedisAnnounceTypes.Ip : RedisEndpoint.Type(announce));
    }

    private static RedisDirective User(RedisFlavour flavour, Credential credential)
    {
        string[] rights = flavour.Version >= new Version(6, 2) ? ["~*", "&*", "+@all"] : ["~*", "+@all"];
        return RedisDirective.Of("user", [credential.Username, "on", $">{credential.Password}", .. rights]);
    }
}
