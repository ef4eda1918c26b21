namespace KubeDb.Tests.Engines.Redis;

/// <summary>
/// A server runs with the password that its container got from the auth secret, even while the mounted file still has an earlier one: so the
/// readiness probe, people in the pod, clients and the operator all come in.
/// </summary>
[TestFixtureSource(typeof(ShellsAndServers))]
public sealed class StartPasswordTests(EngineVersion version, string shell) : ShellFixture(version, shell)
{
    [TestCase("earlier", "new")]
    [TestCase("earlier", " with \"quotes\", 'more' and \\ #")]
    [TestCase("\"quoted earlier\"", "two\nlines\tand é")]
    [TestCase("\"quoted earlier\"", "& \\1 $HOME `id`")]
    public async Task ThePasswordOfTheEnvironmentIsInEffect(string earlier, string password)
    {
        await using var server = await MakeAsync(password);
        await server.ConfigureAsync("appendonly no", earlier);
        Assert.That(await server.StartAsync(), await server.LogAsync());
        Assert.That(await server.SendAsync("CONFIG", "GET", "requirepass"), Is.EqualTo(password));
        Assert.That(await server.IsReadyAsync());
    }

    [TestCase("earlier", ">earlier")]
    [TestCase("\"quoted \\\"earlier\"", "\">quoted \\\"earlier\"")]
    public async Task TheUserOfTheAuthSecretHasItTooAndNobodyElse(string earlier, string token)
    {
        await using var server = await MakeAsync("new one");
        await server.ConfigureAsync($"appendonly no\nuser app on {token} ~* +@all\n\n# Owned by KubeDB.\n", $"{earlier}\nmasterauth {earlier}\nuser admin on {token} ~* &* +@all");
        Assert.That(await server.StartAsync(), await server.LogAsync());
        await using var client = await server.ClientAsync();
        Assert.That(await client.AuthenticateAsync("admin", "new one", CancellationToken.None), Is.Null);
        Assert.That(await client.AuthenticateAsync("app", "new one", CancellationToken.None), Is.Not.Null);
        Assert.That(await server.SendAsync("CONFIG", "GET", "masterauth"), Is.EqualTo("new one"));
    }
}
