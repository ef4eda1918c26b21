using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>What a process did.</summary>
public enum RequestKind
{
    /// <summary>Get, list, log.</summary>
    Read,

    /// <summary>Anything that can change an object.</summary>
    Write,

    /// <summary>The start of a watch.</summary>
    Watch,

    /// <summary>A command in a container.</summary>
    Exec,
}

/// <summary>One request of a connection.</summary>
public sealed record JournalEntry
{
    /// <summary>Its number on the connection, from 1, over all kinds of requests.</summary>
    public required int Number { get; init; }

    /// <summary>Its number among the writes, from 1; 0 for others.</summary>
    public required int Write { get; init; }

    /// <summary>Virtual time since the server started.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>What it is.</summary>
    public required RequestKind Does { get; init; }

    /// <summary>The verb in small letters: get, list, watch, create, update, apply, mergepatch, jsonpatch, delete, exec, log.</summary>
    public required string Verb { get; init; }

    /// <summary>The kind.</summary>
    public required ResourceType Type { get; init; }

    /// <summary>The object; its name is empty for lists and watches.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>The subresource; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>The request; null for watch, exec and log.</summary>
    public ApiRequest? Request { get; init; }

    /// <summary>What the server came to: ok, unchanged, the error's kind; empty while it has not been asked.</summary>
    public string Outcome { get; internal set; } = "";

    /// <summary>True when the request changed the store.</summary>
    public bool TookEffect { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"#{Number} {At.TotalSeconds:F3}s {Verb} {Type}{(Subresource.Length > 0 ? "/" + Subresource : "")} {Key}: {Outcome}";
}

/// <summary>The requests of one connection, in order.</summary>
public sealed class Journal
{
    private readonly List<JournalEntry> _entries = [];

    /// <summary>All requests.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>The requests that could change something.</summary>
    public IEnumerable<JournalEntry> Writes => _entries.Where(e => e.Does == RequestKind.Write);

    /// <summary>Gets, lists and logs.</summary>
    public IEnumerable<JournalEntry> Reads => _entries.Where(e => e.Does == RequestKind.Read);

    /// <summary>How many writes were sent, whatever came of them.</summary>
    public int WriteCount { get; private set; }

    /// <summary>The requests after a moment, for checks of rest: see <see cref="Mark"/>.</summary>
    public IEnumerable<JournalEntry> Since(int mark) => _entries.Skip(mark);

    /// <summary>The place where the journal is now.</summary>
    public int Mark => _entries.Count;

    /// <summary>All requests as text, one a line.</summary>
    public override string ToString() => string.Join('\n', _entries);

    internal JournalEntry Add(TimeSpan at, RequestKind does, string verb, ResourceType type, ObjectKey key, ApiRequest? request = null)
    {
        var entry = new JournalEntry
        {
            Number = _entries.Count + 1,
            Write = does == RequestKind.Write ? ++WriteCount : 0,
            At = at,
            Does = does,
            Verb = verb,
            Type = type,
            Key = key,
            Subresource = request?.Subresource ?? "",
            Request = request,
        };
        _entries.Add(entry);
        return entry;
    }
}
