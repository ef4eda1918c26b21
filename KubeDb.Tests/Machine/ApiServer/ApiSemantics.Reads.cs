using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.ApiServer;

/// <content>Lists and watches.</content>
public abstract partial class ApiSemantics
{
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
    public Task A_watch_without_a_version_begins_with_what_there_is() => Run(async (client, ns) =>
    {
        Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one"), None));
        Ok(await Send(client, ApiVerb.MergePatch, ConfigMaps, ns, "one", Json.Parse("""{"data":{"a":"2"}}""")));
        var options = new WatchOptions { Namespace = ns, ResourceVersion = "", FieldSelector = "metadata.name=one", Timeout = TimeSpan.FromSeconds(10) };
        var seen = new List<string>();

        await foreach (var e in client.WatchAsync(ConfigMaps, options, KubernetesVerbs.DecodeJson, None))
        {
            if (e.Type == WatchEventType.Bookmark)
                continue;
            seen.Add($"{e.Type} {e.Object?["data"].Text("a")}");
            if (seen.Count == 2)
                break;
            Ok(await Send(client, ApiVerb.MergePatch, ConfigMaps, ns, "one", Json.Parse("""{"data":{"a":"3"}}""")));
        }

        Assert.That(seen, Is.EqualTo(new[] { "Added 2", "Modified 3" }));
    });

    [Test]
    public Task A_bookmark_tells_how_far_a_watch_has_come_without_events() => Run(async (client, ns) =>
    {
        var from = Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "other"), None));
        Ok(await client.CreateAsync(ConfigMaps, ConfigMap(ns, "one"), None));
        var options = new WatchOptions { Namespace = ns, ResourceVersion = Version(from), FieldSelector = "metadata.name=one", Timeout = TimeSpan.FromSeconds(6) };
        var (unseen, seen, bookmark) = ("", new List<string>(), "");
        await foreach (var e in client.WatchAsync(ConfigMaps, options, KubernetesVerbs.DecodeJson, None))
        {
            if (e.Type == WatchEventType.Bookmark)
                bookmark = e.ResourceVersion;
            else
                seen.Add($"{e.Type} {e.Object?.Name()}");
            if (unseen.Length == 0)
                unseen = Version(Ok(await Send(client, ApiVerb.MergePatch, ConfigMaps, ns, "other", Json.Parse("""{"data":{"a":"2"}}"""))));
        }

        Assert.That(seen, Is.EqualTo(new[] { "Added one" }));
        Assert.That(bookmark, Is.Not.Empty, "one comes shortly before the watch's end, if not earlier");
        Assert.That(long.Parse(bookmark, CultureInfo.InvariantCulture), Is.GreaterThanOrEqualTo(long.Parse(unseen, CultureInfo.InvariantCulture)));

        Ok(await Send(client, ApiVerb.Delete, ConfigMaps, ns, "one"));
        await foreach (var e in client.WatchAsync(ConfigMaps, options with { ResourceVersion = bookmark, FieldSelector = null }, KubernetesVerbs.DecodeJson, None))
        {
            if (e.Object?.Name() is "one" or "other")
                seen.Add($"{e.Type} {e.Object.Name()}");
        }

        Assert.That(seen, Is.EqualTo(new[] { "Added one", "Deleted one" }));
    });

    [Test]
    public Task A_version_that_is_no_longer_known_is_gone() => Run(async (client, ns) =>
    {
        Ok(await client.CreateAsync(Widgets, Widget(ns, "one", "{}"), None));
        await ForgetAsync();
        var options = new WatchOptions { Namespace = ns, ResourceVersion = "1", Timeout = TimeSpan.FromSeconds(10) };
        var seen = new List<WatchEvent<JsonObject>>();

        await foreach (var e in client.WatchAsync(Widgets, options, KubernetesVerbs.DecodeJson, None))
            seen.Add(e);

        Assert.That(seen.Select(e => e.Type), Is.EqualTo(new[] { WatchEventType.Error }));
        Assert.That((seen[0].Error!.Kind, seen[0].Error!.Code, seen[0].Error!.Reason), Is.EqualTo((ApiErrorKind.Gone, 410, "Expired")));
        Assert.That(seen[0].Error!.Message, Does.StartWith("too old resource version: 1 ("));
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
