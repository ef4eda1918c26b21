namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>The user's configuration: a secret's file, and inline text over it.</summary>
/// <param name="Secret">Directives of the secret.</param>
/// <param name="Inline">Directives of the inline text.</param>
public sealed record UserConf(RedisConf Secret, RedisConf Inline)
{
    /// <summary>Both layers: the inline text wins, by directive.</summary>
    public RedisConf Effective => Secret.Merge(Inline);
}
