using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeDb.Tests.EndToEnd.Druid;

/// <summary>
/// Asks the routers for the rows of a data source again and again, through their service and by the protocol of its port, as a client does that follows
/// the service. A query that fails is asked once more a second later; only then it counts as failed.
/// </summary>
internal sealed class DruidQueries : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250), BeforeRetry = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = static (_, shown, _, _) => shown is not null }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Func<Task<Uri?>> _address;
    private readonly Func<StringContent> _query;
    private readonly Task _loop;
    private Uri? _base;
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Begins; the data source has rows already.</summary>
    /// <param name="address">Where the routers are reached at present; null while that is not known.</param>
    /// <param name="login">User and password, with a colon between.</param>
    /// <param name="source">The data source.</param>
    public DruidQueries(Func<Task<Uri?>> address, string login, string source)
    {
        _address = address;
        _query = () => new StringContent(new JsonObject { ["query"] = $"SELECT COUNT(*) AS \"rows\" FROM \"{source}\"" }.ToJsonString(), Encoding.UTF8, "application/json");
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        _loop = LoopAsync();
    }

    /// <summary>Queries that were answered.</summary>
    public int Answered { get; private set; }

    /// <summary>Queries that failed twice.</summary>
    public int Failed { get; private set; }

    /// <summary>The fewest rows that an answer had; data that is not served for a moment is missing in it.</summary>
    public long FewestRows { get; private set; } = long.MaxValue;

    /// <summary>Longest time between two answers, and when it ended.</summary>
    public (TimeSpan Length, DateTime Ended) LongestGap { get; private set; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Answered} queries answered, {Failed} failed after one retry, longest gap {LongestGap.Length.TotalSeconds:F1} s until {LongestGap.Ended:HH:mm:ss}, fewest rows {FewestRows}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                if (!await AskAsync())
                {
                    await Task.Delay(BeforeRetry, _stop.Token);
                    if (!await AskAsync())
                        Failed++;
                }

                await Task.Delay(Pause, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It ends.
        }
    }

    private async Task<bool> AskAsync()
    {
        try
        {
            if ((_base ??= await _address()) is not { } address)
                return false;
            using var content = _query();
            using var answer = await _client.PostAsync(new Uri(address, "/druid/v2/sql"), content, _stop.Token);
            answer.EnsureSuccessStatusCode();
            FewestRows = Math.Min(FewestRows, JsonNode.Parse(await answer.Content.ReadAsStringAsync(_stop.Token))![0]!["rows"]!.GetValue<long>());
            Answered++;
            var gap = Stopwatch.GetElapsedTime(_last);
            _last = Stopwatch.GetTimestamp();
            if (gap > LongestGap.Length)
                LongestGap = (gap, DateTime.UtcNow);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            _base = null;
            return false;
        }
    }
}
