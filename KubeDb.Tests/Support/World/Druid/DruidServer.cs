using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Druid;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Tests.Support.World;

/// <summary>A TEST DOUBLE of one server of a Druid: what it was started with, and what it does.</summary>
internal sealed class DruidServerDouble
{
    /// <summary>UID of its pod.</summary>
    public required string Uid { get; init; }

    /// <summary>Its pod.</summary>
    public required string Pod { get; init; }

    /// <summary>The database.</summary>
    public required string Cluster { get; init; }

    /// <summary>Its address.</summary>
    public required string Address { get; init; }

    /// <summary>Its role.</summary>
    public required DruidRole Role { get; init; }

    /// <summary>What it speaks.</summary>
    public required DruidProtocol Protocol { get; init; }

    /// <summary>Its properties.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>User name and password that it demands; null for none.</summary>
    public required string? Credential { get; init; }

    /// <summary>The certificate that its volume has.</summary>
    public required Func<string?> Certificate { get; init; }

    /// <summary>A middle manager that takes tasks.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>The tasks that it runs.</summary>
    public List<string> Tasks { get; } = [];

    /// <summary>By which name it is found.</summary>
    public string Host => $"{Pod}.{Cluster}-pods.demo.svc.cluster.local:{Role.Port}";

    /// <summary>The ports that it listens on: whether it does, and whether with TLS.</summary>
    public (bool IsOpen, bool IsTls) At(int port) =>
        port == Role.Port ? (Protocol != DruidProtocol.Tls, false) : port == Role.TlsPort ? (Protocol >= DruidProtocol.Both, true) : (false, false);

    /// <summary>Its properties, as it tells them.</summary>
    public JsonObject Told => new(Settings.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Key, s.Value)));
}
