using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.CrdGenerator;
using YamlDotNet.Serialization;

namespace KubeDb.Tests.Unit.Kinds;

[TestFixture]
[Category("Unit")]
public sealed class CrdTests
{
    private static readonly (string Facts, string Crd)[] Public =
    [
        ("redis", "kubedb.com_redises"),
        ("redisopsrequest", "ops.kubedb.com_redisopsrequests"),
        ("redisversion", "catalog.kubedb.com_redisversions"),
        ("redissentinel", "kubedb.com_redissentinels"),
        ("redissentinelopsrequest", "ops.kubedb.com_redissentinelopsrequests"),
        ("zookeeper", "kubedb.com_zookeepers"),
        ("zookeeperopsrequest", "ops.kubedb.com_zookeeperopsrequests"),
        ("zookeeperversion", "catalog.kubedb.com_zookeeperversions"),
        ("kafka", "kubedb.com_kafkas"),
        ("kafkaopsrequest", "ops.kubedb.com_kafkaopsrequests"),
        ("kafkaversion", "catalog.kubedb.com_kafkaversions"),
        ("druid", "kubedb.com_druids"),
        ("druidopsrequest", "ops.kubedb.com_druidopsrequests"),
        ("druidversion", "catalog.kubedb.com_druidversions"),
    ];

    private static readonly SortedDictionary<string, JsonObject> Definitions = CrdFiles.Definitions();

    private static string[] Names => [.. Definitions.Keys];

    [Test]
    public void The_committed_files_are_what_the_types_say()
    {
        var differences = new StringWriter();

        CrdFiles.Compare(CrdFiles.Generate(), RepositoryFiles.Crds, differences);

        Assert.That(differences.ToString(), Is.Empty);
    }

