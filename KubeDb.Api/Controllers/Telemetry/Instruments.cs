using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace KubeDb.Api.Controllers.Telemetry;

/// <summary>
/// Every metric and the one source of traces of both processes. Names are final (they appear on <c>/metrics</c> as they are here);
/// durations are in seconds. Labels are of bounded number: never an object's name, but in gauges that are read anew for each scrape.
/// </summary>
public static class Instruments
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "KubeDb";

    private static readonly InstrumentAdvice<double> Short = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private static readonly InstrumentAdvice<double> Long = new()
    {
        HistogramBucketBoundaries = [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800],
    };

    /// <summary>The meter.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>The source of spans: one per reconcile, one per step of an operation.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Reconciles by <c>controller</c> and <c>result</c> (done, wait, fail, conflict, error, timeout, cancelled).</summary>
    public static Counter<long> Reconciles { get; } = Meter.CreateCounter<long>("kubedb_reconcile_total", null, "Reconciles by controller and result.");

    /// <summary>How long reconciles took, by <c>controller</c>.</summary>
    public static Histogram<double> ReconcileDuration { get; } =
        Meter.CreateHistogram("kubedb_reconcile_duration_seconds", null, "How long reconciles took.", null, Short);

    /// <summary>Reconciles running now, by <c>controller</c>.</summary>
    public static UpDownCounter<long> ActiveReconciles { get; } =
        Meter.CreateUpDownCounter<long>("kubedb_reconcile_active", null, "Reconciles running now.");

    /// <summary>Keys waiting for a worker, by <c>queue</c> and <c>lane</c>.</summary>
    public static UpDownCounter<long> QueueDepth { get; } =
        Meter.CreateUpDownCounter<long>("kubedb_queue_depth", null, "Keys waiting for a worker.");

    /// <summary>How long a key waited for a worker, by <c>queue</c> and <c>lane</c>.</summary>
    public static Histogram<double> QueueLatency { get; } =
        Meter.CreateHistogram("kubedb_queue_latency_seconds", null, "How long keys waited for a worker.", null, Short);

    /// <summary>Keys put back with backoff after a failure, by <c>queue</c>.</summary>
    public static Counter<long> QueueRetries { get; } =
        Meter.CreateCounter<long>("kubedb_queue_retries_total", null, "Keys put back with backoff after a failure.");

    /// <summary>Watches begun anew, by <c>resource</c> and <c>reason</c> (ended, idle, gone, unreachable, …).</summary>
    public static Counter<long> WatchRestarts { get; } =
        Meter.CreateCounter<long>("kubedb_watch_restarts_total", null, "Watches begun anew, by reason.");

    /// <summary>Full lists, by <c>resource</c>; more than one means that a watch could not go on.</summary>
    public static Counter<long> Lists { get; } = Meter.CreateCounter<long>("kubedb_cache_lists_total", null, "Full lists read.");

    /// <summary>Objects held, by <c>resource</c>.</summary>
    public static UpDownCounter<long> CachedObjects { get; } =
        Meter.CreateUpDownCounter<long>("kubedb_cache_objects", null, "Objects held in memory.");

    /// <summary>Objects of the server that can not be read, by resource.</summary>
    public static UpDownCounter<long> UnreadableObjects { get; } =
        Meter.CreateUpDownCounter<long>("kubedb_cache_unreadable_objects", null, "Objects that can not be read, so that they count as not there.");

    /// <summary>Requests to the API server, by <c>verb</c>, <c>resource</c> and <c>code</c> (0: no answer).</summary>
    public static Counter<long> ApiRequests { get; } =
        Meter.CreateCounter<long>("kubedb_api_requests_total", null, "Requests to the API server by verb, resource and HTTP code.");

    /// <summary>How long requests to the API server took, by <c>verb</c>.</summary>
    public static Histogram<double> ApiDuration { get; } =
        Meter.CreateHistogram("kubedb_api_request_duration_seconds", null, "How long requests to the API server took.", null, Short);

    /// <summary>Applies of described objects, by <c>resource</c> and <c>result</c>.</summary>
    public static Counter<long> Applies { get; } =
        Meter.CreateCounter<long>("kubedb_apply_total", null, "Applies of described objects by result.");

    /// <summary>Events by <c>result</c> (created, aggregated, dropped, failed).</summary>
    public static Counter<long> Events { get; } = Meter.CreateCounter<long>("kubedb_events_total", null, "Kubernetes events by what became of them.");

    /// <summary>1 while this process leads, by <c>lease</c>.</summary>
    public static UpDownCounter<long> Leading { get; } = Meter.CreateUpDownCounter<long>("kubedb_leader", null, "1 while this process leads.");

    /// <summary>Times this process began to lead or ceased to, by <c>lease</c> and <c>change</c> (acquired, lost, released).</summary>
    public static Counter<long> LeaderChanges { get; } =
        Meter.CreateCounter<long>("kubedb_leader_changes_total", null, "Times this process began or ceased to lead.");

    /// <summary>Conversion reviews by <c>result</c> (converted, failed, refused: what was sent is no review).</summary>
    public static Counter<long> Conversions { get; } =
        Meter.CreateCounter<long>("kubedb_conversion_reviews_total", null, "Conversion reviews answered, by result.");

    /// <summary>How long conversion reviews took.</summary>
    public static Histogram<double> ConversionDuration { get; } =
        Meter.CreateHistogram("kubedb_conversion_review_duration_seconds", null, "How long conversion reviews took.", null, Short);

    /// <summary>Operations that entered a phase, by <c>kind</c>, <c>type</c> and <c>phase</c>.</summary>
    public static Counter<long> Operations { get; } =
        Meter.CreateCounter<long>("kubedb_operations_total", null, "Operations that entered a phase, by kind, type and phase.");

    /// <summary>How long steps of operations took, by <c>type</c> and <c>step</c>.</summary>
    public static Histogram<double> StepDuration { get; } =
        Meter.CreateHistogram("kubedb_operation_step_duration_seconds", null, "How long the steps of operations took.", null, Long);

    /// <summary>One label.</summary>
    public static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
