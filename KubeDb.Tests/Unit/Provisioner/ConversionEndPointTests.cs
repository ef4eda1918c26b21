using System.Text;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Provisioner.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Unit.Provisioner;

[TestFixture]
[Category("Unit")]
public sealed class ConversionEndPointTests
{
    private const string Review = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview","request":{"uid":"u","desiredAPIVersion":"kubedb.com/v1","objects":[
        {"apiVersion":"kubedb.com/v1alpha2","kind":"Redis","metadata":{"name":"a"},"spec":{"terminationPolicy":"Halt"}}]}}
        """;

    [TestCase("POST", "/convert", Review, 200, "\"spec\":{\"deletionPolicy\":\"Halt\"}")]
    [TestCase("POST", "/convert", "no JSON", 400, "invalid")]
    [TestCase("POST", "/convert", "", 400, "input does not contain any JSON")]
    [TestCase("POST", "/convert", "{}", 400, "Expected a ConversionReview of apiextensions.k8s.io/v1")]
    [TestCase("POST", "/convert", "{\"apiVersion\":\"\\ud800\"}", 400, "A text is no Unicode.")]
    [TestCase("POST", "/", Review, 404, "")]
    [TestCase("POST", "/metrics", Review, 404, "")]
    [TestCase("GET", "/convert", "", 405, "")]
    public async Task A_review_is_answered_and_all_else_refused(string method, string path, string body, int status, string answer)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        using var output = new MemoryStream();
        context.Response.Body = output;
        var endPoint = new ConversionEndPoint(new ConversionReviews([new RedisV1Alpha2()]), TimeProvider.System, NullLogger.Instance);

        await endPoint.AnswerAsync(context);

        Assert.That(context.Response.StatusCode, Is.EqualTo(status));
        Assert.That(Encoding.UTF8.GetString(output.ToArray()), Does.Contain(answer));
    }
}
