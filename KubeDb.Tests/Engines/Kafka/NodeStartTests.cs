using System.Text;
using KubeDb.Api.Engines.Kafka;
using KubeDb.Api.Engines.Kafka.Client;

namespace KubeDb.Tests.Engines.Kafka;

/// <summary>What the start script makes of files, variables and volumes.</summary>
[TestFixtureSource(typeof(KafkaVersions))]
public sealed class NodeStartTests(EngineVersion version) : KafkaFixture(version)
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Test]
    public async Task One_node_serves_takes_every_printable_character_of_a_password_and_shows_it_nowhere()
    {
        await FormAsync(brokers: 1);
        var pod = Nodes.Pods[0];
        Assert.That((await Nodes.RunsAsync(pod, "ready.sh"), await Nodes.RunsAsync(pod, "live.sh")), Is.EqualTo((true, true)));
        Assert.That(await Nodes.LogAsync(pod), Does.Not.Contain(RealNodes.Password[4..20]));

        // Tools in the pod log in with the file that users know.
        var told = await Nodes.InPodAsync(pod, $"bin/kafka-metadata-quorum.sh --bootstrap-server {Nodes.Address(pod)}:9092 --command-config config/clientauth.properties describe --status");
        Assert.That(told.Output, Does.Contain($"ClusterId:              {Nodes.ClusterId}").And.Contain("LeaderId:               0"));
        await new KafkaScramUser(Nodes.Connector).EnsureAsync(Nodes.Instances, Never);
        await Nodes.UntilAsync(async () =>
        {
            try
            {
                await using var client = await Nodes.ClientAsync(pod, KafkaMechanism.ScramSha256);
                return null;
            }
            catch (IOException e)
            {
                return e.Message;
            }
        });
        await using (var client = await Nodes.ClientAsync(pod))
            Assert.That(await client.DescribeScramUserAsync("admin", Never), Is.EqualTo(new[] { KafkaMechanism.ScramSha256 }));
        await Nodes.StopAsync(pod);
        await Nodes.StartAsync(pod);
        await Nodes.SettleAsync();
        Assert.That(await Nodes.LogAsync(pod), Does.Not.Contain("formatting"));
        Assert.That(await Nodes.ShellAsync($"ls {pod}/var/log/kafka"), Is.EqualTo("0\ncluster_id\nmetadata\n"));
    }

    [Test]
    public async Task Listeners_of_the_user_are_added_each_pod_with_its_own_address()
    {
        await MakeAsync(brokers: 2);
        Nodes.UserConfiguration += "\nouter.listeners=OUTER://:9193,OUTER://:9194\nouter.advertised.listeners=one:1,two:2\nlistener.security.protocol.map=OUTER:SASL_PLAINTEXT,CLIENT:SASL_PLAINTEXT";
        await Nodes.StartAsync(Nodes.Pods);
        await Nodes.SettleAsync();
        Assert.That(
            await Nodes.ShellAsync($"grep -h '^advertised.listeners=' {Nodes.Pods[1]}/opt/kafka/config/server.properties"),
            Does.Contain($"CLIENT://{Nodes.Pods[1]}.").And.Contain("OUTER://two:2").And.Not.Contain("one"));
        await using var client = await Nodes.OwnClientAsync(Nodes.Pods[0]);
        Assert.That((await client.MetadataAsync([], Never)).Brokers.Select(b => (b.Host.Split('.')[0], b.Port)), Is.EquivalentTo(Nodes.Pods.Select(p => (p, RealNodes.OwnPort))));
    }

    [Test]
    public async Task Nobody_has_to_log_in_where_security_is_off()
    {
        await MakeAsync(brokers: 1);
        Nodes.Credential = null;
        Nodes.UserConfiguration = "log.cleaner.dedupe.buffer.size=4194304";
        await Nodes.StartAsync(Nodes.Pods);
        await Nodes.SettleAsync();
    }

    [Test]
    public async Task A_volume_of_another_cluster_or_node_is_refused()
    {
        await MakeAsync(brokers: 2);
        await Nodes.StartAsync(Nodes.Pods);
        await Nodes.SettleAsync();
        await Nodes.KillAsync(Nodes.Pods);
        var (first, second) = (Nodes.Pods[0], Nodes.Pods[1]);
        await Nodes.ShellAsync($"rm -rf {second}/var/log/kafka; cp -R {first}/var/log/kafka {second}/var/log/kafka");
        await Nodes.StartAsync(second);
        await Nodes.SaysAsync(second, "holds data of node 0, and this is node 1: the volume belongs to another node");
        Nodes.ClusterId = "11ed-8dd1-2e8877e5898w";
        await Nodes.StartAsync(first);
        await Nodes.SaysAsync(first, "holds data of cluster 11ed-8dd1-2e8877e5897w, and this is a node of cluster 11ed-8dd1-2e8877e5898w");
    }

    [Test]
    public async Task A_start_that_was_killed_while_it_formatted_is_taken_up()
    {
        await MakeAsync(brokers: 1);
        var pod = Nodes.Pods[0];
        await Nodes.ShellAsync($"mkdir -p {pod}/var/log/kafka/metadata; printf 'version=1\\ncluster.id={Nodes.ClusterId}\\nnode.id=0\\n' >{pod}/var/log/kafka/metadata/meta.properties");
        await Nodes.StartAsync(pod);
        await Nodes.SettleAsync();
    }

    [Test]
    public async Task A_controller_that_lost_its_volume_joins_those_who_have_the_metadata()
    {
        await FormAsync();
        await using (var client = await Nodes.ClientAsync(Nodes.Pods[0]))
            Assert.That((await client.CreateTopicAsync(new("kept", 1, 3, new Dictionary<string, string>()), Never)).IsOk, Is.True);
        Nodes.WasProvisioned = true;
        var lost = Nodes.Pods[2];
        await Nodes.KillAsync(lost);
        await Nodes.ShellAsync($"rm -rf {lost}/var/log/kafka");
        await Nodes.StartAsync(lost);
        await Nodes.SaysAsync(lost, "leads, joining it");
        await Nodes.SettleAsync();
        await Nodes.UntilAsync(() => Nodes.Restarts.CaughtUpAsync(Nodes.Instances, Nodes.PodOf(lost), Never));

        // Two of three without a volume are a majority that knows nothing.
        await Nodes.KillAsync(Nodes.Pods);
        await Nodes.ShellAsync($"rm -rf {Nodes.Pods[1]}/var/log/kafka {lost}/var/log/kafka");
        await Nodes.StartAsync(Nodes.Pods);
        await Nodes.SaysAsync(lost, "waiting until another controller leads");
        await Nodes.SaysAsync(Nodes.Pods[1], "waiting until another controller leads");
        Assert.That((await Nodes.RunsAsync(lost, "live.sh"), await Nodes.RunsAsync(lost, "ready.sh")), Is.EqualTo((true, false)));
        Assert.That((await Nodes.ViewAsync()).Quorum?.Leader ?? -1, Is.EqualTo(-1));
    }

    [Test]
    public async Task What_the_server_runs_with_is_in_the_file_that_users_look_into()
    {
        await MakeAsync(brokers: 1);
        Nodes.UserConfiguration += "\nlog.retention.hours=100\nsuper.users=User:other\nnode.id=7\nprocess.roles=broker\n";
        await Nodes.StartAsync(Nodes.Pods);
        await Nodes.SettleAsync();
        await using var client = await Nodes.ClientAsync(Nodes.Pods[0]);
        var told = (await OpenBrokers.DescribeAsync(client, 0, ["log.retention.hours", "log.dirs", "metadata.log.dir"], Never)).ToDictionary(s => s.Key, s => s.Value.Value);
        Assert.That(told, Is.EquivalentTo(new Dictionary<string, string?>
        {
            ["log.retention.hours"] = "100",
            ["log.dirs"] = "/var/log/kafka/0",
            ["metadata.log.dir"] = "/var/log/kafka/metadata",
        }));
        Assert.That(await Nodes.ShellAsync($"cat {Nodes.Pods[0]}/opt/kafka/config/kafka.properties"), Does.Contain("\nlog.retention.hours=100\n").And.Contain("\nsuper.users=User:other;User:admin\n"));
        Assert.That(Encoding.ASCII.GetByteCount(await Nodes.ShellAsync($"stat -c %a {Nodes.Pods[0]}/opt/kafka/config/server.properties")), Is.EqualTo(4), "nobody else reads it");
    }
}
