using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Kinds;

namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>The faults that <c>hack/cluster</c> makes.</summary>
internal static class HackCluster
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>The cluster's logs, the audit log among them; null when it is not one that <c>hack/cluster</c> made.</summary>
    public static string? LogFolder =>
        Environment.GetEnvironmentVariable("KUBEDB_TEST_KUBECONFIG") is { } kubeconfig
        && Path.Combine(Path.GetDirectoryName(kubeconfig)!, "log") is var folder && File.Exists(Path.Combine(folder, AuditLog.Name))
            ? folder
            : null;

    /// <summary>Runs a command of <c>hack/cluster</c>; fails the test when it fails.</summary>
    public static async Task RunAsync(params string[] arguments) =>
        (await Tool.RunAsync(Path.Combine(RepositoryFiles.Root, "hack", "cluster"), arguments, limit: Limit)).OrFail();
}
