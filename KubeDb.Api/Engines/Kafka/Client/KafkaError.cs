namespace KubeDb.Api.Engines.Kafka.Client;

/// <summary>What a server says of a request, or of a part of it. A number that has no name here is shown as it is.</summary>
public enum KafkaError
{
    /// <summary>The server failed, and does not say why.</summary>
    UnknownServerError = -1,

    /// <summary>It was carried out.</summary>
    None = 0,

    /// <summary>The topic or partition does not exist, or this server does not hold it.</summary>
    UnknownTopicOrPartition = 3,

    /// <summary>The partition has no leader.</summary>
    LeaderNotAvailable = 5,

    /// <summary>The server does not lead the partition.</summary>
    NotLeaderOrFollower = 6,

    /// <summary>Not carried out in time.</summary>
    RequestTimedOut = 7,

    /// <summary>A replica does not answer; the partition is served.</summary>
    ReplicaNotAvailable = 9,

    /// <summary>The listener has no address of the leader.</summary>
    ListenerNotFound = 72,

    /// <summary>Fewer replicas are in sync than the topic needs to take records.</summary>
    NotEnoughReplicas = 19,

    /// <summary>The same, seen after the leader had written.</summary>
    NotEnoughReplicasAfterAppend = 20,

    /// <summary>The user may not do that to the topic.</summary>
    TopicAuthorizationFailed = 29,

    /// <summary>The user may not do that to the cluster.</summary>
    ClusterAuthorizationFailed = 31,

    /// <summary>The server does not offer the login.</summary>
    UnsupportedSaslMechanism = 33,

    /// <summary>The server takes the request only after another, such as a login.</summary>
    IllegalSaslState = 34,

    /// <summary>The server does not know the version of the request.</summary>
    UnsupportedVersion = 35,

    /// <summary>The topic exists.</summary>
    TopicAlreadyExists = 36,

    /// <summary>More replicas than brokers.</summary>
    InvalidReplicationFactor = 38,

    /// <summary>A value that the server does not take.</summary>
    InvalidConfig = 40,

    /// <summary>The server is not the active controller.</summary>
    NotController = 41,

    /// <summary>The request makes no sense.</summary>
    InvalidRequest = 42,

    /// <summary>A disk of the server failed.</summary>
    KafkaStorageError = 56,

    /// <summary>The login is refused.</summary>
    SaslAuthenticationFailed = 58,

    /// <summary>There is nothing of that name.</summary>
    ResourceNotFound = 91,
}

/// <summary>Says errors.</summary>
public static class KafkaErrors
{
    /// <summary>The error by the name that Kafka's own tools give it, such as <c>NOT_ENOUGH_REPLICAS</c>.</summary>
    public static string Shown(this KafkaError error)
    {
        var name = error.ToString();
        return string.Concat(name.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()));
    }

    /// <summary>The error and what the server says beside it.</summary>
    public static string Shown(this KafkaError error, string? message) => string.IsNullOrWhiteSpace(message) ? error.Shown() : $"{error.Shown()}: {message.Trim().TrimEnd('.')}";
}

/// <summary>The server refuses a request as a whole.</summary>
public sealed class KafkaRefusedException : IOException
{
    /// <summary>Nothing is known of why.</summary>
    public KafkaRefusedException()
    {
    }

    /// <summary>Says why.</summary>
    public KafkaRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Says why.</summary>
    public KafkaRefusedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Says why, by the server's own number.</summary>
    public KafkaRefusedException(KafkaError error, string message)
        : base(message) => Error = error;

    /// <summary>The server's own number.</summary>
    public KafkaError Error { get; }
}
