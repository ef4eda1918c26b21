using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;

namespace KubeDb.Tests.Machine.Schedules;

/// <summary>Plays a schedule and says what of it must not have been.</summary>
internal static class Player
{
    /// <summary>Seconds in which things happen; the faults end this long after the beginning.</summary>
    public const int Length = 60;

    /// <summary>Longer than any request may take, counted from the end of the faults: a roll, and the way back.</summary>
    private const double Deadline = 3600;

    /// <summary>Plays it in a world of its own; empty when all was well.</summary>
    public static IReadOnlyList<string> Play(Schedule schedule)
    {
        var world = new TestWorld();
        try
        {
            return world.PlayFor(() => PlayAsync(world, schedule));
        }
        catch (Exception problem) when (problem is AssertionException or TimeoutException)
        {
            return [problem.Message, .. Wrongs(world)];
        }
    }

    private static async Task<IReadOnlyList<string>> PlayAsync(TestWorld world, Schedule schedule)
    {
        world.Provisioner.Start();
        world.Ops.Start();
        world.CreateConfig("mine", "maxclients 800\nmaxmemory-policy allkeys-lru");
        await world.HaveRedisAsync("databases 10\nmaxclients 500");
        foreach (var server in world.Redis.Running)
            server.Write("precious", "1");
        var began = world.Now;
        foreach (var (happening, i) in schedule.Happenings.OrderBy(h => h.At).Select((h, i) => (h, i)))
        {
            if (began + TimeSpan.FromSeconds(happening.At) is var at && at > world.Now)
                await world.PassAsync(at - world.Now);
            if (happening.Who.Length > 0)
                Faults.Strike(world, happening);
            else
                Acts.Do(world, happening.What, $"op{i}");
        }

        await world.PassAsync(began + TimeSpan.FromSeconds(Length) - world.Now);
        Faults.End(world);
        if (world.Stored().Spec.Halted)
            world.PatchSpec("""{"halted":false}""");
        await world.EndedAsync(Deadline);
        await world.UntilAsync(() => world.Phase() == "Ready", "the database is Ready", 180);

        // By then all is listed anew that was missed.
        await world.PassAsync(100);
        await world.RestAsync();
        var rest = world.Server.Now;
        await world.PassAsync(TimeSpan.FromMinutes(5));
        var wrongs = new List<string>(Wrongs(world));
        wrongs.AddRange(world.Busy(rest).Select(e => $"at rest, yet: {e}"));
        wrongs.AddRange(AtTheEnd(world));
        if (wrongs.Count > 0)
            wrongs.Add(world.Report());
        return wrongs;
    }

    private static IEnumerable<string> Wrongs(TestWorld world) =>
    [
        .. world.Guard.Wrongs,
        .. world.Logs.Errors,
        .. world.Seen.ChangedCredentials.Select(c => $"the credential {c} changed"),
    ];

    private static IEnumerable<string> AtTheEnd(TestWorld world)
    {
        if (world.Condition(Api.Kinds.Shared.ConditionTypes.Paused) is not null || world.Condition(Api.Kinds.Shared.ConditionTypes.PauseAcknowledged) is not null)
            yield return "the database is still paused";
        foreach (var request in world.Requests.Where(r => r["metadata"]!["finalizers"].Texts().Count > 0))
            yield return $"{request.Name()} has ended and is still held";
        if (world.Redis.Running.Select(s => s.Keys).SingleOrDefault() != "precious")
            yield return "the data is lost";
        if (world.Get(ResourceTypes.Service, TestWorld.Database)?.At("spec", "ports").Objects().First().Number("port") != 6379)
            yield return "the service is not as described";
    }
}
