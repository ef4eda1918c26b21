using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Provisioner.PetSets;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Engines;
using KubeDb.Tests.Unit.Engines.Redis;
using KubeDb.Tests.Unit.Kinds;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Adversarial;

/// <summary>What users and servers can make the engine read.</summary>
[TestFixture]
[Category("Unit")]
public sealed class RedisInputTests
{
    private static readonly RedisEngine Engine = new(new FakeServers(), TimeProvider.System);
    private static readonly Api.Kinds.Catalog.RedisVersion Version = RedisSamples.Version("8.2.2");
    private static readonly byte[] Reply = "*4\r\n$5\r\nhello\r\n:42\r\n*2\r\n+OK\r\n$-1\r\n-ERR no\r\n"u8.ToArray();
    private static readonly RespLimits Small = new() { BulkBytes = 256, LineBytes = 64, Elements = 50, Depth = 4, TotalBytes = 1024 };

    /// <summary>A damaged reply, in any pieces, is a reply, an end or a refusal.</summary>
    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public async Task<bool> A_damaged_reply(int[] damages, byte piece) => await Read(Mangle.Bytes(Reply, damages), piece + 1, Small) is not null;

    /// <summary>Many strings of an accepted length each are too much all the same; what has been read till then is all the memory that is used.</summary>
    [Test]
    public async Task A_reply_without_end_is_cut_off()
    {
        var wire = new List<byte>("*1000000\r\n"u8.ToArray());
        for (var i = 0; i < 100; i++)
            wire.AddRange("$200\r\n" + new string('x', 200) + "\r\n" is var s ? Encoding.ASCII.GetBytes(s) : []);
        Assert.That(await Read([.. wire], 4096, Small with { Elements = 2_000_000 }), Does.Contain("more than 1024 bytes"));
    }

