using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Provisioner.Credentials;
using KubeDb.Provisioner.Databases;
using KubeDb.Provisioner.Health;
using KubeDb.Provisioner.PetSets;
using KubeDb.Provisioner.Webhooks;

namespace KubeDb.Provisioner;

/// <summary>Composes the Provisioner: informers, which events requeue which keys, and reconcilers.</summary>
internal static class Composition
{
    private const int ConcurrentHealthChecks = 64;
    private static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(15);

    /// <summary>Adds everything to the process.</summary>
    /// <param name="runtime">The process.</param>
    /// <param name="engines">The engines.</param>
    /// <param name="passwords">Makes passwords.</param>
    /// <param name="random">Source of jitter.</param>
    public static void Compose(OperatorRuntime runtime, IReadOnlyList<IEngine> engines, PasswordGenerator passwords, Random random)
    {
        var caches = new DatabaseCaches(engines, runtime);
        var sets = runtime.AddInformer(new InformerOptions<StatefulSet>
        {
            Type = StatefulSet.Resource,
            Decode = StatefulSet.Decode,
            LabelSelector = StatefulSetManifest.Label,
        });
        var policies = runtime.AddInformer(new InformerOptions<PlacementPolicy> { Type = PlacementPolicy.Resource, Decode = PlacementPolicy.Decode });
        AddPetSets(runtime, caches, sets, policies);
        var secrets = new SecretReader(runtime.Client, caches);
        var use = new ObjectUse();
        var gatherer = new Gatherer(caches, secrets, new ApplicationReader(runtime.Client, caches, secrets), use, new CertificateReader(runtime.Client, caches));
        var health = new HealthMonitor(ConcurrentHealthChecks, runtime.Time, random, runtime.Logs.CreateLogger<HealthMonitor>());
        var shared = new Shared(caches, sets, gatherer, use, passwords, health);
        var queues = engines.Select(engine => (engine, AddDatabases(runtime, engine, shared))).ToList();
        ConversionWebhook.Add(runtime, engines);
        runtime.AddLoop(stop => FollowAsync(runtime, caches, queues, health, stop));
    }

    private static void AddPetSets(OperatorRuntime runtime, DatabaseCaches caches, Informer<StatefulSet> sets, Informer<PlacementPolicy> policies)
    {
        var queue = runtime.NewQueue("petset");
        caches.PetSets.Feed(queue);
        sets.FeedController(queue, PetSet.Resource.Kind);
        policies.FeedMany(queue, change => caches.PetSets.List()
            .Where(p => p.Spec.PodPlacementPolicy?.Name == change.Latest.Metadata.Name)
            .Select(p => p.Metadata.Key));
        var reconciler = new PetSetReconciler(new PetSetParts
        {
            Client = runtime.Client,
            Applier = runtime.Applier,
            PetSets = caches.PetSets,
            StatefulSets = sets,
            Policies = policies,
            Events = runtime.Events,
            Time = runtime.Time,
        });
        runtime.AddController(reconciler, queue);
    }

    private static WorkQueue AddDatabases(OperatorRuntime runtime, IEngine engine, Shared shared)
    {
        var queue = runtime.NewQueue(engine.Kinds.Database.Kind.ToLowerInvariant());
        shared.Caches.OnChange(engine, queue.Add);
        shared.Use.OnChange(shared.Caches, engine, key => queue.Add(key));
        shared.StatefulSets.Subscribe(change =>
        {
            // A halted database waits for its pods and StatefulSets to go.
            var set = change.Latest.Metadata;
            if (change.New is null && set.Labels.TryGetValue(DatabaseLabels.Instance, out var name) && DatabaseLabels.AreOf(engine, name, set))
                queue.Add(new(set.Namespace, name));
        });
        var reconciler = new DatabaseReconciler(new DatabaseParts
        {
            Engine = engine,
            Client = runtime.Client,
            Applier = runtime.Applier,
            Blueprints = new BlueprintApplier(runtime.Applier, shared.Caches),
            Caches = shared.Caches,
            StatefulSets = shared.StatefulSets,
            Gatherer = shared.Gatherer,
            Leaks = new PauseLeaks(runtime.Client, shared.Caches),
            ObjectUse = shared.Use,
            Events = runtime.Events,
            Health = shared.Health,
            HealthChanged = key => queue.Add(key, LaneOf(engine, shared.Caches.Of(engine).Databases.Get(key), shared.Health)),
            LastGood = new LastGood(engine, shared.Caches, shared.Gatherer),
            Passwords = shared.Passwords,
            Time = runtime.Time,
        });
        runtime.AddController(reconciler, queue);
        return queue;
    }

    /// <summary>A verdict that the status already shows, as after a start, is queued as backlog, behind users' changes.</summary>
    private static Lane LaneOf(IEngine engine, IDatabase? database, HealthMonitor health) =>
        database is not null && health.Verdict(engine, database.Metadata.Key, database.Metadata.Uid) is { } verdict
        && verdict.IsToldBy(database.Status.Conditions)
            ? Lane.Backlog
            : Lane.Fresh;

    /// <summary>
    /// When an optional API appears or goes, every database is requeued. A process that no longer leads stops checking health, and all checks
    /// end with the process.
    /// </summary>
    private static async Task FollowAsync(
        OperatorRuntime runtime, DatabaseCaches caches, IReadOnlyList<(IEngine Engine, WorkQueue Queue)> queues, HealthMonitor health, CancellationToken stop)
    {
        using (health)
        {
            ServerOffers? before = null;
            while (!stop.IsCancellationRequested)
            {
                await Task.Delay(FollowInterval, runtime.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                if (!runtime.Leadership.IsLeader)
                    health.StopAll();
                if (!runtime.IsReady)
                    continue;
                var now = caches.Offers;
                if (before is not null && before != now)
                {
                    foreach (var (engine, queue) in queues)
                        Requeue(caches.Of(engine).Databases, queue);
                }

                before = now;
            }
        }
    }

    private static void Requeue(Informer<IDatabase> databases, WorkQueue queue)
    {
        foreach (var database in databases.List())
            queue.Add(database.Metadata.Key, Lane.Backlog);
    }

    private sealed record Shared(
        DatabaseCaches Caches, Informer<StatefulSet> StatefulSets, Gatherer Gatherer, ObjectUse Use, PasswordGenerator Passwords, HealthMonitor Health);
}
