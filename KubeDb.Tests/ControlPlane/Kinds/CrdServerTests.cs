using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.ControlPlane.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Kinds;

namespace KubeDb.Tests.ControlPlane.Kinds;

/// <summary>The CRDs as a real API server and kubectl understand them.</summary>
[TestFixture]
public sealed class CrdServerTests : ApiServerTest
{
    [OneTimeSetUp]
    public async Task Install()
    {
        // Without kubectl's own check: a server before 1.23 does not list the rules among what it knows, and drops them.
        await Kubectl($"apply --validate=false -f {RepositoryFiles.Crds}");
        foreach (var file in Directory.GetFiles(RepositoryFiles.Crds))
            await Kubectl($"wait --for=condition=Established --timeout=60s crd/{Definition(file)}");
    }

    [Test]
    public async Task The_server_finds_nothing_wrong_with_the_schemas()
    {
        foreach (var file in Directory.GetFiles(RepositoryFiles.Crds))
        {
            var conditions = await Kubectl($"get crd {Definition(file)} -o jsonpath={{.status.conditions[*].type}}={{.status.conditions[*].status}}");
            Assert.That(conditions, Does.Not.Contain("NonStructuralSchema"), file);
        }
    }

    [Test]
    public async Task Kubectl_prints_the_documented_columns()
    {
        (await Client.CreateAsync(Redis.Resource, Database("columns", new JsonObject { ["version"] = "8.2.2" }), Soon)).OrThrow();

        foreach (var name in (string[])["rd", "redis", "redises"])
        {
            var lines = (await Kubectl($"get {name} -n {Namespace}")).Split('\n');
            Assert.That(lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[] { "NAME", "VERSION", "STATUS", "AGE" }));
            Assert.That(lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2], Is.EqualTo(new[] { "columns", "8.2.2" }));
        }
    }

    [Test]
    public async Task Kubectl_prints_database_and_step_of_a_request()
    {
        // It has ended: where operators run on the cluster, they leave it alone.
        (await Client.CreateAsync(RedisOpsRequest.Resource, Request("shown", "Restart", null), Soon)).OrThrow();
        var status = JsonNode.Parse("""
            {"status":{"phase":"Failed","conditions":[{"type":"Restart","status":"True","lastTransitionTime":"2026-08-01T10:00:00Z"},
            {"type":"RestartPods","status":"False","lastTransitionTime":"2026-08-01T10:00:01Z","message":"Pod pod-0 does not become Ready."}]}}
            """)!.AsObject();
        (await Client.MergePatchAsync(RedisOpsRequest.Resource, Key("shown"), status, "test", "status", KubernetesVerbs.DecodeJson, Soon)).OrThrow();

        var lines = (await Kubectl($"get rdops shown -n {Namespace} -o wide")).Split('\n');
        Assert.That(lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[] { "NAME", "TYPE", "STATUS", "AGE", "DATABASE", "STEP", "MESSAGE" }));
        Assert.That(lines[1], Does.Match(@"^shown +Restart +Failed +\S+ +shown +RestartPods +Pod pod-0 does not become Ready\."));
    }

    [TestCase("""{"storageType":"Durable"}""", "")]
    [TestCase("""{"storageType":"Ephemeral"}""", "spec.storageType never changes")]
    [TestCase("""{"init":{"script":{"scriptPath":"b"}}}""", "spec.init never changes")]
    [TestCase("""{"init":{"script":{"git":{"args":["other"]}}}}""", "spec.init never changes")]
    [TestCase("""{"init":null}""", "spec.init never changes")]
    [TestCase("""{"mode":"Standalone"}""", "")]
    [TestCase("""{"mode":"Cluster"}""", "spec.mode never changes")]
    [TestCase("""{"halted":true}""", "")]
    public async Task What_never_changes_of_a_database_is_refused_when_it_is_changed(string change, string refusal)
    {
        var name = "fixed-" + Guid.NewGuid().ToString("N")[..8];
        var spec = JsonNode.Parse("""{"version":"8.2.2","init":{"initialized":true,"script":{"scriptPath":"a","git":{"args":["x"]}}}}""")!.AsObject();
        (await Client.CreateAsync(Redis.Resource, Database(name, spec), Soon)).OrThrow();

        await Refuses(Redis.Resource, name, $$"""{"spec":{{change}}}""", refusal);
    }

    [TestCase("""{"spec":{"configuration":{"applyConfig":{"redis.conf":"timeout 61"}}}}""", "the spec of a request never changes")]
    [TestCase("""{"spec":{"databaseRef":{"name":"other"}}}""", "the spec of a request never changes")]
    [TestCase("""{"spec":{"restart":{}}}""", "the spec of a request never changes")]
    [TestCase("""{"spec":null}""", "the spec of a request never changes")]
    [TestCase("""{"metadata":{"annotations":{"a":"b"}}}""", "")]
    public async Task The_spec_of_a_request_never_changes(string change, string refusal)
    {
        var name = "fixed-" + Guid.NewGuid().ToString("N")[..8];
        var configuration = JsonNode.Parse("""{"applyConfig":{"redis.conf":"timeout 60"}}""")!.AsObject();
        (await Client.CreateAsync(RedisOpsRequest.Resource, Request(name, "Reconfigure", configuration), Soon)).OrThrow();

        await Refuses(RedisOpsRequest.Resource, name, change, refusal);
    }

    private async Task Refuses(ResourceType type, string name, string change, string refusal)
    {
        var server = JsonNode.Parse(await Kubectl("version -o json"))!["serverVersion"]!;
        if (int.Parse(((string)server["minor"]!).TrimEnd('+'), System.Globalization.CultureInfo.InvariantCulture) < 25)
            Assert.Ignore("This server knows no CEL: the Provisioner alone refuses the change.");

        var answer = await Client.MergePatchAsync(type, Key(name), JsonNode.Parse(change)!.AsObject(), "test", null, KubernetesVerbs.DecodeJson, Soon);

        Assert.That(answer.Error?.Kind, Is.EqualTo(refusal.Length == 0 ? null : (ApiErrorKind?)ApiErrorKind.Invalid), answer.Error?.Message);
        Assert.That(answer.Error?.Message ?? "", Does.Contain(refusal));
    }

    [Test]
    public async Task Unknown_fields_are_pruned_but_a_pod_template_keeps_them()
    {
        var pod = JsonNode.Parse("""{"futureField":{"a":[1]},"containers":[{"name":"redis","futureField":true,"env":[{"name":"A","futureField":1}]}]}""")!;
        var spec = new JsonObject { ["version"] = "8.2.2", ["futureField"] = 1, ["podTemplate"] = new JsonObject { ["spec"] = pod, ["futureField"] = 2 } };

        (await Client.CreateAsync(Redis.Resource, Database("pruned", spec), Soon)).OrThrow();
        var stored = (await Witness.JsonAsync("rd", Namespace, "pruned"))!["spec"]!;

        Assert.Multiple(() =>
        {
            Assert.That(stored.AsObject().ContainsKey("futureField"), Is.False);
            Assert.That(stored["podTemplate"]!.AsObject().ContainsKey("futureField"), Is.False);
            Assert.That((bool)stored["podTemplate"]!["spec"]!["containers"]![0]!["futureField"]!, Is.True);
            Assert.That((int)stored["podTemplate"]!["spec"]!["containers"]![0]!["env"]![0]!["futureField"]!, Is.EqualTo(1));
            Assert.That((int)stored["podTemplate"]!["spec"]!["futureField"]!["a"]![0]!, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task The_server_fills_in_the_documented_defaults()
    {
        (await Client.CreateAsync(Redis.Resource, Database("defaults", new JsonObject { ["version"] = "8.2.2" }), Soon)).OrThrow();
        (await Client.CreateAsync(RedisOpsRequest.Resource, Request("defaults", "Reconfigure", new JsonObject()), Soon)).OrThrow();
        var stored = (await Witness.JsonAsync("rd", Namespace, "defaults"))!["spec"]!;
        var request = (await Witness.JsonAsync("rdops", Namespace, "defaults"))!["spec"]!;

        Assert.Multiple(() =>
        {
            Assert.That((int)stored["healthChecker"]!["failureThreshold"]!, Is.EqualTo(1));
            Assert.That((string)stored["allowedSchemas"]!["namespaces"]!["from"]!, Is.EqualTo("Same"));
            Assert.That((string)request["apply"]!, Is.EqualTo("IfReady"));
            Assert.That((int)request["maxRetries"]!, Is.EqualTo(1));
            Assert.That((string)request["configuration"]!["restart"]!, Is.EqualTo("auto"));
        });
    }

    [TestCase("""{"version":"8.2.2","mode":"Ring"}""")]
    [TestCase("""{"version":"8.2.2","deletionPolicy":"Never"}""")]
    [TestCase("""{"version":"8.2.2","serviceTemplates":[{"alias":"dashboard"}]}""")]
    [TestCase("""{"version":"8.2.2","replicas":"one"}""")]
    [TestCase("""{"version":"8.2.2","storage":{"resources":{"requests":{"storage":"much"}}}}""")]
    [TestCase("""{"version":"8.2.2","podTemplate":{"spec":{"containers":[{"image":"nameless"}]}}}""")]
    [TestCase("""{"mode":"Standalone"}""")]
    public async Task What_the_schema_forbids_is_refused(string spec)
    {
        var answer = await Client.CreateAsync(Redis.Resource, Database("refused", (JsonObject)JsonNode.Parse(spec)!), Soon);

        Assert.That(answer.Error?.Kind, Is.EqualTo(ApiErrorKind.Invalid), answer.Error?.Message);
    }

    /// <summary>Keeps the samples of <c>AdmittedInputTests</c> true: nearly all are taken in, and what is can be read.</summary>
    [Test]
    public async Task What_the_server_admits_can_be_read()
    {
        const int Count = 40;
        var refused = new List<string>();
        for (var seed = 0; seed < Count; seed++)
        {
            refused.AddRange(await Admit(Redis.Resource, Redis.Decode, seed));
            refused.AddRange(await Admit(RedisOpsRequest.Resource, RedisOpsRequest.Decode, seed));
        }

        Assert.That(refused, Has.Count.LessThan(Count / 4), () => string.Join('\n', refused));
    }

    private async Task<IEnumerable<string>> Admit<T>(ResourceType type, ObjectDecoder<T> decode, int seed)
    {
        var body = AdmittedJson.Object($"{type.Group}_{type.Plural}", seed, $"admitted-{seed}", Namespace);
        var answer = await Client.SendAsync(new ApiRequest { Verb = ApiVerb.Create, Type = type, Namespace = Namespace, Body = body }, decode, Soon);

        Assert.That(answer.Error?.Kind, Is.Null.Or.EqualTo(ApiErrorKind.Invalid), () => $"{answer.Error?.Message}\n{body.ToJsonString()}");
        return answer.Succeeded ? [] : [answer.Error!.Message];
    }

    [Test]
    public async Task An_unknown_type_of_request_is_refused()
    {
        var answer = await Client.CreateAsync(RedisOpsRequest.Resource, Request("refused", "Explode", null), Soon);

        Assert.That(answer.Error?.Kind, Is.EqualTo(ApiErrorKind.Invalid), answer.Error?.Message);
    }

    [Test]
    public async Task Two_writers_of_conditions_do_not_overwrite_each_other()
    {
        (await Client.CreateAsync(Redis.Resource, Database("shared", new JsonObject { ["version"] = "8.2.2" }), Soon)).OrThrow();

        // Not the operators' own names, nor the whole list: on a cluster where they run they write conditions of theirs.
        await ApplyCondition("shared", "FirstSeen", "first-writer");
        await ApplyCondition("shared", "SecondSeen", "second-writer");

        var stored = (await Witness.JsonAsync("rd", Namespace, "shared"))!["status"]!["conditions"]!.AsArray();
        Assert.That(stored.Select(c => (string?)c!["type"]), Is.SupersetOf(new[] { "FirstSeen", "SecondSeen" }));
    }

    private async Task ApplyCondition(string name, string type, string manager)
    {
        var body = Database(name, null);
        body["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = type, ["status"] = "True", ["lastTransitionTime"] = "2026-08-01T10:00:00Z" }),
        };
        var request = new ApiRequest
        {
            Verb = ApiVerb.Apply,
            Type = Redis.Resource,
            Namespace = Namespace,
            Name = name,
            Subresource = "status",
            Body = body,
            FieldManager = manager,
        };
        (await Client.SendAsync(request, KubernetesVerbs.DecodeJson, Soon)).OrThrow();
    }

    private JsonObject Database(string name, JsonObject? spec)
    {
        var manifest = Manifest("kubedb.com/v1", "Redis", name, Namespace);
        if (spec is not null)
            manifest["spec"] = spec;
        return manifest;
    }

    private JsonObject Request(string name, string type, JsonObject? configuration)
    {
        var spec = new JsonObject { ["type"] = type, ["databaseRef"] = new JsonObject { ["name"] = name } };
        if (configuration is not null)
            spec["configuration"] = configuration;
        return Manifest("ops.kubedb.com/v1alpha1", "RedisOpsRequest", name, Namespace, ("spec", spec));
    }

    private static string Definition(string file)
    {
        var parts = Path.GetFileNameWithoutExtension(file).Split('_');
        return $"{parts[1]}.{parts[0]}";
    }

    private static async Task<string> Kubectl(string arguments) =>
        (await Tool.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, .. arguments.Split(' ')])).OrFail();
}
