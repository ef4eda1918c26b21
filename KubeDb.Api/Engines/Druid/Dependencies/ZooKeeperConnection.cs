using System.Globalization;
using System.Text.RegularExpressions;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Api.Engines.Druid.Dependencies;

/// <summary>How servers get to their ZooKeeper. Pure.</summary>
/// <param name="Host">Host.</param>
/// <param name="Port">Port.</param>
/// <param name="User">User name; null without authentication.</param>
/// <param name="Password">Password; null without authentication.</param>
internal sealed partial record ZooKeeperConnection(string Host, int Port, string? User, string? Password)
{
    private const int DefaultPort = 2181;

    /// <summary>Host and port.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Hides the password.</summary>
    public override string ToString() => Place;

    /// <summary>The connection; null while it is not known, or the AppBinding tells none.</summary>
    public static ZooKeeperConnection? Of(DatabaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.Applications.GetValueOrDefault(DruidApplications.ZooKeeper) is not { } application
            || MetadataConnection.Place(application.Binding.Spec.ClientConfig, application.Binding.Metadata.Namespace, Url(), DefaultPort) is not var (host, port))
            return null;
        var (user, password) = (application.Secret?.Text("username"), application.Secret?.Text("password"));
        return string.IsNullOrEmpty(user) || string.IsNullOrEmpty(password) ? new(host, port, null, null) : new(host, port, user, password);
    }

    /// <summary>What is wrong with its AppBinding; null when nothing is, or there is none yet.</summary>
    public static Violation? Problem(DatabaseFacts facts) =>
        facts.Applications.TryGetValue(DruidApplications.ZooKeeper, out var application) && Of(facts) is null
            ? new(
                "spec.zookeeperRef",
                DruidReasons.ZooKeeperUnusable,
                $"AppBinding {application.Binding.Metadata.Key}, named by spec.zookeeperRef, names neither a service nor a url of the form host:port in spec.clientConfig.")
            : null;

    /// <summary>Why servers can not be started yet; null when they can.</summary>
    public static Outcome? Pending(DatabaseFacts facts)
    {
        var application = facts.Applications.GetValueOrDefault(DruidApplications.ZooKeeper);
        if (application is { Phase: null or DatabasePhases.Ready })
            return null;
        var key = DruidApplications.Of((DruidDatabase)facts.Database).First(a => a.Role == DruidApplications.ZooKeeper).Key;
        var state = application?.Phase is { Length: > 0 } phase ? $"its phase is {phase}" : "it is just being made";
        return Outcome.Wait(
            DruidReasons.ZooKeeperNotReady,
            $"ZooKeeper {key}, which was made for this Druid, is not Ready yet: {state}. The servers are started once it is; kubectl -n {key.Namespace} describe zookeeper {key.Name} tells what it waits for.",
            TimeSpan.FromSeconds(5));
    }

    [GeneratedRegex(@"^(?:[a-z]+://)?(?<host>[^:/,()]+)(?::(?<port>\d{1,5}))?/?$")]
    private static partial Regex Url();
}
