using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.ApiServer;

/// <content>Create, read, replace, patch and delete.</content>
public abstract partial class ApiSemantics
{
    [Test]
    public Task A_created_object_has_identity_and_can_not_be_created_twice() => Run(async (client, ns) =>
    {
        var created = Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one"), None));
        var metadata = created["metadata"]!;

        Assert.That(metadata.Text("uid"), Is.Not.Empty);
        Assert.That(metadata.Text("creationTimestamp"), Does.Match("^20..-..-..T..:..:..Z$"));
        Assert.That(Version(created), Is.Not.Empty);
        Assert.That(metadata["generation"], Is.Null);
        Refused(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one"), None), ApiErrorKind.AlreadyExists, "configmaps \"one\" already exists");
        Refused(await Send(client, ApiVerb.Get, ConfigMaps, ns, "two"), ApiErrorKind.NotFound, "configmaps \"two\" not found");
    });

    [Test]
    public Task A_generated_name_starts_with_its_prefix() => Run(async (client, ns) =>
    {
        var body = ConfigMap(ns, "x");
        body.Meta().Remove("name");
        body.Meta()["generateName"] = "pre-";

        var created = Ok(await client.CreateAsync(ConfigMaps, body, None));

        Assert.That(created.Name(), Does.Match("^pre-.{5}$"));
    });

    [Test]
    public Task An_absent_api_and_an_absent_namespace_are_not_found() => Run(async (client, ns) =>
    {
        Refused(await Send(client, ApiVerb.Get, Absent, ns, "x"), ApiErrorKind.NotFound);
        Refused(await Send(client, ApiVerb.List, Absent, ns, null), ApiErrorKind.NotFound);
        Refused(
            await client.CreateAsync(ConfigMaps, ConfigMap("no-such-namespace", "x"), None), ApiErrorKind.NotFound, "namespaces \"no-such-namespace\" not found");
    });

    [Test]
    public Task A_replace_of_an_older_version_is_a_conflict() => Run(async (client, ns) =>
    {
        var first = Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one"), None));
        var changed = first.Copy();
        changed["data"]!["a"] = "2";

        var second = Ok(await client.UpdateAsync(ConfigMaps, changed.Copy(), null, None));

        Assert.That(Version(second), Is.Not.EqualTo(Version(first)));
        Refused(
            await client.UpdateAsync(ConfigMaps, changed, null, None),
            ApiErrorKind.Conflict,
            "Operation cannot be fulfilled on configmaps \"one\": the object has been modified; please apply your changes to the latest version and try again");
    });

    [Test]
    public Task A_write_that_changes_nothing_makes_no_version() => Run(async (client, ns) =>
    {
        var first = Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one"), None));
        var key = new ObjectKey(ns, "one");

        var replaced = Ok(await client.UpdateAsync(ConfigMaps, first.Copy(), null, None));
        var patched = Ok(await client.MergePatchAsync(ConfigMaps, key, Json.Parse("""{"data":{"a":"1"}}"""), "other", null, KubernetesVerbs.DecodeJson, None));

        Assert.That(Version(replaced), Is.EqualTo(Version(first)));
        Assert.That(Version(patched), Is.EqualTo(Version(first)));
    });

