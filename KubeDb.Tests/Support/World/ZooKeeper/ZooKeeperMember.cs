using System.Globalization;
using System.Text;
using KubeDb.Api.Engines.Certificates;

namespace KubeDb.Tests.Support.World;

/// <summary>TEST DOUBLE of one running member: the settings that it started with, its volume, and its session with one client at a time.</summary>
/// <param name="ensemble">The members of its database.</param>
/// <param name="pod">Name of its pod.</param>
/// <param name="address">Its address.</param>
/// <param name="settings">The file that it started with.</param>
/// <param name="nodes">What its volume holds, by path.</param>
/// <param name="credential">user:password of the superuser; null without authentication.</param>
internal sealed class ZooKeeperMember(
    ZooKeeperEnsemble ensemble, string pod, string address, IReadOnlyDictionary<string, string> settings, Dictionary<string, byte[]> nodes, string? credential)
{
    private const int Ok = 0, NoNode = -101, NodeExists = -110, NoAuth = -102, Unimplemented = -6;

    public string Pod => pod;

    public string Address => address;

    public int Id { get; } = int.Parse(pod[(pod.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture) + 1;

    public IReadOnlyDictionary<string, string> Settings => settings;

    public Dictionary<string, byte[]> Nodes => nodes;

    /// <summary>False while it hangs: it takes connections and says nothing.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>Its own host, as the ensemble lists it.</summary>
    public string Host => $"{pod}.{ensemble.Domain}";

    public string Mode => ensemble.Leader == this ? "leader" : "follower";

    private ZooKeeperEnsemble Ensemble => ensemble;

    private string? Credential => credential;

    private bool Serves => ensemble.Follows(this);

    /// <summary>What it speaks with other members.</summary>
    public PeerProtocol Protocol => (settings.GetValueOrDefault("sslQuorum"), settings.GetValueOrDefault("portUnification")) switch
    {
        ("true", "true") => PeerProtocol.TlsAcceptsPlain,
        ("true", _) => PeerProtocol.Tls,
        (_, "true") => PeerProtocol.PlainAcceptsTls,
        _ => PeerProtocol.Plain,
    };

    /// <summary>The port of clients with TLS; null for none.</summary>
    public string? SecurePort => settings.GetValueOrDefault("secureClientPort");

    /// <summary>The certificate that its volume holds, PEM.</summary>
    public Func<string?> Certificate { get; set; } = static () => null;

    /// <summary>Each opens what the other accepts.</summary>
    public bool Understands(ZooKeeperMember other) => Math.Abs(Protocol - other.Protocol) <= 1;

    /// <summary>A connection of a client.</summary>
    public Stream Connect(Func<bool> isDead)
    {
        var session = new Session(this);
        return new ByteConnection((bytes, answers) =>
        {
            if (Answers && ensemble.Running.Contains(this) && !isDead())
                session.Receive(bytes.Span, answers);
        });
    }

    private string Word(string word) => word switch
    {
        "ruok" => "imok",
        "isro" => "rw",
        "conf" => Configuration(),
        _ when !Serves => "This ZooKeeper instance is not currently serving requests\n",
        "srvr" or "stat" => $"Zookeeper version: {ensemble.Version}-1, built on 2024-01-01\nLatency min/avg/max: 0/0.0/0\nReceived: 1\nSent: 1\nConnections: 1\n"
            + $"Outstanding: 0\nZxid: 0x{Zxid}\nMode: {Mode}\nNode count: {nodes.Count}\n",
        "mntr" => $"zk_version\t{ensemble.Version}\nzk_server_state\t{Mode}\nzk_znode_count\t{nodes.Count}\nzk_outstanding_requests\t0\nzk_peer_state\t{(Mode == "leader" ? "leading - broadcast" : "following - broadcast")}\n"
            + (Mode == "leader" ? $"zk_quorum_size\t{ensemble.Size}\nzk_followers\t{Followers}\nzk_synced_followers\t{Followers}\nzk_learners\t{Followers}\n" : ""),
        _ => "",
    };

    private int Followers => ensemble.Running.Count(ensemble.Follows) - 1;

    private string Zxid => (0x100000000 + nodes.Count).ToString("x", CultureInfo.InvariantCulture);

    private string Configuration() =>
        $"clientPort={settings["clientPort"]}\ndataDir=/data/version-2\ntickTime={settings["tickTime"]}\nmaxClientCnxns={settings["maxClientCnxns"]}\n"
        + $"minSessionTimeout={settings["minSessionTimeout"]}\nmaxSessionTimeout={settings["maxSessionTimeout"]}\nserverId={Id}\ninitLimit={settings["initLimit"]}\n"
        + $"syncLimit={settings["syncLimit"]}\nelectionAlg=3\nelectionPort=3888\nquorumPort=2888\npeerType=0\nmembership: \n{ensemble.Membership}version=100000000";

    /// <summary>One client's bytes: a four-letter word, or the frames of a session.</summary>
    private sealed class Session(ZooKeeperMember member)
    {
        private readonly List<byte> _received = [];
        private bool _isConnected;
        private bool _isSuper;

        public void Receive(ReadOnlySpan<byte> bytes, ByteAnswers answers)
        {
            _received.AddRange(bytes);
            if (!_isConnected && _received.Count >= 4 && _received.Take(4).All(b => char.IsAsciiLetter((char)b)))
            {
                answers.Add(Encoding.UTF8.GetBytes(member.Word(Encoding.ASCII.GetString([.. _received.Take(4)]))));
                answers.IsClosed = true;
                return;
            }

            while (_received.Count >= 4)
            {
                var length = new JuteReader(_received.Take(4).ToArray()).Int();
                if (_received.Count < length + 4)
                    return;
                var frame = _received.Skip(4).Take(length).ToArray();
                _received.RemoveRange(0, length + 4);
                if (!member.Serves)
                    answers.IsClosed = true;
                else
                    answers.Add(Answer(new JuteReader(frame), answers).Framed());
            }
        }

        private JuteWriter Answer(JuteReader request, ByteAnswers answers)
        {
            if (!_isConnected)
            {
                _isConnected = true;
                _ = (request.Int(), request.Long());
                return new JuteWriter().Int(0).Int(request.Int()).Long(0x1000 + member.Id).Buffer(new byte[16]).Bool(false);
            }

            var (xid, type) = (request.Int(), request.Int());
            switch (type)
            {
                case -11:
                    answers.IsClosed = true;
                    return Head(xid, Ok);
                case 100:
                    _ = request.Int();
                    var scheme = request.Text();
                    _isSuper = scheme == "digest" && request.Text() == member.Credential;
                    return Head(xid, Ok);
                case 11:
                    return Head(xid, Ok);
                default:
                    return OnNode(xid, type, request);
            }
        }

        private JuteWriter OnNode(int xid, int type, JuteReader request)
        {
            var path = request.Text();
            var nodes = member.Nodes;
            var exists = path == "/" || nodes.ContainsKey(path);
            switch (type)
            {
                case 1 or 15 when exists:
                    return Head(xid, NodeExists);
                case 1 or 15:
                    member.Ensemble.Write(path, request.Buffer());
                    var created = Head(xid, Ok).Text(path);
                    return type == 15 ? created.Stat(nodes[path].Length, 0) : created;
                case 9:
                    return Head(xid, Ok).Text(path);
                case 2 when exists:
                    member.Ensemble.Write(path, null);
                    return Head(xid, Ok);
                case 3 when exists:
                    return Head(xid, Ok).Stat(nodes.GetValueOrDefault(path)?.Length ?? 0, 0);
                case 4 when exists:
                    return Head(xid, Ok).Buffer(nodes.GetValueOrDefault(path) ?? []).Stat(nodes.GetValueOrDefault(path)?.Length ?? 0, 0);
                case 5 when exists:
                    if (path.StartsWith("/guarded", StringComparison.Ordinal) && !_isSuper)
                        return Head(xid, NoAuth);
                    member.Ensemble.Write(path, request.Buffer());
                    return Head(xid, Ok).Stat(nodes[path].Length, 0);
                case 2 or 3 or 4 or 5:
                    return Head(xid, NoNode);
                default:
                    return Head(xid, Unimplemented);
            }
        }

        private static JuteWriter Head(int xid, int error) => new JuteWriter().Int(xid).Long(1).Int(error);
    }
}
