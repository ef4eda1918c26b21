using System.Globalization;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;

namespace KubeDb.Api.Engines.Redis;

/// <summary>What differs between Redis and Valkey, and between their versions.</summary>
/// <param name="IsValkey">Valkey; otherwise Redis.</param>
/// <param name="Version">Version of the server; only major and minor count.</param>
public sealed record RedisFlavour(bool IsValkey, Version Version)
{
    /// <summary>The flavour of a catalog version. A version that is no number counts as 0.0: only what every server knows is then used.</summary>
    public static RedisFlavour Of(ICatalogVersion version)
    {
        var parts = version.Version.Split('.', '-', '+');
        return new(version.Distribution == RedisDistributions.Valkey, new(Part(parts, 0), Part(parts, 1)));
    }

    /// <summary>Name of the distribution as the catalog has it.</summary>
    public string Distribution => IsValkey ? RedisDistributions.Valkey : RedisDistributions.Official;

    /// <summary>Major version.</summary>
    public int Major => Version.Major;

    /// <summary>The key of a user's configuration, in secrets, inline text and requests.</summary>
    public string ConfigKey => IsValkey ? "valkey.conf" : "redis.conf";

    /// <summary>Where the configuration is mounted.</summary>
    public string ConfigPath => IsValkey ? "/usr/local/etc/valkey/" : "/usr/local/etc/redis/";

    /// <summary>Name of the volume with the configuration.</summary>
    public string ConfigVolume => IsValkey ? "valkey-config" : "redis-config";

    /// <summary>True from version 6 on, which brought users (ACL) and TLS.</summary>
    public bool HasUsers => Major >= 6;

    /// <summary>True from version 7 on, which lets the nodes of a cluster tell clients their host names.</summary>
    public bool HasHostNames => Major >= 7;

    private static int Part(string[] parts, int index) =>
        index < parts.Length && int.TryParse(parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
