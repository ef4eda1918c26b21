using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Provisioner.Health;
using KubeDb.Api.Engines.Redis;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.World;
using KubeDb.Tests.Unit.Engines.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Machine.Provisioner;

[TestFixture]
[Category("Machine")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HealthMonitorTests
{
    private static readonly DatabaseInstances Servers = 
        new(new DatabaseFacts { Database = new Redis(), Version = new RedisVersion(), Offers = new ServerOffers(true, true, false) }, []);

    private readonly Simulation _simulation = new();
    private readonly EngineHooks _engine = new();
    private readonly List<ObjectKey> _changed = [];

    private TestEngine Engine => field ??= new TestEngine(new RedisEngine(new FakeServers(), _simulation.Time), _engine);

    private HealthTarget Target(int number = 0, int threshold = 1, string servers = "") => new()
    {
        Key = new("demo", $"db{number}"),
        Uid = ObjectUid.Of("u"),
        Engine = Engine,
        Instances = () => Servers,
        Changed = () => _changed.Add(new("demo", $"db{number}")),
        FailureThreshold = threshold,
        Servers = servers,
    };

    private void Run(int concurrency, Func<HealthMonitor, Task> body)
    {
        _simulation.Run(
            async () =>
            {
                using var monitor = new HealthMonitor(concurrency, _simulation.Time, new Random(1), NullLogger<HealthMonitor>.Instance);
                await body(monitor);
            },
            TimeSpan.FromHours(1));
    }

    private Task Pass(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), _simulation.Time);

    [Test]
    public void Thousands_of_databases_are_not_checked_all_at_once() => Run(16, async monitor =>
    {
        _engine.Health = static _ => HealthReport.Healthy;
        _engine.Effort = cancel => Task.Delay(TimeSpan.FromMilliseconds(5), _simulation.Time, cancel);
        for (var i = 0; i < 2000; i++)
            monitor.Watch(Target(i));
        await Pass(3);

        Assert.That(_engine.Running.Most, Is.EqualTo(16));
        Assert.That(_changed.Distinct().Count(), Is.EqualTo(2000), "each was checked");
    });

    [Test]
    public void Beyond_a_few_thousand_databases_the_period_grows_instead_of_the_load() => Run(16, async monitor =>
    {
        const int databases = 4 * HealthMonitor.MostPerSecond * 10;
        _engine.Health = static _ => HealthReport.Healthy;
        for (var i = 0; i < databases; i++)
            monitor.Watch(Target(i));
        await Pass(5);
        var before = _engine.Probes;
        await Pass(80);

        Assert.That(_engine.Probes - before, Is.InRange(1.5 * databases, 80 * HealthMonitor.MostPerSecond * 1.2), "about twice each");
    });

    [Test]
    public void A_check_that_hangs_is_cut_off_and_counts_as_failed() => Run(1, async monitor =>
    {
        _engine.Effort = cancel => Task.Delay(Timeout.InfiniteTimeSpan, _simulation.Time, cancel);
        monitor.Watch(Target() with { Timeout = TimeSpan.FromSeconds(3) });
        await Pass(4);

        Assert.That(monitor.Verdict(Engine, new("demo", "db0"), "u")!.Message, Does.Contain("3 s"));
    });

    [Test]
    public void A_failure_below_the_threshold_changes_nothing_and_one_success_is_enough() => Run(1, async monitor =>
    {
        var fails = false;
        _engine.Health = _ => fails ? new(new HealthFailure("ping", "no answer", false)) : HealthReport.Healthy;
        monitor.Watch(Target(threshold: 3));
        await Pass(1);
        fails = true;
        await Pass(20);
        Assert.That(monitor.Verdict(Engine, new("demo", "db0"), "u"), Is.EqualTo(HealthVerdict.Healthy));
        await Pass(15);
        Assert.That(monitor.Verdict(Engine, new("demo", "db0"), "u")!.IsReady, Is.False);
        fails = false;
        await Pass(11);
        Assert.That(monitor.Verdict(Engine, new("demo", "db0"), "u"), Is.EqualTo(HealthVerdict.Healthy));
        Assert.That(_changed, Has.Count.EqualTo(3));
    });

    [Test]
    public void Changed_servers_are_checked_at_once() => Run(1, async monitor =>
    {
        _engine.Health = static _ => HealthReport.Healthy;
        monitor.Watch(Target(servers: "a"));
        await Pass(1);
        monitor.Watch(Target(servers: "a"));
        await Pass(1);
        Assert.That(_engine.Probes, Is.EqualTo(1));
        monitor.Watch(Target(servers: "b"));
        await Pass(0.1);
        Assert.That(_engine.Probes, Is.EqualTo(2));
    });

    [Test]
    public void Checks_are_no_part_of_the_reconcile_that_began_them() => Run(1, async monitor =>
    {
        var scope = new AsyncLocal<string?> { Value = "a reconcile" };
        var seen = "no check";
        _engine.Health = _ =>
        {
            seen = scope.Value;
            return HealthReport.Healthy;
        };
        monitor.Watch(Target());
        await Pass(1);

        Assert.That(seen, Is.Null, "its log scope and span would stay for good");
    });

    [Test]
    public void A_database_made_anew_under_its_name_is_checked_at_once() => Run(1, async monitor =>
    {
        _engine.Health = static _ => HealthReport.Healthy;
        monitor.Watch(Target());
        await Pass(1);
        monitor.Watch(Target() with { Uid = ObjectUid.Of("v") });
        Assert.That(monitor.Verdict(Engine, new("demo", "db0"), "v"), Is.Null, "nothing is concluded from another database");
        await Pass(0.1);

        Assert.That(monitor.Verdict(Engine, new("demo", "db0"), "v"), Is.EqualTo(HealthVerdict.Healthy));
    });

    [Test]
    public void What_is_stopped_is_forgotten() => Run(1, async monitor =>
    {
        _engine.Health = static _ => HealthReport.Healthy;
        monitor.Watch(Target());
        await Pass(1);
        monitor.Stop(Engine, new("demo", "db0"));
        await Pass(60);

        Assert.That((_engine.Probes, monitor.Count, monitor.Verdict(Engine, new("demo", "db0"), "u")), Is.EqualTo((1, 0, (HealthVerdict?)null)));
    });
}
