using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines.Druid;

/// <summary>The service of a role: its ports, and which of the user's templates is for it. Pure.</summary>
internal static class RoleService
{
    /// <summary>The ports: TLS in place of plain connections, and both while one takes the other's place.</summary>
    public static IEnumerable<V1ServicePort> Ports(DruidDescription d, DruidRole role)
    {
        yield return DruidBlueprint.Port(role.Suffix, d.Protocol == DruidProtocol.Tls ? role.TlsPort : role.Port);
        if (d.Protocol == DruidProtocol.Both)
            yield return DruidBlueprint.Port($"{role.Suffix}-tls", role.TlsPort);
    }

    /// <summary>
    /// The template with the alias primary, where it names no ports, or one of this role by its name or by a number that the role has; null otherwise. The
    /// number of the other protocol becomes that of the one that is spoken.
    /// </summary>
    public static ServiceTemplate? Template(DruidDescription d, DruidRole role)
    {
        if (d.Offshoot.Service(ServiceAliases.Primary) is not { } template)
            return null;
        if (template.Spec?.ToNode() is not JsonObject spec || spec["ports"].Objects().ToList() is not { Count: > 0 } ports)
            return template;
        var own = ports.FirstOrDefault(p => p["name"].AsText() == role.Suffix || IsPortOf(role, p["port"].AsScalar()));
        if (own is null)
            return null;
        own["name"] = role.Suffix;
        if (IsPortOf(role, own["port"].AsScalar()))
            own.Remove("port");
        spec["ports"] = new JsonArray(own.DeepClone());
        return template with { Spec = JsonFragment.From(spec) };
    }

    private static bool IsPortOf(DruidRole role, string? port) =>
        port is not null && (port == role.Port.ToString(CultureInfo.InvariantCulture) || port == role.TlsPort.ToString(CultureInfo.InvariantCulture));
}
