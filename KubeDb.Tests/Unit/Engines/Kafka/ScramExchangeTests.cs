using System.Security.Cryptography;
using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Kafka.Client;

namespace KubeDb.Tests.Unit.Engines.Kafka;

[TestFixture, Category("Unit")]
public class ScramExchangeTests
{
    // The example of RFC 7677.
    [Test]
    public void A_password_is_salted_as_the_standard_says() => Assert.That(
        Convert.ToBase64String(ScramExchange.SaltedPassword("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096, KafkaMechanism.ScramSha256)),
        Is.EqualTo("xKSVEDI6tPlSysH6mUQZOeeOp01r6B3fcJbodRPcYV0="));

    [TestCase("r=other,s=AAAA,i=4096")]
    [TestCase("r=@,s=?,i=4096")]
    [TestCase("r=@,s=AAAA,i=0")]
    [TestCase("r=@,s=AAAA,i=2147483647")]
    [TestCase("")]
    public void A_challenge_that_is_none_is_refused(string challenge)
    {
        var exchange = new ScramExchange(new Credential("user", "pencil"), KafkaMechanism.ScramSha256);
        var text = challenge.Replace("@", Nonce(exchange), StringComparison.Ordinal);
        Assert.That(() => exchange.Final(Encoding.ASCII.GetBytes(text)), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void A_server_has_to_know_the_password_too()
    {
        var exchange = new ScramExchange(new Credential("us=er,", "pencil"), KafkaMechanism.ScramSha512);
        Assert.That(Encoding.ASCII.GetString(exchange.First()), Does.StartWith("n,,n=us=3Der=2C,r="));
        exchange.Final(Encoding.ASCII.GetBytes($"r={Nonce(exchange)}more,s=AAAA,i=1"));
        Assert.That(() => exchange.Verify(Encoding.ASCII.GetBytes($"v={Convert.ToBase64String(RandomNumberGenerator.GetBytes(64))}")), Throws.InstanceOf<IOException>());
    }

    private static string Nonce(ScramExchange exchange) => Encoding.ASCII.GetString(exchange.First()).Split(",r=")[1];
}
