namespace KubeDb.Api.Engines.Kafka;

/// <summary>The ports of the nodes.</summary>
public static class KafkaPorts
{
    /// <summary>Clients; without TLS also brokers among themselves.</summary>
    public const int Broker = 9092;

    /// <summary>Controllers, and brokers that follow them; with TLS those who come from outside.</summary>
    public const int Controller = 9093;

    /// <summary>Brokers among themselves by TLS. Beside <see cref="Broker"/>, because that one speaks one protocol at a time.</summary>
    public const int Replication = 9095;

    /// <summary>Controllers, and brokers that follow them, by TLS.</summary>
    public const int Quorum = 9096;

    /// <summary>Tools in the pod itself.</summary>
    public const int Local = 29092;

    /// <summary>Metrics, whatever the port of their service is.</summary>
    public const int Metrics = 56790;
}