    [TestCaseSource(nameof(Names))]
    public void The_yaml_says_what_the_tree_says(string name)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryFiles.Crds, name + ".yaml"));
        var json = new SerializerBuilder().JsonCompatible().Build().Serialize(
            new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(text)!);

        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(json), Definitions[name]), json);
    }

    [TestCaseSource(nameof(Public))]
    public void Every_field_of_the_public_kind_is_there((string Facts, string Crd) kind)
    {
        Assert.Multiple(() =>
        {
            foreach (var (header, lines) in Served(kind.Facts))
            {
                var schema = (JsonObject)Version(kind.Crd, header.Split(' ')[1])["schema"]!["openAPIV3Schema"]!;
                var facts = CrdFact.Read(lines).Where(f => f.Path != "status.conditions").ToArray();

                Assert.That(facts, Has.Length.GreaterThan(15));
                Assert.That(facts.Select(f => CrdFact.Of(schema, f.Path)?.Normal ?? $"{f.Path} is missing"), Is.EqualTo(facts.Select(Expected)));
            }
        });

        // Ours takes more than the public kind where catalogs also write the distribution in lower case, where two versions of a kind have one schema, and
        // where a webhook of the public operator fills in a name before it is looked for.
        string Expected(CrdFact fact) => (kind.Facts, fact.Path) switch
        {
            (_, "spec.distribution") => fact.Normal.Replace("enum=Official|Valkey ", "enum=Official|Valkey|official|valkey ", StringComparison.Ordinal),
            ("kafka", "spec.serviceTemplates[].alias") => fact.Normal.Replace("enum=primary|standby|stats ", "enum=primary|standby|stats|dashboard|secondary ", StringComparison.Ordinal),
            ("kafka", "status.phase") => fact.Normal.Replace("enum=Provisioning|Ready|NotReady|Critical ", "enum=Provisioning|DataRestoring|Ready|Critical|NotReady|Halted|Unknown ", StringComparison.Ordinal),
            ("druid", "spec.zookeeperRef.name" or "spec.metadataStorage.name") => fact.Normal.Replace("required=True", "required=False", StringComparison.Ordinal),
            _ => fact.Normal,
        };
    }

    [Test]
    public void Two_versions_of_a_kind_have_one_schema_so_that_neither_loses_what_the_other_knows() => Assert.That(
        JsonNode.DeepEquals(Version("kubedb.com_kafkas", "v1")["schema"], Version("kubedb.com_kafkas", "v1alpha2")["schema"]));

    [TestCaseSource(nameof(Public))]
    public void Names_scope_columns_and_subresources_are_the_public_ones((string Facts, string Crd) kind)
    {
        var lines = RepositoryFiles.Facts(kind.Facts);
        var spec = Definitions[kind.Crd]["spec"]!;
        var names = spec["names"]!;

        var header = $"# {spec["group"]} {names["kind"]} plural={names["plural"]} singular={names["singular"]} shortNames={Joined(names["shortNames"])} "
            + $"categories={Joined(names["categories"])} scope={spec["scope"]}";
        Assert.Multiple(() =>
        {
            Assert.That(header, Is.EqualTo(lines[0]));
            Assert.That(spec["versions"]!.AsArray().Select(Served), Is.EqualTo(lines.Where(l => l.StartsWith("## ", StringComparison.Ordinal))));
            foreach (var (version, facts) in CrdTests.Served(kind.Facts))
            {
                var columns = Version(kind.Crd, version.Split(' ')[1])["additionalPrinterColumns"]!.AsArray().Select(c => $"column {c!["name"]} {c["type"]} {c["jsonPath"]}");
                var documented = facts.Where(l => l.StartsWith("column ", StringComparison.Ordinal)).ToList();
                Assert.That(columns.Take(documented.Count), Is.EqualTo(documented), "the documented columns come first: scripts count them");
            }
        });

        static string Served(JsonNode? version) =>
            $"## {version!["name"]} served=True storage={((bool)version["storage"]! ? "True" : "False")} subresources={string.Join(',', version["subresources"]?.AsObject().Select(s => s.Key) ?? [])}";
    }

    [TestCase("kubedb.com_redises")]
    [TestCase("ops.kubedb.com_redisopsrequests")]
    [TestCase("kubedb.com_redissentinels")]
    [TestCase("ops.kubedb.com_redissentinelopsrequests")]
    [TestCase("kubedb.com_zookeepers")]
    [TestCase("ops.kubedb.com_zookeeperopsrequests")]
    [TestCase("kubedb.com_kafkas")]
    [TestCase("ops.kubedb.com_kafkaopsrequests")]
    [TestCase("kubedb.com_druids")]
    [TestCase("ops.kubedb.com_druidopsrequests")]
    [TestCase("apps.k8s.appscode.com_petsets")]
    public void Conditions_are_a_map_so_that_two_writers_do_not_overwrite_each_other(string name)
    {
        var conditions = Version(name)["schema"]!["openAPIV3Schema"]!["properties"]!["status"]!["properties"]!["conditions"]!;

        Assert.That((string)conditions["x-kubernetes-list-type"]!, Is.EqualTo("map"));
        Assert.That(Joined(conditions["x-kubernetes-list-map-keys"]), Is.EqualTo("type"));
    }

    [TestCase("kubedb.com_redises", "acl,configuration,deletionPolicy", "coordinator,terminationPolicy")]
    [TestCase("kubedb.com_redissentinels", "configuration,deletionPolicy", "terminationPolicy")]
    public void V1alpha2_is_served_with_a_schema_of_its_own(string name, string without, string with)
    {
        var versions = Definitions[name]["spec"]!["versions"]!.AsArray();
        var (stored, older) = (versions[0]!, versions[1]!);
        var fields = Fields(older);

        Assert.That(versions.Select(v => $"{v!["name"]} {v["served"]} {v["storage"]}"), Is.EqualTo(new[] { "v1 true true", "v1alpha2 true false" }));
        Assert.That(Fields(stored).Except(fields), Is.EquivalentTo(without.Split(',')));
        Assert.That(fields.Except(Fields(stored)), Is.EquivalentTo(with.Split(',')));
        foreach (var same in (string[])["additionalPrinterColumns", "subresources"])
            Assert.That(JsonNode.DeepEquals(older[same], stored[same]), same);

        static IEnumerable<string> Fields(JsonNode version) =>
            version["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!.AsObject().Select(p => p.Key).ToList();
    }

    /// <summary>
    /// With the strategy None an API server would take what is written in an older version for the stored one, and lose fields. So until an operator
    /// has said where it is, it is refused. Only versions with one schema need nobody.
    /// </summary>
    [TestCaseSource(nameof(Names))]
    public void Where_versions_differ_a_webhook_converts(string name)
    {
        var spec = Definitions[name]["spec"]!;
        var schemas = spec["versions"]!.AsArray().Select(v => v!["schema"]).ToList();
        var differ = !schemas.TrueForAll(s => JsonNode.DeepEquals(s, schemas[0]));

        Assert.That((string?)spec["conversion"]?["strategy"], Is.EqualTo(differ ? "Webhook" : null));
        Assert.That(
            EngineRegistry.Create(new TcpDialer(), TimeProvider.System).SelectMany(e => e.Kinds.OlderVersions).Any(c => $"{c.Hub.Group}_{c.Hub.Plural}" == name), Is.EqualTo(differ));
    }

    [Test]
    public void A_pet_set_can_be_scaled()
    {
        var scale = Version("apps.k8s.appscode.com_petsets")["subresources"]!["scale"]!;

        Assert.That(scale.ToJsonString(), Is.EqualTo("""{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas","labelSelectorPath":".status.selector"}"""));
    }

    [TestCase("kubedb.com_redises", "Message .status.conditions[?(@.status==\"False\")].message 1")]
    [TestCase("ops.kubedb.com_redisopsrequests", "Database .spec.databaseRef.name 0", "Step .status.conditions[-1:].type 0", "Message .status.conditions[-1:].message 1")]
    [TestCase("kubedb.com_redissentinels", "Message .status.conditions[?(@.status==\"False\")].message 1")]
    [TestCase("kubedb.com_zookeepers", "Message .status.conditions[?(@.status==\"False\")].message 1")]
    [TestCase("kubedb.com_kafkas", "Message .status.conditions[?(@.status==\"False\")].message 1")]
    [TestCase("ops.kubedb.com_kafkaopsrequests", "Database .spec.databaseRef.name 0", "Step .status.conditions[-1:].type 0", "Message .status.conditions[-1:].message 1")]
    [TestCase("ops.kubedb.com_zookeeperopsrequests", "Database .spec.databaseRef.name 0", "Step .status.conditions[-1:].type 0", "Message .status.conditions[-1:].message 1")]
    [TestCase("kubedb.com_druids", "Message .status.conditions[?(@.status==\"False\")].message 1")]
    [TestCase("ops.kubedb.com_druidopsrequests", "Database .spec.databaseRef.name 0", "Step .status.conditions[-1:].type 0", "Message .status.conditions[-1:].message 1")]
    [TestCase("ops.kubedb.com_redissentinelopsrequests", "Database .spec.databaseRef.name 0", "Step .status.conditions[-1:].type 0", "Message .status.conditions[-1:].message 1")]
    [TestCase("apps.k8s.appscode.com_petsets", "Age .metadata.creationTimestamp 0", "Ready .status.readyReplicas 0", "Desired .spec.replicas 0", "Message .status.conditions[?(@.status==\"True\")].message 1")]
    public void A_person_sees_what_an_object_is_about_and_what_it_waits_for(string name, params string[] last)
    {
        var columns = Version(name)["additionalPrinterColumns"]!.AsArray().Select(c => $"{c!["name"]} {c["jsonPath"]} {c["priority"]?.GetValue<int>() ?? 0}");

        Assert.That(columns.TakeLast(last.Length), Is.EqualTo(last));
    }

    [TestCase("kubedb.com_redises", "spec", "spec.init", "spec.mode", "spec.storageType")]
    [TestCase("ops.kubedb.com_redisopsrequests", "", "the spec of a request")]
    [TestCase("kubedb.com_redissentinels", "spec", "spec.storageType")]
    [TestCase("ops.kubedb.com_redissentinelopsrequests", "", "the spec of a request")]
    [TestCase("ops.kubedb.com_zookeeperopsrequests", "", "the spec of a request")]
    [TestCase("kubedb.com_kafkas", "spec", "spec.storageType")]
    [TestCase("ops.kubedb.com_kafkaopsrequests", "", "the spec of a request")]
    [TestCase("ops.kubedb.com_druidopsrequests", "", "the spec of a request")]
    public void What_never_changes_has_a_rule(string name, string at, params string[] about)
    {
        var schema = Version(name)["schema"]!["openAPIV3Schema"]!;
        var rules = (at.Length == 0 ? schema : schema["properties"]![at]!)["x-kubernetes-validations"]!.AsArray();

        Assert.That(rules.Select(r => (string)r!["message"]!), Is.EqualTo(about).Using<string, string>((message, start) => message.StartsWith(start, StringComparison.Ordinal)));
        Assert.That(rules.Select(r => (string)r!["rule"]!), Has.All.Contain("oldSelf."));
    }

    /// <summary>The rules that a server has for structural schemas, which it would tell only when the definition is applied.</summary>
    [TestCaseSource(nameof(Names))]
    public void The_schema_is_structural_and_described(string name)
    {
        var problems = new List<string>();
        foreach (var version in Definitions[name]["spec"]!["versions"]!.AsArray())
            Walk((JsonObject)version!["schema"]!["openAPIV3Schema"]!, $"{version["name"]}", problems);

        Assert.That(problems, Is.Empty);
        Assert.That(JsonSerializer.Serialize(Definitions[name]), Has.Length.LessThan(256 * 1024));
    }

    [Test]
    public void Only_pieces_that_kubernetes_owns_keep_unknown_fields()
    {
        var spec = (JsonObject)Version("kubedb.com_redises")["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!;

        Assert.That(spec.ContainsKey("x-kubernetes-preserve-unknown-fields"), Is.False);
        Assert.That((bool)spec["properties"]!["podTemplate"]!["properties"]!["spec"]!["x-kubernetes-preserve-unknown-fields"]!, Is.True);
        Assert.That(spec["properties"]!["podTemplate"]!.AsObject().ContainsKey("x-kubernetes-preserve-unknown-fields"), Is.False);
    }

    private static void Walk(JsonObject schema, string path, List<string> problems)
    {
        var anything = schema["x-kubernetes-preserve-unknown-fields"] is not null;
        var amount = schema["x-kubernetes-int-or-string"] is not null;
        if (schema["type"] is null && !anything && !amount)
            problems.Add($"{path} has no type");
        if ((string?)schema["type"] == "array" && schema["items"] is null)
            problems.Add($"{path} has no items");
        if (schema.ContainsKey("properties") && schema.ContainsKey("additionalProperties"))
            problems.Add($"{path} has both properties and additionalProperties");
        foreach (var key in schema["x-kubernetes-list-map-keys"]?.AsArray() ?? [])
        {
            if (schema["items"]!["required"]?.AsArray().Any(r => (string)r! == (string)key!) != true)
                problems.Add($"{path} has key {key}, which is not required");
        }

        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
            Walk((JsonObject)property!, $"{path}.{name}", problems);
        foreach (var child in (string[])["items", "additionalProperties"])
        {
            if (schema[child] is JsonObject inner)
                Walk(inner, $"{path}.{child}", problems);
        }
    }

    private static JsonNode Version(string name) => Definitions[name]["spec"]!["versions"]![0]!;

    private static JsonNode Version(string name, string version) => Definitions[name]["spec"]!["versions"]!.AsArray().Single(v => (string)v!["name"]! == version)!;

    // The versions of which the facts speak, each with its header and its lines.
    private static IEnumerable<(string Header, IReadOnlyList<string> Lines)> Served(string facts)
    {
        var lines = RepositoryFiles.Facts(facts).ToList();
        var headers = lines.Where(l => l.StartsWith("## ", StringComparison.Ordinal)).ToList();
        foreach (var header in headers)
            yield return (header, [.. lines.Skip(lines.IndexOf(header) + 1).TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal))]);
    }

    private static string Joined(JsonNode? texts) => string.Join(',', texts?.AsArray().Select(t => (string)t!) ?? []);
}
