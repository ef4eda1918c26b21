using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;

namespace KubeDb.Api.Engines.Configuration;

/// <summary>What a Reconfigure request makes of a database's configuration.</summary>
/// <param name="SpecConfiguration">The new <c>spec.configuration</c>; null when it is removed.</param>
/// <param name="Files">Every file that the engine lets users write into, changed or not.</param>
/// <param name="Violations">Why it can not be done; empty when it can. Otherwise the rest of the plan is meaningless.</param>
public sealed record ConfigurationPlan(JsonObject? SpecConfiguration, IReadOnlyList<FileChange> Files, IReadOnlyList<Violation> Violations)
{
    /// <summary>The files whose settings change.</summary>
    public IEnumerable<FileChange> ChangedFiles => Files.Where(f => !f.Difference.IsEmpty);

    /// <summary>The groups of pods, by role, that read a file whose settings change; empty when nothing changes.</summary>
    public IReadOnlyList<string> AffectedRoles => [.. ChangedFiles.SelectMany(f => f.File.Roles).Distinct(StringComparer.Ordinal)];

    /// <summary>The change of one file; null when the engine has none of that name.</summary>
    public FileChange? Change(string file) => Files.FirstOrDefault(f => f.File.Name == file);

    /// <summary>What becomes of each file, as texts to record: <see cref="Of"/> makes the plan of them again.</summary>
    public IReadOnlyDictionary<string, (string Before, string After)> Texts =>
        Files.ToDictionary(f => f.File.Name, f => (f.Before.Render(), f.After.Render()), StringComparer.Ordinal);

    /// <summary>The plan of recorded texts; the spec that belongs to it is recorded elsewhere.</summary>
    public static ConfigurationPlan Of(IReadOnlyList<ConfigurationFile> files, IReadOnlyDictionary<string, (string Before, string After)> texts) => new(
        null,
        [
            .. from file in files
               where texts.ContainsKey(file.Name)
               let text = texts[file.Name]
               select new FileChange(file, file.Dialect.Read(text.Before).Document, file.Dialect.Read(text.After).Document),
        ],
        []);

    /// <summary>The plan of the way back.</summary>
    /// <param name="before">The <c>spec.configuration</c> to go back to; null when it is recorded elsewhere.</param>
    public ConfigurationPlan Reversed(JsonObject? before) =>
        this with { SpecConfiguration = before, Files = [.. Files.Select(f => f.Reversed())] };
}

/// <summary>What becomes of one file.</summary>
/// <param name="File">The file.</param>
/// <param name="Before">The user's settings in effect before, from the secret and inline text together.</param>
/// <param name="After">The same after.</param>
public sealed record FileChange(ConfigurationFile File, IConfigurationDocument Before, IConfigurationDocument After)
{
    /// <summary>What changes, by key and meaning.</summary>
    public ConfigurationDiff Difference { get; } = Before.DiffTo(After);

    /// <summary>The settings that are new or have another value.</summary>
    public IEnumerable<IConfigurationSetting> NewSettings
    {
        get
        {
            var keys = Difference.Added.Concat(Difference.Changed).ToHashSet(StringComparer.Ordinal);
            return After.Settings.Where(s => keys.Contains(s.Key));
        }
    }

    /// <summary>The way back.</summary>
    public FileChange Reversed() => new(File, After, Before);
}
