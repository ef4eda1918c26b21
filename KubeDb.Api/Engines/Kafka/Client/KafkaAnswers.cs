namespace KubeDb.Api.Engines.Kafka.Client;

/// <summary>What a server knows of its cluster.</summary>
/// <param name="ClusterId">Which cluster.</param>
/// <param name="Brokers">The brokers that serve, with the addresses of the listener that was asked.</param>
/// <param name="Topics">The topics that were asked for.</param>
public sealed record KafkaMetadata(string ClusterId, IReadOnlyList<KafkaBroker> Brokers, IReadOnlyList<KafkaTopic> Topics);

/// <summary>The members of a cluster.</summary>
/// <param name="ClusterId">Which cluster.</param>
/// <param name="ControllerId">A broker to which changes are sent, which is not the active controller.</param>
/// <param name="Brokers">The brokers that serve.</param>
public sealed record KafkaCluster(string ClusterId, int ControllerId, IReadOnlyList<KafkaBroker> Brokers);

/// <summary>A broker that serves.</summary>
/// <param name="Id">Its node id.</param>
/// <param name="Host">Host by which it is reached.</param>
/// <param name="Port">Port.</param>
/// <param name="Rack">Its rack; null for none.</param>
public sealed record KafkaBroker(int Id, string Host, int Port, string? Rack);

/// <summary>A topic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Error">Why nothing is known of it.</param>
/// <param name="IsInternal">The servers keep it for themselves.</param>
/// <param name="Partitions">Its partitions.</param>
public sealed record KafkaTopic(string Name, KafkaError Error, bool IsInternal, IReadOnlyList<KafkaPartition> Partitions);

/// <summary>A partition of a topic.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Error">What is wrong with it.</param>
/// <param name="Leader">Node id of the broker that leads it; -1 for none, and then nobody is served.</param>
/// <param name="Replicas">Node ids of the brokers that hold it.</param>
/// <param name="InSync">Node ids of those that have all that was acknowledged.</param>
/// <param name="Offline">Node ids of those that can not serve it.</param>
public sealed record KafkaPartition(int Index, KafkaError Error, int Leader, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSync, IReadOnlyList<int> Offline);

/// <summary>The controllers, as the one that leads knows them.</summary>
/// <param name="Leader">Node id of the active controller; -1 for none.</param>
/// <param name="Epoch">How often there was an election.</param>
/// <param name="HighWatermark">Offset up to which a majority has the metadata.</param>
/// <param name="Voters">The controllers.</param>
/// <param name="Observers">The brokers, and whoever else only follows.</param>
public sealed record KafkaQuorum(int Leader, int Epoch, long HighWatermark, IReadOnlyList<KafkaQuorumReplica> Voters, IReadOnlyList<KafkaQuorumReplica> Observers);

/// <summary>A copy of the metadata.</summary>
/// <param name="Id">Node id.</param>
/// <param name="EndOffset">How far it is; -1 where the active controller has not heard of it.</param>
public sealed record KafkaQuorumReplica(int Id, long EndOffset);

/// <summary>What settings belong to.</summary>
public enum KafkaResourceType
{
    /// <summary>A topic.</summary>
    Topic = 2,

    /// <summary>A server by its node id; all of them, with the name left empty.</summary>
    Broker = 4,
}

/// <summary>What settings belong to.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Name">Its name, or node id.</param>
public sealed record KafkaResource(KafkaResourceType Type, string Name)
{
    /// <summary>A topic.</summary>
    public static KafkaResource Topic(string name) => new(KafkaResourceType.Topic, name);

    /// <summary>One server.</summary>
    public static KafkaResource Broker(int id) => new(KafkaResourceType.Broker, id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What all servers have where they have nothing of their own.</summary>
    public static KafkaResource AllBrokers { get; } = new(KafkaResourceType.Broker, "");
}

/// <summary>The settings of something.</summary>
/// <param name="Resource">What they belong to.</param>
/// <param name="Error">Why they are not told.</param>
/// <param name="Message">The server's words for it.</param>
/// <param name="Settings">The settings.</param>
public sealed record KafkaSettings(KafkaResource Resource, KafkaError Error, string? Message, IReadOnlyList<KafkaSetting> Settings);

/// <summary>A setting in effect.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; null where there is none, or it is a secret.</param>
/// <param name="IsReadOnly">It takes effect only when a server starts.</param>
/// <param name="IsSensitive">Its value is a secret.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Type">How its value is read.</param>
/// <param name="Synonyms">What it would be by each source, the one in effect first.</param>
public sealed record KafkaSetting(
    string Name, string? Value, bool IsReadOnly, bool IsSensitive, KafkaSettingSource Source, KafkaSettingType Type, IReadOnlyList<KafkaSynonym> Synonyms);

/// <summary>What a setting would be by one source.</summary>
/// <param name="Name">Name of the setting there.</param>
/// <param name="Value">Its value; null where there is none, or it is a secret.</param>
/// <param name="Source">The source.</param>
public sealed record KafkaSynonym(string Name, string? Value, KafkaSettingSource Source);

/// <summary>Where a setting comes from; the lower number wins.</summary>
public enum KafkaSettingSource
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>Set for the topic.</summary>
    Topic = 1,

    /// <summary>Set for one running server.</summary>
    DynamicBroker = 2,

    /// <summary>Set for all running servers.</summary>
    DynamicDefault = 3,

    /// <summary>The file that the server was started with.</summary>
    File = 4,

    /// <summary>Kafka's own default.</summary>
    Default = 5,
}

/// <summary>How the value of a setting is read.</summary>
public enum KafkaSettingType
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>True or false.</summary>
    Boolean = 1,

    /// <summary>Text.</summary>
    Text = 2,

    /// <summary>A whole number.</summary>
    Integer = 3,

    /// <summary>A small whole number.</summary>
    Short = 4,

    /// <summary>A large whole number.</summary>
    Long = 5,

    /// <summary>A number.</summary>
    Double = 6,

    /// <summary>Texts by commas.</summary>
    List = 7,

    /// <summary>Name of a class.</summary>
    Class = 8,

    /// <summary>A secret.</summary>
    Password = 9,
}

/// <summary>A change of one setting.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The new value; null takes it away, so that the next source counts.</param>
public sealed record KafkaSettingChange(string Name, string? Value);

/// <summary>What a server says of one part of a request.</summary>
/// <param name="Error">What is wrong.</param>
/// <param name="Message">Its words for it; null for none.</param>
public sealed record KafkaResult(KafkaError Error, string? Message)
{
    /// <summary>It was carried out.</summary>
    public bool IsOk => Error == KafkaError.None;

    /// <summary>The error, and the server's words for it.</summary>
    public string Shown => Error.Shown(Message);
}

/// <summary>A topic to make.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Number of partitions.</param>
/// <param name="Replicas">Copies of each.</param>
/// <param name="Settings">Settings of its own.</param>
public sealed record KafkaNewTopic(string Name, int Partitions, short Replicas, IReadOnlyDictionary<string, string> Settings);

/// <summary>A record of a partition.</summary>
/// <param name="Offset">Its place.</param>
/// <param name="Value">What it says.</param>
public sealed record KafkaRecord(long Offset, ReadOnlyMemory<byte> Value);

/// <summary>What was read of a partition.</summary>
/// <param name="Error">Why nothing was.</param>
/// <param name="HighWatermark">Offset up to which consumers may read.</param>
/// <param name="Records">The records, in order; those of compressed batches are left out.</param>
public sealed record KafkaFetched(KafkaError Error, long HighWatermark, IReadOnlyList<KafkaRecord> Records);
