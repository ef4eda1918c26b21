using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.ControlPlane.Kubernetes;

[TestFixture]
[Category("ControlPlane")]
public sealed class RequestTests : ApiServerTest
{
    [Test]
    public async Task What_was_created_is_read_back_with_every_character()
    {
        const string text = "grüße „quoted\" \\ <&> 漢字 🚀\n\tend";
        (await Create(ConfigMap("text", text))).OrThrow();

        var read = (await Client.GetAsync(ResourceTypes.ConfigMap, Key("text"), Soon)).OrThrow();

        Assert.That(read["data"]!["key"]!.GetValue<string>(), Is.EqualTo(text));
        Assert.That((await Witness.ConfigMapAsync(Namespace, "text"))!.Data["key"], Is.EqualTo(text));
    }

    [Test]
    public async Task Errors_are_told_apart()
    {
        (await Create(ConfigMap("taken", "1"))).OrThrow();

        var taken = await Create(ConfigMap("taken", "2"));
        var missing = await Client.GetAsync(ResourceTypes.ConfigMap, Key("missing"), Soon);
        var unknown = await Client.GetAsync(new ResourceType("example.com", "v1", "nothings", "Nothing"), Key("x"), Soon);
        var invalid = await Create(ConfigMap("Not A Name", "1"));
        var forbidden = await ActAsNobody().GetAsync(ResourceTypes.ConfigMap, Key("taken"), Soon);

        Assert.That(
            new[] { taken, missing, unknown, invalid, forbidden }.Select(r => r.Error?.Kind),
            Is.EqualTo(new ApiErrorKind?[] { ApiErrorKind.AlreadyExists, ApiErrorKind.NotFound, ApiErrorKind.NotFound, ApiErrorKind.Invalid, ApiErrorKind.Forbidden }));
        Assert.That(forbidden.Error!.Message, Does.Contain("nobody-at-all"), "impersonation reached the server");
    }

    [Test]
    public async Task A_paged_list_brings_every_object_once()
    {
        foreach (var i in Enumerable.Range(0, 7))
        {
            var body = ConfigMap($"page-{i}", "x");
            body["metadata"]!["labels"] = new JsonObject { ["page"] = "yes" };
            (await Create(body)).OrThrow();
        }

        var names = new List<string>();
        string? next = null;
        var pages = 0;
        do
        {
            var request = new ApiRequest { Verb = ApiVerb.List, Type = ResourceTypes.ConfigMap, Namespace = Namespace, LabelSelector = "page=yes", Limit = 3, Continue = next };
            var page = (await Client.ListAsync(request, KubernetesVerbs.DecodeJson, Soon)).OrThrow();
            names.AddRange(page.Items.Select(i => i["metadata"]!["name"]!.GetValue<string>()));
            Assert.That(page.ResourceVersion, Is.Not.Empty);
            next = page.Continue;
            pages++;
        }
        while (next.Length > 0);

        Assert.That(pages, Is.EqualTo(3));
        Assert.That(names, Is.EquivalentTo(Enumerable.Range(0, 7).Select(i => $"page-{i}")));
    }

    [Test]
    public async Task Apply_creates_changes_drops_and_respects_the_version_and_uid_it_is_given()
    {
        var first = (await Apply(ConfigMap("applied", "1"))).OrThrow();
        var body = ConfigMap("applied", "2");
        body["data"] = new JsonObject { ["other"] = "2" };
        var second = (await Apply(body)).OrThrow();
        Assert.That(second["data"]!.AsObject().Select(p => p.Key), Is.EqualTo(new[] { "other" }), "a field no longer applied is gone");
        Assert.That((await Witness.ConfigMapAsync(Namespace, "applied"))!.Data, Is.EqualTo(new Dictionary<string, string> { ["other"] = "2" }));

        var stale = ConfigMap("applied", "3");
        stale["metadata"]!["resourceVersion"] = first["metadata"]!["resourceVersion"]!.GetValue<string>();
        var conflict = await Apply(stale);
        Assert.That(conflict.Error?.Kind, Is.EqualTo(ApiErrorKind.Conflict));

        var ghost = ConfigMap("never-there", "1");
        ghost["metadata"]!["uid"] = Guid.NewGuid().ToString();
        var refused = await Apply(ghost);
        Assert.That(refused.Error?.Kind, Is.EqualTo(ApiErrorKind.Conflict), "a uid keeps apply from creating");
        Assert.That(await Witness.ConfigMapAsync(Namespace, "never-there"), Is.Null);
    }

