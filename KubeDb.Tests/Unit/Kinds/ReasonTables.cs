using System.Reflection;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>The tables of reasons: the common one, and one for each engine that has reasons of its own.</summary>
internal static class ReasonTables
{
    /// <summary>The classes that hold them.</summary>
    public static IReadOnlyList<Type> Types { get; } = [.. typeof(Reasons).Assembly.GetExportedTypes().Where(t => t.Name.EndsWith("Reasons", StringComparison.Ordinal))];

    /// <summary>What a table explains.</summary>
    public static IReadOnlyList<ReasonEntry> Of(Type table) =>
        table.GetProperty("All", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as IReadOnlyList<ReasonEntry>
        ?? throw new InvalidOperationException($"{table.Name} has no table All.");
}
