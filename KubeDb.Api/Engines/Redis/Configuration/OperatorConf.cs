namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>The operator's own directives.</summary>
public static class OperatorConf
{
    /// <summary>
    /// Directives that users may override. On durable storage the append-only file is on: a killed server then loses no acknowledged write,
    /// where snapshots alone would lose up to an hour.
    /// </summary>
    public static RedisConf Defaults(bool durable) =>
        durable ? RedisConf.Of([RedisDirective.Of("appendonly", "yes")]) : RedisConf.Empty;

    /// <summary>Directives that users may not set (<see cref="RedisDirectives.IsOwned"/>).</summary>
    /// <param name="flavour">The server.</param>
    /// <param name="credential">The credential; null when authentication is off.</param>
    public static RedisConf Owned(RedisFlavour flavour, Credential? credential)
    {
        var directives = new List<RedisDirective>
        {
            RedisDirective.Of("port", "6379"),
            RedisDirective.Of("dir", "/data"),

            // Clients are never on loopback here; who may connect is decided by the password and by network policy.
            RedisDirective.Of("protected-mode", "no"),
        };
        if (credential is null)
            return RedisConf.Of(directives);

        // The default user keeps the password too, so that redis-cli inside the pod, which logs in as default, always works.
        directives.Add(RedisDirective.Of("requirepass", credential.Password));
        directives.Add(RedisDirective.Of("masterauth", credential.Password));
        if (flavour.HasUsers && credential.Username is not ("" or "default"))
            directives.Add(User(flavour, credential));
        return RedisConf.Of(directives);
    }

    private static RedisDirective User(RedisFlavour flavour, Credential credential)
    {
        string[] rights = flavour.Version >= new Version(6, 2) ? ["~*", "&*", "+@all"] : ["~*", "+@all"];
        return RedisDirective.Of("user", [credential.Username, "on", $">{credential.Password}", .. rights]);
    }
}
