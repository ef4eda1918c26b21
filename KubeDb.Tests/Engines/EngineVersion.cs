using KubeDb.Tests.Unit.Kinds;
using YamlDotNet.RepresentationModel;

namespace KubeDb.Tests.Engines;

/// <summary>A version of an engine that the test catalog (hack/catalog.yaml) offers, and the image that its server is in.</summary>
/// <param name="Engine">The engine's key in the catalog.</param>
/// <param name="Name">Name of the catalog version, as a database's spec names it.</param>
/// <param name="Server">Version of the server itself.</param>
/// <param name="Distribution">As in the catalog version; "Official" where it says none.</param>
/// <param name="Image">Full name of the image.</param>
public sealed record EngineVersion(string Engine, string Name, Version Server, string Distribution, string Image)
{
    /// <summary>
    /// Every version of an engine in the test catalog. With KUBEDB_TEST_IMAGES=registry the same names with the official images of the shipped
    /// catalog, for a machine that can pull images but not build them.
    /// </summary>
    public static IReadOnlyList<EngineVersion> Of(string engine)
    {
        var offered = (YamlMappingNode)Read("hack", "catalog.yaml")["kubedb-catalog"][engine];
        var pulled = Environment.GetEnvironmentVariable("KUBEDB_TEST_IMAGES") == "registry" ? Read("charts", "kubedb-catalog", "values.yaml")[engine] : null;
        return
        [
            .. from entry in offered.Children
               let facts = (YamlMappingNode)(pulled is null ? entry.Value : pulled[entry.Key])
               select new EngineVersion(
                   engine, entry.Key.ToString(), Version.Parse(Text(facts, "version")!), Text(facts, "distribution") ?? "Official",
                   $"docker.io/{Text(facts, "exactImage") ?? Text(facts, "image")}"),
        ];
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static YamlNode Read(params string[] path)
    {
        using var reader = File.OpenText(Path.Combine([RepositoryFiles.Root, .. path]));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return yaml.Documents[0].RootNode;
    }

    private static string? Text(YamlMappingNode facts, string key) => facts.Children.TryGetValue(key, out var value) ? value.ToString() : null;
}
