using System.Text.RegularExpressions;
using KubeDb.Tests.Unit.Kinds;

namespace KubeDb.Tests.Unit.Repository;

/// <summary>What every engine shares knows none of them: their names stand in their own folders, in their kinds, and where they are registered.</summary>
[TestFixture]
[Category("Unit")]
public sealed partial class EngineWordTests
{
    private static readonly string[] Rooms = ["KubeDb.Api", "Provisioner", "OpsManager"];

    /// <summary>The lines that a new engine and its kinds add.</summary>
    private static readonly string[] Registries = ["KubeDb.Api/Engines/EngineRegistry.cs", "KubeDb.Api/Kinds/KindsJsonContext.cs"];

    [TestCaseSource(nameof(Rooms))]
    public void Shared_code_names_no_engine(string room)
    {
        var files = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, room), "*.cs*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(RepositoryFiles.Root, f).Replace('\\', '/'))
            .Where(f => !BuildOutput().IsMatch(f))
            .ToList();
        var shared = files.Where(f => !EngineFile().IsMatch(f) && !Registries.Contains(f)).ToList();
        var found = from file in shared
                    from line in File.ReadLines(Path.Combine(RepositoryFiles.Root, file)).Select((text, i) => (Text: text, Number: i + 1))
                    where EngineName().IsMatch(line.Text)
                    select $"{file}:{line.Number}: {line.Text.Trim()}";

        Assert.That(shared, Is.Not.Empty);
        Assert.That(found, Is.Empty);
    }

    [Test]
    public void What_may_name_an_engine_is_there()
    {
        Assert.That(Registries, Has.All.Matches<string>(f => EngineName().IsMatch(File.ReadAllText(Path.Combine(RepositoryFiles.Root, f!)))));
    }

    // Not the volume source azureDisk.
    [GeneratedRegex("redis(?!k)|valkey|zookeeper|kafka|druid", RegexOptions.IgnoreCase)]
    private static partial Regex EngineName();

    [GeneratedRegex("^KubeDb.Api/(Engines/(Redis|ZooKeeper|Kafka|Druid)/|Kinds/[A-Za-z]+/(Redis|ZooKeeper|Kafka|Druid))")]
    private static partial Regex EngineFile();

    [GeneratedRegex("/(bin|obj)/")]
    private static partial Regex BuildOutput();
}