    [Test]
    public async Task Merge_patch_update_and_json_patch_demand_the_version_they_state()
    {
        var created = (await Create(ConfigMap("patched", "1"))).OrThrow();
        var patch = new JsonObject { ["data"] = new JsonObject { ["key"] = "2" } };
        var patched = (await Client.MergePatchAsync(ResourceTypes.ConfigMap, Key("patched"), patch, "test", null, KubernetesVerbs.DecodeJson, Soon)).OrThrow();
        Assert.That(patched["data"]!["key"]!.GetValue<string>(), Is.EqualTo("2"));

        var stale = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = created["metadata"]!["resourceVersion"]!.GetValue<string>() }, ["data"] = new JsonObject { ["key"] = "3" } };
        var refusedPatch = await Client.MergePatchAsync(ResourceTypes.ConfigMap, Key("patched"), stale, "test", null, KubernetesVerbs.DecodeJson, Soon);
        var refusedUpdate = await Client.UpdateAsync(ResourceTypes.ConfigMap, created, null, Soon);
        var steps = new JsonArray(
            new JsonObject { ["op"] = "test", ["path"] = "/data/key", ["value"] = "2" },
            new JsonObject { ["op"] = "replace", ["path"] = "/data/key", ["value"] = "4" });
        var stepped = await Client.SendAsync(
            new ApiRequest { Verb = ApiVerb.JsonPatch, Type = ResourceTypes.ConfigMap, Namespace = Namespace, Name = "patched", Body = steps }, KubernetesVerbs.DecodeJson, Soon);

        Assert.That(refusedPatch.Error?.Kind, Is.EqualTo(ApiErrorKind.Conflict));
        Assert.That(refusedUpdate.Error?.Kind, Is.EqualTo(ApiErrorKind.Conflict));
        Assert.That(stepped.OrThrow()["data"]!["key"]!.GetValue<string>(), Is.EqualTo("4"));
        Assert.That((await Witness.ConfigMapAsync(Namespace, "patched"))!.Data["key"], Is.EqualTo("4"));
    }

    [Test]
    public async Task Delete_takes_only_the_object_that_was_seen()
    {
        var created = (await Create(ConfigMap("deleted", "1"))).OrThrow();
        var seen = new ObjectMeta
        {
            Namespace = Namespace,
            Name = "deleted",
            Uid = created["metadata"]!["uid"]!.GetValue<string>(),
            ResourceVersion = created["metadata"]!["resourceVersion"]!.GetValue<string>(),
        };

        var otherUid = await Client.DeleteAsync(ResourceTypes.ConfigMap, seen with { Uid = Guid.NewGuid().ToString() }, "Background", false, Soon);
        var otherVersion = await Client.DeleteAsync(ResourceTypes.ConfigMap, seen with { ResourceVersion = "1" }, "Background", true, Soon);
        var left = await Witness.ConfigMapAsync(Namespace, "deleted");
        var right = await Client.DeleteAsync(ResourceTypes.ConfigMap, seen, "Background", true, Soon);
        var gone = await Client.GetAsync(ResourceTypes.ConfigMap, Key("deleted"), Soon);

        Assert.That(otherUid.Error?.Kind, Is.EqualTo(ApiErrorKind.Conflict));
        Assert.That(otherVersion.Error?.Kind, Is.EqualTo(ApiErrorKind.Conflict));
        Assert.That(left?.Metadata.Uid, Is.EqualTo(seen.Uid), "what was not meant is still there");
        Assert.That(right.Succeeded, Is.True, right.Error?.Message);
        Assert.That(gone.Error?.Kind, Is.EqualTo(ApiErrorKind.NotFound));
        Assert.That(await Witness.ConfigMapAsync(Namespace, "deleted"), Is.Null);
    }

    [Test]
    public async Task A_refused_secret_is_not_quoted()
    {
        var body = Manifest("v1", "Secret", "refused", Namespace, ("type", "Opaque"), ("data", new JsonObject { ["password"] = "not base64: hunter2!" }));

        var refused = await Client.CreateAsync(ResourceTypes.Secret, body, Soon);

        Assert.That(refused.Error?.Kind, Is.EqualTo(ApiErrorKind.BadRequest));
        Assert.That(refused.Error!.Message, Does.Not.Contain("hunter2"));
    }

    [Test]
    public async Task A_secret_and_a_service_are_read_as_models()
    {
        var secret = Manifest("v1", "Secret", "login", Namespace, ("type", "kubernetes.io/basic-auth"), ("stringData", new JsonObject { ["username"] = "u", ["password"] = "pä" }));
        (await Client.CreateAsync(ResourceTypes.Secret, secret, Soon)).OrThrow();
        var service = Manifest("v1", "Service", "front", Namespace, ("spec", new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["port"] = 6379, ["targetPort"] = "db" }) }));
        (await Client.CreateAsync(ResourceTypes.Service, service, Soon)).OrThrow();

        var readSecret = (await Client.GetAsync<Secret>(Key("login"), Soon)).OrThrow();
        var readService = (await Client.GetAsync<Service>(Key("front"), Soon)).OrThrow();

        Assert.That((readSecret.Type, readSecret.Text("username"), readSecret.Text("password")), Is.EqualTo(("kubernetes.io/basic-auth", "u", "pä")));
        Assert.That((readService.Spec.Type, readService.Spec.Ports[0].Port, readService.Spec.Ports[0].TargetPort), Is.EqualTo(("ClusterIP", 6379, "db")));

        var (otherSecret, otherService) = ((await Witness.SecretAsync(Namespace, "login"))!, (await Witness.ServiceAsync(Namespace, "front"))!);
        Assert.Multiple(() =>
        {
            Assert.That(readSecret.Text("password"), Is.EqualTo(Encoding.UTF8.GetString(otherSecret.Data["password"])));
            Assert.That(
                (readSecret.Metadata.Uid, readSecret.Metadata.ResourceVersion, readSecret.Metadata.CreationTimestamp),
                Is.EqualTo((otherSecret.Metadata.Uid, otherSecret.Metadata.ResourceVersion, new DateTimeOffset(otherSecret.Metadata.CreationTimestamp!.Value))));
            Assert.That(
                (readService.Spec.Type, readService.Spec.Ports[0].Port, readService.Spec.Ports[0].TargetPort),
                Is.EqualTo((otherService.Spec.Type, otherService.Spec.Ports[0].Port, otherService.Spec.Ports[0].TargetPort.Value)));
        });
    }

    [Test]
    public async Task Discovery_tells_what_is_served_and_what_is_not()
    {
        var offer = (await new ApiDiscovery(Client).GetAsync(Soon)).OrThrow();

        Assert.That(offer.Version, Is.GreaterThanOrEqualTo(new KubernetesVersion(1, 20)));
        Assert.That(await Witness.VersionAsync(), Does.StartWith($"v{offer.Version.Major}.{offer.Version.Minor}."));
        Assert.That(offer.Serves(ResourceTypes.Pod) && offer.Serves(ResourceTypes.StatefulSet) && offer.Serves(ResourceTypes.Lease), Is.True);
        Assert.That(offer.Serves(ResourceTypes.PodDisruptionBudget), Is.EqualTo(offer.Version >= new KubernetesVersion(1, 21)));
        Assert.That(offer.Serves(new ResourceType("example.com", "v1", "nothings", "Nothing")), Is.False);
    }

    [Test]
    public async Task An_aggregated_api_that_is_down_hinders_no_other()
    {
        var down = new ResourceType("down.example.com", "v1", "things", "Thing");
        var services = new ResourceType("apiregistration.k8s.io", "v1", "apiservices", "APIService", Namespaced: false);
        var body = Manifest("apiregistration.k8s.io/v1", "APIService", "v1.down.example.com", null, ("spec", new JsonObject
        {
            ["group"] = "down.example.com",
            ["version"] = "v1",
            ["groupPriorityMinimum"] = 10,
            ["versionPriority"] = 10,
            ["insecureSkipTLSVerify"] = true,
            ["service"] = new JsonObject { ["namespace"] = Namespace, ["name"] = "nobody" },
        }));
        (await Client.CreateAsync(services, body, Soon)).OrThrow();
        try
        {
            using var impatient = new HttpKubernetesClient(
                KubernetesConfiguration.Load(new ConfigurationSource { KubeconfigPath = Kubeconfig }), new KubernetesClientOptions { MaxRetries = 0 });
            var discovery = new ApiDiscovery(impatient);
            var offer = (await discovery.GetAsync(Soon)).OrThrow();
            for (var i = 0; i < 50 && !offer.IsUncertain(down); i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
                offer = (await discovery.RefreshAsync(Soon)).OrThrow();
            }

            Assert.That(offer.IsUncertain(down), Is.True, "the server lists the group, and its API does not answer");
            Assert.That(offer.Serves(ResourceTypes.Pod) && offer.Serves(ResourceTypes.StatefulSet), Is.True);
        }
        finally
        {
            await Client.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = services, Name = "v1.down.example.com" }, KubernetesVerbs.DecodeJson, Soon);
        }
    }

    private Task<ApiResult<JsonObject>> Apply(JsonObject body) =>
        Client.ApplyAsync(ResourceTypes.ConfigMap, body, FieldManagers.Blueprint, null, KubernetesVerbs.DecodeJson, Soon);

    private static HttpKubernetesClient ActAsNobody()
    {
        var configuration = KubernetesConfiguration.Load(new ConfigurationSource { KubeconfigPath = Kubeconfig });
        return new HttpKubernetesClient(configuration with
        {
            Impersonate = new Impersonation("nobody-at-all", null, ["strangers"], new Dictionary<string, IReadOnlyList<string>>()),
        });
    }
}
