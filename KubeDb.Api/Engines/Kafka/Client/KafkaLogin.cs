using System.Text;

namespace KubeDb.Api.Engines.Kafka.Client;

/// <summary>How a client logs in by SASL.</summary>
public enum KafkaMechanism
{
    /// <summary>User name and password as they are.</summary>
    Plain,

    /// <summary>Proof of the password, by SHA-256.</summary>
    ScramSha256,

    /// <summary>Proof of the password, by SHA-512.</summary>
    ScramSha512,
}

/// <summary>Logs in by SASL.</summary>
internal static class KafkaLogin
{
    /// <summary>The mechanism by the name that servers give it.</summary>
    public static string Name(KafkaMechanism mechanism) => mechanism switch
    {
        KafkaMechanism.ScramSha256 => "SCRAM-SHA-256",
        KafkaMechanism.ScramSha512 => "SCRAM-SHA-512",
        _ => "PLAIN",
    };

    /// <summary>Logs in.</summary>
    /// <exception cref="KafkaRefusedException">The server does not offer the mechanism, or refuses the login.</exception>
    public static async Task RunAsync(KafkaConnection connection, Credential credential, KafkaMechanism mechanism, CancellationToken cancel)
    {
        var (error, offered) = await connection.SendAsync(
            KafkaApi.SaslHandshake,
            w => w.LegacyText(Name(mechanism)),
            static (ref KafkaReader r) =>
            {
                var answer = r.Error();
                var names = new List<string>();
                for (var count = r.Int32(); count > 0; count--)
                    names.Add(r.LegacyText());
                return (answer, names);
            },
            cancel);
        if (error != KafkaError.None)
            throw new KafkaRefusedException(error, $"The server takes no login by {Name(mechanism)}{(offered.Count > 0 ? $", only by {string.Join(", ", offered)}" : "")}.");
        if (mechanism == KafkaMechanism.Plain)
        {
            await SendAsync(connection, Encoding.UTF8.GetBytes($"\0{credential.Username}\0{credential.Password}"), cancel);
            return;
        }

        var scram = new ScramExchange(credential, mechanism);
        var challenge = await SendAsync(connection, scram.First(), cancel);
        scram.Verify(await SendAsync(connection, scram.Final(challenge), cancel));
    }

    private static async Task<byte[]> SendAsync(KafkaConnection connection, byte[] token, CancellationToken cancel)
    {
        var (error, answer) = await connection.SendAsync(
            KafkaApi.SaslAuthenticate,
            w => w.Bytes(token).End(),
            static (ref KafkaReader r) =>
            {
                var refused = r.Error();
                _ = r.NullableText();
                return (refused, r.Bytes().ToArray());
            },
            cancel);

        // What the server says of it may repeat the name.
        return error == KafkaError.None ? answer : throw new KafkaRefusedException(error, "The server refuses user name or password.");
    }
}
