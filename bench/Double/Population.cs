using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Provisioner.PetSets;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Bench.Double;

/// <summary>
/// Databases with all their children, all Ready, as a real API server holds them: copies of one recorded database (<c>hack/bench record</c>)
/// under other names and UIDs. Because fingerprints are taken of values that are copied with the rest, the Provisioner finds nothing to do.
/// </summary>
internal sealed class Population
{
    /// <summary>Length of every database's name.</summary>
    public const int NameLength = 11;

    /// <summary>Name of the recorded database.</summary>
    public const string RecordedName = "bench-00000";

    /// <summary>Namespace of the recorded database.</summary>
    public const string RecordedNamespace = "bench-ns000";

    private const int PerNamespace = 20;
    private const string RecordedAddress = "127.77.0.1";
    private readonly List<Template> _templates;

    private Population(List<Template> templates) => _templates = templates;

    /// <summary>Objects of one database.</summary>
    public int Objects => _templates.Count;

    /// <summary>Bytes of one database's objects as JSON.</summary>
    public int Bytes => _templates.Sum(t => t.Bytes);

    /// <summary>The recorded objects.</summary>
    public static JsonArray Recorded()
    {
        using var stream = typeof(Population).Assembly.GetManifestResourceStream("redis")
            ?? throw new InvalidOperationException("There is no recorded database; make it with hack/bench record.");
        return (JsonArray)JsonNode.Parse(stream)!;
    }

    /// <summary>Reads the recorded database.</summary>
    public static Population Read()
    {
        var objects = Recorded().OfType<JsonObject>().ToList();
        var uids = objects.Select(o => o.Uid()).ToList();
        var database = objects.First(o => o.Text("kind") == "Redis").Uid();
        var suffix = $"{RecordedName}-{database[^6..]}";
        var fixedParts = objects.First(o => o.Text("kind") == "StatefulSet").At("metadata", "annotations").Text(StatefulSetManifest.FixedParts);
        var marks = new Regex(string.Join(
            '|', uids.Append(suffix).Append(fixedParts).Append(RecordedName).Append(RecordedNamespace).Append(RecordedAddress).Select(Regex.Escape)));
        Template? petSet = null;
        var written = new Dictionary<string, Func<int, string>>
        {
            [suffix] = number => $"{Name(number)}-{Uid(number, uids.IndexOf(database))[^6..]}",
            [fixedParts] = number => FixedParts(petSet!.Text(number)),
            [RecordedName] = Name,
            [RecordedNamespace] = Namespace,
            [RecordedAddress] = RedisServers.Address,
        };
        for (var i = 0; i < uids.Count; i++)
        {
            var which = i;
            written[uids[i]] = number => Uid(number, which);
        }

        var templates = objects.ConvertAll(o => new Template(o, marks, written));
        petSet = templates[objects.FindIndex(o => o.Text("kind") == "PetSet")];
        return new(templates);
    }

    /// <summary>Name of a database.</summary>
    public static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"bench-{number:00000}");

    /// <summary>Namespace of a database.</summary>
    public static string Namespace(int number) => string.Create(CultureInfo.InvariantCulture, $"bench-ns{number / PerNamespace:000}");

    /// <summary>Adds the catalog version that the databases name.</summary>
    public static void AddVersion(HostedApiServer host)
    {
        using var stream = typeof(Population).Assembly.GetManifestResourceStream("version")!;
        var version = (JsonObject)JsonNode.Parse(stream)!;
        lock (host.Gate)
            host.Server.Store.Put(host.Server.Kinds.First(k => k.Name == "RedisVersion"), version, host.Server.Now);
    }

    /// <summary>Fills the double; nobody may use it meanwhile.</summary>
    /// <param name="host">The double.</param>
    /// <param name="count">How many databases.</param>
    /// <param name="outdated">Each misses what a newer version would apply, so that the Provisioner has one write to do for it.</param>
    public void Fill(HostedApiServer host, int count, bool outdated = false)
    {
        lock (host.Gate)
        {
            host.Server.Collector.Enabled = false;
            for (var number = 0; number < count; number++)
            {
                if (number % PerNamespace == 0)
                    host.Server.CreateNamespace(Namespace(number));
                foreach (var template in _templates)
                    template.Put(host.Server, number, outdated);
            }

            host.Server.Compact();
            host.Server.Collector.Enabled = true;
        }

        host.WriteOut();
    }

    // The one value that is a hash of text with the name in it.
    private static string FixedParts(string petSet) =>
        StatefulSetManifest.Build(PetSet.Decode(Encoding.UTF8.GetBytes(petSet)), null).At("metadata", "annotations").Text(StatefulSetManifest.FixedParts);

    /// <summary>The objects of a kind of the first databases, as the server sends them.</summary>
    public IEnumerable<byte[]> Texts(string kind, int count) =>
        from template in _templates.Where(t => t.Kind == kind) from number in Enumerable.Range(0, count) select Encoding.UTF8.GetBytes(template.Text(number));

    private static string Uid(int number, int which) => string.Create(CultureInfo.InvariantCulture, $"{number:x8}-{which:x4}-4000-8000-{(number * 97) + which:x12}");

    /// <summary>One object's text, cut where names and UIDs stand.</summary>
    private sealed class Template
    {
        private readonly List<(string Text, Func<int, string> Mark)> _parts = [];
        private readonly string _end;
        private readonly string _group;

        public Template(JsonObject recorded, Regex marks, Dictionary<string, Func<int, string>> written)
        {
            var text = recorded.ToJsonString();
            Bytes = Encoding.UTF8.GetByteCount(text);
            var version = recorded.Text("apiVersion");
            _group = version.Contains('/', StringComparison.Ordinal) ? version[..version.IndexOf('/', StringComparison.Ordinal)] : "";
            Kind = recorded.Text("kind");
            var start = 0;
            foreach (var match in marks.Matches(text).Cast<Match>())
            {
                _parts.Add((text[start..match.Index], written[match.Value]));
                start = match.Index + match.Length;
            }

            _end = text[start..];
        }

        public int Bytes { get; }

        public string Kind { get; }

        public string Text(int number)
        {
            var text = new StringBuilder(Bytes + 64);
            foreach (var (part, mark) in _parts)
                text.Append(part).Append(mark(number));
            return text.Append(_end).ToString();
        }

        public void Put(InMemoryApiServer server, int number, bool outdated)
        {
            var text = Text(number);
            if (outdated && Kind == "AppBinding")
                text = text.Replace("\"redis\"", "\"other\"", StringComparison.Ordinal);
            var kind = server.Kinds.First(k => k.Group == _group && k.Name == Kind);
            server.Store.Put(kind, (JsonObject)JsonNode.Parse(Encoding.UTF8.GetBytes(text))!, server.Now);
        }
    }
}
