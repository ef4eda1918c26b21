using System.Text;

namespace KubeDb.Tests.EndToEnd.Redis;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.Children)]
public sealed class ProvisioningTests : ClusterTest
{
    [TestCase(Redis7, "redis-server")]
    [TestCase(Redis8, "redis-server")]
    [TestCase(Valkey8, "valkey-server")]
    public async Task A_database_becomes_Ready_and_looks_as_documented(string version, string server)
    {
        await Apply(Redis("quick", version));
        await WaitForPhase("quick", "Ready");

        Assert.That((await KubectlHere("get", "rd")).Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[] { "NAME", "VERSION", "STATUS", "AGE" }));
        Assert.That(await KubectlHere("get", "rd", "quick", "--no-headers"), Does.Match($@"^quick\s+{version}\s+Ready\s"));
        foreach (var child in (string[])["petset/quick", "statefulset/quick", "service/quick", "service/quick-pods", "secret/quick-auth", "appbinding/quick", "serviceaccount/quick", "role/quick", "rolebinding/quick", "pvc/data-quick-0"])
            Assert.That(await Exists(child), child);

        var auth = (await Secret("quick-auth"))!;
        Assert.That(auth.Type, Is.EqualTo("kubernetes.io/basic-auth"));
        var password = Encoding.UTF8.GetString(auth.Data["password"]);
        Assert.That(password, Has.Length.EqualTo(16));

        var conditions = (await Get("rd", "quick"))!["status"]!["conditions"]!.AsArray().ToDictionary(c => c!["type"]!.GetValue<string>(), c => c!["message"]!.GetValue<string>());
        Assert.Multiple(async () =>
        {
            Assert.That(conditions["ProvisioningStarted"], Is.EqualTo($"The KubeDB operator has started the provisioning of Redis: {Namespace}/quick"));
            Assert.That(conditions["ReplicaReady"], Is.EqualTo("All desired replicas are ready."));
            Assert.That(conditions["AcceptingConnection"], Is.EqualTo($"The Redis: {Namespace}/quick is accepting rdClient requests."));
            Assert.That(conditions["Ready"], Is.EqualTo($"The Redis: {Namespace}/quick is ready."));
            Assert.That(conditions["Provisioned"], Is.EqualTo($"The Redis: {Namespace}/quick is successfully provisioned."));
            Assert.That((await Pod("quick-0"))!.Spec.Containers[0].Name, Is.EqualTo("redis"));
            Assert.That(await KubectlHere("exec", "quick-0", "--", "cat", "/proc/1/cmdline"), Does.Contain(server).And.Not.Contain(password));
        });

