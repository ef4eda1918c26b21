using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Provisioner.Webhooks;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Unit.Kinds;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>The secret of the conversion webhook and what the definitions say of it, on the server in this process under virtual time.</summary>
[TestFixture]
[Category("Machine")]
public sealed class ConversionWebhookTests
{
    private const string Home = "operators", Service = "hook", SecretName = "hook-cert";
    private static readonly ResourceType Definitions = ResourceTypes.CustomResourceDefinition;
    private static readonly string[] Names = ["redises.kubedb.com", "redissentinels.kubedb.com"];

    [Test]
    public void The_leader_makes_a_certificate_and_tells_API_servers() => Run(async world =>
    {
        world.Start("a");
        await world.UntilToldAsync();
        var certificates = world.Certificates;

        Assert.That(certificates.IsUsable(world.Time.GetUtcNow(), ["hook.operators.svc", "hook.operators.svc.cluster.local"]));
        foreach (var name in Names)
        {
            var conversion = world.Definition(name)!["spec"]!["conversion"]!;
            Assert.That((string?)conversion["strategy"], Is.EqualTo("Webhook"));
            Assert.That((string?)conversion["webhook"]!["clientConfig"]!["caBundle"], Is.EqualTo(Convert.ToBase64String(Encoding.UTF8.GetBytes(certificates.Authorities))));
            var service = conversion["webhook"]!["clientConfig"]!["service"]!;
            Assert.That(JsonNode.DeepEquals(service, JsonNode.Parse("""{"namespace":"operators","name":"hook","path":"/convert","port":443}""")), service.ToJsonString());
        }
    });

    [Test]
    public void At_rest_nothing_is_sent() => Run(async world =>
    {
        var process = world.Start("a");
        await world.UntilToldAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
        var before = world.Sent(process);
        await Task.Delay(TimeSpan.FromHours(13), world.Time);

        Assert.That(world.Sent(process), Is.EqualTo(before));
    });

