using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Provisioner;
using KubeDb.Provisioner.Credentials;
using KubeDb.Provisioner.Webhooks;

return await OperatorHost.RunAsync(
    new OperatorProgram("kubedb-provisioner", "Provisions databases: makes what a database object describes and keeps it so.", "KubeDB Operator")
    {
        Flags = ConversionWebhook.Flags,
        SecureBindAddress = ConversionWebhook.BindAddress,
    },
    args,
    (options, _) => new HttpKubernetesClient(KubernetesConfiguration.Load(new ConfigurationSource
    {
        KubeconfigPath = options.Kubeconfig.Length > 0 ? options.Kubeconfig : null,
        Context = options.Context.Length > 0 ? options.Context : null,
    })),
    runtime => Composition.Compose(runtime, EngineRegistry.Create(new FencedDialer(new TcpDialer(), runtime.Leadership), runtime.Time), PasswordGenerator.Secure, Random.Shared));
