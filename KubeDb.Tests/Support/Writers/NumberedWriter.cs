using System.Diagnostics;

namespace KubeDb.Tests.Support.Writers;

/// <summary>A client of a database, as the numbered writer needs it: it finds its way to the server that takes its writes by itself.</summary>
public interface IWriterClient : IAsyncDisposable
{
    /// <summary>Writes the number; returns once the database has acknowledged it, and throws when it is not known whether it will be there.</summary>
    Task WriteAsync(int number, CancellationToken cancel);

    /// <summary>Those of the numbers that are there.</summary>
    Task<IReadOnlyCollection<int>> ReadAsync(IReadOnlyList<int> numbers, CancellationToken cancel);
}

/// <summary>
/// Writes numbers at a steady rate, through one client a lane, and counts what it sees: errors, the longest time without an acknowledged write, and
/// acknowledged writes that are not there in the end. A lane is what can be cut off by itself, such as a shard, so that one that stands still
/// is not hidden by others.
/// </summary>
public sealed class NumberedWriter : IAsyncDisposable
{
    private const int ReadAtOnce = 500;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Lane> _lanes;
    private readonly TimeSpan _patience, _pause, _limit;
    private Task _loops = Task.CompletedTask;

    private NumberedWriter(IEnumerable<IWriterClient> clients, double perSecond, TimeSpan patience, TimeSpan limit)
    {
        _lanes = [.. clients.Select(c => new Lane(c))];
        _pause = TimeSpan.FromSeconds(_lanes.Count / perSecond);
        _patience = patience;
        _limit = limit;
    }

    /// <summary>Waits until a write of each lane is acknowledged; from then on every error counts.</summary>
    /// <param name="clients">One client a lane; the writer disposes of them.</param>
    /// <param name="perSecond">Writes a second, of all lanes together.</param>
    /// <param name="patience">How long the database may not be reached before the first and after the last write; at least 20 seconds.</param>
    /// <param name="limit">How long a write may take before it counts as failed, for clients that try again by themselves; 2 seconds by default.</param>
    public static async Task<NumberedWriter> StartAsync(IEnumerable<IWriterClient> clients, double perSecond, TimeSpan patience = default, TimeSpan limit = default)
    {
        var writer = new NumberedWriter(
            clients, perSecond, patience > TimeSpan.FromSeconds(20) ? patience : TimeSpan.FromSeconds(20), limit > TimeSpan.Zero ? limit : TimeSpan.FromSeconds(2));
        foreach (var lane in writer._lanes)
        {
            await writer.PatientlyAsync(cancel => lane.Client.WriteAsync(0, cancel));
            lane.Began();
        }

        writer._loops = Task.WhenAll(writer._lanes.Select(writer.WriteAsync));
        return writer;
    }

    /// <summary>Writes that were acknowledged so far.</summary>
    public int Acknowledged => _lanes.Sum(l => l.Acknowledged);

    /// <summary>Stops after so many more acknowledged writes of each lane, and reads back what was acknowledged.</summary>
    public async Task<WriterReport> StopAsync(int after = 1)
    {
        var clock = Stopwatch.StartNew();
        var targets = _lanes.ToDictionary(l => l, l => l.Acknowledged + after);
        while (_lanes.Exists(l => l.Acknowledged < targets[l]) && clock.Elapsed < TimeSpan.FromSeconds(30))
            await Task.Delay(20);
        await _stop.CancelAsync();
        await _loops;
        var lost = 0;
        foreach (var lane in _lanes)
        {
            foreach (var numbers in lane.Numbers.Chunk(ReadAtOnce))
                lost += numbers.Length - await PatientlyAsync(async cancel => (await lane.Client.ReadAsync(numbers, cancel)).Count);
        }

        return new WriterReport(Acknowledged, lost, [.. _lanes.SelectMany(l => l.Errors)], _lanes.Max(l => l.LongestGap), _lanes.MaxBy(l => l.LongestGap)!.LongestGapEnded);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops;
        foreach (var lane in _lanes)
            await lane.Client.DisposeAsync();
        _stop.Dispose();
    }

    // A database can be Ready a moment before the node's rules lead from its service to its pod.
    private async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> ask)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            using var limit = new CancellationTokenSource(_limit);
            try
            {
                return await ask(limit.Token);
            }
            catch (Exception) when (clock.Elapsed < _patience)
            {
                await Task.Delay(20);
            }
        }
    }

    private Task PatientlyAsync(Func<CancellationToken, Task> ask) => PatientlyAsync(async cancel =>
    {
        await ask(cancel);
        return true;
    });

    private async Task WriteAsync(Lane lane)
    {
        for (var number = 1; !_stop.IsCancellationRequested; number++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(_limit);
            try
            {
                await lane.Client.WriteAsync(number, limit.Token);
                lane.Acknowledge(number);
            }
            catch (Exception problem)
            {
                if (!_stop.IsCancellationRequested)
                    lane.Errors.Add(problem.Message);
            }

            await Task.Delay(_pause);
        }
    }

    private sealed class Lane(IWriterClient client)
    {
        private readonly List<int> _numbers = [];
        private volatile int _acknowledged;
        private long _last;

        public IWriterClient Client => client;

        public List<string> Errors { get; } = [];

        public IReadOnlyList<int> Numbers => _numbers;

        public int Acknowledged => _acknowledged;

        public TimeSpan LongestGap { get; private set; }

        public DateTime LongestGapEnded { get; private set; }

        public void Began() => _last = Stopwatch.GetTimestamp();

        public void Acknowledge(int number)
        {
            var gap = Stopwatch.GetElapsedTime(_last);
            if (gap > LongestGap)
                (LongestGap, LongestGapEnded) = (gap, DateTime.UtcNow);
            _last = Stopwatch.GetTimestamp();
            _numbers.Add(number);
            _acknowledged = _numbers.Count;
        }
    }
}

/// <summary>What a <see cref="NumberedWriter"/> saw.</summary>
/// <param name="Acknowledged">Writes that the database acknowledged.</param>
/// <param name="Lost">Acknowledged writes that are gone.</param>
/// <param name="Errors">Failed writes and connections.</param>
/// <param name="LongestGap">Longest time between two acknowledged writes of a lane.</param>
/// <param name="LongestGapEnded">When it ended, in UTC, to be found in the logs.</param>
public sealed record WriterReport(int Acknowledged, int Lost, IReadOnlyList<string> Errors, TimeSpan LongestGap, DateTime LongestGapEnded);
