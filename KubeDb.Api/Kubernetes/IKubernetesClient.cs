using System.Text.Json.Nodes;

namespace KubeDb.Api.Kubernetes;

/// <summary>
/// The Kubernetes API as the product uses it. Narrow on purpose: everything but watch, exec and logs is one request, so that fencing,
/// fault injection and another client each have one place. The verbs people read are extension methods (<see cref="KubernetesVerbs"/>).
/// </summary>
public interface IKubernetesClient
{
    /// <summary>Sends one request. Errors of the server and of the network come as results; only cancellation throws.</summary>
    Task<ApiResult<T>> SendAsync<T>(ApiRequest request, ObjectDecoder<T> decode, CancellationToken cancel);

    /// <summary>
    /// Watches from a version on. The sequence ends when the server ends it; an error of any kind is its last event. Only cancellation throws.
    /// </summary>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType type, WatchOptions options, ObjectDecoder<T> decode, CancellationToken cancel)
        where T : class;

    /// <summary>Runs a command in a container without a terminal and collects what it prints (at most 1 MiB a stream).</summary>
    Task<ApiResult<ExecResult>> ExecAsync(ExecRequest request, CancellationToken cancel);

    /// <summary>The end of a container's log, as text.</summary>
    Task<ApiResult<string>> LogsAsync(LogRequest request, CancellationToken cancel);

    /// <summary>
    /// Resets every connection, so that nothing of what was sent before can still arrive. Requests under way, and watches, fail as
    /// <see cref="ApiErrorKind.Unreachable"/>; the next ones open new connections. Nothing to do where there are no connections.
    /// </summary>
    void DropConnections()
    {
    }
}

/// <summary>The method of a request; it decides HTTP verb and content type, and the <c>verb</c> label of metrics.</summary>
public enum ApiVerb
{
    /// <summary>Read one object.</summary>
    Get,

    /// <summary>Read a page of objects.</summary>
    List,

    /// <summary>Create (POST).</summary>
    Create,

    /// <summary>Replace (PUT); the body's resourceVersion makes it conditional.</summary>
    Update,

    /// <summary>Server-side apply; <see cref="ApiRequest.FieldManager"/> is required. A resourceVersion in the body makes it conditional.</summary>
    Apply,

    /// <summary>JSON merge patch (RFC 7386).</summary>
    MergePatch,

    /// <summary>JSON patch (RFC 6902).</summary>
    JsonPatch,

    /// <summary>Delete.</summary>
    Delete,
}

/// <summary>One request to the API server.</summary>
public sealed record ApiRequest
{
    /// <summary>What to do.</summary>
    public required ApiVerb Verb { get; init; }

    /// <summary>The kind.</summary>
    public required ResourceType Type { get; init; }

    /// <summary>Namespace; empty for cluster-scoped kinds and for lists over all namespaces.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Name; null for lists and creates.</summary>
    public string? Name { get; init; }

    /// <summary>Subresource such as <c>status</c>, <c>scale</c>, <c>eviction</c>; null for the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>Body; null where the verb has none.</summary>
    public JsonNode? Body { get; init; }

    /// <summary>Owner of the written fields.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Server-side apply takes fields over from other owners.</summary>
    public bool Force { get; init; }

    /// <summary>Label selector of a list.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Field selector of a list.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Version of a get or list: null for the newest (a quorum read), "0" for whatever the server has cached.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Page size of a list; 0 for all at once.</summary>
    public int Limit { get; init; }

    /// <summary>Continues a paged list.</summary>
    public string? Continue { get; init; }

    /// <summary>Of a get or list: only the metadata is asked for. A decoder has to bear an object without anything else.</summary>
    public bool MetadataOnly { get; init; }
}

/// <summary>One page of a list.</summary>
/// <param name="Items">The objects.</param>
/// <param name="ResourceVersion">Version to watch from.</param>
/// <param name="Continue">Token for the next page; empty on the last.</param>
public sealed record ObjectPage<T>(IReadOnlyList<T> Items, string ResourceVersion, string Continue)
{
    /// <summary>Objects that could not be decoded, left out of <see cref="Items"/>, and why: one object must not hide all others.</summary>
    public IReadOnlyList<UnreadableObject> Unreadable { get; init; } = [];
}

/// <summary>An object that the server holds and that can not be decoded.</summary>
/// <param name="Key">Its namespace and name.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Why">What is wrong; quotes nothing of it.</param>
public sealed record UnreadableObject(ObjectKey Key, string Uid, string Why);

/// <summary>What a watch asks for.</summary>
public sealed record WatchOptions
{
    /// <summary>Namespace; empty for all.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Version to watch from.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>Label selector.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Field selector.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Only the metadata of objects is asked for.</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>After this long the server ends the watch.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>With no event and no bookmark for this long the connection counts as dead, and the watch ends with an error.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(90);
}

/// <summary>The kinds of watch events.</summary>
public enum WatchEventType
{
    /// <summary>An object appeared.</summary>
    Added,

    /// <summary>An object changed.</summary>
    Modified,

    /// <summary>An object is gone; the event holds its last state.</summary>
    Deleted,

    /// <summary>Nothing changed up to <see cref="WatchEvent{T}.ResourceVersion"/>.</summary>
    Bookmark,

    /// <summary>The watch failed; the last event of the sequence.</summary>
    Error,
}

/// <summary>One event of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object; null for bookmarks and errors.</param>
/// <param name="ResourceVersion">The version reached; empty for errors.</param>
/// <param name="Error">The error; null for others.</param>
public readonly record struct WatchEvent<T>(WatchEventType Type, T? Object, string ResourceVersion, ApiError? Error)
    where T : class;

/// <summary>A command to run in a container.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Container">The container.</param>
/// <param name="Command">Program and arguments. Arguments are visible in the process list: never a secret, use <paramref name="Input"/>.</param>
/// <param name="Input">
/// Sent to standard input, which is then closed; null or empty for none (the command then sees its input ended). Servers before 1.30 can not be told to close it (exec protocol v4): there a
/// command that reads its input to the end would wait until <see cref="Timeout"/>, so let it read a counted number of bytes or one line.
/// </param>
public sealed record ExecRequest(ObjectKey Pod, string Container, IReadOnlyList<string> Command, ReadOnlyMemory<byte>? Input = null)
{
    /// <summary>The command may take this long; then the connection is cut (<see cref="ApiErrorKind.Unreachable"/>) and the command may run on.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>What a command printed and how it ended.</summary>
public sealed record ExecResult(int ExitCode, string Output, string Error);

/// <summary>Which log to read.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Container">The container.</param>
/// <param name="Previous">The log of the container's previous run.</param>
/// <param name="TailLines">At most so many lines from the end.</param>
public sealed record LogRequest(ObjectKey Pod, string Container, bool Previous = false, int TailLines = 100);
