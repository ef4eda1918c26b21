using System.Diagnostics;
using System.Text.Json.Nodes;

namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>How the program is called.</summary>
internal sealed record ExecPluginCommand
{
    private const string Group = "client.authentication.k8s.io/";

    /// <summary>Path, or a name to be found in PATH.</summary>
    public required string Program { get; init; }

    /// <summary>Version of the exchange.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>File and context, for messages.</summary>
    public required string Where { get; init; }

    private IReadOnlyList<string> Arguments { get; init; } = [];

    private IReadOnlyList<(string Name, string Value)> Variables { get; init; } = [];

    private string? InstallHint { get; init; }

    private string Info { get; init; } = "";

    /// <summary>Reads the <c>exec</c> mapping.</summary>
    /// <exception cref="KubernetesConfigurationException">It is not usable.</exception>
    public static ExecPluginCommand From(YamlView exec, YamlView cluster, string where)
    {
        var program = exec.Text("command") ?? throw new KubernetesConfigurationException($"{exec.File}: {exec.Path}command is missing; name the program that gets the credentials.");
        var version = exec.Text("apiVersion");
        if (version is not (Group + "v1" or Group + "v1beta1"))
            throw new KubernetesConfigurationException($"{exec.File}: {exec.Path}apiVersion is '{version}'; supported are {Group}v1 and {Group}v1beta1. Update the plugin and its entry.");
        var mode = exec.Text("interactiveMode");
        if (mode is not (null or "Never" or "IfAvailable"))
        {
            throw new KubernetesConfigurationException(
                $"{exec.File}: {exec.Path}interactiveMode is '{mode}'; this process has no terminal, so it has to be Never or IfAvailable. Log in by hand first, or use a service account.");
        }

        return new ExecPluginCommand
        {
            Program = program.Contains(Path.DirectorySeparatorChar) ? KubeconfigResolver.PathIn(exec, program) : program,
            ApiVersion = version,
            Where = where,
            Arguments = exec.Texts("args"),
            Variables = [.. exec.Maps("env").Select(e => (e.Text("name") ?? throw new KubernetesConfigurationException($"{e.File}: {e.Path}name is missing."), e.Text("value") ?? ""))],
            InstallHint = exec.Text("installHint"),
            Info = InfoFor(version, exec.Flag("provideClusterInfo") ? cluster : null),
        };
    }

    /// <summary>The process to start. Standard input is closed at once: there is no one to ask.</summary>
    public ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in Variables)
            start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = Info;
        return start;
    }

    /// <summary>A complaint about the program.</summary>
    public KubernetesConfigurationException Failure(string what, bool hint, Exception? inner = null) =>
        new($"{Where}: the credential plugin {Program} {what}.{(hint && InstallHint is not null ? " " + InstallHint.Trim() : "")}", inner);

    private static string InfoFor(string version, YamlView? cluster)
    {
        var spec = new JsonObject { ["interactive"] = false };
        if (cluster is not null)
        {
            var info = new JsonObject { ["server"] = cluster.Text("server") };
            foreach (var field in (string[])["tls-server-name", "certificate-authority-data", "proxy-url"])
            {
                if (cluster.Text(field) is { } value)
                    info[field] = value;
            }

            if (cluster.Text("certificate-authority-data") is null && cluster.Text("certificate-authority") is { } file)
                info["certificate-authority-data"] = Convert.ToBase64String(File.ReadAllBytes(KubeconfigResolver.PathIn(cluster, file)));
            if (cluster.Flag("insecure-skip-tls-verify"))
                info["insecure-skip-tls-verify"] = true;
            spec["cluster"] = info;
        }

        return new JsonObject { ["apiVersion"] = version, ["kind"] = "ExecCredential", ["spec"] = spec }.ToJsonString();
    }
}
