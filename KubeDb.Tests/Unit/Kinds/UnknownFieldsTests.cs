using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Unit.Kinds;

[TestFixture]
[Category("Unit")]
public sealed class UnknownFieldsTests
{
    [TestCase("""{"nodeSelectr":{"a":"b"}}""", "nodeSelectr", "nodeSelector")]
    [TestCase("""{"resource":{"limits":{}}}""", "resource", "resources")]
    [TestCase("""{"containers":[{"name":"a"},{"name":"b","livenesProbe":{}}]}""", "containers[1].livenesProbe", "livenessProbe")]
    [TestCase("""{"initContainers":[{"name":"a","env":[{"name":"A","valeu":"1"}]}]}""", "initContainers[0].env[0].valeu", "value")]
    [TestCase("""{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologykey":"zone"}]}}}""", "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologykey", "topologyKey")]
    [TestCase("""{"volumes":[{"name":"v","configmap":{"name":"c"}}]}""", "volumes[0].configmap", "configMap")]
    [TestCase("""{"entirelyOther":1}""", "entirelyOther", "")]
    public void A_field_that_nobody_reads_is_named_with_the_nearest_that_is(string pod, string path, string near)
    {
        var warning = UnknownFields.In(new("spec.podTemplate.spec", FragmentShape.PodSpec, JsonFragment.Parse(pod))).Single();

        Assert.That(warning.Path, Is.EqualTo("spec.podTemplate.spec." + path));
        Assert.That(warning.Message, near.Length > 0 ? Does.Contain($"Did you mean \"{near}\"?") : Does.Not.Contain("Did you mean"));
    }

    [TestCase("""{"nodeSelector":{"any":"label"},"overhead":{"cpu":"1"},"containers":[{"name":"a","image":"i","args":["x"],"securityContext":{"runAsUser":1},"volumeMounts":[{"name":"v","mountPath":"/v"}]}]}""")]
    [TestCase("""{"tolerations":[{"key":"a","operator":"Exists","effect":"NoSchedule"}],"hostname":"h","podPlacementPolicy":{"name":"default"},"volumes":[{"name":"v","csi":{"driver":"d","volumeAttributes":{"free":"text"}}}]}""")]
    [TestCase("[1]")]
    [TestCase("\"text\"")]
    [TestCase("""{"containers":"none"}""")]
    public void What_kubernetes_knows_or_is_no_such_piece_is_not_told(string pod) =>
        Assert.That(UnknownFields.In(new("spec.podTemplate.spec", FragmentShape.PodSpec, JsonFragment.Parse(pod))), Is.Empty);

    [Test]
    public void Fields_of_a_service_are_known_too() => Assert.That(
        UnknownFields.In(new("spec.serviceTemplates[0].spec", FragmentShape.ServiceSpec, JsonFragment.Parse("""{"type":"NodePort","ports":[{"nam":"x","port":1}]}"""))).Select(w => w.Path),
        Is.EqualTo(new[] { "spec.serviceTemplates[0].spec.ports[0].nam" }));
}
