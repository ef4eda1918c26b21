using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.ApiServer;

/// <summary>Workloads, garbage collection and namespaces take their course in virtual time as on a cluster.</summary>
[TestFixture]
[Category("Machine")]
public sealed class FakeClusterTests
{
    private static readonly ResourceType StatefulSets = new("apps", "v1", "statefulsets", "StatefulSet");
    private static readonly ResourceType Pods = new("", "v1", "pods", "Pod");
    private static readonly ResourceType Claims = new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim");
    private static readonly ResourceType ConfigMaps = new("", "v1", "configmaps", "ConfigMap");
    private static readonly ResourceType Budgets = new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget");
    private static readonly ResourceType Namespaces = new("", "v1", "namespaces", "Namespace", false);
    private Simulation _simulation = null!;
    private InMemoryApiServer _server = null!;
    private FakeCluster _cluster = null!;
    private Connection _client = null!;

    [SetUp]
    public void Start()
    {
        _simulation = new Simulation();
        _server = new InMemoryApiServer(_simulation.Time);
        _cluster = new FakeCluster(_server);
        _client = _server.Connect("test");
    }

    [TearDown]
    public void Stop() => _client.Dispose();

    [Test]
    public void A_stateful_set_runs_pods_with_claims_and_says_so() => Run(async () =>
    {
        await Apply(StatefulSet(3));
        await UntilReady(3);

        var set = _server.Peek(StatefulSets, "default", "db")!;
        var pod = _server.Peek(Pods, "default", "db-1")!;
        Assert.That(set["status"].Number("readyReplicas"), Is.EqualTo(3));
        Assert.That(set["status"].Number("observedGeneration"), Is.EqualTo(1));
        Assert.That(pod["metadata"]!["labels"].Text("controller-revision-hash"), Is.EqualTo(set["status"].Text("updateRevision")));
        Assert.That(pod["metadata"]!["labels"].Text("statefulset.kubernetes.io/pod-name"), Is.EqualTo("db-1"));
        Assert.That(pod["status"].Text("podIP"), Is.Not.Empty);
        Assert.That(_server.PeekAll(Claims).Select(c => c.Name() + c["status"].Text("phase")), Is.EqualTo(new[] { "data-db-0Bound", "data-db-1Bound", "data-db-2Bound" }));
    });

    [Test]
    public void A_changed_template_reaches_a_pod_only_when_it_is_deleted() => Run(async () =>
    {
        await Apply(StatefulSet(2));
        await UntilReady(2);
        var before = Uids();
        await Apply(StatefulSet(2, image: "redis:8"));
        await Task.Delay(TimeSpan.FromMinutes(5), _simulation.Time);
        var untouched = Uids();
        await Delete(Pods, "db-0");
        await UntilReady(2);

        Assert.That(untouched, Is.EqualTo(before));
        Assert.That(Uids()[0], Is.Not.EqualTo(before[0]));
        Assert.That(Uids()[1], Is.EqualTo(before[1]));
        Assert.That(_server.Peek(Pods, "default", "db-0")!["spec"]!["containers"]![0].Text("image"), Is.EqualTo("redis:8"));
        Assert.That(_server.Peek(StatefulSets, "default", "db")!["status"].Number("updatedReplicas"), Is.EqualTo(1));
    });

    [Test]
    public void A_pod_goes_gracefully_and_no_longer_than_its_grace() => Run(async () =>
    {
        _cluster.Behaviour = _ => PodBehaviour.Healthy with { StoppedAfter = TimeSpan.FromMinutes(10) };
        await Apply(StatefulSet(1));
        await UntilReady(1);
        var began = _simulation.Time.Elapsed;
        var uid = Uids()[0];
        await Delete(Pods, "db-0");
        await _simulation.UntilAsync(() => _server.Peek(Pods, "default", "db-0")?.Uid() != uid, TimeSpan.FromSeconds(1));

        Assert.That((_simulation.Time.Elapsed - began).TotalSeconds, Is.InRange(30, 32));
    });

