using KubeDb.Tests.Support;

namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>
/// ServiceMonitors, on a cluster that learns of them late. Their definition is a stand-in for that of the Prometheus operator: it takes any
/// spec, and nothing acts on it.
/// </summary>
[TestFixture]
public sealed class MonitoringTests : ClusterTest
{
    private const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: servicemonitors.monitoring.coreos.com}
        spec:
          group: monitoring.coreos.com
          names: {kind: ServiceMonitor, listKind: ServiceMonitorList, plural: servicemonitors, singular: servicemonitor}
          scope: Namespaced
          versions:
            - name: v1
              served: true
              storage: true
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
        """;

    // Both processes look once a minute whether an optional API has come.
    private static readonly TimeSpan Noticed = TimeSpan.FromMinutes(4);

    /// <summary>
    /// Makes the API known, and waits until it is served and both operators have noticed. It stays: the other tests work with it and without it.
    /// </summary>
    public static async Task ServeServiceMonitorsAsync()
    {
        (await Tool.RunAsync("kubectl", ["apply", "-f", "-"], Definition)).OrFail();
        await Kubectl("wait", "--for=condition=Established", "crd/servicemonitors.monitoring.coreos.com", "--timeout=30s");
        foreach (var name in (string[])["kubedb-provisioner", "kubedb-ops-manager"])
            await Eventually(async () => await HasListedAsync(name), $"{name} notices that there are ServiceMonitors", Noticed);
    }

    // A kind that is not served is asked for, but never listed.
    private static async Task<bool> HasListedAsync(string name)
    {
        var metrics = await Tool.RunAsync("kubectl", ["get", "--raw", $"/api/v1/namespaces/kubedb/services/{name}:metrics/proxy/metrics"]);
        return metrics.Output.Split('\n').Any(line =>
            line.StartsWith("kubedb_cache_lists_total{", StringComparison.Ordinal) && line.Contains("\"servicemonitors.monitoring.coreos.com\"", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_service_monitor_comes_is_put_back_and_goes_with_the_wish()
    {
        await Apply(Redis("scraped", more: "monitor: {agent: prometheus.io/operator}"));
        await WaitForPhase("scraped", "Ready");
        await ServeServiceMonitorsAsync();
        await Eventually(() => Exists("servicemonitor/scraped-stats"), "the ServiceMonitor is made", Noticed);

        await KubectlHere("patch", "servicemonitor", "scraped-stats", "--type=merge", "-p", """{"spec":{"selector":null}}""");
        await Eventually(async () => (await Get("servicemonitor", "scraped-stats"))!["spec"]!["selector"] is not null, "it is put back");

        await KubectlHere("patch", "rd", "scraped", "--type=merge", "-p", """{"spec":{"monitor":null}}""");
        await Eventually(async () => !await Exists("servicemonitor/scraped-stats"), "it goes");
        await Eventually(async () => await Service("scraped-stats") is null, "so does its service");
    }
}