    [Test]
    public async Task A_length_alone_costs_no_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Read("$16000000\r\nab"u8.ToArray(), 4096, RespLimits.Default);
        await Read("*1000000\r\n:1\r\n"u8.ToArray(), 4096, RespLimits.Default);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    /// <summary>Whatever of the spec is damaged: it is not read, or refused, or described; nothing is thrown, and what is described can be written.</summary>
    [FsCheck.NUnit.Property(MaxTest = 600)]
    public bool A_damaged_spec(int seed, byte count)
    {
        var random = new Random(seed);
        var spec = JsonNode.Parse(RichSpec)!.AsObject();
        for (var i = count % 4; i >= 0; i--)
            Damage(spec, random);
        var manifest = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "rd", ["namespace"] = "demo", ["uid"] = "01234567-89ab" }, ["spec"] = spec };
        RedisDatabase redis;
        try
        {
            redis = RedisDatabase.Decode(Encoding.UTF8.GetBytes(manifest.ToJsonString()));
        }
        catch (System.Text.Json.JsonException)
        {
            return true;
        }

        var database = (RedisDatabase)Engine.Default(redis, Version);
        _ = Engine.References(database);
        return Engine.Check(database, Version).Count > 0 || Describe(database) > 0;
    }

    /// <summary>Whatever the definitions admit is judged without a throw; a database that is found right can be described.</summary>
    [FsCheck.NUnit.Property(MaxTest = 300)]
    public bool An_admitted_object(int seed)
    {
        var database = (RedisDatabase)Engine.Default(Admitted(RedisDatabase.Decode, "kubedb.com_redises", seed), Version);
        var request = Admitted(RedisOpsRequest.Decode, "ops.kubedb.com_redisopsrequests", seed);
        _ = Engine.References(database);
        _ = RedisOpsRequestValidation.Check(request, database, _ => Version);
        return Engine.Check(database, Version).Count > 0 || Describe(database) > 0;
    }

    private static T Admitted<T>(ObjectDecoder<T> decode, string definition, int seed) =>
        decode(Encoding.UTF8.GetBytes(AdmittedJson.Object(definition, seed, "a", "n").ToJsonString()));

    /// <summary>Fields of a pod template that no one here knows reach the StatefulSet as they were given.</summary>
    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool Unknown_fields_of_a_pod_template_reach_the_StatefulSet(int seed)
    {
        var random = new Random(seed);
        var (ofPod, ofContainer, ofVolume) = (RandomJson.Object(random, 4), RandomJson.Object(random, 3), RandomJson.Object(random, 2));
        var pod = new JsonObject
        {
            ["x-pod"] = ofPod.DeepClone(),
            ["containers"] = new JsonArray(
                new JsonObject { ["name"] = "redis", ["x-container"] = ofContainer.DeepClone() },
                new JsonObject { ["name"] = "side", ["image"] = "i", ["x-container"] = ofContainer.DeepClone() }),
            ["volumes"] = new JsonArray(new JsonObject { ["name"] = "mine", ["x-volume"] = ofVolume.DeepClone() }),
        };
        var spec = JsonNode.Parse(RichSpec)!.AsObject();
        spec["podTemplate"] = new JsonObject { ["spec"] = pod };
        var manifest = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "rd", ["namespace"] = "demo", ["uid"] = "01234567-89ab" }, ["spec"] = spec };
        var database = (RedisDatabase)Engine.Default(RedisDatabase.Decode(Encoding.UTF8.GetBytes(manifest.ToJsonString())), Version);

        var made = StatefulSet(Facts(database))["spec"]!["template"]!["spec"]!;

        JsonNode Named(string list, string name) => made[list]!.AsArray().Single(c => c!["name"]!.GetValue<string>() == name)!;
        return JsonNode.DeepEquals(made["x-pod"], ofPod)
            && JsonNode.DeepEquals(Named("containers", "redis")["x-container"], ofContainer)
            && JsonNode.DeepEquals(Named("containers", "side")["x-container"], ofContainer)
            && JsonNode.DeepEquals(Named("volumes", "mine")["x-volume"], ofVolume);
    }

    /// <summary>No refusal quotes what stood behind a directive's name.</summary>
    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool A_refused_configuration_is_told_without_its_values(int[] damages)
    {
        const string Value = "CANARY8d1e";
        var text = $"maxclients 500 {Value}\nrequirepass \"{Value}\"\nuser alice on >{Value} ~* +@all\nsearch.key {Value}\nproc-title-template '{Value}'\nmasterauth \"a\n{Value}\"\n";
        var damaged = Encoding.UTF8.GetString(Mangle.Bytes(Encoding.UTF8.GetBytes(text), damages));
        var file = Engine.Configuration!.Files(Version).Single();
        var reading = file.Dialect.Read(damaged);
        return ConfigurationSentences.Unreadable(file, reading, "here").Concat(ConfigurationSentences.Misplaced(file, reading.Document, "here"))
            .All(v => !v.ToString().Contains(Value, StringComparison.Ordinal));
    }

    private const string RichSpec = """
        {"version":"8.2.2","mode":"Standalone","replicas":1,"storageType":"Durable","storage":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}},
         "podTemplate":{"metadata":{"labels":{"a":"b"},"annotations":{"c":"d"}},"controller":{"labels":{"e":"f"}},"spec":{"serviceAccountName":"sa","podPlacementPolicy":{"name":"default"},"nodeSelector":{"x":"y"},"securityContext":{"fsGroup":5},
           "containers":[{"name":"redis","resources":{"limits":{"memory":"1Gi"}},"env":[{"name":"A","value":"b"}],"args":["--x"],"volumeMounts":[{"name":"mine","mountPath":"/mine"}],"securityContext":{"runAsUser":9}}],
           "initContainers":[{"name":"first","image":"i"}],"volumes":[{"name":"mine","emptyDir":{}}],"tolerations":[{"key":"k"}],"topologySpreadConstraints":[{"maxSkew":1}]}},
         "serviceTemplates":[{"alias":"primary","metadata":{"annotations":{"g":"h"}},"spec":{"type":"LoadBalancer","ports":[{"name":"primary","port":1234}],"loadBalancerSourceRanges":["10.0.0.0/8"]}}],
         "monitor":{"agent":"prometheus.io/operator","prometheus":{"exporter":{"port":56790,"args":["-a"],"env":[{"name":"B","value":"c"}],"resources":{"limits":{"cpu":"1"}}},"serviceMonitor":{"labels":{"i":"j"},"interval":"10s","endpoints":[{"port":"metrics","relabelings":[{"action":"drop"}]}]}}},
         "configuration":{"secretName":"conf","inline":{"redis.conf":"maxclients 500"}},"init":{"script":{"scriptPath":"x","configMap":{"name":"m"}}},"healthChecker":{"periodSeconds":5},"deletionPolicy":"WipeOut","authSecret":{"kind":"Secret","name":"own"}}
        """;

    private static int Describe(RedisDatabase database) =>
        Engine.Describe(Facts(database)).Objects.Sum(o => o.Manifest.ToJsonString().Length) + StatefulSet(Facts(database)).ToJsonString().Length;

    private static JsonObject StatefulSet(DatabaseFacts facts)
    {
        var described = Engine.Describe(facts).Objects.Single(o => o.Type == PetSet.Resource).Manifest;
        return StatefulSetManifest.Build(PetSet.Decode(Encoding.UTF8.GetBytes(described.ToJsonString())), null);
    }

    private static DatabaseFacts Facts(RedisDatabase database) => new()
    {
        Database = database,
        Version = Version,
        Credential = database.Spec.DisableAuth ? null : new("default", "pw"),
        Offers = new(PolicyV1: true, ServiceMonitors: true, CertManager: false),
    };

    // One node of the tree, chosen by chance, becomes something else.
    private static void Damage(JsonNode node, Random random)
    {
        while (true)
        {
            var deeper = random.Next(4) > 0;
            switch (node)
            {
                case JsonObject { Count: > 0 } o:
                    var (name, value) = o.ElementAt(random.Next(o.Count));
                    if (!deeper || value is not (JsonObject or JsonArray))
                    {
                        o[name] = Other(random);
                        return;
                    }

                    node = value;
                    break;
                case JsonArray { Count: > 0 } a:
                    var at = random.Next(a.Count);
                    if (!deeper || a[at] is not (JsonObject or JsonArray))
                    {
                        a[at] = Other(random);
                        return;
                    }

                    node = a[at]!;
                    break;
                default:
                    return;
            }
        }
    }

    private static JsonNode? Other(Random random) => random.Next(8) switch
    {
        0 => null,
        1 => new JsonArray(),
        2 => new JsonObject(),
        3 => new JsonArray(null, 1, "x", new JsonObject()),
        4 => -1,
        5 => "",
        6 => true,
        _ => RandomJson.Object(random, 2),
    };

    private static async Task<string?> Read(byte[] wire, int piece, RespLimits limits)
    {
        try
        {
            return (await new RespReader(new ScriptedStream(wire, piece), limits).ReadAsync(CancellationToken.None)).Kind.ToString();
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }
}
