using System.Diagnostics.Metrics;
using System.Globalization;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>
/// Metrics of the client, meter <c>KubeDb.Kubernetes</c>: every attempt counts, by verb and HTTP code (0: no answer).
/// </summary>
internal static class ClientMeter
{
    private static readonly Meter Meter = new("KubeDb.Kubernetes");

    private static readonly Counter<long> Requests =
        Meter.CreateCounter<long>("kubedb_api_requests", description: "Requests to the API server by verb and HTTP code; code 0 is no answer.");

    private static readonly Histogram<double> Durations =
        Meter.CreateHistogram<double>("kubedb_api_request_duration_seconds", "s", "Time until the whole answer was in.");

    /// <summary>Counts one attempt.</summary>
    public static void Record(string verb, int code, TimeSpan duration)
    {
        Requests.Add(1, new("verb", verb), new("code", code.ToString(CultureInfo.InvariantCulture)));
        Durations.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("verb", verb));
    }
}
