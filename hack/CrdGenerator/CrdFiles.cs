using System.Reflection;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes;

namespace KubeDb.CrdGenerator;

/// <summary>The CRD files: one a kind, made from the C# types alone, the same bytes every time.</summary>
internal static class CrdFiles
{
    private const string Header = "# Generated from the C# types by hack/crds; do not edit.\n";

    private static readonly ILookup<ResourceType, KindConversion> OlderVersions =
        EngineRegistry.Create(new TcpDialer(), TimeProvider.System).SelectMany(e => e.Kinds.OlderVersions).ToLookup(c => c.Hub);

    /// <summary>Text of each file by name.</summary>
    public static SortedDictionary<string, string> Generate()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, definition) in Definitions())
            files[$"{name}.yaml"] = Header + Yaml.Write(definition);
        return files;
    }

    /// <summary>The definitions as JSON, by name.</summary>
    public static SortedDictionary<string, JsonObject> Definitions()
    {
        var documents = XmlDocs.Of(typeof(KindsJson).Assembly);
        var definitions = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var type in typeof(KindsJson).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<CustomResourceAttribute>() is not { } attribute)
                continue;
            var resource = (ResourceType)type.GetProperty("Resource", BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!;
            definitions[$"{resource.Group}_{resource.Plural}"] = Definition(type, attribute, resource, new SchemaBuilder(documents));
        }

        return definitions;
    }

    /// <summary>Writes the files and removes those that are no longer made. Returns the exit code.</summary>
    public static int Write(SortedDictionary<string, string> files, string directory, TextWriter output)
    {
        Directory.CreateDirectory(directory);
        foreach (var stale in Stale(files, directory))
            File.Delete(stale);
        foreach (var (name, text) in files)
            File.WriteAllText(Path.Combine(directory, name), text);
        output.WriteLine($"{files.Count} CRDs written to {directory}");
        return 0;
    }

    /// <summary>Says which files differ from what would be written. Returns the exit code: 0 when none does.</summary>
    public static int Compare(SortedDictionary<string, string> files, string directory, TextWriter output)
    {
        var differing = files
            .Where(f => !File.Exists(Path.Combine(directory, f.Key)) || File.ReadAllText(Path.Combine(directory, f.Key)) != f.Value)
            .Select(f => f.Key)
            .Concat(Stale(files, directory).Select(f => Path.GetFileName(f)!))
            .ToArray();
        foreach (var name in differing)
            output.WriteLine($"{Path.Combine(directory, name)} is not what the C# types say. Run hack/crds and commit the result.");
        return differing.Length == 0 ? 0 : 1;
    }

    private static IEnumerable<string> Stale(SortedDictionary<string, string> files, string directory) => Directory.Exists(directory)
        ? Directory.GetFiles(directory, "*.yaml").Where(f => !files.ContainsKey(Path.GetFileName(f))).Order(StringComparer.Ordinal)
        : [];

    private static JsonObject Definition(Type type, CustomResourceAttribute attribute, ResourceType resource, SchemaBuilder schemas)
    {
        var names = new JsonObject
        {
            ["kind"] = resource.Kind,
            ["listKind"] = resource.Kind + "List",
            ["plural"] = resource.Plural,
            ["singular"] = attribute.Singular,
        };
        if (attribute.ShortNames.Length > 0)
            names["shortNames"] = Texts(attribute.ShortNames.Split(','));
        if (attribute.Categories.Length > 0)
            names["categories"] = Texts(attribute.Categories.Split(','));
        var spec = new JsonObject
        {
            ["group"] = resource.Group,
            ["names"] = names,
            ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
            ["versions"] = new JsonArray([.. Versions(type, attribute, resource, schemas)]),
        };
        if (OlderVersions.Contains(resource))
            spec["conversion"] = Conversion();
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{resource.Plural}.{resource.Group}" },
            ["spec"] = spec,
        };
    }

    private static IEnumerable<JsonNode> Versions(Type type, CustomResourceAttribute attribute, ResourceType resource, SchemaBuilder schemas)
    {
        var stored = Version(type, attribute, resource, schemas);
        yield return stored;
        foreach (var conversion in OlderVersions[resource])
            yield return Older(conversion, type, attribute, schemas);
        if (attribute.AlsoServed.Length == 0)
            yield break;
        var older = (JsonObject)stored.DeepClone();
        (older["name"], older["storage"]) = (attribute.AlsoServed, false);
        yield return older;
    }

    // With nobody to ask, a server refuses what is written in an older version; with the strategy None it would take it for the stored one, and lose
    // fields. The Provisioner writes where it really is, and whom to trust.
    private static JsonObject Conversion() => new()
    {
        ["strategy"] = "Webhook",
        ["webhook"] = new JsonObject
        {
            ["conversionReviewVersions"] = new JsonArray("v1"),
            ["clientConfig"] = new JsonObject
            {
                ["service"] = new JsonObject { ["namespace"] = "kubedb", ["name"] = "kubedb-provisioner-webhook", ["path"] = "/convert", ["port"] = 443 },
            },
        },
    };

    private static JsonObject Older(KindConversion conversion, Type type, CustomResourceAttribute attribute, SchemaBuilder schemas)
    {
        var version = Version(type, attribute, conversion.Older, schemas);
        version["storage"] = false;
        schemas.Replace((JsonObject)version["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!, conversion.Fields);
        return version;
    }

    private static JsonObject Version(Type type, CustomResourceAttribute attribute, ResourceType resource, SchemaBuilder schemas)
    {
        var version = new JsonObject
        {
            ["name"] = resource.Version,
            ["served"] = true,
            ["storage"] = true,
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = schemas.Root(type) },
        };
        var columns = type.GetCustomAttributes<PrinterColumnAttribute>()
            .Select(Column)
            .ToArray();
        if (columns.Length > 0)
            version["additionalPrinterColumns"] = new JsonArray(columns);
        var subresources = new JsonObject();
        if (attribute.HasStatus)
            subresources["status"] = new JsonObject();
        if (attribute.ScaleSelector.Length > 0)
        {
            subresources["scale"] = new JsonObject
            {
                ["specReplicasPath"] = ".spec.replicas",
                ["statusReplicasPath"] = ".status.replicas",
                ["labelSelectorPath"] = $".status.{attribute.ScaleSelector}",
            };
        }

        if (subresources.Count > 0)
            version["subresources"] = subresources;
        return version;
    }

    private static JsonNode Column(PrinterColumnAttribute column)
    {
        var node = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["jsonPath"] = column.Path };
        if (column.Priority > 0)
            node["priority"] = column.Priority;
        return node;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
