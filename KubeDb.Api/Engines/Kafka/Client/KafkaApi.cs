namespace KubeDb.Api.Engines.Kafka.Client;

/// <summary>A request that servers take, and the version of it that is sent: one that all servers from 3.3 to 4.2 know.</summary>
/// <param name="Key">Its number.</param>
/// <param name="Version">The version.</param>
/// <param name="Name">Its name.</param>
internal sealed record KafkaApi(short Key, short Version, string Name)
{
    public static readonly KafkaApi Produce = new(0, 9, "Produce");
    public static readonly KafkaApi Fetch = new(1, 12, "Fetch");
    public static readonly KafkaApi Metadata = new(3, 9, "Metadata");
    public static readonly KafkaApi SaslHandshake = new(17, 1, "SaslHandshake");
    public static readonly KafkaApi ApiVersions = new(18, 3, "ApiVersions");
    public static readonly KafkaApi CreateTopics = new(19, 5, "CreateTopics");
    public static readonly KafkaApi DescribeConfigs = new(32, 4, "DescribeConfigs");
    public static readonly KafkaApi SaslAuthenticate = new(36, 2, "SaslAuthenticate");
    public static readonly KafkaApi IncrementalAlterConfigs = new(44, 1, "IncrementalAlterConfigs");
    public static readonly KafkaApi DescribeScramUsers = new(50, 0, "DescribeUserScramCredentials");
    public static readonly KafkaApi AlterScramUsers = new(51, 0, "AlterUserScramCredentials");
    public static readonly KafkaApi DescribeQuorum = new(55, 1, "DescribeQuorum");
    public static readonly KafkaApi DescribeCluster = new(60, 0, "DescribeCluster");

    /// <summary>Its header ends in fields that a later version may add; that of the login is older than such fields.</summary>
    public bool IsFlexible => this != SaslHandshake;

    /// <summary>The header of its answer is too: not that of the question which versions there are, so that every client can read it.</summary>
    public bool HasFlexibleAnswer => IsFlexible && this != ApiVersions;
}
