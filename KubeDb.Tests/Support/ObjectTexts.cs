using System.Reflection;

namespace KubeDb.Tests.Support;

/// <summary>Every text that an object leads to: its own, those of its public properties, of theirs, and so on.</summary>
public static class ObjectTexts
{
    private const int Depth = 8;

    /// <summary>The texts, in no particular order; properties that throw have none.</summary>
    public static IReadOnlyList<string> Of(object root)
    {
        var texts = new List<string>();
        Visit(root, Depth, new HashSet<object>(ReferenceEqualityComparer.Instance), texts);
        return texts;
    }

    private static void Visit(object? value, int depth, HashSet<object> seen, List<string> texts)
    {
        if (value is null || depth == 0 || value is MemberInfo or Module or Assembly)
            return;
        texts.Add(value.ToString() ?? "");
        if (value is string || value.GetType().IsPrimitive || !seen.Add(value))
            return;
        if (value is System.Collections.IEnumerable items)
        {
            foreach (var item in items)
                Visit(item, depth - 1, seen, texts);
        }

        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0))
        {
            try
            {
                Visit(property.GetValue(value), depth - 1, seen, texts);
            }
            catch (TargetInvocationException)
            {
                // Nothing to be read there.
            }
        }
    }
}
