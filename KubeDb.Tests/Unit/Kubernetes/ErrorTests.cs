using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture]
[Category("Unit")]
public sealed class ErrorTests
{
    [TestCase(400, "BadRequest", ApiErrorKind.BadRequest)]
    [TestCase(401, "Unauthorized", ApiErrorKind.Unauthorized)]
    [TestCase(403, "Forbidden", ApiErrorKind.Forbidden)]
    [TestCase(404, "NotFound", ApiErrorKind.NotFound)]
    [TestCase(409, "AlreadyExists", ApiErrorKind.AlreadyExists)]
    [TestCase(409, "Conflict", ApiErrorKind.Conflict)]
    [TestCase(410, "Expired", ApiErrorKind.Gone)]
    [TestCase(410, "Gone", ApiErrorKind.Gone)]
    [TestCase(422, "Invalid", ApiErrorKind.Invalid)]
    [TestCase(429, "TooManyRequests", ApiErrorKind.TooManyRequests)]
    [TestCase(500, "InternalError", ApiErrorKind.ServerError)]
    [TestCase(504, "Timeout", ApiErrorKind.ServerError)]
    [TestCase(405, "MethodNotAllowed", ApiErrorKind.Other)]
    public async Task The_servers_status_becomes_a_typed_error(int code, string reason, ApiErrorKind kind)
    {
        var error = await Error(c => TestServer.Status(c, code, reason, "the sentence"));

        Assert.That(error, Is.EqualTo(new ApiError(kind, code, reason, "the sentence")));
    }

    [TestCase("NamespaceTerminating", true)]
    [TestCase("SomethingElse", false)]
    public async Task A_namespace_that_is_being_deleted_is_told_apart(string cause, bool going)
    {
        var error = await Error(c => TestServer.Json(
            c, 403, $$$"""{"kind":"Status","status":"Failure","reason":"Forbidden","code":403,"message":"no","details":{"causes":[{"reason":"{{{cause}}}","field":"metadata.namespace"}]}}"""));

        Assert.That((error.Kind, error.IsNamespaceGoing, error.IsRefusal), Is.EqualTo((ApiErrorKind.Forbidden, going, !going)));
    }

    [Test]
    public async Task An_answer_that_is_not_the_api_servers_is_told_as_such()
    {
        var error = await Error(c =>
        {
            c.Response.StatusCode = 502;
            c.Response.ContentType = "text/html";
            return c.Response.WriteAsync("<html>Bad gateway</html>");
        });

        Assert.That(error.Kind, Is.EqualTo(ApiErrorKind.ServerError));
        Assert.That(error.Message, Does.Contain("502").And.Contain("text/html").And.Contain("/api/v1/namespaces/ns/pods/x").And.Contain("proxy"));
    }

    [TestCase("no json")]
    [TestCase("[]")]
    [TestCase("{\"unfinished\":")]
    public async Task A_success_without_sense_is_an_error_and_no_exception(string body)
    {
        var error = await Error(c => TestServer.Json(c, 200, body));

        Assert.That(error.Reason, Is.EqualTo("UnreadableAnswer"));
    }

    [Test]
    public async Task Quotations_of_the_request_are_withheld()
    {
        const string quote = "json: cannot unmarshal, error found in #10 byte of ...|word\\\":\\\"hunter2\\\"|..., bigger context ...";
        var general = await Error(c => TestServer.Status(c, 400, "BadRequest", quote));
        var secret = await Error(
            c => TestServer.Json(c, 422, """{"kind":"Status","reason":"Invalid","code":422,"message":"data: Invalid value: \"hunter2\"","details":{"causes":[{"field":"data[password]","message":"Invalid value: \"hunter2\""}]}}"""),
            ResourceTypes.Secret);

        Assert.That(general.Message, Does.StartWith("json: cannot unmarshal").And.Not.Contain("hunter2"));
        Assert.That(secret.Message, Does.Contain("data[password]").And.Not.Contain("hunter2"));
    }

