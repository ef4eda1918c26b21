using System.Runtime.Versioning;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;

[assembly: SupportedOSPlatform("linux")]

namespace KubeDb.LocalNode;

/// <summary>
/// What hack/cluster's one-node Kubernetes lacks, as a process on the machine: volumes that are made, grown and removed on demand, and, for
/// a DNS server that does not know Kubernetes, the names of services.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var program = new OperatorProgram("kubedb-local-node", "Volumes and names for the local cluster's only node.", "kubedb-local-node")
        {
            Flags =
            [
                new("node", "node", "Name of the node that the volumes are on."),
                new("volumes-directory", "", "Where the volumes are made; empty for none.", AbsoluteOrEmpty),
                new("hosts-directory", "", "Where one hosts file a service is written, for dnsmasq; empty for none.", AbsoluteOrEmpty),
            ],
        };
        return await OperatorHost.RunAsync(program, args, Connect, Compose);
    }

    private static HttpKubernetesClient Connect(OperatorOptions options, ILoggerFactory logs) =>
        new(KubernetesConfiguration.Load(new ConfigurationSource { KubeconfigPath = options.Kubeconfig.Length > 0 ? options.Kubeconfig : null }));

    private static void Compose(OperatorRuntime runtime)
    {
        if (runtime.Options.More["volumes-directory"] is { Length: > 0 } volumes)
            VolumeControllers.Add(runtime, volumes, runtime.Options.More["node"]);
        if (runtime.Options.More["hosts-directory"] is { Length: > 0 } hosts)
            HostsController.Add(runtime, hosts);
    }

    private static string? AbsoluteOrEmpty(string value) =>
        value.Length == 0 || Path.IsPathRooted(value) ? null : "an absolute path is wanted";
}
