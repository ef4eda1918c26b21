using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Operations;
using KubeDb.OpsManager.Rolling;

namespace KubeDb.OpsManager;

/// <summary>The process that carries out requests.</summary>
internal static class Program
{
    private const string ProvisionerNamespace = "provisioner-namespace";
    private const string ProvisionerLease = "kubedb-provisioner";

    private static readonly OperatorProgram Identity = new(
        "kubedb-ops-manager", "Carries out requests to change running databases.", "KubeDB Ops-manager Operator")
    {
        Flags = [new ExtraFlag(ProvisionerNamespace, "", "Namespace of the Provisioner's lease; empty for the own one.")],
    };

    private static Task<int> Main(string[] args) => OperatorHost.RunAsync(
        Identity,
        args,
        static (options, _) => new HttpKubernetesClient(KubernetesConfiguration.Load(new ConfigurationSource
        {
            KubeconfigPath = options.Kubeconfig.Length > 0 ? options.Kubeconfig : null,
            Context = options.Context.Length > 0 ? options.Context : null,
        })),
        runtime => Compose(runtime, EngineRegistry.Create(new FencedDialer(new TcpDialer(), runtime.Leadership), runtime.Time), OperationRegistry.All, PodNames.SystemAsync));

    /// <summary>Adds a controller for each engine.</summary>
    internal static void Compose(OperatorRuntime runtime, IReadOnlyList<IEngine> engines, IReadOnlyList<Func<OperationParts, IOperation>> operations, Func<string, CancellationToken, Task<IReadOnlyList<string>>> resolve)
    {
        var caches = new DatabaseCaches(engines, runtime);
        var secrets = new SecretReader(runtime.Client, caches);
        var gatherer = new Gatherer(caches, secrets, new ApplicationReader(runtime.Client, caches, secrets), new ObjectUse(), new CertificateReader(runtime.Client, caches));
        var applier = new BlueprintApplier(runtime.Applier, caches);
        var named = runtime.Options.More[ProvisionerNamespace];
        var lease = new ObjectKey(named.Length > 0 ? named : runtime.LeaseNamespace, ProvisionerLease);
        var presence = new ProvisionerPresence(runtime.Client, runtime.Options.LeaderElect ? lease : null, runtime.Time);
        var names = new PodNames(resolve, runtime.Time);
        foreach (var engine in engines)
        {
            var view = new DatabaseView(engine, caches, gatherer, applier, runtime.Client);
            var reconciler = Composition.Compose(view, operations, runtime.Client, runtime.Events, presence, names, runtime.Time, runtime.Logs);
            var queue = runtime.NewQueue(reconciler.Name);
            caches.OnChange(engine, queue.Add);
            runtime.AddController(reconciler, queue);
        }
    }
}
