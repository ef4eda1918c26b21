using KubeDb.Api.Engines.Configuration;

namespace KubeDb.Api.Engines.Kafka.Configuration;

/// <summary>The files with which users change what servers and tools log, and where to.</summary>
internal static class LogSettings
{
    /// <summary>That of the server, and that of tools in the pod.</summary>
    public static IReadOnlyList<string> Names { get; } = ["log4j.properties", "tools-log4j.properties"];

    /// <summary>Whatever the library reads.</summary>
    public static IConfigurationRules Rules { get; } = new Anything();

    private sealed class Anything : IConfigurationRules
    {
        public string Server => "log4j";

        public bool IsOwned(IConfigurationSetting setting) => false;

        public bool? IsKnown(IConfigurationSetting setting) => true;

        public string? Nearest(string name) => null;
    }
}
