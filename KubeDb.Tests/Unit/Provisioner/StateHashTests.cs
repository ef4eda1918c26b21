using System.Reflection;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Provisioner.Databases;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Provisioner;

/// <summary>Every input of a description is in the hash by which a reconcile knows that nothing has to be described.</summary>
[TestFixture]
[Category("Unit")]
public sealed class StateHashTests
{
    private static readonly PeerFacts Peer = new(Database("peer", "7"), Version("8"), new("default", "secret"));

    private static readonly ApplicationFacts Application = new(Binding("7"), Conf("8"), null, "Ready");

    private static readonly DatabaseFacts Facts = new()
    {
        Database = Database("cache", "1"),
        Version = Version("2"),
        Credential = new("default", "secret"),
        Secrets = new Dictionary<string, Secret> { ["conf"] = Conf("3") },
        Peers = new Dictionary<string, PeerFacts> { ["guard"] = Peer },
        Applications = new Dictionary<string, ApplicationFacts> { ["store"] = Application },
        OfferedKinds = [ResourceTypes.ConfigMap],
        Offers = new(PolicyV1: true, ServiceMonitors: false, CertManager: false),
    };

    private static readonly Dictionary<string, DatabaseFacts[]> Changes = new()
    {
        [nameof(DatabaseFacts.Database)] = [Facts with { Database = Database("cache", "4") }, Facts with { Database = Database("other", "1") }],
        [nameof(DatabaseFacts.Version)] = [Facts with { Version = Version("5") }],
        [nameof(DatabaseFacts.Credential)] =
            [Facts with { Credential = null }, Facts with { Credential = new("default", "other") }, Facts with { Credential = new("admin", "secret") }],
        [nameof(DatabaseFacts.Secrets)] =
        [
            Facts with { Secrets = new Dictionary<string, Secret>() },
            Facts with { Secrets = new Dictionary<string, Secret> { ["conf"] = Conf("6") } },
            Facts with { Secrets = new Dictionary<string, Secret> { ["other"] = Conf("3") } },
        ],
        [nameof(DatabaseFacts.Peers)] =
            [Facts with { Peers = new Dictionary<string, PeerFacts>() }, Facts with { Peers = new Dictionary<string, PeerFacts> { ["other"] = Peer } }],
        [nameof(DatabaseFacts.Applications)] =
            [Facts with { Applications = new Dictionary<string, ApplicationFacts>() }, Facts with { Applications = new Dictionary<string, ApplicationFacts> { ["other"] = Application } }],
        [nameof(DatabaseFacts.OfferedKinds)] = [Facts with { OfferedKinds = [] }, Facts with { OfferedKinds = [ResourceTypes.Endpoints] }],
        [nameof(DatabaseFacts.Offers)] =
        [
            Facts with { Offers = Facts.Offers with { PolicyV1 = false } },
            Facts with { Offers = Facts.Offers with { ServiceMonitors = true } },
            Facts with { Offers = Facts.Offers with { CertManager = true } },
        ],
        [nameof(DatabaseFacts.PendingCertificates)] = [Facts with { PendingCertificates = Outcome.Wait("CertificateNotIssued", "It is not issued yet.", TimeSpan.Zero) }],
        [nameof(DatabaseFacts.WasProvisioned)] = [Facts with { WasProvisioned = true }],
        [nameof(DatabaseFacts.Claims)] = [Facts with { Claims = [new("data-cache-0")] }, Facts with { Claims = [new("data-cache-0"), new("data-cache-1")] }, Facts with { Claims = [new("data-cache-0", "another")] }],
        [nameof(DatabaseFacts.ForeignServiceAccount)] = [Facts with { ForeignServiceAccount = true }],
    };

    private static readonly Dictionary<string, PeerFacts> PeerChanges = new()
    {
        [nameof(PeerFacts.Database)] = Peer with { Database = Database("peer", "9") },
        [nameof(PeerFacts.Version)] = Peer with { Version = Version("9") },
        [nameof(PeerFacts.Credential)] = Peer with { Credential = null },
    };

    private static readonly Dictionary<string, ApplicationFacts> ApplicationChanges = new()
    {
        [nameof(ApplicationFacts.Binding)] = Application with { Binding = Binding("9") },
        [nameof(ApplicationFacts.Secret)] = Application with { Secret = null },
        [nameof(ApplicationFacts.TlsSecret)] = Application with { TlsSecret = Conf("9") },
        [nameof(ApplicationFacts.Phase)] = Application with { Phase = "Critical" },
    };

    [Test]
    public void Every_input_is_changed_here()
    {
        Assert.That(ApplicationChanges.Keys, Is.EquivalentTo(Members(typeof(ApplicationFacts))), "a new member belongs into StateHash.Add and into this test");
        Assert.That(Changes.Keys, Is.EquivalentTo(Members(typeof(DatabaseFacts))), "a new member belongs into StateHash.Add and into this test");
        Assert.That(PeerChanges.Keys, Is.EquivalentTo(Members(typeof(PeerFacts))), "a new member belongs into StateHash.Add and into this test");
        Assert.That(Members(typeof(ServerOffers)), Has.Length.EqualTo(Changes[nameof(DatabaseFacts.Offers)].Length));
    }

    [Test]
    public void A_change_of_any_input_is_another_state()
    {
        var states = Changes.Values.SelectMany(c => c)
            .Concat(PeerChanges.Values.Select(p => Facts with { Peers = new Dictionary<string, PeerFacts> { ["guard"] = p } }))
            .Concat(ApplicationChanges.Values.Select(a => Facts with { Applications = new Dictionary<string, ApplicationFacts> { ["store"] = a } }))
            .Append(Facts)
            .Select(Of)
            .ToList();
        Assert.That(states, Is.Unique);
    }

    [Test]
    public void Equal_facts_are_the_same_state() =>
        Assert.That(Of(Facts with { Secrets = new Dictionary<string, Secret> { ["conf"] = Conf("3") } }), Is.EqualTo(Of(Facts)));

    [Test]
    public void Texts_do_not_run_into_each_other() =>
        Assert.That(Of(Facts with { Credential = new("default2", "x") }), Is.Not.EqualTo(Of(Facts with { Credential = new("default", "2x") })));

    [Test]
    public void What_is_longer_than_the_first_buffer_counts_to_its_end()
    {
        var password = new string('a', 5000);
        Assert.That(Of(Facts with { Credential = new("default", password + "b") }), Is.Not.EqualTo(Of(Facts with { Credential = new("default", password + "c") })));
    }

    private static UInt128 Of(DatabaseFacts facts)
    {
        using var hash = new StateHash();
        hash.Add(facts);
        return hash.Finish();
    }

    private static string[] Members(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name)];

    private static IDatabase Database(string name, string version) => new RedisDatabase { Metadata = Meta(name, version) };

    private static ICatalogVersion Version(string version) => new RedisVersion { Metadata = Meta("8.2.2", version) };

    private static AppBinding Binding(string version) => new() { Metadata = new ObjectMeta { Name = "store", Namespace = "demo", Uid = $"uid-store-{version}", ResourceVersion = version } };

    private static Secret Conf(string version) => new() { Metadata = Meta("conf", version) };

    private static ObjectMeta Meta(string name, string version) => new() { Name = name, Namespace = "demo", Uid = "uid-" + name, ResourceVersion = version };
}
