using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.ApiServer;

/// <summary>The semantics that the product relies on, held by the in-memory server.</summary>
[TestFixture]
[Category("Machine")]
public sealed class InMemoryApiSemantics : ApiSemantics
{
    private InMemoryApiServer? _server;

    protected override Task Run(Func<IKubernetesClient, string, Task> body)
    {
        var simulation = new Simulation();
        var server = _server = new InMemoryApiServer(simulation.Time);
        server.Register(CustomKinds.Read(Json.Parse(WidgetDefinition)));
        server.CreateNamespace("test");
        using var connection = server.Connect("tests");
        simulation.Run(() => body(connection, "test"), TimeSpan.FromHours(1));
        return Task.CompletedTask;
    }

    protected override Task ForgetAsync()
    {
        _server!.Compact();
        return Task.CompletedTask;
    }
}
