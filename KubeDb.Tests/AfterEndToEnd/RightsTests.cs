using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Ops;

namespace KubeDb.Tests.AfterEndToEnd;

/// <summary>
/// What the charts allow the operators is what the end-to-end tests saw them do: no more, no less. Reads the API server's audit log, so it
/// runs after all of them.
/// </summary>
[TestFixture("kubedb-provisioner"), TestFixture("kubedb-ops-manager")]
[Category("AfterEndToEnd")]
public sealed class RightsTests(string account)
{
    private const string Home = "kubedb";

    private static readonly IReadOnlyList<EngineKinds> Kinds = [.. EngineRegistry.Create(new TcpDialer(), TimeProvider.System).Select(e => e.Kinds)];

    /// <summary>Rights that are needed although no call need show it.</summary>
    private static readonly HashSet<string> NotInTheLog =
    [
        // The admission plugin OwnerReferencesPermissionEnforcement asks for these, without a request of its own. The local cluster has it
        // switched on: without the last Deletion_keeps_what_its_policy_says fails, without the others every database stays without children.
        .. Kinds.Select(k => $"update {k.Database.Plural}/finalizers.{k.Database.Group}"),
        "update petsets/finalizers.apps.k8s.appscode.com",
        "update services/finalizers",
        "delete persistentvolumeclaims",

        // The API server lets nobody give a right that they do not have: the role of a database's pods. Without it no database becomes Ready.
        "get pods",

        // Only under a fault: the live look before a pause is dropped whose request seems gone (PauseTests, QueueTests), and the count of an
        // event that comes again (EventRecorderTests).
        .. Kinds.Select(k => $"get {k.OpsRequest.Plural}.{k.OpsRequest.Group}"),
        "patch events",

        // Requests on these are merged as those on a Redis are, whose creation is in the log.
        .. Kinds.Select(k => k.OpsRequest).Where(r => r != RedisOpsRequest.Resource).Select(r => $"create {r.Plural}.{r.Group}"),

        // Databases that others have made for themselves: the kinds of other operators are not installed here, and those of our own are made by the
        // Provisioner, in the namespace of their user, unless a fault has it otherwise (DruidTests of the machine).
        "get mysqls.kubedb.com", "create mysqls.kubedb.com", "patch mysqls.kubedb.com", "delete mysqls.kubedb.com",
        "get postgreses.kubedb.com", "create postgreses.kubedb.com", "patch postgreses.kubedb.com", "delete postgreses.kubedb.com",
        "watch mysqls.kubedb.com", "watch postgreses.kubedb.com", "create zookeepers.kubedb.com", "delete zookeepers.kubedb.com",

        // The label of a machine, which pods of one kind are told (MachineStep): that kind is made in the full run.
        "get nodes",

        // A group of pods that is made one pod, or halted, loses its budget: what is pruned and halted is the same for every kind of child.
        "delete poddisruptionbudgets.policy",

        // A certificate that a database no longer has is pruned as every other kind of child.
        "delete certificates.cert-manager.io",

        // Once in the life of an installation: the lease stays.
        "create leases.coordination.k8s.io",
    ];

    /// <summary>Kinds of which a database is made in the full run only; in a run without one, rights on them and on their requests show nothing.</summary>
    private static readonly string[] InFullRun = ["kafka", "druid"];

    [SetUp]
    public void RequireCluster()
    {
        if (Environment.GetEnvironmentVariable("KUBEDB_TEST_AUDIT") is not { Length: > 0 })
            Assert.Ignore("No audit log of a whole end-to-end run: run hack/test e2e, without a filter, on a cluster of hack/cluster.");
    }

    [Test]
    public async Task Every_right_is_used_and_no_call_was_refused()
    {
        var folder = Environment.GetEnvironmentVariable("KUBEDB_TEST_AUDIT")!;
        var starts = AuditLog.Starts(folder);
        var calls = AuditLog.Read(
            folder,
            $"system:serviceaccount:{Home}:{account}",
            DateTimeOffset.Parse(Environment.GetEnvironmentVariable("KUBEDB_TEST_STARTED")!, System.Globalization.CultureInfo.InvariantCulture));
        var grants = await Grant.OfAsync(Home, account);
        TestContext.Out.WriteLine($"{account}: {calls.Count} calls, {grants.Count} rights");
        var untried = InFullRun.Where(kind => !calls.Any(c => c.IsWrite && c.Resource.StartsWith(kind, StringComparison.Ordinal))).ToList();
        var unused = grants
            .Where(g => !NotInTheLog.Contains(g.ToString()) && !untried.Any(kind => g.Resource.StartsWith(kind, StringComparison.Ordinal)) && !calls.Any(g.IsUsedBy)).Select(g => $"{g} ({g.Role})");
        var refused = calls.Where(c => c.Code == 403 && !IsOfDyingNamespace(c) && !IsOfStartingServer(c, starts, grants)).Select(c => c.ToString()).Distinct();

        Assert.Multiple(() =>
        {
            Assert.That(calls, Is.Not.Empty);
            Assert.That(grants.SelectMany(g => new[] { g.Group, g.Resource, g.Verb }), Has.None.EqualTo("*"));
            Assert.That(unused, Is.Empty, "rights that nobody used: take them out of the chart, or show their need in an end-to-end test");
            Assert.That(refused, Is.Empty, "calls that were refused");
        });
    }

    // An API server serves a moment before it has read its roles (The_control_plane_is_restarted): what is granted, and refused before it was ready.
    private static bool IsOfStartingServer(AuditedCall call, IReadOnlyList<(DateTimeOffset Began, DateTimeOffset Ready)> starts, IReadOnlyList<Grant> grants) =>
        starts.Any(s => call.Received >= s.Began && call.Received <= s.Ready) && grants.Any(g => g.IsUsedBy(call));

    // Kubernetes lets nothing be made in a namespace that is being deleted.
    private static bool IsOfDyingNamespace(AuditedCall call) => !call.IsForbidden && call.Message.Contains("being terminated", StringComparison.Ordinal);
}
