using System.Globalization;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>How sentinels name masters, and pods each other. Pure.</summary>
internal static class SentinelNames
{
    /// <summary>The name under which sentinels know the master of a database.</summary>
    public static string Master(ObjectKey database) => $"{database.Namespace}/{database.Name}";

    /// <summary>The database whose master has the name; null when the name is none of ours.</summary>
    public static ObjectKey? Database(string master) =>
        master.Split('/') is [{ Length: > 0 } ns, { Length: > 0 } name] ? new ObjectKey(ns, name) : null;

    /// <summary>The name by which a pod of a database is reached, whatever address it has.</summary>
    public static string Host(IDatabase database, string pod) =>
        $"{pod}.{ObjectNames.WithSuffix(database.Metadata.Name, "pods")}.{database.Metadata.Namespace}.svc";

    /// <summary>The names of the pods that the spec wants, by ordinal.</summary>
    public static IReadOnlyList<string> Wanted(DatabaseInstances instances) =>
    [
        .. instances.Groups.SelectMany(g => Enumerable.Range(0, g.Replicas).Select(i => string.Create(CultureInfo.InvariantCulture, $"{g.PetSet}-{i}"))),
    ];
}