    [Test]
    public Task A_merge_patch_removes_by_null_and_can_be_conditional() => Run(async (client, ns) =>
    {
        var first = Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one", """{"a":"1","b":"2"}"""), None));
        var key = new ObjectKey(ns, "one");
        JsonObject Patch(string data) => Json.Parse($$"""{"metadata":{"resourceVersion":"{{Version(first)}}"},"data":{{data}}}""");

        var patched = Ok(await client.MergePatchAsync(ConfigMaps, key, Patch("""{"a":null,"c":"3"}"""), "m", null, KubernetesVerbs.DecodeJson, None));

        Assert.That(patched["data"]!.ToJsonString(), Is.EqualTo("""{"b":"2","c":"3"}"""));
        Refused(
            await client.MergePatchAsync(ConfigMaps, key, Patch("""{"d":"4"}"""), "m", null, KubernetesVerbs.DecodeJson, None), ApiErrorKind.Conflict);
    });

    [Test]
    public Task A_json_patch_tests_before_it_writes() => Run(async (client, ns) =>
    {
        Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one"), None));
        JsonNode Patch(string value) => JsonNode.Parse(
            $$"""
              [{"op":"test","path":"/data/a","value":"{{value}}"},{"op":"replace","path":"/data/a","value":"9"},
              {"op":"add","path":"/metadata/labels","value":{"x~y":"z"} },{"op":"move","from":"/metadata/labels/x~0y","path":"/metadata/labels/xy"}]
              """)!;

        Refused(await Send(client, ApiVerb.JsonPatch, ConfigMaps, ns, "one", Patch("5")), ApiErrorKind.Invalid);
        var patched = Ok(await Send(client, ApiVerb.JsonPatch, ConfigMaps, ns, "one", Patch("1")));

        Assert.That(patched["data"].Text("a"), Is.EqualTo("9"));
        Assert.That(patched["metadata"]!["labels"]!.ToJsonString(), Is.EqualTo("""{"xy":"z"}"""));
    });

    [Test]
    public Task The_generation_counts_changes_of_the_spec_only() => Run(async (client, ns) =>
    {
        var created = Ok(await client.CreateAsync(Widgets, Widget(ns, "w", """{"replicas":1}"""), None));
        var key = new ObjectKey(ns, "w");
        Task<ApiResult<JsonObject>> Patch(string patch, string? subresource = null) =>
            client.MergePatchAsync(Widgets, key, Json.Parse(patch), "m", subresource, KubernetesVerbs.DecodeJson, None);

        var labelled = Ok(await Patch("""{"metadata":{"labels":{"a":"b"}}}"""));
        var reported = Ok(await Patch("""{"status":{"phase":"Ready"},"spec":{"replicas":7}}""", "status"));
        var changed = Ok(await Patch("""{"spec":{"replicas":2},"status":{"phase":"Lost"}}"""));

        Assert.That(created["metadata"].Number("generation"), Is.EqualTo(1));
        Assert.That(labelled["metadata"].Number("generation"), Is.EqualTo(1));
        Assert.That(reported["metadata"].Number("generation"), Is.EqualTo(1));
        Assert.That(reported["spec"].Number("replicas"), Is.EqualTo(1));
        Assert.That(changed["metadata"].Number("generation"), Is.EqualTo(2));
        Assert.That(changed["status"].Text("phase"), Is.EqualTo("Ready"));
    });

    [Test]
    public Task A_custom_kind_gets_defaults_loses_unknown_fields_and_is_validated() => Run(async (client, ns) =>
    {
        var created = Ok(await client.CreateAsync(Widgets, Widget(ns, "w", """{"unknown":1,"template":{"kept":{"deep":true}}}"""), None));

        Assert.That(created["spec"]!["unknown"], Is.Null);
        Assert.That(created["spec"].Text("mode"), Is.EqualTo("One"));
        Assert.That(created["spec"]!["template"]!.ToJsonString(), Is.EqualTo("""{"kept":{"deep":true}}"""));
        Refused(await client.CreateAsync(Widgets, Widget(ns, "x", """{"mode":"Three"}"""), None), ApiErrorKind.Invalid);
        Refused(await client.CreateAsync(Widgets, Widget(ns, "x", """{"parts":[{"size":1}]}"""), None), ApiErrorKind.Invalid);
        Refused(await client.CreateAsync(Widgets, Widget(ns, "x", """{"replicas":"one"}"""), None), ApiErrorKind.Invalid);
    });

    [Test]
    public Task A_scale_reads_and_writes_replicas() => Run(async (client, ns) =>
    {
        Ok(await client.CreateAsync(Widgets, Widget(ns, "w", """{"replicas":1}"""), None));

        var scale = Ok(await Send(client, ApiVerb.Get, Widgets, ns, "w", subresource: "scale"));
        Ok(await Send(client, ApiVerb.MergePatch, Widgets, ns, "w", Json.Parse("""{"spec":{"replicas":3}}"""), "m", "scale"));
        var after = Ok(await Send(client, ApiVerb.Get, Widgets, ns, "w"));

        Assert.That(scale.Text("kind"), Is.EqualTo("Scale"));
        Assert.That(scale["spec"].Number("replicas"), Is.EqualTo(1));
        Assert.That(after["spec"].Number("replicas"), Is.EqualTo(3));
        Assert.That(after["metadata"].Number("generation"), Is.EqualTo(2));
        Assert.That(Owned(after, "m", "Update", "scale"), Is.EqualTo("""{"f:spec":{"f:replicas":{}}}"""));
    });

    [Test]
    public Task A_delete_holds_to_its_preconditions() => Run(async (client, ns) =>
    {
        var first = Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one"), None));
        var uid = first.Uid();
        Task<ApiResult<JsonObject>> Delete(string preconditions) =>
            Send(client, ApiVerb.Delete, ConfigMaps, ns, "one", Json.Parse($$"""{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{{preconditions}}}"""));

        Refused(
            await Delete("""{"uid":"other"}"""),
            ApiErrorKind.Conflict,
            $"Operation cannot be fulfilled on ConfigMap \"one\": the UID in the precondition (other) does not match the UID in record ({uid}). The object might have been deleted and then recreated");
        Refused(
            await Delete($$"""{"uid":"{{uid}}","resourceVersion":"1"}"""),
            ApiErrorKind.Conflict,
            $"Operation cannot be fulfilled on ConfigMap \"one\": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({Version(first)}). The object might have been modified");
        Ok(await Delete($$"""{"uid":"{{uid}}","resourceVersion":"{{Version(first)}}"}"""));
        Refused(await Send(client, ApiVerb.Get, ConfigMaps, ns, "one"), ApiErrorKind.NotFound);
    });

    [Test]
    public Task A_finalizer_holds_a_deleted_object_until_it_is_removed() => Run(async (client, ns) =>
    {
        var body = Widget(ns, "w", """{"replicas":1}""");
        body.Meta()["finalizers"] = new JsonArray("tests.kubedb.com/hold");
        Ok(await client.CreateAsync(Widgets, body, None));

        var deleting = Ok(await Send(client, ApiVerb.Delete, Widgets, ns, "w"));
        var again = Ok(await Send(client, ApiVerb.Delete, Widgets, ns, "w"));

        Assert.That(deleting.IsDeleting(), Is.True);
        Assert.That(deleting["metadata"].Number("deletionGracePeriodSeconds"), Is.EqualTo(0));
        Assert.That(deleting["metadata"].Number("generation"), Is.EqualTo(2));
        Assert.That(Version(again), Is.EqualTo(Version(deleting)));
        Refused(
            await Send(client, ApiVerb.MergePatch, Widgets, ns, "w", Json.Parse("""{"metadata":{"finalizers":["tests.kubedb.com/hold","tests.kubedb.com/more"]}}""")),
            ApiErrorKind.Invalid);
        Refused(await client.CreateAsync(Widgets, body, None), ApiErrorKind.AlreadyExists);
        Ok(await Send(client, ApiVerb.MergePatch, Widgets, ns, "w", Json.Parse("""{"metadata":{"finalizers":null}}""")));
        Refused(await Send(client, ApiVerb.Get, Widgets, ns, "w"), ApiErrorKind.NotFound);
    });

    [Test]
    public Task A_foreground_deletion_waits_with_a_finalizer() => Run(async (client, ns) =>
    {
        var body = ConfigMap(ns, "one");
        body.Meta()["finalizers"] = new JsonArray("tests.kubedb.com/hold");
        Ok(await client.CreateAsync(ConfigMaps, body, None));

        var deleting = Ok(await Send(client, ApiVerb.Delete, ConfigMaps, ns, "one", Json.Parse("""{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground"}""")));
        Ok(await Send(client, ApiVerb.MergePatch, ConfigMaps, ns, "one", Json.Parse("""{"metadata":{"finalizers":null}}""")));

        Assert.That(deleting["metadata"]!["finalizers"].Texts(), Is.EquivalentTo(new[] { "tests.kubedb.com/hold", "foregroundDeletion" }));
    });
}
