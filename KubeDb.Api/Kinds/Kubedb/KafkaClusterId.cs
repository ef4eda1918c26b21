using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The id that all nodes of a cluster share: data of one id is never served under another. Pure.</summary>
public static partial class KafkaClusterId
{
    /// <summary>
    /// The ids that the user gives in the pod templates: one without topology, one a role with it. An id is null where the template gives none.
    /// </summary>
    public static IReadOnlyList<(string Path, string? Id)> Given(KafkaSpec spec) => spec.Topology is { } topology
        ? [Of(topology.Broker?.PodTemplate, "spec.topology.broker.podTemplate"), Of(topology.Controller?.PodTemplate, "spec.topology.controller.podTemplate")]
        : [Of(spec.PodTemplate, "spec.podTemplate")];

    /// <summary>
    /// The id of a database whose user chooses none: it follows from the UID, so that both processes, and every start of them, choose the same.
    /// In the form in which users know it: the last three groups of a UUID, with a w at the end.
    /// </summary>
    public static string Of(string uid)
    {
        var text = Guid.TryParse(uid, out var guid) ? guid : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(uid)).AsSpan(0, 16));
        return text.ToString("D")[14..^1] + "w";
    }

    /// <summary>True for 16 bytes in base64 for URLs, which tools do not take for an option.</summary>
    public static bool IsValid(string id) => Form().IsMatch(id);

    private static (string Path, string? Id) Of(PodTemplate? template, string path)
    {
        var server = (template?.Spec?.ToNode()).Member("containers").Objects().FirstOrDefault(c => c["name"].AsText() == KafkaNames.ServerContainer);
        var variable = server.Member("env").Objects().FirstOrDefault(e => e["name"].AsText() == KafkaNames.ClusterIdVariable);
        return ($"{path}.spec.containers", variable?["value"].AsText() is { Length: > 0 } id ? id : null);
    }

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_-]{21}$")]
    private static partial Regex Form();
}
