using System.Globalization;

namespace KubeDb.Api.Engines.Configuration;

/// <summary>The syntax of one kind of configuration file. Pure.</summary>
public interface IConfigurationDialect
{
    /// <summary>
    /// Reads a file the way the server does. Lines that the server would refuse are left out of the document and reported; nothing is thrown.
    /// </summary>
    ConfigurationReading Read(string text);
}

/// <summary>What came of reading a file.</summary>
/// <param name="Document">What could be read.</param>
/// <param name="Errors">What could not; empty when the server would read all of it.</param>
public sealed record ConfigurationReading(IConfigurationDocument Document, IReadOnlyList<ConfigurationError> Errors);

/// <summary>A line that the server would refuse to read.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="Setting">Name of the setting where the line certainly begins with one; never its value, which may be a secret.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record ConfigurationError(int Line, string Setting, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"line {Line}{(Setting.Length == 0 ? "" : $" ({Setting})")}: {Reason}");
}

/// <summary>
/// A configuration file as its dialect reads it: settings in order, of which a later one with the same key has replaced the earlier. Immutable.
/// Documents of different dialects never meet.
/// </summary>
public interface IConfigurationDocument
{
    /// <summary>The settings in order. Several may share a key where the dialect knows settings of more than one line.</summary>
    IReadOnlyList<IConfigurationSetting> Settings { get; }

    /// <summary>True when <see cref="Render"/> gives nothing.</summary>
    bool IsEmpty { get; }

    /// <summary>
    /// This document with another on top: by key the upper one wins and takes the place of the lower; new ones follow in their order.
    /// Associative, and merging a document with itself changes nothing.
    /// </summary>
    IConfigurationDocument Merge(IConfigurationDocument upper);

    /// <summary>This document without the settings of the given keys; empty when no setting is left.</summary>
    IConfigurationDocument Without(IReadOnlySet<string> keys);

    /// <summary>What has to happen to turn this document into another, by key and meaning: order, spelling and comments do not count.</summary>
    ConfigurationDiff DiffTo(IConfigurationDocument after);

    /// <summary>The text. Reading it gives this document again.</summary>
    string Render();
}

/// <summary>One setting of a configuration file. Its <see cref="object.ToString"/> shows no value that could be a secret.</summary>
public interface IConfigurationSetting
{
    /// <summary>What a later setting replaces: two settings with one key can not both hold.</summary>
    string Key { get; }

    /// <summary>The name as it was written.</summary>
    string Name { get; }

    /// <summary>How messages name it; never a secret.</summary>
    string Shown { get; }

    /// <summary>Number of its first line in the text that was read, from 1; 0 when it was not read from a text.</summary>
    int Line { get; }
}

/// <summary>The keys in which two documents differ.</summary>
/// <param name="Added">Only in the second.</param>
/// <param name="Changed">In both, with another value.</param>
/// <param name="Removed">Only in the first.</param>
public sealed record ConfigurationDiff(IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Removed)
{
    /// <summary>True when both documents mean the same.</summary>
    public bool IsEmpty => Added.Count + Changed.Count + Removed.Count == 0;

    /// <summary>Compares two documents, given as what each key holds.</summary>
    public static ConfigurationDiff Between<T>(IReadOnlyDictionary<string, T> before, IReadOnlyDictionary<string, T> after, Func<T, T, bool> same) => new(
        [.. after.Keys.Where(k => !before.ContainsKey(k))],
        [.. after.Where(p => before.TryGetValue(p.Key, out var old) && !same(old, p.Value)).Select(p => p.Key)],
        [.. before.Keys.Where(k => !after.ContainsKey(k))]);
}
