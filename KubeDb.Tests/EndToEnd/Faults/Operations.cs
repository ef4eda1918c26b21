using KubeDb.Tests.Support.Writers;

namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>Three requests under way, one on each database of the stage, each database written to meanwhile.</summary>
internal sealed class Operations : IAsyncDisposable
{
    /// <summary>Tells the rounds apart: the settings that are asked for follow from it.</summary>
    public required int Round { get; init; }

    /// <summary>When they were asked for.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>The databases as they were before.</summary>
    public required IReadOnlyDictionary<string, DatabaseSnapshot> Before { get; init; }

    /// <summary>The writers, by database.</summary>
    public required IReadOnlyDictionary<string, NumberedWriter> Writers { get; init; }

    /// <summary>Name of the request on the database.</summary>
    public string Request(string database) => $"{database}-{Round}";

    /// <summary>Setting that is asked for live.</summary>
    public string Timeout => $"{1000 + Round}";

    /// <summary>Setting that is asked for with a restart.</summary>
    public string Databases => $"{16 + Round}";

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in Writers.Values)
            await writer.DisposeAsync();
    }
}

/// <summary>What can be told of a database from outside.</summary>
/// <param name="Phase">Its phase.</param>
/// <param name="Generation">Counts the changes of its spec.</param>
/// <param name="Held">It is paused, or the Provisioner still says that it saw a pause.</param>
/// <param name="Pod">UID of its pod.</param>
/// <param name="Crashes">Times a container of the pod was started again.</param>
/// <param name="Pods">UIDs of all pods of that name that there ever were.</param>
internal sealed record DatabaseSnapshot(string Phase, long Generation, bool Held, string Pod, int Crashes, IReadOnlySet<string> Pods);
