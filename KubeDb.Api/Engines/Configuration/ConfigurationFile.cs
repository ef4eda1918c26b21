namespace KubeDb.Api.Engines.Configuration;

/// <summary>A configuration file that users of an engine may write into: under its name in secrets, in inline text and in requests.</summary>
/// <param name="Name">File name, such as <c>server.properties</c>; the key in secrets.</param>
/// <param name="Dialect">Its syntax.</param>
/// <param name="Rules">What may stand in it.</param>
/// <param name="Roles">The groups of pods that read it, by role.</param>
public sealed record ConfigurationFile(string Name, IConfigurationDialect Dialect, IConfigurationRules Rules, IReadOnlyList<string> Roles)
{
    /// <summary>The document without a setting.</summary>
    public IConfigurationDocument Empty => Dialect.Read("").Document;

    /// <summary>
    /// The whole file as the server reads it: the operator's defaults, the user's settings over them, then the operator's own, which the
    /// server reads last so that nothing in the user's part can displace them. Owned settings in the user's part are left out.
    /// </summary>
    public string Render(IConfigurationDocument defaults, IConfigurationDocument user, IConfigurationDocument owned)
    {
        var free = defaults.Merge(WithoutOwned(user));
        return $"# Written by KubeDB. Change spec.configuration instead: this file is replaced.\n{free.Render()}\n# Owned by KubeDB.\n{owned.Render()}";
    }

    /// <summary>The document without the settings that the operator sets itself.</summary>
    public IConfigurationDocument WithoutOwned(IConfigurationDocument document) =>
        document.Without(document.Settings.Where(Rules.IsOwned).Select(s => s.Key).ToHashSet(StringComparer.Ordinal));
}

/// <summary>What may stand in a configuration file, for one version of the server. Pure. Settings are those of the file's dialect.</summary>
public interface IConfigurationRules
{
    /// <summary>The server as messages name it, such as <c>the server of version 3.9</c>.</summary>
    string Server { get; }

    /// <summary>True for what the operator sets itself and users may not.</summary>
    bool IsOwned(IConfigurationSetting setting);

    /// <summary>What is wrong with a setting that could be read, as the rest of a sentence about it; null when nothing is, or nothing is known.</summary>
    string? Fault(IConfigurationSetting setting) => null;

    /// <summary>Whether the server knows the setting; null when only the server can tell.</summary>
    bool? IsKnown(IConfigurationSetting setting);

    /// <summary>The known name that the given one is most likely a slip of; null when none is near.</summary>
    string? Nearest(string name);
}
