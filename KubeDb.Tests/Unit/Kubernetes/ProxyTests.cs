using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture]
[Category("Unit")]
public sealed class ProxyTests
{
    [Test]
    public async Task Requests_go_through_the_proxy_and_the_server_is_still_verified()
    {
        var authority = TestCertificate.Authority();
        await using var server = await TestServer.StartAsync(c => TestServer.Json(c, 200, "{}"), authority.Issue("localhost"));
        await using var proxy = new ConnectProxy();
        var configuration = server.Configuration(authority: authority.Certificate, tls: true) with
        {
            Proxy = EnvironmentProxy.At(new Uri($"http://user:secret@127.0.0.1:{proxy.Port}")),
        };
        using var client = new HttpKubernetesClient(configuration);
        using var wrong = new HttpKubernetesClient(configuration with { CertificateAuthorities = [TestCertificate.Authority("other").Certificate] });

        var result = await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);
        var refused = await wrong.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);

        Assert.That(result.Succeeded, Is.True, result.Error?.Message);
        Assert.That(refused.Error?.Reason, Is.EqualTo("TlsFailed"));
        Assert.That(proxy.Targets, Is.EqualTo(new[] { $"localhost:{server.Port}", $"localhost:{server.Port}" }));
    }

    [Test]
    public async Task A_proxy_that_refuses_is_told()
    {
        await using var proxy = new ConnectProxy("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        using var client = new HttpKubernetesClient(
            new KubernetesConfiguration { Server = new Uri("https://api.example"), Origin = "the test", Proxy = EnvironmentProxy.At(new Uri($"http://127.0.0.1:{proxy.Port}")) },
            new KubernetesClientOptions { MaxRetries = 0 });

        var result = await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);

        Assert.That((result.Error?.Reason, result.Error?.Message), Is.EqualTo(("ProxyFailed", result.Error?.Message)));
        Assert.That(result.Error!.Message, Does.Contain("403"));
    }

    /// <summary>The smallest proxy that knows CONNECT.</summary>
    private sealed class ConnectProxy : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string _answer;
        private readonly Task _serving;

        public ConnectProxy(string answer = "HTTP/1.1 200 OK\r\n\r\n")
        {
            _answer = answer;
            _listener.Start();
            _serving = ServeAsync();
        }

        public List<string> Targets { get; } = [];

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _serving;
        }

        private async Task ServeAsync()
        {
            var connections = new List<Task>();
            try
            {
                while (true)
                    connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync()));
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                await Task.WhenAll(connections);
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    var stream = client.GetStream();
                    var head = new StringBuilder();
                    var one = new byte[1];
                    while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
                        head.Append((char)one[0]);
                    var target = head.ToString().Split(' ')[1];
                    Targets.Add(target);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(_answer));
                    if (!_answer.Contains("200", StringComparison.Ordinal))
                        return;
                    using var onward = new TcpClient();
                    await onward.ConnectAsync(IPAddress.Loopback, int.Parse(target.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
                    await Task.WhenAny(stream.CopyToAsync(onward.GetStream()), onward.GetStream().CopyToAsync(stream));
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                    // One of the two hung up.
                }
            }
        }
    }
}