    [Test]
    public void A_definition_that_is_applied_anew_is_told_again() => Run(async world =>
    {
        world.Start("a");
        await world.UntilToldAsync();
        foreach (var conversion in (JsonNode?[])[null, new JsonObject { ["strategy"] = "None" }])
        {
            var definition = (JsonObject)world.Definition(Names[0])!.DeepClone();
            definition["spec"]!["conversion"] = conversion;
            (await world.Person.UpdateAsync(Definitions, definition, null, CancellationToken.None)).OrThrow();
            await world.UntilToldAsync();
        }

        (await world.Person.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = Definitions, Name = Names[1] }, KubernetesVerbs.DecodeJson, CancellationToken.None)).OrThrow();
        await world.DefineAsync(Names[1]);
        await world.UntilToldAsync();
    });

    [Test]
    public void A_deleted_secret_is_made_anew_and_its_authority_told() => Run(async world =>
    {
        world.Start("a");
        await world.UntilToldAsync();
        var before = world.Certificates;
        (await world.Person.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = Secret.Resource, Namespace = Home, Name = SecretName }, KubernetesVerbs.DecodeJson, CancellationToken.None)).OrThrow();
        await world.UntilAsync(() => world.Secret is not null);
        await world.UntilToldAsync();

        Assert.That(world.Certificates.Authorities, Is.Not.EqualTo(before.Authorities));
    });

    [Test]
    public void A_definition_without_the_older_version_is_left_alone() => Run(
        async world =>
        {
            world.Start("a");
            await world.UntilAsync(() => world.Secret is not null);
            await Task.Delay(TimeSpan.FromMinutes(1), world.Time);

            Assert.That(world.Definition(Names[0])!["spec"]!["conversion"], Is.Null);
        },
        define: world => world.DefineAsync(Names[0], definition =>
        {
            definition["spec"]!.AsObject().Remove("conversion");
            definition["spec"]!["versions"]!.AsArray().RemoveAt(1);
        }));

    [Test]
    public void A_certificate_that_is_old_is_renewed_under_the_same_authority() => Run(
        async world =>
        {
            var before = world.Certificates;
            world.Start("a");
            await world.UntilToldAsync();
            await world.UntilAsync(() => world.Certificates != before);

            Assert.That(world.Certificates.Authorities, Is.EqualTo(before.Authorities));
            Assert.That(world.Certificates.IsCertificateDue(world.Time.GetUtcNow(), ["hook.operators.svc"]), Is.False);
        },
        define: async world =>
        {
            await world.DefineAllAsync();
            var made = world.Time.GetUtcNow().AddDays(-300);
            await world.KeepAsync(ServingCertificates.None.WithAuthority(made).WithCertificate(made, ["hook.operators.svc", "hook.operators.svc.cluster.local"]));
        });

    [Test]
    public void A_new_authority_is_told_before_its_certificate_is_shown() => Run(
        async world =>
        {
            var before = world.Certificates;
            world.Start("a");
            await world.UntilToldAsync();
            await world.UntilAsync(() => world.Certificates.Authorities != before.Authorities);
            Assert.That(world.Certificates.Certificate, Is.EqualTo(before.Certificate), "the old one serves on");
            await world.UntilToldAsync();
            await world.UntilAsync(() => world.Certificates.Certificate != before.Certificate);

            Assert.That(world.Certificates.Authorities, Does.Contain(before.Authorities.Trim()), "and its authority stays trusted");
        },
        define: async world =>
        {
            await world.DefineAllAsync();
            var now = world.Time.GetUtcNow();
            var old = ServingCertificates.None.WithAuthority(now.AddDays(-3000));
            await world.KeepAsync(old.WithCertificate(now.AddDays(-1), ["hook.operators.svc", "hook.operators.svc.cluster.local"]));
        });

    [Test]
    public void A_replica_that_stands_by_shows_the_certificate_and_writes_nothing() => Run(async world =>
    {
        world.Start("a");
        await world.UntilToldAsync();
        var second = world.Start("b");
        await world.UntilAsync(() => world.Connections[second].Journal.Entries.Any(e => e.Type.Plural == "secrets"));
        await Task.Delay(TimeSpan.FromMinutes(1), world.Time);

        Assert.That(world.Connections[second].Journal.Entries.Where(e => e.Does is RequestKind.Write && e.Type.Plural != "leases"), Is.Empty);
    });

    [Test]
    public void A_missing_right_keeps_nothing_else_from_being_ready() => Run(async world =>
    {
        var process = world.Start("a", before: connection => connection.Faults.On(
            static e => e.Type.Plural == "customresourcedefinitions",
            Fault.Refused(new ApiError(ApiErrorKind.Forbidden, 403, "Forbidden", "customresourcedefinitions is forbidden: User \"operator\" cannot list")),
            times: int.MaxValue));
        await Task.Delay(TimeSpan.FromMinutes(1), world.Time);

        Assert.That(world.Runtimes[process].IsReady);
        Assert.That(world.Runtimes[process].Trouble, Is.Empty);
    });

    private static void Run(Func<World, Task> body, Func<World, Task>? define = null)
    {
        var simulation = new Simulation();
        using var world = new World(simulation);
        simulation.Run(
            async () =>
            {
                await (define ?? (w => w.DefineAllAsync()))(world);
                await body(world);
                await world.StopAsync();
            },
            TimeSpan.FromDays(2));
    }

    private sealed class World : IDisposable
    {
        private readonly Simulation _simulation;
        private readonly InMemoryApiServer _server;
        private readonly CancellationTokenSource _stop = new();
        private readonly List<Task> _running = [];

        public World(Simulation simulation)
        {
            _simulation = simulation;
            _server = new InMemoryApiServer(simulation.Time);
            _server.CreateNamespace(Home);
            Person = _server.Connect("person");
        }

        public Connection Person { get; }

        public TimeProvider Time => _simulation.Time;

        public Dictionary<string, Connection> Connections { get; } = [];

        public Dictionary<string, OperatorRuntime> Runtimes { get; } = [];

        public JsonObject? Secret => _server.Store.Find(_server.KindOf("", "secrets"), Home, SecretName)?.Object;

        public ServingCertificates Certificates => ServingCertificates.Of(Secret is { } s ? Api.Kubernetes.Models.Secret.Decode(Encoding.UTF8.GetBytes(s.ToJsonString())) : null);

        public string Start(string name, Action<Connection>? before = null)
        {
            var connection = Connections[name] = _server.Connect(name);
            before?.Invoke(connection);
            var runtime = Runtimes[name] = new OperatorRuntime(
                new OperatorOptions(),
                new OperatorParts
                {
                    Client = connection,
                    LeaseName = "lease",
                    EventSource = "test",
                    Identity = name,
                    OwnNamespace = Home,
                    Time = Time,
                    Random = new Random(1),
                    Logs = NullLoggerFactory.Instance,
                });
            ConversionWebhook.Add(runtime, [new RedisV1Alpha2(), new RedisSentinelV1Alpha2()], new WebhookAddress(Home, Service));
            _running.Add(runtime.RunAsync(_stop.Token));
            return name;
        }

        public JsonObject? Definition(string name) => _server.Store.Find(_server.KindOf("apiextensions.k8s.io", "customresourcedefinitions"), "", name)?.Object;

        public int Sent(string process) => Connections[process].Journal.Entries.Count(e => e.Type.Plural != "leases" && e.Does is not RequestKind.Watch);

        public async Task DefineAllAsync()
        {
            foreach (var name in Names)
                await DefineAsync(name);
        }

        public async Task DefineAsync(string name, Action<JsonObject>? change = null)
        {
            var parts = name.Split('.', 2);
            var definition = CustomKinds.ObjectOf(File.ReadAllText(Path.Combine(RepositoryFiles.Crds, $"{parts[1]}_{parts[0]}.yaml")));
            change?.Invoke(definition);
            (await Person.CreateAsync(Definitions, definition, CancellationToken.None)).OrThrow();
        }

        public async Task KeepAsync(ServingCertificates certificates) => (await Person.CreateAsync(
            Api.Kubernetes.Models.Secret.Resource,
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["name"] = SecretName, ["namespace"] = Home },
                ["data"] = new JsonObject
                {
                    ["ca.crt"] = Base64(certificates.Authorities),
                    ["ca.key"] = Base64(certificates.AuthorityKey),
                    ["tls.crt"] = Base64(certificates.Certificate),
                    ["tls.key"] = Base64(certificates.Key),
                },
            },
            CancellationToken.None)).OrThrow();

        /// <summary>Until every definition says what the secret does.</summary>
        public Task UntilToldAsync() => UntilAsync(() => Secret is not null && Names.All(n =>
            (string?)Definition(n)?["spec"]?["conversion"]?["webhook"]?["clientConfig"]?["caBundle"] == Base64(Certificates.Authorities)
            && (string?)Definition(n)!["spec"]!["conversion"]!["webhook"]!["clientConfig"]!["service"]!["namespace"] == Home));

        public async Task UntilAsync(Func<bool> condition)
        {
            for (var i = 0; !condition(); i++)
            {
                Assert.That(i, Is.LessThan(3000), "it does not come about");
                await Task.Delay(TimeSpan.FromMilliseconds(100), Time);
            }
        }

        public Task StopAsync()
        {
            Cancel();
            return Task.WhenAll(_running);
        }

        public void Dispose()
        {
            foreach (var runtime in Runtimes.Values)
                runtime.Dispose();
            foreach (var connection in Connections.Values.Append(Person))
                connection.Dispose();
            _stop.Dispose();
        }

        // Not asynchronously: what is cancelled stays on the thread of the simulation.
        private void Cancel() => _stop.Cancel();

        private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }
}
