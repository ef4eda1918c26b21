using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>Cruise Control beside the brokers.</summary>
public sealed record KafkaCruiseControl
{
    /// <summary>What the network of a broker can carry.</summary>
    public KafkaBrokerCapacity? BrokerCapacity { get; init; }

    /// <summary>Deprecated: moved to configuration.secretName.</summary>
    public LocalReference? ConfigSecret { get; init; }

    /// <summary>The user's configuration.</summary>
    public KafkaConfiguration? Configuration { get; init; }

    /// <summary>Overrides of pods and workload.</summary>
    public PodTemplate? PodTemplate { get; init; }

    /// <summary>Number of pods.</summary>
    public int? Replicas { get; init; }

    /// <summary>Resources of the container; those of podTemplate go before it.</summary>
    [Shape(FragmentShape.Resources)]
    public JsonFragment? Resources { get; init; }

    /// <summary>End of the names of workload and pods.</summary>
    public string? Suffix { get; init; }
}

/// <summary>What the network of a broker can carry, in KB a second.</summary>
public sealed record KafkaBrokerCapacity
{
    /// <summary>In.</summary>
    public string? InBoundNetwork { get; init; }

    /// <summary>Out.</summary>
    public string? OutBoundNetwork { get; init; }
}

/// <summary>Where segments are moved that brokers need not keep.</summary>
public sealed record KafkaTieredStorage
{
    /// <summary>The container of Azure Blob Storage, for the provider azure.</summary>
    public KafkaAzureTier? Azure { get; init; }

    /// <summary>The bucket of Google Cloud Storage, for the provider gcs.</summary>
    public KafkaBucketTier? Gcs { get; init; }

    /// <summary>The volume, for the provider local.</summary>
    [Shape(FragmentShape.VolumeTier)]
    public JsonFragment? Local { get; init; }

    /// <summary>s3, gcs, azure or local.</summary>
    public string? Provider { get; init; }

    /// <summary>The bucket of S3, for the provider s3.</summary>
    public KafkaS3Tier? S3 { get; init; }

    /// <summary>Class of the plugin.</summary>
    public string? StorageManagerClassName { get; init; }

    /// <summary>Where the plugin's classes are.</summary>
    public string? StorageManagerClassPath { get; init; }
}

/// <summary>A container of Azure Blob Storage.</summary>
public sealed record KafkaAzureTier
{
    /// <summary>Name of the container.</summary>
    public string? Container { get; init; }

    /// <summary>Most connections at a time.</summary>
    public long? MaxConnections { get; init; }

    /// <summary>Begin of the names of objects.</summary>
    public string? Prefix { get; init; }

    /// <summary>Secret with the credential.</summary>
    public string? SecretName { get; init; }

    /// <summary>Name of the account.</summary>
    public string? StorageAccount { get; init; }
}

/// <summary>A bucket.</summary>
public sealed record KafkaBucketTier
{
    /// <summary>Name of the bucket.</summary>
    public string? Bucket { get; init; }

    /// <summary>Most connections at a time.</summary>
    public long? MaxConnections { get; init; }

    /// <summary>Begin of the names of objects.</summary>
    public string? Prefix { get; init; }

    /// <summary>Secret with the credential.</summary>
    public string? SecretName { get; init; }
}

/// <summary>A bucket of S3.</summary>
public sealed record KafkaS3Tier
{
    /// <summary>Name of the bucket.</summary>
    public string? Bucket { get; init; }

    /// <summary>URL of the service.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Do not check the certificate of the service.</summary>
    [JsonPropertyName("insecureTLS")]
    public bool InsecureTls { get; init; }

    /// <summary>Most connections at a time.</summary>
    public long? MaxConnections { get; init; }

    /// <summary>Begin of the names of objects.</summary>
    public string? Prefix { get; init; }

    /// <summary>Region of the bucket.</summary>
    public string? Region { get; init; }

    /// <summary>Secret with the credential.</summary>
    public string? SecretName { get; init; }
}
