namespace KubeDb.Tests.Support.World;

/// <summary>
/// TEST DOUBLE of an ensemble: a majority of its members that understand each other has a leader, and what one takes all that follow have.
/// </summary>
/// <param name="domain">Domain of its members' names.</param>
/// <param name="version">Version of the servers.</param>
internal sealed class ZooKeeperEnsemble(string domain, string version)
{
    private readonly List<ZooKeeperMember> _running = [];

    public string Domain => domain;

    public string Version => version;

    /// <summary>Members that the ensemble counts on: all that ever joined.</summary>
    public SortedSet<int> Members { get; } = [];

    public int Size => Members.Count;

    public IReadOnlyList<ZooKeeperMember> Running => _running;

    /// <summary>The member that leads; null without a majority.</summary>
    public ZooKeeperMember? Leader { get; private set; }

    /// <summary>How often nobody led though a majority ran: members that did not understand each other.</summary>
    public int Separations { get; private set; }

    /// <summary>The lines of the membership, as <c>conf</c> prints them.</summary>
    public string Membership => string.Concat(Members.Select(id => $"server.{id}={_running.FirstOrDefault(m => m.Id == id)?.Host ?? $"gone-{id - 1}"}:2888:3888:participant;0.0.0.0:2181\n"));

    /// <summary>A member starts: it takes over what the leader has.</summary>
    public void Join(ZooKeeperMember member)
    {
        Members.Add(member.Id);
        _running.Add(member);
        _running.Sort((a, b) => a.Id - b.Id);
        if (Leader is { } leader && member.Understands(leader))
            Copy(leader, member);
        Elect();
    }

    /// <summary>A member ends.</summary>
    public void Leave(ZooKeeperMember member)
    {
        _running.Remove(member);
        if (Leader == member)
            Leader = null;
        Elect();
    }

    /// <summary>Writes a node in all members that run; null deletes it.</summary>
    public void Write(string path, byte[]? data)
    {
        foreach (var member in _running.Where(Follows))
        {
            if (data is null)
                member.Nodes.Remove(path);
            else
                member.Nodes[path] = data;
        }
    }

    /// <summary>True for a member that serves: it leads, or it understands the leader.</summary>
    public bool Follows(ZooKeeperMember member) => Leader is not null && member.Understands(Leader);

    // The newest data wins, then the highest id. Without a majority nobody leads.
    private void Elect()
    {
        if (Leader is not null && HasMajority(Leader))
            return;
        Leader = _running.Where(HasMajority).OrderBy(m => m.Nodes.Count).ThenBy(m => m.Id).LastOrDefault();
        if (Leader is null && _running.Count > Size / 2)
            Separations++;
        foreach (var follower in _running.Where(m => m != Leader && Follows(m)))
            Copy(Leader!, follower);
    }

    private bool HasMajority(ZooKeeperMember leader) => _running.Count(leader.Understands) > Size / 2;

    private static void Copy(ZooKeeperMember from, ZooKeeperMember to)
    {
        to.Nodes.Clear();
        foreach (var (path, data) in from.Nodes)
            to.Nodes[path] = data;
    }
}
