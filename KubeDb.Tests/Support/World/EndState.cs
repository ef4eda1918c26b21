using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support.World;

/// <summary>
/// Everything in the namespace that a user can see, a line for each value, without what differs from run to run: times, UIDs, versions,
/// addresses and passwords. Two worlds that came to the same end have equal lines.
/// </summary>
internal static partial class EndState
{
    private static readonly HashSet<string> Kinds = ["Event", "Lease", "Node", "PersistentVolume", "Namespace", "ControllerRevision"];

    private static readonly HashSet<string> Skipped =
    [
        "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "deletionTimestamp", "lastTransitionTime", "startedAt",
        "finishedAt", "startTime", "observedGeneration", "podIP", "podIPs", "containerID", "imageID", "volumeName", "restartCount", "lastState",
        "kubedb.com/auth-active-from", "collisionCount", "currentRevision", "disruptedPods",
    ];

    /// <summary>The lines, in order.</summary>
    public static IReadOnlyList<string> Of(TestWorld world)
    {
        var lines = new List<string>();
        foreach (var kind in world.Server.Kinds.Where(k => !Kinds.Contains(k.Name)).OrderBy(k => k.Qualified, StringComparer.Ordinal))
        {
            foreach (var stored in world.Server.Store.All(kind).Where(s => s.Object.Namespace() == TestWorld.Ns))
                Add(lines, $"{kind.Name} {Normal(stored.Object.Name())}", stored.Object, kind.Name == "Secret");
        }

        lines.AddRange(world.Servers.End);
        return lines;
    }

    /// <summary>What two ends do not share: "-" before what is missing, "+" before what is too much.</summary>
    public static string Difference(IReadOnlyList<string> wanted, IReadOnlyList<string> found)
    {
        var text = new StringBuilder();
        foreach (var line in Less(wanted, found))
            text.Append("\n- ").Append(line);
        foreach (var line in Less(found, wanted))
            text.Append("\n+ ").Append(line);
        return text.ToString();
    }

    /// <summary>A text without what differs from run to run.</summary>
    public static string Normal(string text) =>
        Address().Replace(Ends().Replace(Age().Replace(Time().Replace(Merged().Replace(Config().Replace(Uid().Replace(text, "<uid>"), "cache-<id>"), "merged-<ms>"), "<time>"), "longer than <time>"), "ended <n> times"), "<address>");

    private static IEnumerable<string> Less(IReadOnlyList<string> from, IReadOnlyList<string> what)
    {
        var left = what.CountBy(l => l).ToDictionary();
        return from.Where(l => (left[l] = left.GetValueOrDefault(l) - 1) < 0).ToList();
    }

    private static void Add(List<string> lines, string path, JsonNode? node, bool secret)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (name, value) in map.Where(m => !Skipped.Contains(m.Key)).OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    if (name.StartsWith("ops.kubedb.com/", StringComparison.Ordinal))
                        lines.Add($"{path} {name}");
                    else if (secret && name == "data")
                        AddData(lines, path, (value as JsonObject) ?? []);
                    else
                        Add(lines, $"{path}.{name}", value, secret);
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    Add(lines, $"{path}[{Key(list[i], i)}]", list[i], secret);
                break;
            default:
                lines.Add($"{path} = {Normal(node?.ToString() ?? "null")}");
                break;
        }
    }

    private static void AddData(List<string> lines, string path, JsonObject data)
    {
        foreach (var (name, value) in data.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(value!.ToString()));
            lines.Add($"{path}.data.{name} = {(name is "password" or "internal-client-password" ? "<password>" : name is "default.conf" ? Password().Replace(text, "$1 <password>") : text.GetHashCode(StringComparison.Ordinal).ToString(CultureInfo.InvariantCulture))}");
        }
    }

    // Conditions by type: which came first can differ, and does not matter.
    private static string Key(JsonNode? item, int index) =>
        item is JsonObject o && o.Text("type") is { Length: > 0 } type ? type : index.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\b10\.\d+\.\d+\.\d+\b")]
    private static partial Regex Address();

    [GeneratedRegex("00000000-0000-4000-8000-[0-9a-f]{12}")]
    private static partial Regex Uid();

    [GeneratedRegex("cache-[0-9a-f]{6}")]
    private static partial Regex Config();

    [GeneratedRegex(@"merged-\d+")]
    private static partial Regex Merged();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s,;""]*( \+0000 UTC)?")]
    private static partial Regex Time();

    [GeneratedRegex(@"ended \d+ times")]
    private static partial Regex Ends();

    [GeneratedRegex(@"longer than [\d.]+ (s|min)")]
    private static partial Regex Age();

    [GeneratedRegex("(requirepass|masterauth) .*")]
    private static partial Regex Password();
}
