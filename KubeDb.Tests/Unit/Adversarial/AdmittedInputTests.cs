using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;

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
        .. EngineRegistry.Create(new TcpDialer(), TimeProvider.System).SelectMany(e => Of(e.Kinds)).DistinctBy(k => k.Definition),
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

    private static IEnumerable<(string Definition, ObjectDecoder<object> Decode)> Of(EngineKinds kinds) =>
    [
        (Definition(kinds.Database), kinds.DecodeDatabase),
        (Definition(kinds.Version), kinds.DecodeVersion),
        (Definition(kinds.OpsRequest), kinds.DecodeOpsRequest),
    ];

    private static string Definition(ResourceType type) => $"{type.Group}_{type.Plural}";
}
