using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.ApiServer;

/// <content>Create, read, replace, patch, delete, lists and watches.</content>
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

    [Test]
    public Task Lists_select_and_page_over_one_state() => Run(async (client, ns) =>
    {
        for (var i = 0; i < 5; i++)
        {
            var body = ConfigMap(ns, $"n{i}");
            body.Meta()["labels"] = new JsonObject { ["odd"] = i % 2 == 1 ? "yes" : "no", ["of"] = ns };
            Ok(await client.CreateAsync(ConfigMaps, body, None));
        }

        async Task<ObjectPage<JsonObject>> List(string? labels = null, string? fields = null, int limit = 0, string? next = null) =>
            (await client.ListAsync(
                new ApiRequest { Verb = ApiVerb.List, Type = ConfigMaps, Namespace = ns, LabelSelector = labels, FieldSelector = fields, Limit = limit, Continue = next },
                KubernetesVerbs.DecodeJson,
                None)).OrThrow();
        string[] Names(ObjectPage<JsonObject> page) => page.Items.Select(i => i.Name()).Where(n => n[0] == 'n').ToArray();

        var first = await List("of=" + ns, limit: 2);
        Ok(await Send(client, ApiVerb.Delete, ConfigMaps, ns, "n3"));
        var second = await List("of=" + ns, limit: 2, next: first.Continue);
        var third = await List("of=" + ns, limit: 2, next: second.Continue);

        Assert.That(Names(await List("odd=yes")), Is.EqualTo(new[] { "n1" }));
        Assert.That(Names(await List("odd in (yes,no),odd!=yes")), Is.EqualTo(new[] { "n0", "n2", "n4" }));
        Assert.That(Names(await List("odd,!absent")), Has.Length.EqualTo(4));
        Assert.That(Names(await List(fields: "metadata.name=n2")), Is.EqualTo(new[] { "n2" }));
        Assert.That(Names(first).Concat(Names(second)).Concat(Names(third)), Is.EqualTo(new[] { "n0", "n1", "n2", "n3", "n4" }));
        Assert.That(second.ResourceVersion, Is.EqualTo(first.ResourceVersion));
        Assert.That(third.Continue, Is.Empty);
    });

    [Test]
    public Task A_watch_tells_what_happened_after_its_version() => Run(async (client, ns) =>
    {
        var first = Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one"), None));
        Ok(await Send(client, ApiVerb.MergePatch, ConfigMaps, ns, "one", Json.Parse("""{"metadata":{"labels":{"in":"yes"}}}""")));
        Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "two"), None));
        Ok(await Send(client, ApiVerb.Delete, ConfigMaps, ns, "two"));
        Ok(await Send(client, ApiVerb.MergePatch, ConfigMaps, ns, "one", Json.Parse("""{"data":{"a":"2"}}""")));
        Ok(await Send(client, ApiVerb.MergePatch, ConfigMaps, ns, "one", Json.Parse("""{"metadata":{"labels":null}}""")));

        async Task<string> Watch(string? labels, int count)
        {
            var seen = new List<string>();
            var options = new WatchOptions { Namespace = ns, ResourceVersion = Version(first), LabelSelector = labels, Timeout = TimeSpan.FromSeconds(10) };
            await foreach (var e in client.WatchAsync(ConfigMaps, options, KubernetesVerbs.DecodeJson, None))
            {
                if (e.Type == WatchEventType.Bookmark || e.Object?.Name() is not ("one" or "two"))
                    continue;
                seen.Add($"{e.Type} {e.Object.Name()}");
                Assert.That(e.ResourceVersion, Is.EqualTo(Version(e.Object)));
                if (seen.Count == count)
                    break;
            }

            return string.Join(", ", seen);
        }

        Assert.That(await Watch(null, 5), Is.EqualTo("Modified one, Added two, Deleted two, Modified one, Modified one"));
        Assert.That(await Watch("in=yes", 3), Is.EqualTo("Added one, Modified one, Deleted one"));
    });

    [Test]
    public Task A_watch_ends_when_its_time_is_up() => Run(async (client, ns) =>
    {
        var first = Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one"), None));
        var options = new WatchOptions { Namespace = ns, ResourceVersion = Version(first), Timeout = TimeSpan.FromSeconds(1) };
        var errors = 0;

        await foreach (var e in client.WatchAsync(ConfigMaps, options, KubernetesVerbs.DecodeJson, None))
            errors += e.Type == WatchEventType.Error ? 1 : 0;

        Assert.That(errors, Is.Zero);
    });

    [Test]
    public Task Metadata_alone_can_be_listed_and_watched() => Run(async (client, ns) =>
    {
        var created = Ok(await client.CreateAsync(Secrets, Json.Parse($$"""{"metadata":{"name":"s","namespace":"{{ns}}"},"data":{"k":"dg=="} }"""), None));
        var request = new ApiRequest { Verb = ApiVerb.List, Type = Secrets, Namespace = ns, FieldSelector = "metadata.name=s", MetadataOnly = true };

        var page = (await client.ListAsync(request, KubernetesVerbs.DecodeJson, None)).OrThrow();
        Ok(await Send(client, ApiVerb.MergePatch, Secrets, ns, "s", Json.Parse("""{"data":{"k":"dw=="}}""")));
        var options = new WatchOptions { Namespace = ns, ResourceVersion = page.ResourceVersion, MetadataOnly = true, Timeout = TimeSpan.FromSeconds(10) };
        JsonObject? changed = null;
        await foreach (var e in client.WatchAsync(Secrets, options, KubernetesVerbs.DecodeJson, None))
        {
            changed = e.Object;
            if (e.Type == WatchEventType.Modified)
                break;
        }

        Assert.That(page.Items.Single().Uid(), Is.EqualTo(created.Uid()));
        Assert.That(page.Items.Single()["data"], Is.Null);
        Assert.That(changed!.Uid(), Is.EqualTo(created.Uid()));
        Assert.That(changed!["data"], Is.Null);
    });
}
