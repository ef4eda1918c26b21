using KubeDb.Api.Kubernetes.Configuration;

namespace KubeDb.Tests.Unit.Kubernetes.Configuration;

/// <summary>Files of a test in a directory of its own, and a process environment of its own.</summary>
internal sealed class Files : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("kubedb-test-").FullName;

    public Dictionary<string, string> Environment { get; } = [];

    public string Path(string name) => System.IO.Path.Combine(Directory, name);

    public string Write(string name, string content)
    {
        var path = Path(name);
        System.IO.Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public string WriteScript(string name, string content)
    {
        var path = Write(name, "#!/bin/sh\n" + content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public ConfigurationSource Source(TimeProvider? time = null) => new()
    {
        Environment = name => Environment.GetValueOrDefault(name),
        HomeDirectory = Path("home"),
        ServiceAccountDirectory = Path("serviceaccount"),
        Time = time ?? TimeProvider.System,
    };

    /// <summary>Loads the file as one named by the user.</summary>
    public KubernetesConfiguration Load(string kubeconfig, TimeProvider? time = null) =>
        KubernetesConfiguration.Load(Source(time) with { KubeconfigPath = Write("config", kubeconfig) });

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
