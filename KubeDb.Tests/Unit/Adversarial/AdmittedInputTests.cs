using System.Text;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Adversarial;

/// <summary>
/// Whatever the API server takes in as one of our kinds can be read: an object that can not would count as not there, and nobody would deal
/// with it.
/// </summary>
[TestFixture]
[Category("Unit")]
public sealed class AdmittedInputTests
{
    private static readonly (string Definition, ObjectDecoder<object> Decode)[] Kinds =
    [
        ("kubedb.com_redises", RedisDatabase.Decode),
        ("ops.kubedb.com_redisopsrequests", RedisOpsRequest.Decode),
        ("kubedb.com_redissentinels", RedisSentinel.Decode),
        ("ops.kubedb.com_redissentinelopsrequests", RedisSentinelOpsRequest.Decode),
        ("catalog.kubedb.com_redisversions", RedisVersion.Decode),
        ("kubedb.com_zookeepers", ZooKeeper.Decode),
        ("ops.kubedb.com_zookeeperopsrequests", ZooKeeperOpsRequest.Decode),
        ("catalog.kubedb.com_zookeeperversions", ZooKeeperVersion.Decode),
        ("kubedb.com_kafkas", Kafka.Decode),
        ("ops.kubedb.com_kafkaopsrequests", KafkaOpsRequest.Decode),
        ("catalog.kubedb.com_kafkaversions", KafkaVersion.Decode),
        ("kubedb.com_druids", Druid.Decode),
        ("ops.kubedb.com_druidopsrequests", DruidOpsRequest.Decode),
        ("catalog.kubedb.com_druidversions", DruidVersion.Decode),
        ("apps.k8s.appscode.com_petsets", PetSet.Decode),
        ("apps.k8s.appscode.com_placementpolicies", PlacementPolicy.Decode),
        ("appcatalog.appscode.com_appbindings", AppBinding.Decode),
    ];

    [Test]
    public void Every_definition_is_here() => Assert.That(Kinds.Select(k => k.Definition), Is.EquivalentTo(AdmittedJson.Names));

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void What_a_definition_admits_can_be_read(int seed)
    {
        foreach (var (definition, decode) in Kinds)
        {
            var text = AdmittedJson.Object(definition, seed, "a", "n").ToJsonString();
            Assert.That(() => decode(Encoding.UTF8.GetBytes(text)), Throws.Nothing, text);
        }
    }
}
