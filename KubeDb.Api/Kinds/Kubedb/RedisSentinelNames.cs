namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>Names inside the pods of a RedisSentinel that users and the operator share; those of certificates, volumes and variables are a Redis'.</summary>
public static class RedisSentinelNames
{
    /// <summary>Container of the sentinel, also for Valkey.</summary>
    public const string SentinelContainer = "redissentinel";

    /// <summary>Init container.</summary>
    public const string InitContainer = "sentinel-init";

    /// <summary>The key of a user's configuration, in secrets, inline text and requests.</summary>
    public const string ConfigKey = "sentinel.conf";
}
