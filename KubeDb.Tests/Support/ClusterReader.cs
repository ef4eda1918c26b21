using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace KubeDb.Tests.Support;

/// <summary>
/// Reads a cluster with KubernetesClient, its own configuration and models: a witness that nobody here wrote, beside the product's client and
/// kubectl. Objects that are not there are null; every other refusal fails the test.
/// </summary>
public sealed class ClusterReader : IDisposable
{
    // The library knows no custom resources, and this flavour of it decodes them into no types but its own: they are read as JSON, as are
    // built-in objects of which the text matters.
    private static readonly Dictionary<string, (string Group, string Version, string Plural)> Kinds = new(StringComparer.Ordinal)
    {
        ["rd"] = ("kubedb.com", "v1", "redises"),
        ["rdops"] = ("ops.kubedb.com", "v1alpha1", "redisopsrequests"),
        ["rds"] = ("kubedb.com", "v1", "redissentinels"),
        ["rdsops"] = ("ops.kubedb.com", "v1alpha1", "redissentinelopsrequests"),
        ["zk"] = ("kubedb.com", "v1alpha2", "zookeepers"),
        ["kf"] = ("kubedb.com", "v1", "kafkas"),
        ["kfops"] = ("ops.kubedb.com", "v1alpha1", "kafkaopsrequests"),
        ["zkops"] = ("ops.kubedb.com", "v1alpha1", "zookeeperopsrequests"),
        ["dr"] = ("kubedb.com", "v1alpha2", "druids"),
        ["drops"] = ("ops.kubedb.com", "v1alpha1", "druidopsrequests"),
        ["petset"] = ("apps.k8s.appscode.com", "v1", "petsets"),
        ["appbinding"] = ("appcatalog.appscode.com", "v1alpha1", "appbindings"),
        ["certificate"] = ("cert-manager.io", "v1", "certificates"),
        ["servicemonitor"] = ("monitoring.coreos.com", "v1", "servicemonitors"),
        ["statefulset"] = ("apps", "v1", "statefulsets"),
        ["deployment"] = ("apps", "v1", "deployments"),
        ["role"] = ("rbac.authorization.k8s.io", "v1", "roles"),
        ["rolebinding"] = ("rbac.authorization.k8s.io", "v1", "rolebindings"),
    };

    private static readonly Lazy<ClusterReader> OfTests = new(() => new(
        Environment.GetEnvironmentVariable("KUBEDB_TEST_KUBECONFIG") ?? throw new InvalidOperationException("KUBEDB_TEST_KUBECONFIG is not set; hack/test sets it.")));

    private readonly k8s.Kubernetes _client;

