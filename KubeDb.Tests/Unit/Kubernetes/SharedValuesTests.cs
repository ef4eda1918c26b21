using System.Text;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Unit.Kubernetes;

/// <summary>What many objects have in common is held once.</summary>
[TestFixture]
[Category("Unit")]
public sealed class SharedValuesTests
{
    private const string Child =
        """{"metadata":{"name":"db","namespace":"n","uid":"@","labels":{"a":"1","b":"2"},"annotations":{"c":"3"},"finalizers":["f"],"ownerReferences":[{"kind":"Redis","name":"db","uid":"o","controller":true}]}}""";

    [Test]
    public void Children_of_one_database_share_name_labels_annotations_finalizers_and_owner()
    {
        var first = Read("1");
        var second = Read("2");

        Assert.That(second.Labels, Is.SameAs(first.Labels));
        Assert.That(second.Annotations, Is.SameAs(first.Annotations));
        Assert.That(second.Finalizers, Is.SameAs(first.Finalizers));
        Assert.That(second.OwnerReferences, Is.SameAs(first.OwnerReferences));
        Assert.That(second.Name, Is.SameAs(first.Name));
        Assert.That((first.Uid, second.Uid), Is.EqualTo(("1", "2")));
    }

    [Test]
    public void Equal_short_fragments_are_held_once()
    {
        JsonFragment Claim(string size) => KubeDb.Api.Kinds.KindsJson.Decode<KubeDb.Api.Kinds.Kubedb.Redis>(
            Encoding.UTF8.GetBytes($$$"""{"spec":{"storage":{"resources":{"requests":{"storage":"{{{size}}}"} } } } }""")).Spec.Storage!;

        var (first, second) = (Claim("1Gi"), Claim("1Gi"));
        Assert.That(second, Is.SameAs(first));
        Assert.That(Claim("2Gi"), Is.Not.EqualTo(Claim("1Gi")));
    }

    [Test]
    public void Different_labels_and_owners_are_not_mixed_up()
    {
        for (var i = 0; i < 5000; i++)
        {
            var meta = Read($"{i}", Child.Replace("\"1\"", $"\"x{i}\"", StringComparison.Ordinal).Replace("\"o\"", $"\"o{i}\"", StringComparison.Ordinal));
            Assert.That((meta.Labels["a"], meta.Controller?.Uid), Is.EqualTo(($"x{i}", $"o{i}")));
        }
    }

    [Test]
    public void The_store_grows_with_what_it_loses_and_no_further_than_its_bound()
    {
        var values = new RecentValues<string>();
        var least = values.Slots;
        values.Keep(499, "kept");
        for (var i = 0; values.Slots == least; i++)
        {
            Assert.That(i, Is.LessThan(least), "it does not grow");
            values.Keep(0, "lost again and again");
        }

        Assert.That((values.Slots, values.Find(499)), Is.EqualTo((2 * least, "kept")), "what is kept moves along");

        for (var i = 0; i < 2_000_000; i++)
            values.Keep(i, "many");

        Assert.That(values.Slots, Is.EqualTo(1 << 17));
        Assert.That(values.Find(1_999_999), Is.EqualTo("many"));
    }

    private static ObjectMeta Read(string uid, string json = Child) =>
        Pod.Decode(Encoding.UTF8.GetBytes(json.Replace("@", uid, StringComparison.Ordinal))).Metadata;
}