        var events = await Cluster.EventsAsync(Namespace, "involvedObject.kind=Redis,involvedObject.name=quick");
        var documented = new[] { "Successfully created governing service", "Successfully created Service", "Successfully created appbinding" };
        Assert.That(events.Select(e => e.Message).Where(documented.Contains), Is.EquivalentTo(documented));
    }

    [Test]
    public async Task Halted_and_back_keeps_the_data_and_the_secret()
    {
        await Apply(Redis("sleeper"));
        await WaitForPhase("sleeper", "Ready");
        await RedisCli("sleeper-0", "set", "greeting", "hello");
        var secret = (await Secret("sleeper-auth"))!.Metadata.Uid;

        await KubectlHere("patch", "rd", "sleeper", "--type=merge", "-p", """{"spec":{"halted":true}}""");
        await WaitForPhase("sleeper", "Halted");
        await Eventually(async () => await PodUid("sleeper-0") == "", "the pod is gone");
        foreach (var gone in (string[])["petset/sleeper", "statefulset/sleeper", "service/sleeper", "service/sleeper-pods", "appbinding/sleeper"])
            Assert.That(await Exists(gone), Is.False, gone);
        Assert.That(await Claim("data-sleeper-0"), Is.Not.Null);

        await KubectlHere("patch", "rd", "sleeper", "--type=merge", "-p", """{"spec":{"halted":false}}""");
        await WaitForPhase("sleeper", "Ready");
        Assert.Multiple(async () =>
        {
            Assert.That(await RedisCli("sleeper-0", "get", "greeting"), Is.EqualTo("hello"));
            Assert.That((await Secret("sleeper-auth"))!.Metadata.Uid, Is.EqualTo(secret));
            Assert.That(await Condition("rd", "sleeper", "Halted"), Is.Null);
        });
    }

    [TestCase("Delete", false, true)]
    [TestCase("WipeOut", false, false)]
    [TestCase("Halt", true, true)]
    public async Task Deletion_keeps_what_its_policy_says(string policy, bool keepsVolume, bool keepsSecret)
    {
        await Apply(Redis("mortal", more: $"deletionPolicy: {policy}"));
        await WaitForPhase("mortal", "Ready");
        await RedisCli("mortal-0", "set", "greeting", "hello");

        await KubectlHere("delete", "rd", "mortal", "--timeout=60s");
        await Eventually(async () => await PodUid("mortal-0") == "", "the pod is gone");
        await Eventually(async () => await Claim("data-mortal-0") is null != keepsVolume, $"volume kept: {keepsVolume}");
        await Eventually(async () => await Secret("mortal-auth") is null != keepsSecret, $"auth secret kept: {keepsSecret}");

        if (!keepsVolume)
            return;
        await Apply(Redis("mortal", more: $"deletionPolicy: {policy}"));
        await WaitForPhase("mortal", "Ready");
        Assert.That(await RedisCli("mortal-0", "get", "greeting"), Is.EqualTo("hello"));
    }

    [Test]
    public async Task DoNotTerminate_keeps_serving_until_the_policy_is_changed()
    {
        await Apply(Redis("immortal", more: "deletionPolicy: DoNotTerminate"));
        await WaitForPhase("immortal", "Ready");
        await RedisCli("immortal-0", "set", "greeting", "hello");

        var refused = await TryKubectl("delete", "rd", "immortal", "--wait=false");
        if (refused.ExitCode != 0)
            Assert.That(refused.Error, Does.Contain("can't be terminated. To delete, change spec.deletionPolicy"));
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.That(await RedisCli("immortal-0", "get", "greeting"), Is.EqualTo("hello"));

        await KubectlHere("patch", "rd", "immortal", "--type=merge", "-p", """{"spec":{"deletionPolicy":"WipeOut"}}""");
        await KubectlHere("delete", "rd", "immortal", "--timeout=60s");
        Assert.That(await Get("rd", "immortal"), Is.Null);
    }

    [Test]
    public async Task Owned_objects_changed_by_hand_are_put_back()
    {
        await Apply(Redis("tampered"));
        await WaitForPhase("tampered", "Ready");

        await KubectlHere("delete", "service", "tampered");
        await Eventually(async () => await Service("tampered") is not null, "the deleted service is back");
        await KubectlHere("patch", "petset", "tampered", "--type=merge", "-p", """{"spec":{"replicas":3}}""");
        await Eventually(async () => (await Get("petset", "tampered"))!["spec"]!["replicas"]!.GetValue<int>() == 1, "the PetSet is put back");
        await KubectlHere("patch", "service", "tampered-pods", "--type=merge", "-p", """{"spec":{"publishNotReadyAddresses":false}}""");
        await Eventually(async () => (await Service("tampered-pods"))!.Spec.PublishNotReadyAddresses == true, "the service is put back");
        await KubectlHere("patch", "statefulset", "tampered", "--type=merge", "-p", """{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}""");
        await Eventually(async () => (await StatefulSet("tampered"))!.Spec.UpdateStrategy.Type == "OnDelete", "the StatefulSet is put back");
        await WaitForPhase("tampered", "Ready");
    }

    [Test]
    public async Task A_missing_secret_is_named_and_awaited()
    {
        await Apply(Redis("waiting", more: "configuration: {secretName: not-yet}"));
        await Eventually(
            async () => (await KubectlHere("describe", "rd", "waiting")).Contains("not-yet", StringComparison.Ordinal)
                && (await Get("rd", "waiting"))!["status"]?["conditions"]?.ToJsonString().Contains("not-yet", StringComparison.Ordinal) == true,
            "a condition names the missing secret");

        await Apply(ConfigSecret("not-yet", "maxclients 321"));
        await WaitForPhase("waiting", "Ready");
        Assert.That(await ConfigGet("waiting-0", "maxclients"), Is.EqualTo("321"));
    }

    [Test]
    public async Task An_unknown_version_and_a_bad_pod_template_are_explained()
    {
        await Apply(Redis("odd", "6.6.6"));
        await Eventually(async () => (await Get("rd", "odd"))!["status"]?["conditions"]?.ToJsonString().Contains("6.6.6", StringComparison.Ordinal) == true, "a condition names the unknown version");

        await Apply(Redis("reserved").Replace("containers:", "volumes: [{name: data, emptyDir: {}}]\n      containers:", StringComparison.Ordinal));
        await Eventually(
            async () => (await Get("rd", "reserved"))!["status"]?["conditions"]?.ToJsonString().Contains("Cannot use a reserve volume name: data", StringComparison.Ordinal) == true,
            "a condition names the reserved volume");
        Assert.That((await Get("rd", "reserved"))!["status"]!["phase"]?.GetValue<string>(), Is.Not.EqualTo("Ready"));
    }

    /// <summary>The API server takes fields of a pod template as deep as one likes.</summary>
    [Test]
    public async Task What_can_not_be_read_is_told_on_it_and_provisioned_once_it_can()
    {
        var deep = string.Concat(Enumerable.Repeat("{x: ", 600)) + "1" + new string('}', 600);
        await Apply(Redis("deep").Replace("containers:", $"odd: {deep}\n      containers:", StringComparison.Ordinal));
        const string Sentence = "KubeDB Operator can not read this Redis, and does nothing about it until it is changed: ";
        await Eventually(async () => (await KubectlHere("describe", "rd/deep")).Contains(Sentence, StringComparison.Ordinal), "kubectl describe tells that it can not be read");

        await Apply(Redis("deep"));
        await WaitForPhase("deep", "Ready");
    }

    [Test]
    public async Task Authentication_is_generated_referenced_or_off()
    {
        await KubectlHere("create", "secret", "generic", "own", "--type=kubernetes.io/basic-auth", "--from-literal=username=default", "--from-literal=password=p4ss word\"'$x");
        await Apply(Redis("referenced", more: "authSecret: {kind: Secret, name: own}"));
        await Apply(Redis("external", more: "authSecret: {kind: Secret, name: own, externallyManaged: true}"));
        await Apply(Redis("open", more: "disableAuth: true"));
        foreach (var name in (string[])["referenced", "external", "open"])
            await WaitForPhase(name, "Ready");

        Assert.Multiple(async () =>
        {
            Assert.That(await RedisCli("referenced-0", "ping"), Is.EqualTo("PONG"));
            Assert.That(await KubectlHere("exec", "referenced-0", "--", "env", "-u", "REDISCLI_AUTH", "redis-cli", "ping"), Does.Contain("NOAUTH"));
            Assert.That(await RedisCli("external-0", "ping"), Is.EqualTo("PONG"));
            Assert.That(await RedisCli("open-0", "ping"), Is.EqualTo("PONG"));
            Assert.That(await Secret("open-auth"), Is.Null);
        });
    }

    [Test]
    public async Task A_monitored_database_exposes_metrics_through_its_stats_service()
    {
        await Apply(Redis("watched", more: "monitor: {agent: prometheus.io/builtin}"));
        await WaitForPhase("watched", "Ready");

        var service = (await Service("watched-stats"))!;
        var address = service.Spec.ClusterIP;
        using var http = new HttpClient();
        await Eventually(
            async () =>
            {
                try
                {
                    return (await http.GetStringAsync(new Uri($"http://{address}:56790/metrics"))).Contains("redis_up 1", StringComparison.Ordinal);
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the exporter sees the server up");
        Assert.Multiple(() =>
        {
            Assert.That(service.Metadata.Annotations["prometheus.io/port"], Is.EqualTo("56790"));
            Assert.That(service.Metadata.Labels["kubedb.com/role"], Is.EqualTo("stats"));
        });
    }

    [Test]
    public async Task An_ephemeral_database_needs_no_volume_claim()
    {
        await Apply("""
            apiVersion: kubedb.com/v1
            kind: Redis
            metadata: {name: brief}
            spec: {version: "7.0.15", storageType: Ephemeral}
            """);
        await WaitForPhase("brief", "Ready");
        Assert.That(await Cluster.ClaimsAsync(Namespace), Is.Empty);
    }
}