    /// <summary>A reader of the cluster that the file names; nothing is asked yet.</summary>
    public ClusterReader(string kubeconfig) => _client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));

    /// <summary>The reader of the cluster that the tests run on; it lasts as long as they do.</summary>
    public static ClusterReader Shared => OfTests.Value;

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    public async Task<string> VersionAsync() => (await AskAsync(() => _client.Version.GetCodeAsync())).GitVersion;

    public Task<V1ConfigMap?> ConfigMapAsync(string ns, string name) => FindAsync(() => _client.CoreV1.ReadNamespacedConfigMapAsync(name, ns));

    public Task<V1Pod?> PodAsync(string ns, string name) => FindAsync(() => _client.CoreV1.ReadNamespacedPodAsync(name, ns));

    public async Task<IList<V1Pod>> PodsAsync(string ns, string? labels = null) =>
        (await AskAsync(() => _client.CoreV1.ListNamespacedPodAsync(ns, labelSelector: labels))).Items;

    public Task<V1Secret?> SecretAsync(string ns, string name) => FindAsync(() => _client.CoreV1.ReadNamespacedSecretAsync(name, ns));

    public async Task<IList<V1Secret>> SecretsAsync(string ns, string? labels = null) =>
        (await AskAsync(() => _client.CoreV1.ListNamespacedSecretAsync(ns, labelSelector: labels))).Items;

    public Task<V1Service?> ServiceAsync(string ns, string name) => FindAsync(() => _client.CoreV1.ReadNamespacedServiceAsync(name, ns));

    public Task<V1PersistentVolumeClaim?> ClaimAsync(string ns, string name) =>
        FindAsync(() => _client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(name, ns));

    public async Task<IList<V1PersistentVolumeClaim>> ClaimsAsync(string ns, string? labels = null) =>
        (await AskAsync(() => _client.CoreV1.ListNamespacedPersistentVolumeClaimAsync(ns, labelSelector: labels))).Items;

    public Task<V1PersistentVolume?> VolumeAsync(string name) => FindAsync(() => _client.CoreV1.ReadPersistentVolumeAsync(name));

    public Task<V1StatefulSet?> StatefulSetAsync(string ns, string name) => FindAsync(() => _client.AppsV1.ReadNamespacedStatefulSetAsync(name, ns));

    public Task<V1Deployment?> DeploymentAsync(string ns, string name) => FindAsync(() => _client.AppsV1.ReadNamespacedDeploymentAsync(name, ns));

    public Task<V1PodDisruptionBudget?> BudgetAsync(string ns, string name) =>
        FindAsync(() => _client.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync(name, ns));

    public Task<V1Lease?> LeaseAsync(string ns, string name) => FindAsync(() => _client.CoordinationV1.ReadNamespacedLeaseAsync(name, ns));

    /// <summary>Events whose fields are as said (<c>involvedObject.name=x</c>).</summary>
    public async Task<IList<Corev1Event>> EventsAsync(string ns, string? fields = null) =>
        (await AskAsync(() => _client.CoreV1.ListNamespacedEventAsync(ns, fieldSelector: fields))).Items;

    public async Task<IList<V1ClusterRoleBinding>> ClusterRoleBindingsAsync() =>
        (await AskAsync(() => _client.RbacAuthorizationV1.ListClusterRoleBindingAsync())).Items;

    public async Task<IList<V1RoleBinding>> RoleBindingsAsync() =>
        (await AskAsync(() => _client.RbacAuthorizationV1.ListRoleBindingForAllNamespacesAsync())).Items;

    public Task<V1ClusterRole?> ClusterRoleAsync(string name) => FindAsync(() => _client.RbacAuthorizationV1.ReadClusterRoleAsync(name));

    public Task<V1Role?> RoleAsync(string ns, string name) => FindAsync(() => _client.RbacAuthorizationV1.ReadNamespacedRoleAsync(name, ns));

    /// <summary>An object of a kind in an API group, as JSON; null also where the server does not know the kind.</summary>
    /// <param name="kind">As kubectl shortens it: <c>rd</c>, <c>rdops</c>, <c>petset</c>, …</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    public async Task<JsonNode?> JsonAsync(string kind, string ns, string name)
    {
        var (group, version, plural) = Kinds[kind];
        return Node(await FindAsync(() => _client.CustomObjects.GetNamespacedCustomObjectAsync(group, version, ns, plural, name)));
    }

    /// <summary>The objects of a kind in an API group, as JSON; none also where the server does not know the kind.</summary>
    public async Task<IReadOnlyList<JsonNode>> JsonListAsync(string kind, string ns, string? labels = null)
    {
        var (group, version, plural) = Kinds[kind];
        var list = await FindAsync(() => _client.CustomObjects.ListNamespacedCustomObjectAsync(group, version, ns, plural, labelSelector: labels));
        return Node(list)?["items"]!.AsArray().OfType<JsonNode>().ToList() ?? [];
    }

    /// <summary>Whether there is such an object: <c>service/db</c>, <c>petset/db</c>.</summary>
    public async Task<bool> ExistsAsync(string ns, string kindAndName)
    {
        var (kind, name) = kindAndName.Split('/') switch { var parts => (parts[0], parts[1]) };
        return kind switch
        {
            "secret" => await SecretAsync(ns, name) is not null,
            "service" => await ServiceAsync(ns, name) is not null,
            "pvc" => await ClaimAsync(ns, name) is not null,
            "pdb" => await BudgetAsync(ns, name) is not null,
            "serviceaccount" => await FindAsync(() => _client.CoreV1.ReadNamespacedServiceAccountAsync(name, ns)) is not null,
            _ => await JsonAsync(kind, ns, name) is not null,
        };
    }

    private static JsonNode? Node(object? answer) => answer is JsonElement element ? JsonObject.Create(element) : null;

    private static async Task<T?> FindAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await AskAsync(ask);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    // The connection may be an old one, to a server that was restarted since: that is no answer of the cluster.
    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException)
        {
            return await ask();
        }
    }
}
