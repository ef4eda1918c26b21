using FsCheck;
using FsCheck.Fluent;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture]
[Category("Unit")]
public sealed class QuantityTests
{
    private static readonly string[] Suffixes = ["", "n", "u", "m", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi", "e3", "E2", "e-3"];

    [TestCase("0", "0", "0")]
    [TestCase("500m", "0.5", "500m")]
    [TestCase("1.5Gi", "1610612736", "1536Mi")]
    [TestCase("1Gi", "1073741824", "1Gi")]
    [TestCase("1024Mi", "1073741824", "1Gi")]
    [TestCase("1000m", "1", "1")]
    [TestCase("0.5", "0.5", "500m")]
    [TestCase(".5", "0.5", "500m")]
    [TestCase("5.", "5", "5")]
    [TestCase("+2", "2", "2")]
    [TestCase("-1Ki", "-1024", "-1Ki")]
    [TestCase("12e6", "12000000", "12e6")]
    [TestCase("1E3", "1000", "1e3")]
    [TestCase("1E", "1000000000000000000", "1E")]
    [TestCase("1Ei", "1152921504606846976", "1Ei")]
    [TestCase("0.1n", "0.000000001", "1n")]
    [TestCase("-0.1n", "-0.000000001", "-1n")]
    [TestCase("123456789", "123456789", "123456789")]
    [TestCase("500Ki", "512000", "500Ki")]
    public void Amounts_are_read_exactly_and_written_canonically(string text, string value, string canonical)
    {
        var quantity = KubernetesQuantity.Parse(text);

        Assert.That(quantity.Value, Is.EqualTo(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.That(quantity.ToString(), Is.EqualTo(canonical));
    }

    [TestCase("")]
    [TestCase(null)]
    [TestCase("Gi")]
    [TestCase(".")]
    [TestCase("-")]
    [TestCase("1 Gi")]
    [TestCase("1gi")]
    [TestCase("1K")]
    [TestCase("1.2.3")]
    [TestCase("1e")]
    [TestCase("1e99")]
    [TestCase("0x10")]
    [TestCase("1,5")]
    [TestCase("99999999999999999999999999999Ei")]
    public void What_is_no_amount_is_refused(string? text) => Assert.That(KubernetesQuantity.TryParse(text, out _), Is.False);

    [Test]
    public void The_notation_does_not_count() =>
        Assert.That(
            (KubernetesQuantity.Parse("1Gi") == KubernetesQuantity.Parse("1073741824"), KubernetesQuantity.Parse("1G") < KubernetesQuantity.Parse("1Gi")),
            Is.EqualTo((true, true)));

    [FsCheck.NUnit.Property]
    public Property What_is_written_reads_back_as_the_same_amount() =>
        Prop.ForAll(Amounts(), text => KubernetesQuantity.Parse(KubernetesQuantity.Parse(text).ToString()) == KubernetesQuantity.Parse(text));

    [FsCheck.NUnit.Property]
    public Property The_canonical_form_is_stable() =>
        Prop.ForAll(Amounts(), text =>
        {
            var canonical = KubernetesQuantity.Parse(text).ToString();
            return KubernetesQuantity.Parse(canonical).ToString() == canonical;
        });

    private static Arbitrary<string> Amounts() =>
        Gen.Choose(-1_000_000, 1_000_000).Zip(Gen.Choose(0, 999)).Zip(Gen.Elements(Suffixes))
            .Select(t => $"{t.Item1.Item1}{(t.Item1.Item2 == 0 ? "" : "." + t.Item1.Item2)}{t.Item2}")
            .ToArbitrary();
}
