using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>One observed aspect of an object.</summary>
public sealed record Condition
{
    /// <summary>Status of a condition that holds.</summary>
    public const string True = "True";

    /// <summary>Status of a condition that does not hold.</summary>
    public const string False = "False";

    /// <summary>Status of a condition that is not known.</summary>
    public const string Unknown = "Unknown";

    private readonly HeldText _message;

    /// <summary>When the status last changed.</summary>
    [RequiredField]
    public DateTimeOffset LastTransitionTime { get; init; }

    /// <summary>What was seen, what is being done, what the user has to do.</summary>
    public string Message { get => _message.ToString(); init => _message = HeldText.Of(value); }

    /// <summary>Generation of the spec that was looked at; 0 and not stored when it does not matter.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Stable id of why.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Reason { get; init => field = value ?? ""; } = "";

    /// <summary>Info, Warning, Error, or empty.</summary>
    public string? Severity { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [RequiredField]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary>What the condition is about.</summary>
    [RequiredField]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>The condition holds.</summary>
    [JsonIgnore]
    public bool IsTrue => Status == True;

    /// <summary>The condition is known not to hold.</summary>
    [JsonIgnore]
    public bool IsFalse => Status == False;
}

/// <summary>What was observed of a database.</summary>
public sealed record DatabaseStatus
{
    /// <summary>Nothing observed yet.</summary>
    public static DatabaseStatus None { get; } = new();

    /// <summary>What was observed of the auth secret.</summary>
    public AuthSecretStatus? AuthSecret { get; init; }

    /// <summary>The conditions, at most one of a type.</summary>
    [MapList("type")]
    public IReadOnlyList<Condition> Conditions { get; init => field = Lists.Keep(value); } = [];

    /// <summary>Generation of the spec that the status belongs to.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>The conditions in one word.</summary>
    [OneOf(DatabasePhases.Provisioning, DatabasePhases.DataRestoring, DatabasePhases.Ready, DatabasePhases.Critical, DatabasePhases.NotReady, DatabasePhases.Halted, DatabasePhases.Unknown)]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Phase { get; init => field = value ?? ""; } = "";
}

/// <summary>What was observed of the auth secret.</summary>
public sealed record AuthSecretStatus
{
    /// <summary>When the operator last changed the secret.</summary>
    public DateTimeOffset? LastUpdateTimestamp { get; init; }
}
