namespace KubeDb.Bench;

/// <summary>One measured figure.</summary>
internal sealed record Row(string Id, string What, string Figure, string Goal, bool Met, string Repeat);

/// <summary>The figures of a run, printed as they come.</summary>
internal sealed class Results
{
    public List<Row> Rows { get; } = [];

    public void Add(string id, string what, string figure, string goal, bool met, string repeat)
    {
        Rows.Add(new(id, what, figure, goal, met, repeat));
        Console.WriteLine($"{(met ? "  " : "✗ ")}{what}: {figure}{(goal == "–" ? "" : $"   [goal {goal}]")}");
    }
}
