using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>A pod as observed.</summary>
public sealed record Pod : IKubernetesObject<Pod>
{
    /// <inheritdoc/>
    public static ResourceType Resource => ResourceTypes.Pod;

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What it should be.</summary>
    public PodSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What it is.</summary>
    public PodStatus Status { get; init => field = value ?? new(); } = new();

    /// <summary>True when its condition Ready is True and it is not being deleted.</summary>
    [JsonIgnore]
    public bool IsReady => !Metadata.IsDeleting && Status.Conditions.IsTrue("Ready");

    /// <summary>Revision of its StatefulSet that it was made from; empty for other pods.</summary>
    [JsonIgnore]
    public string Revision => Metadata.Labels.GetValueOrDefault("controller-revision-hash", "");

    /// <inheritdoc/>
    public static Pod Decode(ReadOnlySpan<byte> utf8) => ModelJson.Read(utf8, ModelJson.Default.Pod);
}

/// <summary>What a pod should be.</summary>
public sealed record PodSpec
{
    /// <summary>Node that it is bound to; empty before.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string NodeName { get; init => field = value ?? ""; } = "";

    /// <summary>First label of its name in the cluster's DNS; empty for its own name.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Hostname { get; init => field = value ?? ""; } = "";

    /// <summary>The headless service that its name in the cluster's DNS is below; empty for a pod without a name there.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Subdomain { get; init => field = value ?? ""; } = "";

    /// <summary>Containers.</summary>
    public IReadOnlyList<Container> Containers { get; init => field = Lists.Keep(value); } = [];
}

/// <summary>A container of a pod.</summary>
public sealed record Container
{
    /// <summary>Name.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Image as asked for.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Image { get; init => field = value ?? ""; } = "";
}

/// <summary>What a pod is.</summary>
public sealed record PodStatus
{
    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Phase { get; init => field = value ?? ""; } = "";

    /// <summary>Why, such as <c>Evicted</c>.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Reason { get; init => field = value ?? ""; } = "";

    /// <summary>Address; empty before it has one.</summary>
    [JsonPropertyName("podIP")]
    public string PodIP { get; init => field = value ?? ""; } = "";

    /// <summary>Of its conditions those that are read: <c>Ready</c> and <c>PodScheduled</c>.</summary>
    public IReadOnlyList<Condition> Conditions { get; init => field = value?.Where(c => c.Type is "Ready" or "PodScheduled").ToArray() ?? []; } = [];

    /// <summary>States of the init containers.</summary>
    public IReadOnlyList<ContainerStatus> InitContainerStatuses { get; init => field = Lists.Keep(value); } = [];

    /// <summary>States of the containers.</summary>
    public IReadOnlyList<ContainerStatus> ContainerStatuses { get; init => field = Lists.Keep(value); } = [];
}

/// <summary>State of one container.</summary>
public sealed record ContainerStatus
{
    /// <summary>Name.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Passes its readiness probe.</summary>
    public bool Ready { get; init; }

    /// <summary>How often it was started again.</summary>
    public int RestartCount { get; init; }

    /// <summary>Image that runs.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Image { get; init => field = value ?? ""; } = "";

    /// <summary>Now.</summary>
    public ContainerState State { get; init => field = ContainerState.Keep(value); } = ContainerState.Unknown;

    /// <summary>Before the last restart.</summary>
    public ContainerState LastState { get; init => field = ContainerState.Keep(value); } = ContainerState.Unknown;
}

/// <summary>One of three; all null when not known.</summary>
public sealed record ContainerState
{
    /// <summary>Nothing is known.</summary>
    public static ContainerState Unknown { get; } = new();

    /// <summary>Not started.</summary>
    public ContainerWaiting? Waiting { get; init; }

    /// <summary>Runs.</summary>
    public ContainerRunning? Running { get; init; }

    /// <summary>Ended.</summary>
    public ContainerTerminated? Terminated { get; init; }

    /// <summary>The state, where there is one: servers send an empty one for none.</summary>
    internal static ContainerState Keep(ContainerState? state) => state is null or { Waiting: null, Running: null, Terminated: null } ? Unknown : state;
}

/// <summary>A container that has not started.</summary>
public sealed record ContainerWaiting
{
    /// <summary>Why, such as <c>CrashLoopBackOff</c>.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Reason { get; init => field = value ?? ""; } = "";

    /// <summary>Details.</summary>
    public string Message { get; init => field = value ?? ""; } = "";
}

/// <summary>A container that runs.</summary>
public sealed record ContainerRunning
{
    /// <summary>Since when.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>A container that has ended.</summary>
public sealed record ContainerTerminated
{
    /// <summary>Exit code.</summary>
    public int ExitCode { get; init; }

    /// <summary>Why, such as <c>OOMKilled</c>.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Reason { get; init => field = value ?? ""; } = "";

    /// <summary>Last words.</summary>
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
