using System.Text;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture]
[Category("Unit")]
public sealed class DiscoveryTests
{
    [Test]
    public async Task What_is_served_is_known()
    {
        var offer = (await new ApiDiscovery(new Documents()).GetAsync(CancellationToken.None)).OrThrow();

        Assert.That(offer.Version, Is.EqualTo(new KubernetesVersion(1, 27)));
        Assert.That((offer.Serves(ResourceTypes.Pod), offer.Serves(ResourceTypes.PodDisruptionBudgetV1Beta1)), Is.EqualTo((true, true)));
        Assert.That((offer.Serves(ResourceTypes.PodDisruptionBudget), offer.Serves(ResourceTypes.Certificate)), Is.EqualTo((false, false)));
        Assert.That((offer.IsUncertain(ResourceTypes.Certificate), offer.IsUncertain(ResourceTypes.Pod)), Is.EqualTo((false, false)));
    }

    [Test]
    public async Task A_group_that_fails_is_uncertain_and_keeps_what_was_known()
    {
        var server = new Documents();
        var discovery = new ApiDiscovery(server);
        server.Failing.Add("/apis/policy/v1beta1");
        var first = (await discovery.GetAsync(CancellationToken.None)).OrThrow();
        server.Failing.Clear();
        await discovery.RefreshAsync(CancellationToken.None);
        server.Failing.Add("/apis/policy/v1beta1");
        var last = (await discovery.RefreshAsync(CancellationToken.None)).OrThrow();

        Assert.That((first.Serves(ResourceTypes.PodDisruptionBudgetV1Beta1), first.IsUncertain(ResourceTypes.PodDisruptionBudgetV1Beta1)), Is.EqualTo((false, true)));
        Assert.That((last.Serves(ResourceTypes.PodDisruptionBudgetV1Beta1), last.IsUncertain(ResourceTypes.PodDisruptionBudgetV1Beta1)), Is.EqualTo((true, true)));
        Assert.That(first.Serves(ResourceTypes.Pod), Is.True);
    }

    [Test]
    public async Task It_looks_once_until_asked_to_look_again()
    {
        var server = new Documents();
        var discovery = new ApiDiscovery(server);
        await discovery.GetAsync(CancellationToken.None);
        var reads = server.Reads;
        await discovery.GetAsync(CancellationToken.None);
        Assert.That(server.Reads, Is.EqualTo(reads));

        server.Failing.Add("/apis");
        var failed = await discovery.RefreshAsync(CancellationToken.None);

        Assert.That(failed.Succeeded, Is.False);
        Assert.That((await discovery.GetAsync(CancellationToken.None)).Succeeded, Is.True, "the last good look stays");
    }

    private sealed class Documents : IApiDocuments
    {
        private readonly Dictionary<string, string> _documents = new()
        {
            ["/version"] = """{"major":"1","minor":"27+"}""",
            ["/apis"] = """{"kind":"APIGroupList","groups":[{"name":"policy","versions":[{"groupVersion":"policy/v1beta1","version":"v1beta1"}]}]}""",
            ["/api/v1"] = """{"resources":[{"name":"pods"},{"name":"pods/log"}]}""",
            ["/apis/policy/v1beta1"] = """{"resources":[{"name":"poddisruptionbudgets"}]}""",
        };

        public HashSet<string> Failing { get; } = [];

        public int Reads { get; private set; }

        public Task<ApiResult<T>> ReadDocumentAsync<T>(string path, ObjectDecoder<T> decode, CancellationToken cancel)
        {
            Reads++;
            return Task.FromResult(
                Failing.Contains(path) ? new ApiResult<T>(new ApiError(ApiErrorKind.ServerError, 503, "ServiceUnavailable", "down"))
                : _documents.TryGetValue(path, out var text) ? new ApiResult<T>(decode(Encoding.UTF8.GetBytes(text)))
                : new ApiResult<T>(new ApiError(ApiErrorKind.NotFound, 404, "NotFound", "nothing")));
        }
    }
}