    [Test]
    public void A_pod_crashes_with_its_message_until_its_cause_is_gone() => Run(async () =>
    {
        _cluster.Behaviour = _ => PodBehaviour.Healthy with { CrashMessage = "Bad directive" };
        await Apply(StatefulSet(1));
        await Task.Delay(TimeSpan.FromMinutes(2), _simulation.Time);
        var crashing = _server.Peek(Pods, "default", "db-0")!["status"]!["containerStatuses"]![0]!;
        _cluster.Behaviour = _ => PodBehaviour.Healthy;
        await UntilReady(1);

        Assert.That(crashing.At("state", "waiting").Text("reason"), Is.EqualTo("CrashLoopBackOff"));
        Assert.That(crashing.At("lastState", "terminated").Text("message"), Is.EqualTo("Bad directive"));
        Assert.That(crashing.Number("restartCount"), Is.GreaterThan(2));
    });

    [Test]
    public void An_eviction_holds_to_the_budget() => Run(async () =>
    {
        await Apply(StatefulSet(2));
        await UntilReady(2);
        Ok(await _client.CreateAsync(
            Budgets,
            Json.Parse("""{"metadata":{"name":"db","namespace":"default"},"spec":{"maxUnavailable":1,"selector":{"matchLabels":{"app":"db"}}}}"""),
            CancellationToken.None));
        var early = await Evict("db-0");
        await Task.Delay(TimeSpan.FromSeconds(1), _simulation.Time);

        var first = await Evict("db-0");
        var second = await Evict("db-1");
        await _simulation.UntilAsync(() => _server.Peek(Pods, "default", "db-0") is null || Uids().Count == 2, TimeSpan.FromMilliseconds(100));
        await UntilReady(2);
        await Task.Delay(TimeSpan.FromSeconds(1), _simulation.Time);
        var third = await Evict("db-1");

        Assert.That(early.Error!.Kind, Is.EqualTo(ApiErrorKind.TooManyRequests));
        Assert.That(first.Error, Is.Null);
        Assert.That(second.Error!.Message, Is.EqualTo("Cannot evict pod as it would violate the pod's disruption budget."));
        Assert.That(third.Error, Is.Null);
    });

    [Test]
    public void An_orphaned_set_leaves_pods_that_its_successor_takes_over() => Run(async () =>
    {
        await Apply(StatefulSet(2));
        await UntilReady(2);
        var before = Uids();
        await Delete(StatefulSets, "db", "Orphan");
        await Task.Delay(TimeSpan.FromSeconds(10), _simulation.Time);
        var alone = _server.PeekAll(Pods).Select(p => p["metadata"]!["ownerReferences"]).ToList();
        await Apply(StatefulSet(2));
        await UntilReady(2);

        Assert.That(alone, Has.Count.EqualTo(2).And.All.Null);
        Assert.That(Uids(), Is.EqualTo(before));
        Assert.That(_server.PeekAll(Pods).Select(p => p["metadata"]!["ownerReferences"]![0].Text("uid")), Is.All.EqualTo(_server.Peek(StatefulSets, "default", "db")!.Uid()));
    });

    [TestCase("Background")]
    [TestCase("Foreground")]
    public void What_an_object_owns_goes_with_it(string propagation) => Run(async () =>
    {
        await Apply(StatefulSet(2));
        await UntilReady(2);

        await Delete(StatefulSets, "db", propagation);
        await Task.Delay(TimeSpan.FromMilliseconds(200), _simulation.Time);
        var held = _server.Peek(StatefulSets, "default", "db") is not null;
        await Task.Delay(TimeSpan.FromSeconds(10), _simulation.Time);

        Assert.That(held, Is.EqualTo(propagation == "Foreground"));
        Assert.That(_server.PeekAll(StatefulSets), Is.Empty);
        Assert.That(_server.PeekAll(Pods), Is.Empty);
        Assert.That(_server.PeekAll(Claims), Has.Count.EqualTo(2));
    });

    [Test]
    public void An_object_whose_owner_never_was_is_collected_unless_the_owners_kind_is_unknown() => Run(async () =>
    {
        Ok(await _client.CreateAsync(
            ConfigMaps,
            Json.Parse("""{"metadata":{"name":"c","namespace":"default","ownerReferences":[{"apiVersion":"v1","kind":"Secret","name":"s","uid":"gone"}]}}"""),
            CancellationToken.None));
        Ok(await _client.CreateAsync(
            ConfigMaps,
            Json.Parse("""{"metadata":{"name":"d","namespace":"default","ownerReferences":[{"apiVersion":"a.b/v1","kind":"Unknown","name":"s","uid":"x"}]}}"""),
            CancellationToken.None));
        await Task.Delay(TimeSpan.FromSeconds(1), _simulation.Time);

        Assert.That(_server.PeekAll(ConfigMaps).Select(c => c.Name()), Is.EqualTo(new[] { "d" }));
    });

