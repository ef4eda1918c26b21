using System.Collections.Concurrent;
using System.Security.Cryptography;
using KubeDb.Api.Engines.Kafka.Client;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>
/// The superuser's login by SCRAM, which the servers keep as part of their metadata, beside that by PLAIN, which each has from its start. Remembers which
/// login has worked, so that at rest nothing is asked.
/// </summary>
internal sealed class KafkaScramUser(KafkaConnector connector)
{
    private const int Iterations = 4096, SaltBytes = 24;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<string, Credential> _works = new(StringComparer.Ordinal);

    /// <summary>Has the servers take the superuser's password by SCRAM where they do not yet. What can not be done now is done in a later round.</summary>
    public async Task EnsureAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var uid = instances.Database.Metadata.Uid;
        if (instances.Credential is not { } credential || (_works.TryGetValue(uid, out var works) && works == credential))
            return;
        if (instances.Pods.FirstOrDefault(p => !p.Metadata.IsDeleting && KafkaConnector.IsBroker(instances, p)) is not { } pod)
            return;
        try
        {
            await using var login = await connector.OpenOrThrowAsync(instances, pod, Timeout, KafkaMechanism.ScramSha256, cancel);
            _works[uid] = credential;
        }
        catch (KafkaRefusedException e) when (e.Error == KafkaError.UnsupportedSaslMechanism)
        {
            // The user's configuration offers other logins.
            _works[uid] = credential;
        }
        catch (KafkaRefusedException)
        {
            var (client, _) = await connector.OpenAsync(instances, pod, Timeout, cancel);
            if (client is null)
                return;
            await using (client)
            {
                try
                {
                    await client.SetScramUserAsync(credential, KafkaMechanism.ScramSha256, RandomNumberGenerator.GetBytes(SaltBytes), Iterations, cancel);
                }
                catch (Exception e) when (e is IOException or TimeoutException)
                {
                    // Again in the next round.
                }
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // Again in the next round.
        }
    }
}
