using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Transport;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Controllers;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Unit.Adversarial;

/// <summary>A watch whose bytes end anywhere, again and again, loses nothing and repeats nothing: it goes on from the last whole event.</summary>
[TestFixture]
[Category("Unit")]
public sealed class CutWatchTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void An_informer_comes_to_hold_what_the_server_holds(byte[] changes, byte[] cuts)
    {
        var sim = new Simulation();
        sim.Run(
            async () =>
            {
                var server = new ScriptedServer(sim.Time);
                var client = new CutClient(server, sim.Time, new Queue<int>(cuts.Select(c => c * 2)));
                var informer = new Informer<Thing>(
                    new InformerOptions<Thing> { Type = Thing.Resource, Decode = Thing.Decode }, client, sim.Time, new Random(1), NullLogger<Informer<Thing>>.Instance);
                var seen = new List<string>();
                informer.Subscribe(c => seen.Add($"{c.Old?.Value}>{c.New?.Value}"));
                using var stop = new CancellationTokenSource();
                var running = informer.RunAsync(stop.Token);
                await sim.UntilAsync(() => informer.HasSynced, Tick);
                var told = new List<string>();
                var now = new Dictionary<string, string>();
                for (var i = 0; i < changes.Length; i++)
                {
                    var name = $"t{changes[i] % 4}";
                    var before = now.GetValueOrDefault(name);
                    if (changes[i] % 3 == 0 && before is not null)
                    {
                        server.Delete(name);
                        now.Remove(name);
                        told.Add($"{before}>");
                    }
                    else
                    {
                        now[name] = $"v{i}";
                        server.Put(name, before is null ? $"u{i}" : informer.Get(new("a", name))?.Metadata.Uid ?? $"u{i}", now[name]);
                        told.Add($"{before}>v{i}");
                    }

                    await sim.UntilAsync(() => seen.Count >= told.Count, Tick);
                }

                stop.Cancel();
                await running;
                Assert.That(seen, Is.EqualTo(told), "each change once, in order");
                Assert.That(informer.List().ToDictionary(t => t.Metadata.Name, t => t.Value), Is.EquivalentTo(now));
                Assert.That(server.Lists, Is.EqualTo(1), "a cut is no reason to list again");
            },
            TimeSpan.FromHours(10));
    }

    /// <summary>The scripted server, its watches turned into bytes that end where the test says.</summary>
    private sealed class CutClient(ScriptedServer server, TimeProvider time, Queue<int> cuts) : IKubernetesClient
    {
        public Task<ApiResult<T>> SendAsync<T>(ApiRequest request, ObjectDecoder<T> decode, CancellationToken cancel) => server.SendAsync(request, decode, cancel);

        public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
            ResourceType type, WatchOptions options, ObjectDecoder<T> decode, [EnumeratorCancellation] CancellationToken cancel)
            where T : class
        {
            var left = cuts.TryDequeue(out var cut) ? cut : int.MaxValue;
            await foreach (var e in server.WatchAsync(type, options, KubernetesVerbs.DecodeJson, cancel))
            {
                var line = Line(e);
                var part = line[..Math.Min(line.Length, left)];
                left -= part.Length;
                await foreach (var read in WatchStream.ReadAsync(new MemoryStream(part), "watch", new(TimeSpan.FromSeconds(90), 1 << 20, time, false), decode, cancel))
                    yield return read;
                if (part.Length < line.Length)
                    yield break;
            }
        }

        public Task<ApiResult<ExecResult>> ExecAsync(ExecRequest request, CancellationToken cancel) => throw new NotSupportedException();

        public Task<ApiResult<string>> LogsAsync(LogRequest request, CancellationToken cancel) => throw new NotSupportedException();

        private static byte[] Line(WatchEvent<JsonObject> e) => Encoding.UTF8.GetBytes(new JsonObject
        {
            ["type"] = e.Type.ToString().ToUpperInvariant(),
            ["object"] = e.Object?.DeepClone() ?? new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = e.ResourceVersion } },
        }.ToJsonString() + "\n");
    }
}
