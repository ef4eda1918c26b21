using System.Security.Cryptography;
using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Druid;
using KubeDb.Api.Engines.Druid.Dependencies;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Unit.Engines.Druid;

/// <summary>What an AppBinding tells of a metadata storage, and how memory is divided.</summary>
[TestFixture]
[Category("Unit")]
public sealed class DruidConnectionTests
{
    private static readonly ObjectKey Key = new("stores", "meta");

    // type, url or service, the address
    [TestCase("MySQL", "tcp(mysql.stores.svc:3307)/", "jdbc:mysql://mysql.stores.svc:3307/druid")]
    [TestCase("MySQL", "root@tcp(mysql.stores.svc:3306)/?tls=x", "jdbc:mysql://mysql.stores.svc:3306/druid")]
    [TestCase("MySQL", "mysql.stores.svc:3306", null)]
    [TestCase("PostgreSQL", "postgres://pg.example.com/app?sslmode=require", "jdbc:postgresql://pg.example.com:5432/druid")]
    [TestCase("PostgreSQL", "postgresql://u@pg:6432/", "jdbc:postgresql://pg:6432/druid")]
    [TestCase("PostgreSQL", "pg:5432", null)]
    [TestCase("PostgreSQL", "service pg 5433", "jdbc:postgresql://pg.stores.svc:5433/druid")]
    [TestCase("PostgreSQL", "service pg 0", "jdbc:postgresql://pg.stores.svc:5432/druid")]
    public void An_address_is_made_of_what_the_AppBinding_says(string type, string where, string? expected)
    {
        var client = where.Split(' ') is ["service", var name, var port]
            ? new AppClientConfig { Service = new() { Name = name, Port = int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), Scheme = "x" } }
            : new AppClientConfig { Url = where };
        var (connection, problem) = MetadataConnection.Of(type, "druid", Application(client, Secret(("username", "u"), ("password", "p"))), Key);

        Assert.That(connection?.Uri, Is.EqualTo(expected));
        Assert.That(problem is null, Is.EqualTo(expected is not null));
    }

    [Test]
    public void A_binding_without_a_credential_is_of_no_use() => Assert.That(
        MetadataConnection.Of("PostgreSQL", "druid", Application(new() { Url = "postgres://pg:5432/" }, Secret(("username", "u"))), Key).Problem,
        Is.EqualTo("names no secret with the keys username and password in spec.secret"));

    [TestCase(true)]
    [TestCase(false)]
    public void A_private_key_of_either_form_becomes_what_the_driver_reads(bool pkcs1)
    {
        using var key = RSA.Create(2048);
        var pem = pkcs1 ? key.ExportRSAPrivateKeyPem() : key.ExportPkcs8PrivateKeyPem();
        var (tls, problem) = MetadataTls.Of(false, Secret(("ca.crt", "authority"), ("tls.crt", "certificate"), ("tls.key", pem)), null);
        Assert.That(problem, Is.Null);
        Assert.That(Convert.FromBase64String(tls!.Key!), Is.EqualTo(key.ExportPkcs8PrivateKey()));
    }

    [TestCase("ca.crt", "has a tlsSecret without the key ca.crt, and no caBundle")]
    [TestCase("tls.key", "has a tlsSecret whose key tls.key is no private key in PEM")]
    public void A_tls_secret_of_no_use_is_named(string broken, string said)
    {
        var data = new Dictionary<string, string> { ["ca.crt"] = "authority", ["tls.crt"] = "certificate", ["tls.key"] = "nonsense" };
        if (broken == "ca.crt")
            data.Remove(broken);
        Assert.That(MetadataTls.Of(false, Secret([.. data.Select(d => (d.Key, d.Value))]), null).Problem, Is.EqualTo(said));
    }

    // role, limit in MiB: what fits of heap and buffers beside the Java machine itself
    [TestCase(DruidNames.Brokers, 1024)]
    [TestCase(DruidNames.Historicals, 384)]
    [TestCase(DruidNames.Coordinators, 1024)]
    [TestCase(DruidNames.Routers, 320)]
    [TestCase(DruidNames.MiddleManagers, 2560)]
    public void Heap_and_buffers_leave_a_fifth_of_the_memory(string role, int limit)
    {
        var memory = DruidMemory.Of(DruidNames.Roles.First(r => r.Name == role), limit);
        Assert.That(memory.Heap + memory.Direct, Is.LessThanOrEqualTo(limit * 8 / 10));
        Assert.That(long.Parse(memory.BufferBytes, System.Globalization.CultureInfo.InvariantCulture) * 8, Is.LessThanOrEqualTo(memory.Direct * 1024L * 1024));
    }

    [TestCase(2560, 2)]
    [TestCase(2560, 5)]
    public void Tasks_share_what_a_middle_manager_leaves(int limit, int capacity)
    {
        var (own, task) = (DruidMemory.Of(DruidNames.Roles.First(r => r.Name == DruidNames.MiddleManagers), limit), DruidMemory.OfTask(limit, capacity));
        Assert.That(own.Heap + own.Direct + (capacity * (task.Heap + task.Direct)), Is.LessThanOrEqualTo(limit));
    }

    private static ApplicationFacts Application(AppClientConfig client, Secret secret) =>
        new(new() { Metadata = new() { Name = Key.Name, Namespace = Key.Namespace }, Spec = new() { ClientConfig = client } }, secret, null, null);

    private static Secret Secret(params (string Key, string Value)[] data) =>
        new() { Data = data.ToDictionary(d => d.Key, d => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(d.Value)) };
}