    [Test]
    public void A_namespace_empties_before_it_goes_and_takes_nothing_new() => Run(async () =>
    {
        _server.CreateNamespace("temp");
        var held = Json.Parse("""{"metadata":{"name":"held","namespace":"temp","finalizers":["a.b/c"]}}""");
        Ok(await _client.CreateAsync(ConfigMaps, held, CancellationToken.None));
        Ok(await _client.CreateAsync(ConfigMaps, Json.Parse("""{"metadata":{"name":"free","namespace":"temp"}}"""), CancellationToken.None));
        await _client.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = Namespaces, Name = "temp" }, KubernetesVerbs.DecodeJson, CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(1), _simulation.Time);

        var refused = await _client.CreateAsync(ConfigMaps, Json.Parse("""{"metadata":{"name":"new","namespace":"temp"}}"""), CancellationToken.None);
        var left = _server.PeekAll(ConfigMaps).Select(c => c.Name()).ToList();
        var key = new ObjectKey("temp", "held");
        Ok(await _client.MergePatchAsync(ConfigMaps, key, Json.Parse("""{"metadata":{"finalizers":null}}"""), "m", null, KubernetesVerbs.DecodeJson, CancellationToken.None));
        await Task.Delay(TimeSpan.FromSeconds(1), _simulation.Time);

        Assert.That(refused.Error!.Kind, Is.EqualTo(ApiErrorKind.Forbidden));
        Assert.That(left, Is.EqualTo(new[] { "held" }));
        Assert.That(_server.Peek(Namespaces, "", "temp"), Is.Null);
    });

    [Test]
    public void The_same_program_takes_the_same_course_twice()
    {
        string Course()
        {
            Start();
            Run(async () =>
            {
                await Apply(StatefulSet(3));
                await UntilReady(3);
                await Delete(Pods, "db-1");
                await UntilReady(3);
            });
            return string.Join('\n', _server.PeekAll(Pods).Concat(_server.PeekAll(StatefulSets)).Select(o => o.ToJsonString()));
        }

        var first = Course();
        Assert.That(Course(), Is.EqualTo(first));
    }

    private void Run(Func<Task> body) => _simulation.Run(body, TimeSpan.FromHours(1));

    private List<string> Uids() => _server.PeekAll(Pods).Select(p => p.Uid()).ToList();

    private Task UntilReady(int count) =>
        _simulation.UntilAsync(
            () => _server.PeekAll(Pods).Count(p => !p.IsDeleting() && FakeCluster.IsReady(p)) == count
                && _server.Peek(StatefulSets, "default", "db")!["status"].Number("readyReplicas") == count,
            TimeSpan.FromMilliseconds(100));

    private async Task Apply(JsonObject set) =>
        Ok(await _client.ApplyAsync(StatefulSets, set, "test", null, KubernetesVerbs.DecodeJson, CancellationToken.None));

    private async Task Delete(ResourceType type, string name, string propagation = "Background") =>
        Ok(await _client.SendAsync(
            new ApiRequest { Verb = ApiVerb.Delete, Type = type, Namespace = "default", Name = name, Body = new JsonObject { ["propagationPolicy"] = propagation } },
            KubernetesVerbs.DecodeJson,
            CancellationToken.None));

    private Task<ApiResult<JsonObject>> Evict(string pod) =>
        _client.SendAsync(
            new ApiRequest { Verb = ApiVerb.Create, Type = Pods, Namespace = "default", Name = pod, Subresource = "eviction", Body = new JsonObject() },
            KubernetesVerbs.DecodeJson,
            CancellationToken.None);

    private static void Ok(ApiResult<JsonObject> result) => Assert.That(result.Error, Is.Null);

    private static JsonObject StatefulSet(int replicas, string image = "redis:7")
    {
        var set = Json.Parse(
            """
            {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"default"},"spec":{"serviceName":"db-pods",
            "podManagementPolicy":"Parallel","updateStrategy":{"type":"OnDelete"},"selector":{"matchLabels":{"app":"db"}},
            "template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"redis"}]}},
            "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}
            """);
        set["spec"]!["replicas"] = replicas;
        set["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = image;
        return set;
    }
}
