using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.OpsManager.Queue;

/// <summary>Everything that arbitration judges by.</summary>
internal sealed record QueueFacts
{
    /// <summary>Kind of the requests, as messages name it.</summary>
    public required string Kind { get; init; }

    /// <summary>Every request that names the database, in any order.</summary>
    public required IReadOnlyList<IOpsRequest> Requests { get; init; }

    /// <summary>What is known of the database.</summary>
    public required DatabaseState Database { get; init; }

    /// <summary>
    /// The configuration block that does what these Reconfigures, in this order, would do one after the other; null when no single one does.
    /// Pure.
    /// </summary>
    public Func<IReadOnlyList<IOpsRequest>, JsonObject?> Merge { get; init; } = static _ => null;

    /// <summary>What this pass found out about requests beyond their fields, by UID.</summary>
    public IReadOnlyDictionary<string, Finding> Findings { get; init; } = new Dictionary<string, Finding>();

    /// <summary>How long requests have waited for a database that does not exist, by UID.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Missing { get; init; } = new Dictionary<string, TimeSpan>();
}

/// <summary>What arbitration needs to know of a database.</summary>
internal sealed record DatabaseState
{
    /// <summary>Kind, as messages name it.</summary>
    public required string Kind { get; init; }

    /// <summary>Namespace and name.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>False when there is none.</summary>
    public bool Exists { get; init; }

    /// <summary>Its deletion was asked for.</summary>
    public bool IsDeleting { get; init; }

    /// <summary>The user switched it off.</summary>
    public bool IsHalted { get; init; }

    /// <summary>Its phase; empty when none is set.</summary>
    public string Phase { get; init; } = "";

    /// <summary>UID of the request that holds its pause; null when it is not paused.</summary>
    public string? HeldBy { get; init; }
}

/// <summary>What a check of a whole request came to.</summary>
internal enum FindingKind
{
    /// <summary>Nothing stands against it.</summary>
    Sound,

    /// <summary>It would fail.</summary>
    Broken,

    /// <summary>It can not start, or not be judged, yet.</summary>
    Waits,
}

/// <summary>What was found out about a request beyond its fields.</summary>
/// <param name="Kind">What the check came to.</param>
/// <param name="Reason">Stable id of why; empty for <see cref="FindingKind.Sound"/>.</param>
/// <param name="Message">The sentence for people.</param>
internal sealed record Finding(FindingKind Kind, string Reason = "", string Message = "");

/// <summary>What becomes of the requests of one database now.</summary>
internal sealed record Decision
{
    /// <summary>Nothing is to be done.</summary>
    public static Decision Nothing { get; } = new();

    /// <summary>The request that runs (or is about to); null when none may.</summary>
    public IOpsRequest? Run { get; init; }

    /// <summary>Requests that fail without having run.</summary>
    public IReadOnlyList<Verdict> Failures { get; init; } = [];

    /// <summary>Requests that a newer one makes superfluous.</summary>
    public IReadOnlyList<Verdict> Skips { get; init; } = [];

    /// <summary>Requests that have to be checked whole before more can be decided.</summary>
    public IReadOnlyList<IOpsRequest> Checks { get; init; } = [];

    /// <summary>Requests that become one; null when none do.</summary>
    public Merge? Merge { get; init; }

    /// <summary>Requests that stay Pending, and why.</summary>
    public IReadOnlyList<Verdict> Waits { get; init; } = [];
}

/// <summary>What is decided about one request.</summary>
/// <param name="Request">The request.</param>
/// <param name="Reason">Stable id of why.</param>
/// <param name="Message">The sentence for people.</param>
internal sealed record Verdict(IOpsRequest Request, string Reason, string Message);

/// <summary>Several Reconfigure requests that become one.</summary>
/// <param name="Sources">The requests that go into it and are not Skipped yet, in the order in which they take effect.</param>
/// <param name="Configuration">Its configuration block; null once it exists.</param>
/// <param name="Created">The merged request, once it exists.</param>
internal sealed record Merge(IReadOnlyList<IOpsRequest> Sources, JsonObject? Configuration, IOpsRequest? Created);
