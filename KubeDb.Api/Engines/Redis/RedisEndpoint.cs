using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>What a node of a cluster tells clients and other nodes of where it is. Pure.</summary>
/// <param name="Pod">Name of the pod.</param>
/// <param name="Host">Host name or address; the pod's own name where none is announced.</param>
/// <param name="Port">Port for clients and replicas.</param>
/// <param name="BusPort">Port for other nodes.</param>
/// <param name="Kind">
/// What the host is: <c>ip</c> or <c>hostname</c> where the user announces one, <c>own</c> where nothing is announced, <c>unreadable</c> where
/// what the user gives is no endpoint.
/// </param>
internal sealed partial record RedisEndpoint(string Pod, string Host, int Port, int BusPort, string Kind)
{
    /// <summary>Port of the cluster bus where nothing else is announced.</summary>
    public const int OwnBusPort = RedisConnector.Port + 10_000;

    private const string Own = "own";
    private const string Unreadable = "unreadable";

    /// <summary>The endpoints of every pod, by shard and ordinal.</summary>
    /// <param name="database">The (defaulted) database, in the mode Cluster.</param>
    /// <param name="governingService">Its headless service, which gives pods their names.</param>
    public static IReadOnlyList<RedisEndpoint> Of(RedisDatabase database, string governingService)
    {
        var announce = database.Spec.Cluster?.Announce;
        return
        [
            .. from shard in RedisShard.Of(database)
               let announced = announce?.Shards.ElementAtOrDefault(shard.Index ?? 0)?.Endpoints ?? []
               from pod in shard.Pods.Select((name, ordinal) => (Name: name, Text: announced.ElementAtOrDefault(ordinal)))
               let own = new RedisEndpoint(pod.Name, $"{pod.Name}.{governingService}.{database.Metadata.Namespace}.svc", RedisConnector.Port, OwnBusPort, Own)
               select string.IsNullOrWhiteSpace(pod.Text) ? own : Parse(pod.Name, pod.Text.Trim(), Type(announce!)) ?? own with { Kind = Unreadable },
        ];
    }

    /// <summary>What the user gives in place of an endpoint: the pod then announces its own name.</summary>
    public static IEnumerable<SpecWarning> Warnings(RedisDatabase database) =>
        from shard in (database.Spec.Cluster?.Announce?.Shards ?? []).Select((s, i) => (s.Endpoints, Index: i))
        from endpoint in shard.Endpoints.Select((text, i) => (Text: text, Ordinal: i))
        where !string.IsNullOrWhiteSpace(endpoint.Text) && Parse("", endpoint.Text.Trim(), Type(database.Spec.Cluster!.Announce!)) is null
        let path = string.Create(CultureInfo.InvariantCulture, $"spec.cluster.announce.shards[{shard.Index}].endpoints[{endpoint.Ordinal}]")
        select new SpecWarning(
            path, RedisReasons.AnnounceInvalid, $"{path} is no {Form(Type(database.Spec.Cluster!.Announce!))}, so the pod announces its own name. Correct it.");

    /// <summary>The type of endpoint that clients are to prefer.</summary>
    public static string Type(RedisAnnounce announce) => string.IsNullOrEmpty(announce.Type) ? RedisAnnounceTypes.Hostname : announce.Type;

    /// <summary>The endpoint as a line of the file that the pods read: pod, host, port, bus port, kind.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Pod} {Host} {Port} {BusPort} {Kind}");

    private static string Form(string type) => type == RedisAnnounceTypes.Ip ? "address:port@busport" : "host:port@busport";

    private static RedisEndpoint? Parse(string pod, string text, string type)
    {
        var match = Endpoint().Match(text);
        if (!match.Success || Number(match.Groups["port"]) is not { } port || Number(match.Groups["bus"]) is not { } bus)
            return null;
        var host = match.Groups["host"].Value.Trim('[', ']');
        return IsHost(host, type) ? new(pod, host, port, bus, type) : null;
    }

    // As a host name goes also an IPv4 address: type hostname is the default, and addresses are what many load balancers have.
    private static bool IsHost(string host, string type) => type == RedisAnnounceTypes.Ip
        ? IPAddress.TryParse(host, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == host)
        : host.Length <= 253 && HostName().IsMatch(host);

    private static int? Number(Group group) =>
        int.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65_536 ? number : null;

    [GeneratedRegex(@"^(?<host>\[[0-9a-fA-F:.]+\]|[^\s:\[\]@%]+):(?<port>\d{1,5})@(?<bus>\d{1,5})$", RegexOptions.CultureInvariant)]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*$", RegexOptions.CultureInvariant)]
    private static partial Regex HostName();
}
