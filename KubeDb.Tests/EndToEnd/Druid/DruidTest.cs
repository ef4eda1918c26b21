using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;

namespace KubeDb.Tests.EndToEnd.Druid;

/// <summary>What tests of Druid share: manifests as the guides have them, on small pods, and what a person asks a router.</summary>
public abstract class DruidTest : ClusterTest
{
    /// <summary>Versions of the test catalog (hack/catalog.yaml).</summary>
    protected const string Druid28 = "28.0.0", Druid33 = "33.0.0";

    // Servers of a Java machine each, of several roles, after a ZooKeeper and a PostgreSQL.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(12);

    /// <summary>Pods of the servers of <see cref="Small"/> in the order in which a request restarts them.</summary>
    protected static IReadOnlyList<string> Servers(string name) => [$"{name}-historicals-0", $"{name}-middlemanagers-0", $"{name}-brokers-0", $"{name}-routers-0", $"{name}-coordinators-0"];

    /// <summary>
    /// One small server of each role with all that it depends on made by the operator. The deep storage is a volume that historicals and middle managers share:
    /// on one node several pods may mount it.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="each">Servers of each role but the middle managers.</param>
    protected static string Small(string name, string version, int each = 1) => $$"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: deep}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi} } }
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: deep-storage-config}
        stringData:
          druid.storage.type: local
          druid.storage.storageDirectory: /deep
        ---
        apiVersion: kubedb.com/v1alpha2
        kind: Druid
        metadata: {name: {{name}}}
        spec:
          version: "{{version}}"
          deletionPolicy: WipeOut
          deepStorage: {type: s3, configSecret: {name: deep-storage-config} }
          zookeeperRef: {version: "3.9.1"}
          topology:
            routers: {{Pod(320, each)}}
            coordinators: {{Pod(384, each)}}
            brokers: {{Pod(448, each)}}
            historicals: {{Pod(448, each, deep: true)}}
            middleManagers: {{Pod(1024, 1, deep: true)}}
        """;

    /// <summary>A request; <paramref name="rest"/> are further members of its spec, in flow style.</summary>
    protected static string Request(string name, string type, string database, string rest = "") => $$"""
        apiVersion: ops.kubedb.com/v1alpha1
        kind: DruidOpsRequest
        metadata: {name: {{name}}}
        spec: {type: {{type}}, databaseRef: {name: {{database}} }, timeout: 5m{{(rest.Length > 0 ? ", " : "")}}{{rest}} }
        """;

    /// <summary>Waits, with kubectl wait, for the phase of a cluster.</summary>
    protected Task ClusterIs(string name, string phase) => WaitAsync($"--for=jsonpath={{.status.phase}}={phase}", $"dr/{name}", Patience);

    /// <summary>Waits, with kubectl wait, for a request to be Successful.</summary>
    protected Task Succeeds(string request) => WaitAsync("--for=condition=Successful", $"drops/{request}", Patience);

    /// <summary>A client with the login of the auth secret; with <paramref name="seen"/> it speaks TLS, and hands over the certificate that it was shown.</summary>
    protected async Task<HttpClient> ClientAsync(string name, string role = "routers", Action<System.Security.Cryptography.X509Certificates.X509Certificate2>? seen = null)
    {
        var service = (await Service($"{name}-{role}"))!;
        var login = (await Secret($"{name}-auth"))!.Data;
        var handler = new HttpClientHandler();
        if (seen is not null)
        {
            handler.ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                seen(certificate!);
                return true;
            };
        }

        var client = new HttpClient(handler) { BaseAddress = new($"{(seen is null ? "http" : "https")}://{service.Spec.ClusterIP}:{service.Spec.Ports[0].Port}"), Timeout = TimeSpan.FromSeconds(20) };
        var credential = $"{Encoding.UTF8.GetString(login["username"])}:{Encoding.UTF8.GetString(login["password"])}";
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credential)));
        return client;
    }

    /// <summary>Ingests rows that are in the task itself, and waits until they can be queried.</summary>
    protected static async Task IngestAsync(HttpClient client, string source, int rows)
    {
        await SubmitAsync(client, source, rows);
        await Eventually(async () => await CountAsync(client, source) == rows, $"{rows} rows of {source} can be queried", TimeSpan.FromMinutes(5));
    }

    /// <summary>Begins to ask the routers for the rows of a data source.</summary>
    private protected async Task<DruidQueries> QueriesAsync(string name, string source)
    {
        var login = (await Secret($"{name}-auth"))!.Data;
        return new(
            async () => await Service($"{name}-routers") is { Spec: { } spec } ? new Uri($"{(spec.Ports[0].Port == 9088 ? "https" : "http")}://{spec.ClusterIP}:{spec.Ports[0].Port}") : null,
            $"{Encoding.UTF8.GetString(login["username"])}:{Encoding.UTF8.GetString(login["password"])}",
            source);
    }

    /// <summary>Submits a task that appends rows which are in the task itself; its id.</summary>
    protected static async Task<string> SubmitAsync(HttpClient client, string source, int rows)
    {
        var task = Engines.Druid.ClusterTests.Ingestion(source, rows).ToJsonString();
        using var content = new StringContent(task, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/druid/indexer/v1/task", content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.That(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["task"]!.GetValue<string>();
    }

    /// <summary>Waits until a task is over; how it ended.</summary>
    protected static async Task<string> EndOfTaskAsync(HttpClient client, string task)
    {
        var state = "";
        await Eventually(
            async () =>
            {
                try
                {
                    state = JsonNode.Parse(await client.GetStringAsync($"/druid/indexer/v1/task/{task}/status"))?["status"]?["status"]?.GetValue<string>() ?? "";
                }
                catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
                {
                    return false;
                }

                return state is "SUCCESS" or "FAILED";
            },
            $"{task} is over",
            TimeSpan.FromMinutes(5));
        return state;
    }

    /// <summary>Rows of a data source; -1 where it can not be told.</summary>
    protected static async Task<long> CountAsync(HttpClient client, string source)
    {
        using var content = new StringContent(new JsonObject { ["query"] = $"SELECT COUNT(*) AS \"rows\" FROM \"{source}\"" }.ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            using var answer = await client.PostAsync("/druid/v2/sql", content);
            return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())![0]!["rows"]!.GetValue<long>() : -1;
        }
        catch (HttpRequestException)
        {
            return -1;
        }
    }

    /// <summary>How many historicals serve each segment of a data source, at the least; 0 where it can not be told.</summary>
    protected static async Task<long> CopiesAsync(HttpClient client, string source)
    {
        using var content = new StringContent(new JsonObject { ["query"] = $"SELECT MIN(num_replicas) AS \"copies\" FROM sys.segments WHERE datasource = '{source}' AND is_available = 1" }.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/druid/v2/sql", content);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())![0]!["copies"]?.GetValue<long>() ?? 0 : 0;
    }

    /// <summary>A property as a server of the role tells it.</summary>
    protected async Task<string> PropertyAsync(string name, string role, string key)
    {
        using var client = await ClientAsync(name, role);
        return JsonNode.Parse(await client.GetStringAsync("/status/properties"))![key]?.ToString() ?? "";
    }

    /// <summary>The UIDs of the pods of servers, by name.</summary>
    protected async Task<IReadOnlyDictionary<string, V1Pod>> PodsAsync(string name) =>
        (await Cluster.PodsAsync(Namespace, $"app.kubernetes.io/instance={name}")).ToDictionary(p => p.Metadata.Name);

    /// <summary>Conditions of a request as <c>Type: message</c>, in order.</summary>
    protected async Task<string[]> Story(string request) =>
        [.. (await Get("drops", request))!["status"]!["conditions"]!.AsArray().Select(c => $"{c!["type"]}: {c["message"]}")];

    private static string Pod(int memory, int replicas, bool deep = false)
    {
        var (mounts, volumes) = deep ? (", volumeMounts: [{name: deep, mountPath: /deep}]", ", volumes: [{name: deep, persistentVolumeClaim: {claimName: deep} }]") : ("", "");
        var claim = deep ? ", storage: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi} } }" : "";

        // The ensemble that is made for it asks for three quarters of a machine of two processors.
        const string init = "initContainers: [{name: init-druid, resources: {requests: {cpu: 20m, memory: 64Mi}, limits: {memory: 512Mi} } }]";
        return $$"""{replicas: {{replicas}}, podTemplate: {spec: {containers: [{name: druid, resources: {requests: {cpu: 20m, memory: {{memory}}Mi}, limits: {memory: {{memory}}Mi} }{{mounts}} }], {{init}}{{volumes}} } }{{claim}} }""";
    }
}
