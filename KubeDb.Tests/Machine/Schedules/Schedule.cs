using System.Globalization;

namespace KubeDb.Tests.Machine.Schedules;

/// <summary>One thing that happens: a user's act, or a fault.</summary>
/// <param name="At">Seconds after the beginning.</param>
/// <param name="What">A name of <see cref="Acts"/> or <see cref="Faults"/>.</param>
/// <param name="Who">The operator that a fault befalls: <c>provisioner</c> or <c>ops</c>; empty for an act.</param>
/// <param name="Number">How many requests, events or seconds.</param>
internal sealed record Happening(int At, string What, string Who, int Number)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At} {What}{(Who.Length > 0 ? $" {Who} {Number}" : "")}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static Happening Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var at = int.Parse(words[0], CultureInfo.InvariantCulture);
        return words.Length > 2 ? new(at, words[1], words[2], int.Parse(words[3], CultureInfo.InvariantCulture)) : new(at, words[1], "", 0);
    }
}

/// <summary>What users do and what goes wrong, in the order of time. Its text is all that is needed to play it again.</summary>
internal sealed record Schedule(IReadOnlyList<Happening> Happenings)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join("; ", Happenings);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static Schedule Parse(string text) => new([.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Happening.Parse)]);

    /// <summary>Simpler ones: with one thing less, or with a fault of less weight.</summary>
    public IEnumerable<Schedule> Simpler() =>
        Enumerable.Range(0, Happenings.Count).Select(i => new Schedule([.. Happenings.Where((_, j) => j != i)]))
            .Concat(Happenings.Select((h, i) => (h, i)).Where(x => x.h.Number > 1)
                .Select(x => new Schedule([.. Happenings.Select((h, j) => j == x.i ? h with { Number = h.Number / 2 } : h)])));
}
