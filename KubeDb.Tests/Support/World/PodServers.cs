using System.Net.Sockets;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support.World;

/// <summary>TEST DOUBLES of the servers of one engine, one for each running pod that belongs to a database of it.</summary>
internal interface IServerDoubles
{
    /// <summary>What the servers of a world at its end keep and run with, a line each.</summary>
    IEnumerable<string> End { get; }

    /// <summary>How a pod behaves: its server may not start with what the pod mounts.</summary>
    PodBehaviour Behaviour(JsonObject pod);

    /// <summary>The containers of a pod start; also for pods of a copied world, with the address that they have.</summary>
    void Start(JsonObject pod, string address);

    /// <summary>The containers of the pod with this UID have ended; it may be a pod of another engine.</summary>
    void Stop(string uid);

    /// <summary>The log of a pod's container.</summary>
    string Log(JsonObject pod, LogRequest request);

    /// <summary>What is served on a port of the server at an address; null for plain connections on any.</summary>
    ServedPort? PortOf(string address, int port) => null;

    /// <summary>What the server at an address answers to a request of HTTP; null when none of these runs there, or it speaks no HTTP.</summary>
    HttpResponseMessage? Answer(string address, int port, HttpRequestMessage request) => null;

    /// <summary>A connection to the server at an address; null when none of these runs there.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isDead">True once the process that connects was killed: what it sends does not arrive.</param>
    Stream? Open(string address, Func<bool> isDead);
}

/// <summary>What a server does with those who connect to a port.</summary>
/// <param name="IsOpen">It listens there.</param>
/// <param name="Certificate">The certificate that it shows, PEM; null for plain connections.</param>
internal sealed record ServedPort(bool IsOpen, string? Certificate = null);

/// <summary>One engine of a world.</summary>
/// <param name="Kinds">Its kinds.</param>
/// <param name="Servers">What runs in its pods.</param>
/// <param name="Make">Makes the engine of one process.</param>
internal sealed record WorldEngine(EngineKinds Kinds, IServerDoubles Servers, Func<IEngineDialer, TimeProvider, IEngine> Make)
{
    /// <summary>Makes what a new world has of it: kinds that no chart defines, and the catalog.</summary>
    public required Action Prepare { get; init; }
}

/// <summary>The servers in the pods of a cluster: those of the engine that the label <c>app.kubernetes.io/name</c> names.</summary>
internal sealed class PodServers
{
    private readonly FakeCluster _cluster;
    private readonly Dictionary<string, IServerDoubles> _byName;

    public PodServers(FakeCluster cluster, IEnumerable<WorldEngine> engines)
    {
        _cluster = cluster;
        _byName = engines.ToDictionary(e => e.Kinds.FullName, e => e.Servers);
        cluster.Behaviour = pod => Of(pod)?.Behaviour(pod) ?? PodBehaviour.Healthy;
        cluster.Started = (pod, address) => Of(pod)?.Start(pod, address);
        cluster.Ended = uid =>
        {
            foreach (var servers in _byName.Values)
                servers.Stop(uid);
        };
        cluster.Server.OnLogs = request =>
            cluster.Find("", "pods", request.Pod.Namespace, request.Pod.Name) is { } pod ? Of(pod)?.Log(pod, request) ?? "" : "";
    }

    /// <summary>What all servers keep and run with.</summary>
    public IEnumerable<string> End => _byName.Values.SelectMany(s => s.End);

    /// <summary>Starts the servers of the pods that run already.</summary>
    public void StartAll()
    {
        foreach (var pod in _cluster.Server.PeekAll(Api.Kubernetes.Models.ResourceTypes.Pod).Where(FakeCluster.IsReady))
            Of(pod)?.Start(pod, pod["status"].Text("podIP"));
    }

    /// <summary>The connection of one process to the servers; it dies with the process.</summary>
    public IEngineDialer Connect(Connection process) => new Dialer(_byName.Values, process);

    private IServerDoubles? Of(JsonObject pod) => _byName.GetValueOrDefault(pod["metadata"]?["labels"].Text(DatabaseLabels.Name) ?? "");

    private sealed class Dialer(IReadOnlyCollection<IServerDoubles> servers, Connection process) : IEngineDialer
    {
        public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel)
        {
            if (process.Killed.IsCancellationRequested)
                await Connection.Never;
            if (PortOf(host, port) is { } served)
            {
                if (!served.IsOpen)
                    throw Refused(host, port);
                if (served.Certificate is not null)
                    throw new IOException("Connection reset by peer");
            }

            return Open(host, port);
        }

        // The real handshake goes on in other threads, which virtual time can not have: what it would come to is worked out instead.
        public async Task<TlsConnection> ConnectTlsAsync(string host, int port, TlsIdentity identity, string serverName, CancellationToken cancel)
        {
            if (process.Killed.IsCancellationRequested)
                await Connection.Never;
            return PortOf(host, port) switch
            {
                { IsOpen: true, Certificate: { } certificate } => new(Open(host, port), ServedCertificate.OfPem(certificate)!),
                { IsOpen: true } => throw new IOException("no TLS: the server closed the connection"),
                _ => throw Refused(host, port),
            };
        }

        // HTTP's own client goes on in other threads, too: a request is handed over, and its answer back.
        public HttpMessageHandler HttpHandler(IEngineDialer outermost) => new Handler(this, servers, process);

        private ServedPort? PortOf(string host, int port) => servers.Select(s => s.PortOf(host, port)).FirstOrDefault(s => s is not null);

        private Stream Open(string host, int port) =>
            servers.Select(s => s.Open(host, () => process.Killed.IsCancellationRequested)).FirstOrDefault(s => s is not null) ?? throw Refused(host, port);

        private static IOException Refused(string host, int port) => TcpDialer.Problem(host, port, new SocketException((int)SocketError.ConnectionRefused));
    }

    private sealed class Handler(Dialer dialer, IReadOnlyCollection<IServerDoubles> servers, Connection process) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (process.Killed.IsCancellationRequested)
                await Connection.Never;
            var (host, port) = (request.RequestUri!.Host, request.RequestUri.Port);
            var isTls = request.Options.TryGetValue(HttpOverDialer.Tls, out var target);
            if (isTls)
                _ = await dialer.ConnectTlsAsync(host, port, target!.Identity, target.ServerName, cancellationToken);
            else if (servers.Select(s => s.PortOf(host, port)).FirstOrDefault(s => s is not null) is { } served && (!served.IsOpen || served.Certificate is not null))
                throw new HttpRequestException("Connection refused", new SocketException((int)SocketError.ConnectionRefused));
            return servers.Select(s => s.Answer(host, port, request)).FirstOrDefault(a => a is not null) ?? throw new HttpRequestException("Connection refused");
        }
    }
}
