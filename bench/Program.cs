using System.Globalization;
using KubeDb.Bench;
using KubeDb.Bench.Measure;

// Called by hack/bench, which builds, publishes and says what there is.
var options = new BenchOptions(Setting("BENCH_REPOSITORY"), Setting("BENCH_PROGRAMS"), Setting("BENCH_WORK"));
var results = new Results();
var words = new Queue<string>(args);
try
{
    while (words.TryDequeue(out var word))
    {
        switch (word)
        {
            case "at":
                await new DoubleRun(options, results).AtAsync(int.Parse(words.Dequeue(), CultureInfo.InvariantCulture));
                break;
            case "decode":
                await new MicroBench(options, results).DecodeAsync();
                break;
            case "held":
                new MicroBench(options, results).Held();
                break;
            case "reconcile":
                await new MicroBench(options, results).ReconcileAsync();
                break;
            case "backlog":
                await new DoubleRun(options, results).BacklogAsync(int.Parse(words.Dequeue(), CultureInfo.InvariantCulture));
                break;
            case "real":
                using (var real = new RealRun(options, results, Setting("BENCH_KUBECONFIG"), Setting("BENCH_AUDIT")))
                    await real.RunAsync(int.Parse(words.Dequeue(), CultureInfo.InvariantCulture));
                break;
            default:
                Console.Error.WriteLine($"kubedb-bench: unknown measurement \"{word}\"");
                return 2;
        }
    }
}
finally
{
    // Also what was measured before something went wrong.
    if (Environment.GetEnvironmentVariable("BENCH_WRITE") is { Length: > 0 } file)
        ResultsFile.Update(file, results.Rows);
}

return results.Rows.TrueForAll(r => r.Met) ? 0 : 1;

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new InvalidOperationException($"{name} is not set; hack/bench sets it.");
