using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace KubeDb.CrdGenerator;

/// <summary>The summaries that the compiler wrote beside an assembly.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<string, string> _summaries;

    private XmlDocs(Dictionary<string, string> summaries) => _summaries = summaries;

    /// <summary>Reads the summaries of an assembly.</summary>
    /// <exception cref="FileNotFoundException">There is no file of summaries beside the assembly.</exception>
    public static XmlDocs Of(Assembly assembly)
    {
        var members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member");
        return new XmlDocs(members
            .Where(m => m.Element("summary") is not null)
            .ToDictionary(m => m.Attribute("name")!.Value, m => Text(m.Element("summary")!)));
    }

    /// <summary>Summary of a type, or null.</summary>
    public string? Of(Type type) => _summaries.GetValueOrDefault($"T:{type.FullName}");

    /// <summary>Summary of a property, or null.</summary>
    public string? Of(PropertyInfo property) => _summaries.GetValueOrDefault($"P:{Name(property.DeclaringType!)}.{property.Name}");

    // Of all types that are made of a generic one there is one documentation.
    private static string? Name(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName;

    private static string Text(XElement summary)
    {
        var text = string.Concat(summary.Nodes().Select(n => n switch
        {
            XText t => t.Value,
            XElement e when e.Attribute("cref") is { } reference => reference.Value.Split('.', '(')[^1],
            XElement e when e.Attribute("name") is { } name => name.Value,
            XElement e => e.Value,
            _ => "",
        }));
        return Spaces().Replace(References().Replace(text, ""), " ").Trim();
    }

    // "(DeletionPolicies)" helps a reader of the code, not one of kubectl explain.
    [GeneratedRegex(@" \([A-Z][A-Za-z]+\)")]
    private static partial Regex References();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