    /// <summary>Whatever logs, counts or shows the exception, or any property of it, shows no value.</summary>
    [Test]
    public async Task A_write_of_a_secret_that_fails_keeps_nothing_of_the_secret()
    {
        await using var server = await TestServer.StartAsync(c => TestServer.Status(c, 403, "Forbidden"));
        using var client = server.Client(new KubernetesClientOptions { MaxRetries = 0 });
        var secret = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "x", ["namespace"] = "ns" },
            ["stringData"] = new JsonObject { ["password"] = "hunter2" },
        };

        var refused = await client.CreateAsync(ResourceTypes.Secret, secret, CancellationToken.None);

        var thrown = Assert.Throws<ApiException>(() => refused.OrThrow())!;
        Assert.That(ObjectTexts.Of(thrown), Has.Some.Contains("said the server").And.None.Contains("hunter2"));
    }

    [Test]
    public async Task Requests_are_written_as_the_server_expects_them()
    {
        var seen = new List<string>();
        await using var server = await TestServer.StartAsync(async c =>
        {
            var body = await new StreamReader(c.Request.Body).ReadToEndAsync();
            seen.Add($"{c.Request.Method} {c.Request.Path}{c.Request.QueryString} {c.Request.ContentType} {body}");
            await TestServer.Json(c, 200, "{}");
        });
        using var client = server.Client();
        var key = new ObjectKey("ns", "x");
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "x", ["namespace"] = "ns" }, ["v"] = "ü<" };

        await client.GetAsync(ResourceTypes.Pod, key, CancellationToken.None);
        await client.CreateAsync(ResourceTypes.Pod, body, CancellationToken.None);
        await client.ApplyAsync(ResourceTypes.Pod, body, "me", "status", KubernetesVerbs.DecodeJson, CancellationToken.None);
        await client.MergePatchAsync(ResourceTypes.Pod, key, new JsonObject(), "me", null, KubernetesVerbs.DecodeJson, CancellationToken.None);
        await client.ListAsync(new ApiRequest { Verb = ApiVerb.List, Type = ResourceTypes.Node, LabelSelector = "a=b,c", Limit = 5, Continue = "t=", ResourceVersion = "0" }, KubernetesVerbs.DecodeJson, CancellationToken.None);
        await client.SendAsync(new ApiRequest { Verb = ApiVerb.Create, Type = ResourceTypes.Pod, Namespace = "ns", Name = "x", Subresource = "eviction", Body = new JsonObject() }, KubernetesVerbs.DecodeJson, CancellationToken.None);

        const string text = """{"metadata":{"name":"x","namespace":"ns"},"v":"ü<"}""";
        Assert.That(seen, Is.EqualTo(new[]
        {
            "GET /api/v1/namespaces/ns/pods/x  ",
            $"POST /api/v1/namespaces/ns/pods application/json {text}",
            $"PATCH /api/v1/namespaces/ns/pods/x/status?fieldManager=me&force=true application/apply-patch+yaml {text}",
            "PATCH /api/v1/namespaces/ns/pods/x?fieldManager=me application/merge-patch+json {}",
            "GET /api/v1/nodes?labelSelector=a%3Db%2Cc&resourceVersion=0&limit=5&continue=t%3D  ",
            "POST /api/v1/namespaces/ns/pods/x/eviction application/json {}",
        }));
    }

    [Test]
    public async Task The_process_is_named_and_a_path_prefix_of_the_server_is_kept()
    {
        string path = "", agent = "";
        await using var server = await TestServer.StartAsync(c =>
        {
            (path, agent) = (c.Request.Path, c.Request.Headers.UserAgent.ToString());
            return TestServer.Json(c, 200, "{}");
        });
        var configuration = server.Configuration();
        using var client = new HttpKubernetesClient(configuration with { Server = new Uri(configuration.Server, "/k8s/clusters/c-1/") });

        await client.GetAsync(ResourceTypes.Pod, new ObjectKey("ns", "x"), CancellationToken.None);

        Assert.That(path, Is.EqualTo("/k8s/clusters/c-1/api/v1/namespaces/ns/pods/x"));
        Assert.That(agent, Does.Match(@"^kubedb/\d+\.\d+\.\d+$"));
    }

    private static async Task<ApiError> Error(RequestDelegate answer, ResourceType? type = null)
    {
        await using var server = await TestServer.StartAsync(answer);
        using var client = server.Client(new KubernetesClientOptions { MaxRetries = 0 });
        var result = await client.GetAsync(type ?? ResourceTypes.Pod, new ObjectKey("ns", "x"), CancellationToken.None);
        return result.Error ?? throw new AssertionException("It should have failed.");
    }
}
