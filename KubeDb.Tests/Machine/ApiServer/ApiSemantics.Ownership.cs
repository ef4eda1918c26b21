using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.ApiServer;

/// <content>Server-side apply and the ownership of fields.</content>
public abstract partial class ApiSemantics
{
    [Test]
    public Task Apply_owns_what_it_names_and_nothing_else() => Run(async (client, ns) =>
    {
        var body = ConfigMap(ns, "one");
        body.Meta()["labels"] = new JsonObject { ["x"] = "y" };

        var applied = Ok(await Apply(client, ConfigMaps, body, "m"));

        Assert.That(Owned(applied, "m", "Apply"), Is.EqualTo("""{"f:data":{"f:a":{}},"f:metadata":{"f:labels":{"f:x":{}}}}"""));
        Assert.That(applied["metadata"]!["managedFields"]![0]!["fieldsType"]!.GetValue<string>(), Is.EqualTo("FieldsV1"));
    });

    [Test]
    public Task Applying_the_same_again_changes_nothing() => Run(async (client, ns) =>
    {
        // Not a workload: a real cluster's own controllers write the status of those meanwhile.
        var first = Ok(await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"a":"1"}"""), "m"));

        var second = Ok(await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"a":"1"}"""), "m"));

        Assert.That(Version(second), Is.EqualTo(Version(first)));
    });

    [Test]
    public Task A_field_that_the_manager_drops_goes_unless_another_owns_it() => Run(async (client, ns) =>
    {
        Ok(await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"a":"1","b":"2","c":"3"}"""), "m"));
        Ok(await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"b":"2"}"""), "n", force: false));

        var applied = Ok(await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"c":"3"}"""), "m"));

        Assert.That(applied["data"]!.ToJsonString(), Is.EqualTo("""{"b":"2","c":"3"}"""));
        Assert.That(Owned(applied, "m", "Apply"), Is.EqualTo("""{"f:data":{"f:c":{}}}"""));
        Assert.That(Owned(applied, "n", "Apply"), Is.EqualTo("""{"f:data":{"f:b":{}}}"""));
    });

    [Test]
    public Task Another_managers_value_is_a_conflict_without_force_and_taken_over_with_it() => Run(async (client, ns) =>
    {
        Ok(await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"a":"1","b":"2"}"""), "m"));

        Refused(
            await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"a":"9"}"""), "n", force: false),
            ApiErrorKind.Conflict,
            "Apply failed with 1 conflict: conflict with \"m\": .data.a");
        Refused(
            await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"a":"9","b":"8"}"""), "n", force: false),
            ApiErrorKind.Conflict,
            "Apply failed with 2 conflicts: conflicts with \"m\":\n- .data.a\n- .data.b");
        var forced = Ok(await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"a":"9"}"""), "n"));

        Assert.That(Owned(forced, "m", "Apply"), Is.EqualTo("""{"f:data":{"f:b":{}}}"""));
        Assert.That(Owned(forced, "n", "Apply"), Is.EqualTo("""{"f:data":{"f:a":{}}}"""));
    });

    [Test]
    public Task Every_other_write_takes_over_what_it_changes() => Run(async (client, ns) =>
    {
        Ok(await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"a":"1","b":"2"}"""), "m"));

        var patched = Ok(await Send(
            client, ApiVerb.MergePatch, ConfigMaps, ns, "one", Json.Parse("""{"metadata":{"annotations":{"n":"v"}},"data":{"a":"5","b":"2","c":"3"}}"""), "hand"));

        Assert.That(Owned(patched, "m", "Apply"), Is.EqualTo("""{"f:data":{"f:b":{}}}"""));
        Assert.That(
            Owned(patched, "hand", "Update"), Is.EqualTo("""{"f:data":{"f:a":{},"f:c":{}},"f:metadata":{"f:annotations":{".":{},"f:n":{}}}}"""));
        Refused(
            await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"a":"1","b":"2"}"""), "m", force: false),
            ApiErrorKind.Conflict,
            "Apply failed with 1 conflict: conflict with \"hand\" using v1: .data.a");
    });

    [Test]
    public Task A_removed_field_is_owned_by_nobody() => Run(async (client, ns) =>
    {
        Ok(await Apply(client, ConfigMaps, ConfigMap(ns, "one", """{"a":"1","b":"2"}"""), "m"));

        var patched = Ok(await Send(client, ApiVerb.MergePatch, ConfigMaps, ns, "one", Json.Parse("""{"data":{"a":null}}"""), "hand"));

        Assert.That(Owned(patched, "m", "Apply"), Is.EqualTo("""{"f:data":{"f:b":{}}}"""));
        Assert.That(Owned(patched, "hand", "Update"), Is.Empty);
    });

    [Test]
    public Task Apply_can_be_conditional_and_needs_a_manager_known_fields_and_the_right_object() => Run(async (client, ns) =>
    {
        var first = Ok(await Apply(client, Widgets, Widget(ns, "w", """{"replicas":1}"""), "m"));
        JsonObject With(string field, string value, string name = "w")
        {
            var body = Widget(ns, name, """{"replicas":1}""");
            body.Meta()[field] = value;
            return body;
        }

        Refused(await Apply(client, Widgets, With("resourceVersion", "1"), "m"), ApiErrorKind.Conflict);
        Refused(
            await Apply(client, Widgets, With("uid", "other"), "m"),
            ApiErrorKind.Invalid,
            "Widget.tests.kubedb.com \"w\" is invalid: metadata.uid: Invalid value: \"other\": field is immutable");
        Refused(
            await Apply(client, Widgets, With("uid", "other", "absent"), "m"),
            ApiErrorKind.Conflict,
            "Operation cannot be fulfilled on widgets.tests.kubedb.com \"absent\": uid mismatch: the provided object specified uid other, and no existing object was found");
        Refused(await Apply(client, Widgets, Widget(ns, "w", "{}"), ""), ApiErrorKind.Invalid);
        Refused(await Apply(client, Widgets, Widget(ns, "w", """{"unknown":1}"""), "m"), ApiErrorKind.ServerError);
        Ok(await Apply(client, Widgets, With("resourceVersion", Version(first)), "m"));
        Ok(await Apply(client, Widgets, With("uid", first.Uid()), "m"));
    });

    [Test]
    public Task Status_is_applied_by_its_own_managers_and_conditions_by_type() => Run(async (client, ns) =>
    {
        Ok(await Apply(client, Widgets, Widget(ns, "w", """{"replicas":1}"""), "m"));
        JsonObject Status(string status)
        {
            var body = Widget(ns, "w", """{"replicas":8}""");
            body["status"] = JsonNode.Parse(status);
            return body;
        }

        Ok(await Apply(client, Widgets, Status("""{"phase":"Ready","conditions":[{"type":"A","status":"True"},{"type":"B","status":"True"}]}"""), "one", subresource: "status"));
        Ok(await Apply(client, Widgets, Status("""{"conditions":[{"type":"C","status":"True"}]}"""), "two", subresource: "status"));
        var last = Ok(await Apply(client, Widgets, Status("""{"phase":"Ready","conditions":[{"type":"B","status":"False"}]}"""), "one", subresource: "status"));

        Assert.That(last["spec"].Number("replicas"), Is.EqualTo(1));
        Assert.That(last["status"]!["conditions"].Objects().Select(c => c.Text("type") + c.Text("status")), Is.EqualTo(new[] { "BFalse", "CTrue" }));
        Assert.That(
            Owned(last, "one", "Apply", "status"),
            Is.EqualTo("""{"f:status":{"f:conditions":{"k:{\"type\":\"B\"}":{".":{},"f:status":{},"f:type":{}}},"f:phase":{}}}"""));
        Assert.That(Owned(last, "m", "Apply"), Is.EqualTo("""{"f:spec":{"f:replicas":{}}}"""));
    });

    [Test]
    public Task Sets_maps_and_open_parts_of_a_custom_kind_merge_by_item() => Run(async (client, ns) =>
    {
        const string spec = """{"tags":["x","y"],"labels":{"a":"b"},"template":{"a":{"b":[1],"c":{}}},"parts":[{"name":"p","size":1},{"name":"q","size":1}],"words":["v"]}""";
        var first = Ok(await Apply(client, Widgets, Widget(ns, "w", spec), "m"));
        Ok(await Apply(client, Widgets, Widget(ns, "w", """{"tags":["z"],"parts":[{"name":"q","note":"n"},{"name":"r"}],"template":{"a":{"d":1}}}"""), "n"));

        var second = Ok(await Apply(client, Widgets, Widget(ns, "w", """{"tags":["y"],"parts":[{"name":"q","size":2}]}"""), "m"));

        Assert.That(
            Owned(first, "m", "Apply"),
            Is.EqualTo("""{"f:spec":{"f:labels":{"f:a":{}},"f:parts":{"k:{\"name\":\"p\"}":{".":{},"f:name":{},"f:size":{}},"k:{\"name\":\"q\"}":{".":{},"f:name":{},"f:size":{}}},"f:tags":{"v:\"x\"":{},"v:\"y\"":{}},"f:template":{"f:a":{".":{},"f:b":{},"f:c":{}}},"f:words":{}}}"""));
        Assert.That(second["spec"]!["tags"].Texts(), Is.EquivalentTo(new[] { "y", "z" }));
        Assert.That(second["spec"]!["labels"], Is.Null);
        Assert.That(second["spec"]!["words"], Is.Null);
        Assert.That(
            second["spec"]!["parts"].Objects().OrderBy(p => p.Text("name")).Select(p => $"{p.Text("name")} {p.Number("size")} {p.Text("note")}"),
            Is.EqualTo(new[] { "q 2 n", "r  " }));
        Assert.That(second["spec"]!["template"]!.ToJsonString(), Is.EqualTo("""{"a":{"d":1}}"""));
    });

    [Test]
    public Task A_create_owns_its_fields_and_the_maps_and_lists_around_them() => Run(async (client, ns) =>
    {
        var body = Widget(ns, "w", """{"replicas":3,"template":{"k":{}},"parts":[{"name":"p"}]}""");
        body.Meta()["labels"] = new JsonObject { ["x"] = "y" };
        body.Meta()["finalizers"] = new JsonArray("a.b/c");

        var created = Ok(await Send(client, ApiVerb.Create, Widgets, ns, null, body, "c"));
        Ok(await Send(client, ApiVerb.MergePatch, Widgets, ns, "w", Json.Parse("""{"metadata":{"finalizers":null}}""")));

        Assert.That(
            Owned(created, "c", "Update"),
            Is.EqualTo("""{"f:metadata":{"f:finalizers":{".":{},"v:\"a.b/c\"":{}},"f:labels":{".":{},"f:x":{}}},"f:spec":{".":{},"f:mode":{},"f:parts":{".":{},"k:{\"name\":\"p\"}":{".":{},"f:name":{}}},"f:replicas":{},"f:template":{".":{},"f:k":{}}}}"""));
    });

    [Test]
    public Task A_workload_is_owned_at_the_grain_of_its_published_types() => Run(async (client, ns) =>
    {
        var owner = await NamespaceUid(client, ns);
        var applied = Ok(await Apply(client, StatefulSets, StatefulSet(ns, owner), "m"));
        Ok(await Send(client, ApiVerb.Delete, StatefulSets, ns, "db"));
        var created = Ok(await Send(client, ApiVerb.Create, StatefulSets, ns, null, StatefulSet(ns, owner), "m"));

        Assert.That(Owned(applied, "m", "Apply"), Is.EqualTo(AppliedWorkload.ReplaceLineEndings("").Replace(SomeUid, owner, StringComparison.Ordinal)));
        Assert.That(Owned(created, "m", "Update"), Is.EqualTo(CreatedWorkload.ReplaceLineEndings("").Replace(SomeUid, owner, StringComparison.Ordinal)));
        Assert.That(created["spec"]!.Number("revisionHistoryLimit"), Is.EqualTo(10));
    });

    [Test]
    public Task A_service_gets_an_address_that_nobody_owns() => Run(async (client, ns) =>
    {
        var body = Json.Parse("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"selector":{"app":"db"},"ports":[{"name":"p","port":6379,"targetPort":"db"}]}}""");
        body.Meta()["namespace"] = ns;

        var applied = Ok(await Apply(client, Services, body, "m"));
        Ok(await Send(client, ApiVerb.Delete, Services, ns, "s"));
        var created = Ok(await Send(client, ApiVerb.Create, Services, ns, null, body, "m"));
        var replaced = body.Copy();
        replaced["spec"]!["ports"]![0]!["port"] = 6380;
        var updated = Ok(await Send(client, ApiVerb.Update, Services, ns, "s", replaced, "m"));

        Assert.That(
            Owned(applied, "m", "Apply"),
            Is.EqualTo("""{"f:spec":{"f:ports":{"k:{\"port\":6379,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{},"f:targetPort":{}}},"f:selector":{}}}"""));
        Assert.That(
            Owned(created, "m", "Update"),
            Is.EqualTo("""{"f:spec":{"f:internalTrafficPolicy":{},"f:ports":{".":{},"k:{\"port\":6379,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{},"f:protocol":{},"f:targetPort":{}}},"f:selector":{},"f:sessionAffinity":{},"f:type":{}}}"""));
        Assert.That(updated["spec"].Text("clusterIP"), Is.Not.Empty.And.EqualTo(created["spec"].Text("clusterIP")));
    });

    [Test]
    public Task A_claim_template_of_a_workload_can_not_change() => Run(async (client, ns) =>
    {
        var owner = await NamespaceUid(client, ns);
        Ok(await Apply(client, StatefulSets, StatefulSet(ns, owner), "m"));
        var grown = StatefulSet(ns, owner);
        grown["spec"]!["volumeClaimTemplates"]![0]!["spec"]!["resources"]!["requests"]!["storage"] = "2Gi";

        Refused(await Apply(client, StatefulSets, grown, "m"), ApiErrorKind.Invalid);
    });

    [Test]
    public Task Text_of_a_secret_is_stored_encoded_and_its_type_stays() => Run(async (client, ns) =>
    {
        var body = Json.Parse("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"k":"v"}}""");
        body.Meta()["namespace"] = ns;

        var created = Ok(await client.CreateAsync(Secrets, body, None));

        Assert.That(created["data"].Text("k"), Is.EqualTo("dg=="));
        Assert.That(created.Text("type"), Is.EqualTo("Opaque"));
        Refused(await Send(client, ApiVerb.MergePatch, Secrets, ns, "s", Json.Parse("""{"type":"other"}""")), ApiErrorKind.Invalid);
    });

    private static async Task<string> NamespaceUid(IKubernetesClient client, string ns) =>
        Ok(await client.GetAsync(Namespaces, new ObjectKey("", ns), None)).Meta().Text("uid");

    // Owned by its namespace, which exists: a real cluster collects what has no owner left.
    [Test]
    public Task Two_items_of_one_key_are_refused_with_a_fault_of_the_server() => Run(async (client, ns) =>
    {
        var body = Json.Parse(Workload);
        body.Meta().Remove("ownerReferences");
        body.Meta()["namespace"] = ns;
        body.At("spec", "template", "spec")!["containers"]![0]!["env"]!.AsArray().Add(Json.Parse("""{"name":"A","value":"2"}"""));

        var refused = await Apply(client, StatefulSets, body, "m");

        Assert.That((refused.Error?.Kind, refused.Error?.Code), Is.EqualTo((ApiErrorKind.ServerError, 500)));
        Assert.That(refused.Error!.Message, Is.EqualTo(
            $"failed to create typed patch object ({ns}/db; apps/v1, Kind=StatefulSet): .spec.template.spec.containers[name=\"redis\"].env: duplicate entries for key [name=\"A\"]"));
        Assert.That(refused.Error.IsObjectRefused, Is.True);
    });

    private static JsonObject StatefulSet(string ns, string owner)
    {
        var body = Json.Parse(Workload.Replace(SomeUid, owner, StringComparison.Ordinal).Replace("\"name\":\"o\"", $"\"name\":\"{ns}\"", StringComparison.Ordinal));
        body.Meta()["namespace"] = ns;
        return body;
    }
}
