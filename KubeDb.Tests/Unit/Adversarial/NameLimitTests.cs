using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Unit.Engines.Redis;
using KubeDb.Tests.Unit.Kinds;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Adversarial;

/// <summary>
/// For every name that the API server takes for a database (1 to 253 characters, dots among them), every object that is made for it has a
/// name and labels that the API server takes, or the database is refused with a sentence.
/// </summary>
[TestFixture]
[Category("Unit")]
public sealed partial class NameLimitTests
{
    private static readonly RedisEngine Engine = new(new FakeServers(), TimeProvider.System);
    private static readonly Api.Kinds.Catalog.RedisVersion Version = RedisSamples.Version("8.2.2");

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool Every_derived_name_is_valid_or_the_database_is_refused(int seed, byte length)
    {
        var random = new Random(seed);
        var name = Name(random, random.Next(2) == 0 ? (length % 253) + 1 : 45 + (length % 25));
        var database = Database(name, new string('n', (length % 63) + 1));
        return Engine.Check(database, Version).Any(v => v.Path == "metadata.name") || Faults(database).Count == 0;
    }

    [TestCase("a", true)]
    [TestCase("redis-1", true)]
    [TestCase("1redis", false)]
    [TestCase("my.redis", false)]
    [TestCase("a123456789a123456789a123456789a123456789a123456789ab", true)]
    [TestCase("a123456789a123456789a123456789a123456789a123456789abc", false)]
    public void A_name_is_taken_or_refused(string name, bool taken)
    {
        var database = Database(name, "demo");
        Assert.That(Engine.Check(database, Version).Where(v => v.Path == "metadata.name").Select(v => v.Reason), taken ? Is.Empty : Has.One.AnyOf(Reasons.NameInvalid, Reasons.NameTooLong));
        if (taken)
            Assert.That(Faults(database), Is.Empty);
    }

    // What Kubernetes demands: of services a DNS label beginning with a letter, of labels at most 63 characters, of all else a DNS subdomain.
    private static List<string> Faults(RedisDatabase database)
    {
        var faults = new List<string>();
        var facts = new DatabaseFacts { Database = database, Version = Version, Credential = new("default", "pw"), Offers = new(true, true, false) };
        foreach (var desired in Engine.Describe(facts).Objects)
        {
            var name = desired.Name;
            if (desired.Type == ResourceTypes.Service ? !DnsLabel().IsMatch(name) : !Subdomain().IsMatch(name) || name.Length > 253)
                faults.Add($"{desired.Type.Kind} {name}");
            Labels(desired.Manifest, faults);
        }

        // Made by Kubernetes from them: the pod, which is its own host name, its claim, and the label with the revision.
        var pod = $"{database.Metadata.Name}-0";
        if (pod.Length > 63 || $"{database.Metadata.Name}-0123456789".Length > 63 || $"data-{pod}".Length > 253)
            faults.Add(pod);
        return faults;
    }

    private static void Labels(JsonNode? node, List<string> faults)
    {
        foreach (var (name, value) in node as JsonObject ?? [])
        {
            if (name is "labels" or "matchLabels" or "selector" && value is JsonObject labels)
                faults.AddRange(labels.Where(l => l.Value is JsonValue v && !LabelValue().IsMatch(v.ToString())).Select(l => $"label {l.Key}={l.Value}"));
            Labels(value, faults);
        }

        foreach (var item in node as JsonArray ?? [])
            Labels(item, faults);
    }

    private static RedisDatabase Database(string name, string ns)
    {
        var manifest = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["uid"] = "01234567-89ab-cdef" },
            ["spec"] = new JsonObject { ["version"] = "8.2.2", ["storageType"] = "Ephemeral", ["monitor"] = new JsonObject { ["agent"] = "prometheus.io/operator" } },
        };
        return (RedisDatabase)Engine.Default(RedisDatabase.Decode(System.Text.Encoding.UTF8.GetBytes(manifest.ToJsonString())), Version);
    }

    private static string Name(Random random, int length)
    {
        const string Inner = "abcxyz0189-.", Outer = "abz09";
        var name = new char[length];
        for (var i = 0; i < length; i++)
        {
            var edge = i == 0 || i == length - 1 || name[i - 1] is '.' or '-';
            name[i] = edge ? Outer[random.Next(Outer.Length)] : Inner[random.Next(Inner.Length)];
        }

        return new string(name);
    }

    [GeneratedRegex("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex Subdomain();

    [GeneratedRegex("^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")]
    private static partial Regex LabelValue();
}
