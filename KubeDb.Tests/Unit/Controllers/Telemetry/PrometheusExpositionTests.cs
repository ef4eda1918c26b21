using System.Diagnostics;
using System.Diagnostics.Metrics;
using KubeDb.Api.Controllers.Telemetry;

namespace KubeDb.Tests.Unit.Controllers.Telemetry;

[TestFixture]
[Category("Unit")]
public sealed class PrometheusExpositionTests
{
    private Meter _meter = null!;
    private PrometheusExposition _exposition = null!;

    [SetUp]
    public void SetUp()
    {
        _meter = new Meter("test");
        _exposition = new PrometheusExposition(_meter);
    }

    [TearDown]
    public void TearDown()
    {
        _exposition.Dispose();
        _meter.Dispose();
    }

    [Test]
    public void What_is_read_for_each_scrape_says_no_more_of_what_is_gone()
    {
        var things = new List<string> { "a", "b" };
        _meter.CreateObservableGauge("f", () => things.Select(t => new Measurement<long>(1, new KeyValuePair<string, object?>("name", t))), null, "Things.");
        Assert.That(_exposition.Write(), Does.Contain("f{name=\"a\"} 1\nf{name=\"b\"} 1\n"));
        things.Remove("a");
        Assert.That(_exposition.Write(), Does.Not.Contain("f{name=\"a\"}").And.Contain("f{name=\"b\"} 1\n"));
    }

    [Test]
    public void Every_kind_of_instrument_has_its_form()
    {
        var counter = _meter.CreateCounter<long>("a_total", null, "Back\\slash and\nline.");
        counter.Add(1, new("x", "1"), new("b", "q\"u\\o\nte"));
        counter.Add(2, new("b", "q\"u\\o\nte"), new("x", "1"));
        var depth = _meter.CreateUpDownCounter<int>("b_depth", null, "Depth.");
        depth.Add(3);
        depth.Add(-1);
        _meter.CreateObservableGauge("c_bytes", () => 1.5, null, "Size.");
        _meter.CreateObservableCounter("d_total", () => 7L, null, "Seen.");
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] };
        var histogram = _meter.CreateHistogram("e_seconds", null, "Time.", null, advice);
        histogram.Record(0.1, new KeyValuePair<string, object?>("k", "v"));
        histogram.Record(0.5, new KeyValuePair<string, object?>("k", "v"));
        histogram.Record(5, new KeyValuePair<string, object?>("k", "v"));

        Assert.That(_exposition.Write(), Is.EqualTo(
            """
            # HELP a_total Back\\slash and\nline.
            # TYPE a_total counter
            a_total{b="q\"u\\o\nte",x="1"} 3
            # HELP b_depth Depth.
            # TYPE b_depth gauge
            b_depth 2
            # HELP c_bytes Size.
            # TYPE c_bytes gauge
            c_bytes 1.5
            # HELP d_total Seen.
            # TYPE d_total counter
            d_total 7
            # HELP e_seconds Time.
            # TYPE e_seconds histogram
            e_seconds_bucket{k="v",le="0.1"} 1
            e_seconds_bucket{k="v",le="1"} 2
            e_seconds_bucket{k="v",le="+Inf"} 3
            e_seconds_sum{k="v"} 5.6
            e_seconds_count{k="v"} 3

            """));
    }

    [Test]
    public void A_label_of_unbounded_number_costs_no_unbounded_memory()
    {
        var counter = _meter.CreateCounter<long>("a_total", null, "A.");
        for (var i = 0; i < 20_000; i++)
            counter.Add(1, new KeyValuePair<string, object?>("id", i));

        Assert.That(_exposition.Write().Split('\n'), Has.Length.LessThan(6000));
    }

    [Test]
    public void Recording_into_a_known_series_allocates_nothing()
    {
        var counter = _meter.CreateCounter<long>("a_total", null, "A.");
        counter.Add(1, new("x", "1"), new("y", "2"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            counter.Add(1, new("x", "1"), new("y", "2"));

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000));
    }

    [Test]
    public void What_the_processes_serve_passes_promtool()
    {
        using var own = new PrometheusExposition();
        ProcessMetrics.Register();
        Instruments.Reconciles.Add(1, new("controller", "test"), new("result", "done"));
        Instruments.ReconcileDuration.Record(0.2, new KeyValuePair<string, object?>("controller", "test"));
        var text = own.Write();
        Assert.That(text, Does.Contain("process_start_time_seconds").And.Contain("kubedb_reconcile_duration_seconds_bucket"));
        Assert.That(text.Split('\n').Where(l => l.StartsWith("# TYPE", StringComparison.Ordinal)), Is.Unique);

        using var promtool = StartPromtool();
        promtool.StandardInput.Write(text);
        promtool.StandardInput.Close();
        var complaints = promtool.StandardOutput.ReadToEnd() + promtool.StandardError.ReadToEnd();
        promtool.WaitForExit();
        Assert.That(complaints, Is.Empty);
    }

    private static Process StartPromtool()
    {
        try
        {
            return Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("promtool is not installed (Debian package prometheus).");
            throw;
        }
    }
}
