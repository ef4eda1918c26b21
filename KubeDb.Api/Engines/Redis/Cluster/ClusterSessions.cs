using System.Globalization;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>
/// One connection to each server of a cluster, for one round: all are asked at the same time, then commands go over the same connections.
/// </summary>
internal sealed class ClusterSessions : IAsyncDisposable
{
    private readonly IReadOnlyList<Session> _sessions;
    private readonly int _shards;
    private readonly RedisFlavour _flavour;
    private readonly int _port;

    private ClusterSessions(IReadOnlyList<Session> sessions, int shards, RedisFlavour flavour, int port)
    {
        (_sessions, _shards, _flavour, _port) = (sessions, shards, flavour, port);
        View = new([.. sessions.Select(s => s.Member)], shards);
    }

    /// <summary>What they said when they were asked last.</summary>
    public ClusterView View { get; private set; }

    /// <summary>Connects to all and asks them.</summary>
    /// <param name="connector">Makes the connections.</param>
    /// <param name="instances">The pods.</param>
    /// <param name="timeout">Bound of each connection and of each question.</param>
    /// <param name="cancel">Cancels everything.</param>
    public static async Task<ClusterSessions> OpenAsync(RedisConnector connector, DatabaseInstances instances, TimeSpan timeout, CancellationToken cancel)
    {
        var sessions = Wanted(instances).Select(w => new Session(w.Member, w.Pod)).ToList();
        var all = new ClusterSessions(sessions, instances.Groups.Count, RedisFlavour.Of(instances.Version), connector.ServerPort);
        try
        {
            await Task.WhenAll(sessions.Select(s => s.ConnectAsync(connector, instances, timeout, cancel)));
            await all.LookAsync(cancel);
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks all of them again.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        await Task.WhenAll(_sessions.Select(s => s.LookAsync(cancel)));
        View = new([.. _sessions.Select(s => s.Member)], _shards);
        if (View.Questionable is not { IsEmpty: false } questionable)
            return;
        await Task.WhenAll(_sessions.Select(s => s.CountAsync(questionable, cancel)));
        View = new([.. _sessions.Select(s => s.Member)], _shards);
    }

    /// <summary>Carries a command out. Null when the server took it, otherwise what stood in the way.</summary>
    public async Task<string?> DoAsync(ClusterAction action, CancellationToken cancel)
    {
        var words = action.Words(_flavour, _port);
        if (_sessions.FirstOrDefault(s => s.Member.Pod == action.Pod)?.Client is not { } client)
            return $"{action.Pod} has no connection";
        try
        {
            var reply = await client.SendAsync(cancel, [.. words]);
            return reply.Error is { } error ? $"{action.Pod} refuses {string.Join(' ', words.Take(2))}: {error.Sentence}" : null;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return $"{action.Pod} does not answer to {string.Join(' ', words.Take(2))}: {e.Message}";
        }
    }

    /// <summary>The connection to a pod; null when there is none.</summary>
    public RespClient? ClientOf(ClusterMember member) => _sessions.FirstOrDefault(s => s.Member.Pod == member.Pod)?.Client;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions)
            await session.DisposeAsync();
    }

    /// <summary>The pods that the spec wants, and those beyond it: they may hold data too.</summary>
    private static IEnumerable<(ClusterMember Member, Pod? Pod)> Wanted(DatabaseInstances instances)
    {
        var pods = instances.Pods.ToDictionary(p => p.Metadata.Name, StringComparer.Ordinal);
        for (var shard = 0; shard < instances.Groups.Count; shard++)
        {
            var group = instances.Groups[shard];
            var beyond = pods.Keys.Where(group.Has).Select(Ordinal).Where(o => o >= group.Replicas).Order();
            foreach (var ordinal in Enumerable.Range(0, group.Replicas).Concat(beyond))
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{group.PetSet}-{ordinal}");
                yield return (Make(name, shard, ordinal), pods.GetValueOrDefault(name));
            }
        }

        foreach (var pod in instances.Pods.Where(p => !instances.Groups.Any(g => g.Has(p.Metadata.Name))).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal))
            yield return (Make(pod.Metadata.Name, -1, Ordinal(pod.Metadata.Name)), pod);
    }

    private static ClusterMember Make(string name, int shard, int ordinal) => new() { Pod = name, Shard = shard, Ordinal = ordinal };

    private static int Ordinal(string pod) => int.TryParse(pod[(pod.LastIndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private sealed class Session(ClusterMember member, Pod? pod) : IAsyncDisposable
    {
        public ClusterMember Member { get; private set; } = member with { Address = pod?.Status.PodIP ?? "" };

        public RespClient? Client { get; private set; }

        public async Task ConnectAsync(RedisConnector connector, DatabaseInstances instances, TimeSpan timeout, CancellationToken cancel)
        {
            if (pod is null || pod.Metadata.IsDeleting)
            {
                Fail(HealthLabels.NodesNotReady, pod is null ? $"pod {Member.Pod} does not exist" : $"pod {Member.Pod} is being deleted");
                return;
            }

            (Client, var failure) = await connector.OpenAsync(instances, pod, timeout, cancel);
            if (failure is not null)
                Fail(HealthLabels.ClientCreation, $"there is no connection to pod {Member.Pod}: {failure.Message}", failure);
        }

        public async Task LookAsync(CancellationToken cancel)
        {
            if (Client is null)
                return;
            try
            {
                var replies = await Client.SendManyAsync(cancel, MemberAnswer.Questions);
                var refused = replies.Take(MemberAnswer.Questions.Length - 1).FirstOrDefault(r => r.IsError)?.Error;
                var random = replies[^1] is { Kind: RespKind.Text } key ? key.Bytes.ToArray() : [];
                var answer = refused is null ? MemberAnswer.Read(replies[0].Text, replies[1].Text, replies[2].Text, replies[3].Integer, random) : null;
                if (answer is not null)
                    Member = Member with { Answer = answer, Problem = null, KeysInSlots = new Dictionary<int, long>() };
                else if (refused is { Kind: RespErrorKind.Loading })
                    Fail(HealthLabels.NodesNotReady, $"pod {Member.Pod} is loading its data{RedisHealth.Progress(RedisInfo.Parse((await Client.SendAsync(cancel, "INFO", "persistence")).Text))}");
                else
                    Fail(HealthLabels.Ping, $"pod {Member.Pod} does not tell what it knows of the cluster: {refused?.Sentence ?? "its answer is no table of nodes"}");
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                Fail(HealthLabels.Ping, $"pod {Member.Pod} does not answer: {e.Message}", new(e.Message, null) { TimedOut = e is TimeoutException });
            }
        }

        public async Task CountAsync(SlotSet slots, CancellationToken cancel)
        {
            if (Client is null || Member.Answer is not { Keys: > 0 } || slots.IsEmpty)
            {
                if (Member.Answer is { Keys: 0 })
                    Member = Member with { KeysInSlots = slots.Slots.ToDictionary(s => s, _ => 0L) };
                return;
            }

            try
            {
                var asked = slots.Slots.ToList();
                var replies = await Client.SendManyAsync(cancel, [.. asked.Select(s => new[] { "CLUSTER", "COUNTKEYSINSLOT", s.ToString(CultureInfo.InvariantCulture) })]);
                Member = Member with { KeysInSlots = asked.Zip(replies).Where(a => !a.Second.IsError).ToDictionary(a => a.First, a => a.Second.Integer) };
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                Fail(HealthLabels.Ping, $"pod {Member.Pod} does not answer: {e.Message}", new(e.Message, null) { TimedOut = e is TimeoutException });
            }
        }

        public ValueTask DisposeAsync() => Client?.DisposeAsync() ?? ValueTask.CompletedTask;

        private void Fail(string label, string message, ConnectFailure? failure = null) =>
            Member = Member with { Answer = null, Problem = new(label, message, failure) };
    }
}
